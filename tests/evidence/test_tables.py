"""Every table is checked deeply here, so that loading needs to check its shape only."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from countermove import evidence
from countermove.errors import CountermoveError
from countermove.evidence import _tables
from countermove.evidence._schema import KINDS, SHAPES, VERIFIED
from countermove.units import Unit

FACTS = evidence.facts()
ADDRESS = re.compile(r"https?://\S+\Z")
# Forecasts of named forecasters are listed as they were made; their tables do not grade them.
DATES = {
    "announced", "effective", "ended", "as_of", "listed_on", "date", "made_on", "opened", "closed", "resolved_on",
}  # fmt: skip


def test_every_csv_file_is_a_declared_table() -> None:
    assert {path.stem for path in _tables.TABLES.glob("*.csv")} == set(evidence.tables())


@pytest.mark.parametrize("name", evidence.tables())
def test_the_table_loads_and_no_cell_has_spaces_around_it(name: str) -> None:
    rows = evidence.table(name)
    assert rows
    ragged = [(row["id"], column) for row in rows for column, cell in row.items() if cell != cell.strip()]
    assert not ragged


def test_an_id_stands_for_one_row_over_all_tables() -> None:
    named = [row["id"] for _, row in _tables.identified()]
    assert len(named) == len(set(named)) == len(_tables.index())


def test_rows_that_compare_chips_name_chips() -> None:
    chips = {row["id"] for row in evidence.table("chips")}
    assert {row["id"] for row in evidence.table("chips_crosscheck_epoch")} <= chips


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if "unit" in shape.columns])
def test_units_are_known_and_their_canonical_form_parses(name: str) -> None:
    for row in evidence.table(name):
        canonical = evidence.canonical_unit(row["unit"])
        if canonical is not None:
            Unit.parse(canonical)


def test_the_alias_table_holds_no_unit_that_no_table_writes() -> None:
    written = {row["unit"] for name, shape in SHAPES.items() if "unit" in shape.columns for row in evidence.table(name)}
    assert set(evidence._units.aliases()) == written


def test_low_central_high_are_in_order() -> None:
    wrong = []
    for fact in FACTS:
        values = [value for value in (fact.low, fact.central, fact.high) if value is not None]
        if values != sorted(values):
            wrong.append(fact.id)
    assert not wrong


def test_a_fact_without_a_number_is_no_measurement_and_says_something() -> None:
    silent = [
        fact.id
        for fact in FACTS
        if fact.low is None and fact.central is None and fact.high is None
        and not (fact.note or fact.period_start or fact.period_end)
    ]  # fmt: skip
    assert not silent


def test_periods_begin_before_they_end() -> None:
    assert not [f.id for f in FACTS if f.period_start and f.period_end and f.period_start > f.period_end]


def test_kind_and_verified_are_of_the_allowed_words() -> None:
    assert {fact.kind for fact in FACTS} <= KINDS
    graded = {
        row["verified"] for name, shape in SHAPES.items() if "verified" in shape.columns for row in evidence.table(name)
    }
    assert graded <= VERIFIED


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if DATES & set(shape.columns)])
def test_dates_are_iso_to_the_day_except_when_chips_were_announced(name: str) -> None:
    for row in evidence.table(name):
        for column in DATES & row.keys():
            if name == "chips" and re.fullmatch(r"\d{4}(-\d\d)?", row[column]):
                continue
            if row[column]:
                date.fromisoformat(row[column])


def test_a_figure_that_was_read_has_a_source_and_all_others_say_whose_it_would_be() -> None:
    unsourced = [f.id for f in FACTS if not f.source and not f.note.startswith("no direct estimate")]
    unsourced += [f.id for f in FACTS if f.verified == "yes" and not f.url and "no address" not in f.source]
    assert not [id for id in unsourced if id != "par-101"]  # the row that records that no estimate exists


def test_addresses_are_addresses() -> None:
    wrong = [
        (name, row["id"], column)
        for name, shape in SHAPES.items()
        for row in evidence.table(name)
        for column in shape.columns
        if column.endswith("url") and row[column] and not ADDRESS.match(row[column])
    ]
    assert not wrong


def test_a_misspelt_table_names_the_nearest() -> None:
    with pytest.raises(CountermoveError, match="did you mean 'manufacturing'"):
        evidence.table("manufacturng")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,b\n1,2\n", "columns must be id,a"),
        ("id,a\n1,2,3\n", "row 1: 3 cells"),
        ("id,a\n,2\n", "row 1: the id is empty"),
        ("id,a\n1,2\n1,3\n", "id '1' appears twice"),
        ("", "columns must be"),
    ],
)
def test_a_table_of_another_shape_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_text(content)
    with pytest.raises(CountermoveError, match=message):
        _tables.read(path, ("id", "a"))
