from __future__ import annotations

from datetime import date

import pytest

from countermove.evidence import fact
from countermove.figures import _observed
from countermove.figures.history import evidence_shown, symbol


def points():
    return {point.fact.id: point for panel in _observed.observed_series() for point in _observed.points(panel)}


def test_every_row_is_evidence_and_is_drawn_in_the_unit_of_its_panel():
    assert set(points()) == set(evidence_shown())
    for panel in _observed.observed_series():
        for point in _observed.points(panel):
            row = fact(point.fact.id)
            known = [value for value in (row.low, row.central, row.high) if value is not None]
            assert min(known) / panel.divide_by <= point.value <= max(known) / panel.divide_by


@pytest.mark.parametrize("panel", _observed.observed_series(), ids=lambda panel: panel.series)
def test_rows_of_one_panel_share_a_unit(panel):
    units = {_kind(point.fact.unit) for point in _observed.points(panel)}
    assert len(units) == 1


def _kind(unit: str) -> str:
    # An accelerator is counted as chip, card or unit by different sources; all mean one accelerator.
    return "accelerators" if unit in ("chips", "cards", "units") else unit


def test_a_figure_recalled_from_memory_is_hollow():
    for point in points().values():
        assert symbol(point).endswith("-open") == (point.fact.verified == "no")


def test_bounds_point_in_their_direction():
    found = points()
    assert found["mfg-0291"].bound == "at least"
    assert symbol(found["mfg-0291"]).startswith("arrow-bar-up")
    assert found["mfg-0292"].bound == "at most"
    assert symbol(found["mfg-0292"]).startswith("arrow-bar-down")


def test_a_flow_stands_in_the_middle_of_its_period_and_a_stock_at_its_end():
    found = points()
    assert found["mfg-0325"].x == pytest.approx(2025.5, abs=0.01)  # the calendar year 2025
    assert found["mfg-0264"].x == pytest.approx(2025.0, abs=0.01)  # to the end of 2024


def test_decimal_years_count_days():
    assert _observed.decimal_year(date(2024, 7, 2)) == pytest.approx(2024.5)  # a leap year: day 183 of 366
    assert _observed.decimal_year(date(2025, 1, 1)) == 2025.0


def test_every_series_is_in_the_unit_of_its_panel(comparison):
    x, cards = _observed.SERIES["ascend_cards"](comparison.policy)
    made = comparison.policy["cards_made"][:, :12, 0].sum(axis=1)
    assert x[0] == 2016.5
    assert cards[:, 0] * 1000 == pytest.approx(made, rel=1e-5)  # sums of single-precision values
    x, stacks = _observed.SERIES["hbm_imported"](comparison.policy)
    assert x[0] == pytest.approx(2023 + 1 / 12)
    assert stacks[:, 0] * 1e6 == pytest.approx(comparison.policy["hbm_imports"][:, 84], rel=1e-6)
