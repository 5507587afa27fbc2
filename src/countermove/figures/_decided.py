"""What the figures about decisions have in common: the source line, and the names of inputs in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.figures.assumptions import readable

if TYPE_CHECKING:
    from countermove.results import Origin


def source_line(origin: Origin, words: str, note: str = "", *, counted: str = "draws") -> str:
    """What a reader needs to find the numbers again."""
    own = f" With the analyst’s own intervals (5 / 50 / 95 %), {origin.beliefs}." if origin.beliefs else ""
    line = (
        f"Source: countermove {origin.version}; {words}; {origin.draws:,} {counted}, seed {origin.seed}, "
        f"{origin.caveat}; evidence to {origin.evidence_date}."
    )
    return f"{line}{own}{' ' + note if note else ''}"


def label(name: str) -> str:
    """The name of a parameter or a group in words."""
    return readable(name)
