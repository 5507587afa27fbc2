"""The table of the unfitted model beside the record: its sources exist, its misses are explained, its page says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from countermove import evidence
from countermove.explain import prior_predictive as table

PAGE = Path(__file__).parents[2] / "docs" / "prior-predictive.md"


@pytest.fixture(scope="module")
def lines():
    return table.table(draws=512, seed=1)


def test_every_source_exists():
    unknown = [(row.name, source) for row in table.rows() for source in row.sources if not evidence.exists(source)]
    assert unknown == []


def test_intervals_are_ordered(lines):
    assert all(line.low <= line.median <= line.high for line in lines)
    assert all(np.isfinite(line.median) for line in lines)


def test_every_clear_miss_has_a_reason(lines):
    """A row whose intervals fail to meet by more than a tenth must say why; nearer ones move with the draws."""
    for line in lines:
        if line.met is False and not line.row.missed:
            low, high = line.row.evidence
            assert line.high > 0.9 * low, line.row.name
            assert line.low < 1.1 * high, line.row.name


def test_the_page_has_a_row_for_every_figure():
    page = PAGE.read_text(encoding="utf-8")
    assert all(row.title in page for row in table.rows())
    assert page.count("**no**") == sum(bool(row.missed) for row in table.rows())


def test_a_miss_without_reason_is_refused(lines):
    hidden = [line for line in lines if line.met is False and line.row.missed]
    assert hidden, "the model meets every row: then the table has lost its point"
    bare = tuple(
        table.Line(
            table.Row(**{**{name: getattr(line.row, name) for name in line.row.__dataclass_fields__}, "missed": ""}),
            line.low, line.median, line.high,
        )
        for line in hidden
    )  # fmt: skip
    assert len(table.check(bare)) == len(bare)
