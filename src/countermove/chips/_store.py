"""The package's YAML, parsed once when it is built: one JSON file beside it, which loads without a YAML parser.

The YAML files are the source; after a change `python -c "from countermove.chips import _store; _store.main()"` writes
the JSON, and a test proves it fresh.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

COMPILED = "_compiled.json"
CHIPS = Path(__file__).parent
RULES = CHIPS.parent / "rules"


def _revived(value: Any) -> Any:
    """JSON values with every text of the form YYYY-MM-DD made a date again."""
    if isinstance(value, dict):
        return {key: _revived(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_revived(entry) for entry in value]
    if isinstance(value, str) and len(value) == 10 and value[4] == "-" and value[7] == "-" and value[:4].isdigit():
        return date.fromisoformat(value)
    return value


@cache
def documents(directory: Path) -> dict[str, Any]:
    """Every YAML document below a directory, by its path relative to it."""
    return _revived(json.loads((directory / COMPILED).read_text(encoding="utf-8")))


def load(directory: Path, name: str) -> Any:
    """One YAML document of the package."""
    return documents(directory)[name]


def compiled(directory: Path) -> str:
    """What the JSON file must hold: every YAML file below the directory, parsed."""
    from countermove import _yaml

    found = {path.relative_to(directory).as_posix(): _yaml.load(path) for path in sorted(directory.rglob("*.yaml"))}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"), default=str) + "\n"


def main() -> None:
    """Write the JSON files."""
    from countermove._atomic import write_whole

    for directory in (CHIPS, RULES):
        write_whole(directory / COMPILED, compiled(directory))
