"""Reading the tables: lazily, once each, with their shape checked."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from countermove.errors import CountermoveError, unknown
from countermove.evidence._schema import SHAPES

TABLES = Path(__file__).parent / "tables"

Row = dict[str, str]

# Its rows are comparisons and carry the id of the chip they compare.
NOT_IDENTIFYING = "chips_crosscheck_epoch"


@cache
def table(name: str) -> tuple[Row, ...]:
    """Rows of one table, as text by column name, in the order of the file.

    Raises:
        CountermoveError: no such table (with the nearest name), or the file is not of its declared shape.
    """
    if name not in SHAPES:
        raise unknown("table", name, SHAPES)
    return read(TABLES / f"{name}.csv", SHAPES[name].columns, unique=name != NOT_IDENTIFYING)


def read(path: Path, columns: tuple[str, ...], unique: bool = True) -> tuple[Row, ...]:
    """Rows of a CSV file which must have exactly these columns and, if `unique`, a distinct `id` in each row.

    Raises:
        CountermoveError: unreadable, another header, a row of another length, an id that is empty or repeated.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CountermoveError(f"{path}: cannot be read: {error}") from None
    if not lines or tuple(lines[0]) != columns:
        raise CountermoveError(f"{path}: line 1: the columns must be {','.join(columns)}")
    seen: set[str] = set()
    for number, cells in enumerate(lines[1:], start=1):
        if len(cells) != len(columns):
            raise CountermoveError(f"{path}: row {number}: {len(cells)} cells where {len(columns)} are required")
        if not cells[0]:
            raise CountermoveError(f"{path}: row {number}: the id is empty")
        if unique and cells[0] in seen:
            raise CountermoveError(f"{path}: row {number}: id '{cells[0]}' appears twice")
        seen.add(cells[0])
    return tuple(dict(zip(columns, cells, strict=True)) for cells in lines[1:])


def identified() -> Iterator[tuple[str, Row]]:
    """Every row that an id stands for, with the name of its table."""
    for name in SHAPES:
        if name != NOT_IDENTIFYING:
            for row in table(name):
                yield name, row


@cache
def index() -> dict[str, tuple[str, Row]]:
    """Table and row by id, over all tables.

    Raises:
        CountermoveError: one id stands in two tables.
    """
    found: dict[str, tuple[str, Row]] = {}
    for name, row in identified():
        if row["id"] in found:
            raise CountermoveError(f"evidence id '{row['id']}' stands in {found[row['id']][0]} and in {name}")
        found[row["id"]] = (name, row)
    return found
