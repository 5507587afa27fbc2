"""Rows of any table in one common form, for listing."""

from __future__ import annotations

from dataclasses import dataclass

from countermove.errors import unknown
from countermove.evidence import _tables
from countermove.evidence._citations import value_text
from countermove.evidence._schema import SHAPES
from countermove.evidence._tables import Row


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it is listed; everything is text as the table has it, "" where it has nothing."""

    table: str
    id: str
    entity: str
    quantity: str
    period: str
    value: str
    unit: str
    verified: str
    source: str
    source_date: str
    address: str
    note: str


def listing(*filters: str) -> tuple[Line, ...]:
    """Rows that match every filter: a word in id, entity, quantity or source, or `table:NAME`; upper = lower case.

    Raises:
        CountermoveError: no such table (with the nearest name).
    """
    words = [text.casefold() for text in filters if not text.startswith("table:")]
    lines = (_line(name, row) for name in _chosen(filters) for row in _tables.table(name))
    return tuple(line for line in lines if all(word in _searched(line) for word in words))


def _chosen(filters: tuple[str, ...]) -> list[str]:
    named = [text.removeprefix("table:") for text in filters if text.startswith("table:")]
    for name in named:
        if name not in SHAPES:
            raise unknown("table", name, SHAPES)
    return named or [name for name in SHAPES if name != _tables.NOT_IDENTIFYING]


def _searched(line: Line) -> str:
    return "\n".join((line.id, line.entity, line.quantity, line.source)).casefold()


def _line(table: str, row: Row) -> Line:
    shape = SHAPES[table]
    value = value_text(row, shape.value) if shape.value else ""
    return Line(
        table=table,
        id=row["id"],
        entity=row[shape.subject],
        quantity=row[shape.what],
        period=_period(row) or (row[shape.date] if shape.date else ""),
        value=value,
        unit=row.get("unit", "") if value else "",
        verified=row.get("verified", ""),
        source=row[shape.title],
        source_date=row[shape.date] if shape.date else "",
        address=row[shape.address] if shape.address else "",
        note=row.get("note", ""),
    )


def _period(row: Row) -> str:
    """A whole year as 2024, a day as itself, else first and last day."""
    start = row.get("period_start") or row.get("target_start", "")
    end = row.get("period_end") or row.get("target_end", "")
    if not start and not end:
        return row.get("target_period", "")
    if start.endswith("-01-01") and end == f"{start[:4]}-12-31":
        return start[:4]
    return start if start == end or not end else f"{start}/{end}"
