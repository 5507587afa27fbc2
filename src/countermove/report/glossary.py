"""The glossary: one file of terms, for the report and for the documentation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from countermove import _yaml

_FILE = Path(__file__).parent / "glossary.yaml"


@cache
def glossary() -> tuple[dict[str, str], ...]:
    """Entries with `term` and `meaning`, in the order of the alphabet."""
    return tuple(sorted(_yaml.load(_FILE), key=lambda entry: entry["term"].casefold()))


def as_markdown() -> str:
    """The text of docs/glossary.md."""
    entries = "\n\n".join(f"**{entry['term']}**\n: {entry['meaning'].strip()}" for entry in glossary())
    return f"# Glossary\n\n{entries}\n"
