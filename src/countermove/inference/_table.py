"""Rows that a user brings: a CSV file in the format of the evidence tables."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

from countermove.errors import CountermoveError, unknown
from countermove.evidence import Fact

REQUIRED = ("id", "entity", "quantity", "period_start", "period_end", "unit")
OPTIONAL = ("low", "central", "high", "kind", "source", "source_date", "url", "verified", "note")

# What a column holds that a file leaves out: the user vouches for the figure.
_DEFAULT = {"kind": "estimate", "verified": "yes"}
_KINDS = ("reported", "estimate", "official", "forecast", "scenario")
_VERIFIED = ("yes", "partial", "no")


def read_rows(path: Path) -> tuple[Fact, ...]:
    """Facts of a CSV file; its name stands for the table. Columns in any order, further ones are passed over.

    Raises:
        CountermoveError: unreadable; a column missing; a cell that is no number, date or allowed word; an id twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            lines = list(csv.reader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise CountermoveError(f"{path}: cannot be read: {reason}") from None
    header = [name.strip() for name in lines[0]] if lines else []
    missing = [name for name in REQUIRED if name not in header]
    if missing or not {"low", "central", "high"} & set(header):
        lacks = ", ".join(missing) or "low, central or high"
        raise CountermoveError(f"{path}: line 1: column missing: {lacks}; the format is that of `countermove evidence`")
    facts: list[Fact] = []
    seen: set[str] = set()
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        place = f"{path}: line {number}"
        if len(cells) != len(header):
            raise CountermoveError(f"{place}: {len(cells)} cells where {len(header)} are required")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
        if not row["id"] or row["id"] in seen:
            raise CountermoveError(f"{place}: the id is empty" if not row["id"] else f"{place}: id '{row['id']}' twice")
        seen.add(row["id"])
        facts.append(_fact(row, path.stem, place))
    return tuple(facts)


def _fact(row: dict[str, str], table: str, place: str) -> Fact:
    def word(name: str, allowed: tuple[str, ...]) -> str:
        value = row.get(name, "") or _DEFAULT[name]
        if value not in allowed:
            raise unknown(name, value, allowed, where=place)
        return value

    return Fact(
        id=row["id"],
        table=table,
        entity=row["entity"],
        quantity=row["quantity"],
        period_start=_date(row["period_start"], "period_start", place),
        period_end=_date(row["period_end"], "period_end", place),
        low=_number(row.get("low", ""), "low", place),
        central=_number(row.get("central", ""), "central", place),
        high=_number(row.get("high", ""), "high", place),
        unit=row["unit"],
        kind=word("kind", _KINDS),
        source=row.get("source", ""),
        source_date=_date(row.get("source_date", ""), "source_date", place),
        url=row.get("url", ""),
        verified=word("verified", _VERIFIED),
        note=row.get("note", ""),
    )


def _number(text: str, name: str, place: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CountermoveError(f"{place}: {name} is '{text}', not a number")
    return value


def _date(text: str, name: str, place: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CountermoveError(f"{place}: {name} is '{text}', not a date: write YYYY-MM-DD") from None
