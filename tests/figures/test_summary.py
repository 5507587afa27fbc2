from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.figures import _summary


def test_years_and_quarters_of_monthly_values():
    months = np.arange(27, dtype=float)[np.newaxis]
    assert _summary.by_year(months, "sum").tolist() == [[66, 210]]
    assert _summary.by_year(months, "last").tolist() == [[11, 23]]
    assert _summary.by_quarter(months, "mean")[0, :3].tolist() == [1, 4, 7]


def test_quantiles_over_draws_leave_out_draws_without_a_value():
    values = np.array([[0.0], [1.0], [2.0], [np.nan]])
    np.testing.assert_allclose(_summary.quantiles(values)[:, 0], [0.2, 1.0, 1.8])


def test_ratio_of_nothing_to_nothing_is_no_difference():
    assert _summary.ratio(np.array([0.0, 2.0, 1.0]), np.array([0.0, 4.0, 0.0])).tolist() == [1.0, 0.5, np.inf]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1234567, "1,234,567"),
        (12.345, "12.3"),
        (-0.04567, "−0.0457"),
        (0.00001, "0"),
        (float("nan"), "–"),
        (1e-12, "0"),
    ],
)
def test_numbers_as_read(value, text):
    assert _summary.significant(value) == text


def test_one_element_of_a_dimension(comparison):
    whole = comparison.policy["purchases"]
    chosen = _summary.monthly(comparison.policy, "purchases", buyer="baidu", option="grey")
    np.testing.assert_array_equal(chosen, whole[:, :, 3, 2].astype(float))


def test_a_quantity_that_was_not_kept_is_named(comparison):
    with pytest.raises(CountermoveError, match=r"unknown quantity 'advanced_capacit'.*advanced_capacity"):
        _summary.monthly(comparison.policy, "advanced_capacit")
