"""Launch scripts of a published table whose rows were measured over a year: when each was, and with which switches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from countermove import _yaml

SWITCHES = frozenset({"overlap", "rotary", "activations", "flash", "grouping"})
# Later editions of the table were measured anew.
_EDITION_ENDS = 2025.0


@dataclass(frozen=True)
class LaunchScript:
    """When a row was measured (decimal year); what its script does not ask for, out of `SWITCHES`; layers by stage."""

    measured: float
    without: frozenset[str]
    gathers: bool
    stages: tuple[int, ...]


@cache
def _entries() -> dict[str, dict[str, Any]]:
    return _yaml.load(Path(__file__).parent / "data" / "launch_scripts.yaml")


def launch_script(model: str, source: str, sequence: int, date: float) -> LaunchScript | None:
    """The script behind a row of ModelLink's throughput table in a document of `date`; None for any other row.

    The longest beginning of the model's name decides; an entry for one sequence length goes before the general one.
    """
    name, text = model.casefold(), source.casefold()
    if date >= _EDITION_ENDS or "modellink" not in text or "throughput table" not in text:
        return None
    known = [
        (len(prefix) + ("sequence" in entry), entry)
        for prefix, entry in _entries().items()
        if name.startswith(prefix) and entry.get("sequence", sequence) == sequence
    ]
    if not known:
        return None
    entry = max(known, key=lambda pair: pair[0])[1]
    year, month = str(entry["measured"]).split("-")[:2]
    return LaunchScript(
        int(year) + (int(month) - 0.5) / 12,
        frozenset(entry.get("without", ())),
        bool(entry.get("gathers", False)),
        tuple(entry.get("stages", ())),
    )
