"""Reading figures off trajectories: weights of months, terms, ratios."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove import model
from countermove.inference import _reading
from countermove.inference.operators import operators, read_unit

MONTHS = 240
DAYS = st.dates(date(2016, 1, 1), date(2035, 12, 31))


@given(DAYS, DAYS, DAYS)
def test_periods_that_follow_each_other_add_up(a: date, b: date, c: date) -> None:
    first, middle, last = sorted((a, b, c))
    if middle == last:
        return
    whole = _reading.overlap(first, last, MONTHS)
    parts = _reading.overlap(first, middle, MONTHS) + _reading.overlap(middle + timedelta(days=1), last, MONTHS)
    np.testing.assert_allclose(whole, parts, atol=1e-12)


def test_a_fiscal_quarter_takes_its_part_of_the_months_at_its_ends() -> None:
    weights = _reading.overlap(date(2024, 1, 29), date(2024, 4, 28), MONTHS)
    first = (2024 - 2016) * 12
    np.testing.assert_allclose(weights[first : first + 4], [3 / 31, 1, 1, 28 / 30])
    assert weights.sum() == pytest.approx(3 / 31 + 2 + 28 / 30)


def test_a_stock_on_the_last_day_of_a_month_is_that_of_the_month() -> None:
    operator = operators().series["compute_all"]
    weights = _reading.weights(operator, date(2024, 12, 31), date(2024, 12, 31), MONTHS)
    assert np.flatnonzero(weights).tolist() == [107]
    middle = _reading.weights(operator, date(2024, 6, 15), date(2024, 6, 15), MONTHS)
    assert middle[101] == middle[100] == 0.5


@given(st.floats(0.1, 10))
def test_a_ratio_does_not_depend_on_the_size_of_both(size: float) -> None:
    operator = operators().series["smuggled_to_legal"]
    built = model.build()
    rng = np.random.default_rng(1)
    outputs = {"smuggled_compute": rng.uniform(1, 2, (12, 5)), "installed": rng.uniform(1, 2, (12, 9, 5))}
    weights = np.zeros(12)
    weights[6] = 1.0
    figure = _reading.read_off(operator, weights, outputs, built, read_unit(built, operator))
    scaled = {name: size * values for name, values in outputs.items()}
    expected = outputs["smuggled_compute"][6] / outputs["installed"][6, :2].sum(axis=0)
    np.testing.assert_allclose(figure, expected)
    np.testing.assert_allclose(_reading.read_off(operator, weights, scaled, built, 1.0), expected, rtol=1e-12)


def test_a_yearly_rate_is_added_up_to_a_years_amount() -> None:
    """Twelve months at 12 million vehicles a year are 12 million vehicles."""
    operator, built = operators().series["vehicle_output"], model.build()
    figure = _reading.read_off(
        operator, np.ones(12), {"ev_output": np.full((12, 1), 12e6)}, built, read_unit(built, operator)
    )
    np.testing.assert_allclose(figure, [12e6])


def test_the_average_of_a_constant_is_the_constant() -> None:
    operator, built = replace(operators().series["solar_price"], factor=1.0), model.build()
    weights = _reading.weights(operator, date(2016, 1, 10), date(2016, 12, 20), 12)
    figure = _reading.read_off(
        operator, weights, {"solar_price": np.full((12, 2), 0.3)}, built, read_unit(built, operator)
    )
    np.testing.assert_allclose(figure, 0.3)
