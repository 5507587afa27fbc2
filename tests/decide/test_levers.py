"""Policies as points: what a lever is set to is what the scenario holds, and slopes follow the series."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.decide import levers as space
from countermove.decide.optimise import _apart, objectives
from countermove.decide.search import Front
from countermove.errors import CountermoveError
from countermove.explore.world import world
from countermove.scenario import load, month_of

unit = st.floats(0, 1)


@given(unit)
def test_a_value_is_at_its_place(x):
    for lever in space.all_levers().values():
        assert lever.low - 1e-9 <= lever.value(x) <= lever.high * (1 + 1e-9)
        assert lever.place(lever.value(x)) == pytest.approx(x, abs=1e-9)


@given(st.floats(0.01, 0.99))
def test_the_slope_is_that_of_the_value(x):
    for lever in space.all_levers().values():
        by_difference = (lever.value(x + 1e-6) - lever.value(x - 1e-6)) / 2e-6
        assert lever.slope(x) == pytest.approx(by_difference, rel=1e-5)


def test_policies_begin_between_the_ends():
    assert space.begins(0) == space.FIRST
    assert space.begins(1) == space.LAST
    assert space.begins(0.5) == date(2028, 1, 1)


def test_the_scenario_holds_what_the_levers_say_and_the_model_takes_it():
    used = space.chosen([])
    point = np.append(np.full(len(used), 0.25), 0.5)
    policy = space.scenario(used, point, "policy-01", "history")
    world().arm(policy)  # refuses what it does not have
    assert dict(policy.changes["offshore_permits"]) == {date(2028, 1, 1): 0.25}
    assert policy.rules == load("history").rules
    laid = space.laid(used, world(), world().arm(load("history")).series, point)
    series = world().arm(policy).series
    for name, array in laid.items():
        np.testing.assert_allclose(array, series[name], rtol=1e-3)  # the scenario's values have four digits


def test_the_law_is_a_point_too():
    used = space.chosen(["tools", "cloud", "smuggling"])
    np.testing.assert_allclose(space.as_law(used, world(), "history"), [0, 1, 1, 0])


@settings(max_examples=10, deadline=None)
@given(st.lists(unit, min_size=3, max_size=3))
def test_slopes_by_levers_agree_with_finite_differences(x):
    used, this = space.chosen(["licences", "ceiling", "tools"]), world()
    base = this.arm(load("history")).series
    point = np.array([*np.clip(x, 0.05, 0.95), 0.3])
    random = np.random.default_rng(1)
    weights = {name: random.normal(size=np.shape(base[name])) for name in space.laid(used, this, base, point)}

    def number(at: np.ndarray) -> float:
        return sum(float((weights[name] * values).sum()) for name, values in space.laid(used, this, base, at).items())

    slopes = space.slopes(used, this, weights, point)
    for k in range(3):
        step = np.zeros(4)
        step[k] = 1e-4
        by_difference = (number(point + step) - number(point - step)) / 2e-4
        assert slopes[k] == pytest.approx(by_difference, rel=1e-5, abs=1e-5)


def test_nothing_before_the_beginning_hangs_on_a_lever():
    used, this = space.chosen(["tools"]), world()
    base = this.arm(load("history")).series
    laid = space.laid(used, this, base, np.array([0.7, 1.0]))
    start = month_of(space.LAST)
    np.testing.assert_array_equal(laid["tool_permits"][:start], base["tool_permits"][:start])
    assert (laid["tool_permits"][start:, 0] == 0.7).all()


def test_told_points_are_the_ends_and_far_apart():
    values = np.column_stack([np.linspace(0, 1, 101), 1 - np.linspace(0, 1, 101)])
    shown = _apart(Front(np.zeros((101, 1)), values), 5)
    assert shown == [0, 25, 50, 75, 100]


@pytest.mark.parametrize(
    ("more", "less", "year", "message"),
    [
        (["totl"], ["domestic"], 2030, "total"),
        (["total"], [], 2030, "at least two"),
        (["total"], ["total"], 2030, "twice"),
        (["total"], ["domestic"], 2029, "year"),
    ],
)
def test_objectives_that_mean_nothing_are_refused(more, less, year, message):
    with pytest.raises(CountermoveError, match=message):
        objectives(more, less, year)


def test_unknown_levers_are_refused():
    with pytest.raises(CountermoveError, match="licences"):
        space.chosen(["licenses"])
    with pytest.raises(CountermoveError, match="twice"):
        space.chosen(["tools", "tools"])
