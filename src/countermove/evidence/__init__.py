"""Sourced figures and the literature; every number of the model points here."""

from __future__ import annotations

from countermove.evidence._citations import IDENTITY, JUDGEMENT, Citation, citation, exists, known
from countermove.evidence._facts import Fact, fact, facts, find
from countermove.evidence._listing import Line, listing
from countermove.evidence._references import Reference, reference, references
from countermove.evidence._schema import SHAPES
from countermove.evidence._tables import Row, table
from countermove.evidence._units import canonical_unit

__all__ = [
    "IDENTITY",
    "JUDGEMENT",
    "Citation",
    "Fact",
    "Line",
    "Reference",
    "Row",
    "canonical_unit",
    "citation",
    "exists",
    "fact",
    "facts",
    "find",
    "known",
    "listing",
    "reference",
    "references",
    "table",
    "tables",
]


def tables() -> tuple[str, ...]:
    """Names of all tables, those of facts first."""
    return tuple(SHAPES)
