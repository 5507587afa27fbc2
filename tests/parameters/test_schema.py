from __future__ import annotations

import math
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import CountermoveError
from countermove.parameters._load import parse_prior, parse_series
from countermove.parameters._normal import Z95, normal_quantile

ENTRY: dict[str, Any] = {
    "unit": "1",
    "description": "something",
    "distribution": "lognormal",
    "low": 1,
    "central": 2,
    "high": 8,
    "sources": ["par-001"],
}
SERIES: dict[str, Any] = {
    "unit": "1",
    "description": "something",
    "interpolation": "linear",
    "knots": {2020: 1.0, 2021: 3.0},
    "sources": ["par-001"],
}


@given(st.floats(1e-300, 1 - 1e-12))
def test_the_normal_quantile_is_that_of_the_standard_library(u: float) -> None:
    # 1e-13 is ten times the accuracy the algorithm claims
    assert normal_quantile(u) == pytest.approx(NormalDist().inv_cdf(u), rel=1e-13, abs=1e-15)


def test_the_normal_quantile_at_its_ends() -> None:
    assert normal_quantile([0.0, 0.5, 1.0]).tolist() == [-np.inf, 0.0, np.inf]
    assert normal_quantile(0.95) == pytest.approx(Z95, rel=1e-15)


def test_the_normal_quantile_inverts_the_distribution_function() -> None:
    x = np.linspace(-30, 0, 601)  # above, 1 − Φ loses digits that no inverse can restore
    distribution = [math.erfc(-value / math.sqrt(2)) / 2 for value in x]
    np.testing.assert_allclose(normal_quantile(distribution), x, rtol=1e-12, atol=1e-15)  # rounding of erfc


def test_a_lognormal_in_two_pieces_is_lognormal_in_each() -> None:
    prior = parse_prior("x", "s", ENTRY)
    one_sd_up = prior.quantile(NormalDist().cdf(1))
    one_sd_down = prior.quantile(NormalDist().cdf(-1))
    assert np.log(one_sd_up / 2) == pytest.approx(np.log(8 / 2) / Z95)
    assert np.log(2 / one_sd_down) == pytest.approx(np.log(2 / 1) / Z95)


def test_quantiles_keep_the_shape_of_the_probabilities() -> None:
    prior = parse_prior("x", "s", ENTRY)
    assert prior.quantile(np.full((3, 5), 0.3)).shape == (3, 5)
    fixed = parse_prior("x", "s", _without("low", "central", "high") | {"distribution": "fixed", "value": 7})
    assert fixed.quantile(np.full((3, 5), 0.3)).tolist() == [[7.0] * 5] * 3


def test_a_parameter_by_element_takes_its_elements_along_the_first_axis() -> None:
    by_buyer = ENTRY | {
        "dimension": "buyer",
        "low": {"a": 1, "b": 10},
        "central": {"b": 20, "a": 2},
        "high": {"a": 8, "b": 80},
    }
    prior = parse_prior("x", "s", by_buyer)
    assert prior.elements == ("a", "b")
    assert prior.central == (2.0, 20.0)
    values = prior.quantile(np.array([[0.5, 0.95], [0.05, 0.5]]))
    np.testing.assert_allclose(values, [[2, 8], [10, 20]])
    with pytest.raises(ValueError, match="first axis"):
        prior.quantile(np.zeros((3, 2)))


def test_somebody_elses_interval_takes_the_place_of_ours() -> None:
    prior = parse_prior("x", "s", ENTRY)
    theirs = prior.believed(3, 4, 5)
    assert theirs.quantile(0.95) == pytest.approx(5)
    assert theirs.distribution == "lognormal"
    with pytest.raises(CountermoveError, match="in this order"):
        prior.believed(5, 4, 3)
    with pytest.raises(CountermoveError, match="a lognormal is positive"):
        prior.believed(-1, 4, 5)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (ENTRY | {"lo": 1}, "unknown key 'lo': did you mean 'low'"),
        (ENTRY | {"distribution": "log_normal"}, "did you mean 'lognormal'"),
        (ENTRY | {"low": 3}, "in this order"),
        (ENTRY | {"low": 0}, "a lognormal is positive"),
        (ENTRY | {"low": "much"}, "not a number"),
        (ENTRY | {"low": True}, "not a number"),
        (ENTRY | {"distribution": "logit_normal"}, "between 0 and 1"),
        (ENTRY | {"bounds": [0, 5]}, "must lie within"),
        (ENTRY | {"bounds": 5}, "bounds are written"),
        (ENTRY | {"distribution": "fixed"}, "has value and no others"),
        (ENTRY | {"value": 3}, "low, central, high and no others"),
        (ENTRY | {"sources": []}, "lacks 'sources'"),
        (ENTRY | {"dimension": "buyer"}, "a value for each element"),
        (
            ENTRY | {"dimension": "b", "low": {"a": 1}, "central": {"a": 1}, "high": {"b": 1}},
            "must have the elements a",
        ),
        ("x", "must be a mapping"),
    ],
)
def test_a_prior_of_another_schema_is_refused(entry: Any, message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        parse_prior("x", "s", entry)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"interpolation": "cubic"}, "unknown interpolation"),
        ({"knots": {2021: 1, 2020: 2}}, "in the order of time"),
        ({"knots": [1, 2]}, "knots are written"),
        ({"knots": {"soon": 1}}, "not a number"),
        ({"knots": {2020: 0.0, 2021: 2}, "interpolation": "log_linear"}, "needs positive values"),
    ],
)
def test_a_series_of_another_schema_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        parse_series("x", "s", SERIES | change)


def test_the_three_interpolations() -> None:
    knots = {"knots": {2020: 1.0, 2022: 4.0}}
    assert parse_series("x", "s", SERIES | knots).at(2021) == pytest.approx(2.5)
    assert parse_series("x", "s", SERIES | knots | {"interpolation": "log_linear"}).at(2021) == pytest.approx(2)
    step = parse_series("x", "s", SERIES | knots | {"interpolation": "step"})
    assert step.at([2019, 2020, 2021.99, 2022, 2030]).tolist() == [1, 1, 1, 4, 4]


def test_the_ends_are_held() -> None:
    assert parse_series("x", "s", SERIES).at([2016, 2030]).tolist() == [1, 3]


def test_months_are_counted_from_january_2016_and_read_at_mid_month() -> None:
    line = parse_series("x", "s", SERIES | {"knots": {2016: 0.0, 2036: 240.0}})
    assert line.monthly([0, 1, 239]).tolist() == pytest.approx([0.5, 1.5, 239.5])


def test_a_knot_may_be_a_date() -> None:
    series = parse_series("x", "s", SERIES | {"knots": {date(2020, 7, 1): 1, date(2021, 1, 1): 2}})
    assert series.years == (2020 + 182 / 366, 2021.0)


def _without(*keys: str) -> dict[str, Any]:
    return {key: value for key, value in ENTRY.items() if key not in keys}
