"""Units as the sources write them, and the one way in which the project writes each."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from countermove.errors import unknown

ALIASES = Path(__file__).parent / "units.yaml"


@cache
def aliases() -> dict[str, str | None]:
    """Canonical unit by unit as written; None for what is not a measurement (an event, a date, a text)."""
    from countermove import _yaml  # most callers never ask for a unit

    content = _yaml.load(ALIASES)
    measured: dict[str, str | None] = {
        written: canonical for canonical, many in content["units"].items() for written in many
    }
    return measured | dict.fromkeys(content["not_measurements"])


def canonical_unit(written: str) -> str | None:
    """The canonical unit, which `countermove.units` parses, of a unit as a table writes it; None: no measurement.

    Raises:
        CountermoveError: the unit is not in the alias table (with the nearest).
    """
    if written not in aliases():
        raise unknown("unit", written, aliases(), where="evidence")
    return aliases()[written]
