"""Anything that can be cited, an evidence row or a work of the literature, down to title, date and address."""

from __future__ import annotations

from dataclasses import dataclass

from countermove.errors import CountermoveError, nearest
from countermove.evidence import _tables
from countermove.evidence._references import references
from countermove.evidence._schema import SHAPES
from countermove.evidence._tables import Row

JUDGEMENT = "judgement"
IDENTITY = "identity"

# What stands as source where there is none to read.
_WITHOUT_SOURCE = {
    JUDGEMENT: ("the authors' judgement", "no published estimate was found; the note says how the value was chosen"),
    IDENTITY: ("definition or accounting", "true by construction"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """What stands behind an id or key. `verified` is "" where a table does not record it and for the literature."""

    id: str
    table: str
    title: str
    date: str
    address: str
    verified: str
    statement: str
    note: str

    @property
    def is_unverified(self) -> bool:
        return self.verified == "no"


def exists(id: str) -> bool:
    """Whether an evidence row or a work of the literature has this id or key."""
    return id in _WITHOUT_SOURCE or id in references() or id in _tables.index()


def citation(id: str) -> Citation:
    """The citation of an evidence id or a key of the bibliography.

    Raises:
        CountermoveError: neither (with the nearest of both).
    """
    if id in _WITHOUT_SOURCE:
        title, statement = _WITHOUT_SOURCE[id]
        return Citation(id, "", title, "", "", "", statement, "")
    if id in references():
        work = references()[id]
        return Citation(id, "references", f"{work.title}. {work.where}", str(work.year), work.url, "", work.author, "")
    if id not in _tables.index():
        matches = nearest(id, known())
        hint = f": did you mean '{matches[0]}'?" if matches else ""
        raise CountermoveError(f"no evidence row and no work of the literature is called '{id}'{hint}")
    table, row = _tables.index()[id]
    return _of_row(table, row)


def known() -> list[str]:
    """Every id and key that can be cited."""
    return [*_WITHOUT_SOURCE, *references(), *_tables.index()]


def value_text(row: Row, column: str = "central") -> str:
    """The figure of a row as read: `central [low, high]`, `low to high`, a bound, or "" where there is none."""
    low, high, central = row.get("low", ""), row.get("high", ""), row.get(column, "")
    if central and (low or high) and not (low == high == central):
        return f"{central} [{low or '…'}, {high or '…'}]"
    if central:
        return central
    if low and high:
        return low if low == high else f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


def _of_row(table: str, row: Row) -> Citation:
    shape = SHAPES[table]
    value = value_text(row, shape.value) if shape.value else ""
    value = f"{value} {row.get('unit', '')}".strip() if value else ""
    statement = ": ".join(part for part in (row[shape.subject], row[shape.what]) if part)
    return Citation(
        id=row["id"],
        table=table,
        title=row[shape.title],
        date=row[shape.date] if shape.date else "",
        address=row[shape.address] if shape.address else "",
        verified=row.get("verified", ""),
        statement=f"{statement} = {value}" if value else statement,
        note=row.get("note", ""),
    )
