"""A fact: one figure about one thing in one period, with its source and whether the figure was read there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache

from countermove.errors import CountermoveError, unknown
from countermove.evidence import _tables
from countermove.evidence._schema import SHAPES
from countermove.evidence._tables import Row


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a table of figures.

    `low`, `central` and `high` are in `unit` as the source gives it (`canonical_unit` reads it); a fact may be an
    interval without a centre, a bound, or, for events, no number at all. `verified`: `yes` = the figure was read on a
    page or filing, `partial` = main figures read, some derived, `no` = recalled, not read.
    """

    id: str
    table: str
    entity: str
    quantity: str
    period_start: date | None
    period_end: date | None
    low: float | None
    central: float | None
    high: float | None
    unit: str
    kind: str
    source: str
    source_date: date | None
    url: str
    verified: str
    note: str


@cache
def facts(table: str | None = None) -> tuple[Fact, ...]:
    """All facts, or those of one table, in the order of the files.

    Raises:
        CountermoveError: no such table, a table that does not hold facts, a cell that is no number or date.
    """
    if table is None:
        return tuple(fact for name, shape in SHAPES.items() if shape.is_facts for fact in facts(name))
    rows = _tables.table(table)
    if not SHAPES[table].is_facts:
        holding = [name for name, shape in SHAPES.items() if shape.is_facts]
        raise CountermoveError(f"table '{table}' does not hold facts; these do: {', '.join(holding)}")
    build = _BUILDERS.get(table, _common)
    return tuple(_checked(build, table, row) for row in rows)


def fact(id: str) -> Fact:
    """The fact with this id.

    Raises:
        CountermoveError: no fact has this id (with the nearest).
    """
    found = _by_id().get(id)
    if found is None:
        raise unknown("fact", id, _by_id(), where="evidence")
    return found


@cache
def _by_id() -> dict[str, Fact]:
    return {fact.id: fact for fact in facts()}


def find(*filters: str) -> tuple[Fact, ...]:
    """Facts that match every filter: a word in id, entity, quantity or source, or `table:NAME`; upper = lower case.

    Raises:
        CountermoveError: `table:` names no table of facts.
    """
    named = [text.removeprefix("table:") for text in filters if text.startswith("table:")]
    words = [text.casefold() for text in filters if not text.startswith("table:")]
    chosen = facts() if not named else tuple(fact for name in dict.fromkeys(named) for fact in facts(name))
    return tuple(fact for fact in chosen if all(word in _searched(fact) for word in words))


def _searched(fact: Fact) -> str:
    return "\n".join((fact.id, fact.entity, fact.quantity, fact.source)).casefold()


def _checked(build: Callable[[str, Row], Fact], table: str, row: Row) -> Fact:
    try:
        return build(table, row)
    except ValueError as error:
        raise CountermoveError(f"evidence table {table}: row {row['id']}: {error}") from None


def _number(text: str) -> float | None:
    return float(text) if text else None


def _date(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _common(table: str, row: Row) -> Fact:
    return Fact(
        id=row["id"],
        table=table,
        entity=row["entity"],
        quantity=row["quantity"],
        period_start=_date(row["period_start"]),
        period_end=_date(row["period_end"]),
        low=_number(row["low"]),
        central=_number(row["central"]),
        high=_number(row["high"]),
        unit=row["unit"],
        kind=row["kind"],
        source=row["source"],
        source_date=_date(row["source_date"]),
        url=row["url"],
        verified=row["verified"],
        note=row["note"],
    )


def _from_literature(table: str, row: Row) -> Fact:
    """A parameter of the literature: the mechanism is what it is about; it has no period."""
    return _common(
        table,
        row
        | {
            "entity": row["mechanism"],
            "quantity": row["parameter"],
            "period_start": "",
            "period_end": "",
            "kind": "estimate",
            "source_date": "",
            "note": _joined(row["definition"], row["method"], row["population"], row["note"]),
        },
    )


def _from_published_model(table: str, row: Row) -> Fact:
    """A figure of someone's model: the forecaster is the source, its making the source date."""
    return _common(
        table,
        row
        | {
            "period_start": row["target_start"],
            "period_end": row["target_end"],
            "source": row["forecaster"],
            "source_date": row["made_on"],
            "note": _joined(row["scenario"], row["interval"], row["read_as"], row["note"]),
        },
    )


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


_BUILDERS: dict[str, Callable[[str, Row], Fact]] = {
    "parameters": _from_literature,
    "published_model_results": _from_published_model,
}
