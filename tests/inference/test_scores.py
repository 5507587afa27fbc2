"""Scores against their definitions, naive forecasts against known cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.evidence import fact
from countermove.inference import naive
from countermove.inference.observations import Observation, observe
from countermove.inference.operators import operators
from countermove.inference.scores import covered, crps_ensemble, crps_normal, pit

NUMBERS = st.floats(-100, 100)


@given(st.lists(NUMBERS, min_size=2, max_size=20), NUMBERS)
def test_crps_is_what_its_definition_says(draws: list[float], observed: float) -> None:
    x = np.array(draws)
    pairs = [abs(a - b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j]
    expected = np.abs(x - observed).mean() - 0.5 * np.mean(pairs)
    assert crps_ensemble(x, observed) == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(NUMBERS, st.floats(0.1, 10), NUMBERS)
def test_crps_of_a_normal_is_the_integral_of_its_definition(mean: float, deviation: float, observed: float) -> None:
    from scipy.special import ndtr

    ends = sorted((observed, mean))
    x = np.linspace(ends[0] - 10 * deviation, ends[1] + 10 * deviation, 50_001)
    difference = (ndtr((x - mean) / deviation) - (x >= observed)) ** 2
    # The step of the integrand costs at most one interval of the grid.
    assert crps_normal(mean, deviation, observed) == pytest.approx(np.trapezoid(difference, x), abs=2 * (x[1] - x[0]))


def test_the_ensemble_score_approaches_that_of_its_distribution() -> None:
    draws = np.random.default_rng(1).normal(2.0, 3.0, 20_000)
    # Standard error of the estimate is about 3 / sqrt(20000) = 0.02.
    assert crps_ensemble(draws, 4.0) == pytest.approx(crps_normal(2.0, 3.0, 4.0), abs=0.07)


def test_the_score_is_proper() -> None:
    """The true distribution does better on average than one that is shifted, too narrow or too wide."""
    outcomes = np.random.default_rng(2).normal(size=4000)

    def average(mean: float, deviation: float) -> float:
        return float(np.mean([crps_normal(mean, deviation, float(y)) for y in outcomes]))

    assert average(0, 1) < min(average(0.5, 1), average(0, 0.5), average(0, 2))


def test_coverage_and_transform_of_a_calibrated_forecast() -> None:
    rng = np.random.default_rng(3)
    draws = rng.normal(size=2000)
    outcomes = rng.normal(size=1000)
    # Three standard errors of a share of 1000.
    assert np.mean([covered(draws, y, 0.8) for y in outcomes]) == pytest.approx(0.8, abs=0.04)
    assert np.mean([pit(draws, y) for y in outcomes]) == pytest.approx(0.5, abs=0.03)


def _cars(values: dict[int, float]) -> list[Observation]:
    row = fact("sec-0122")
    rows = [
        replace(row, id=f"x{year}", period_start=date(year, 1, 1), period_end=date(year, 12, 31), central=value)
        for year, value in values.items()
    ]
    return observe(rows, operators())[0]


def test_forecasts_of_a_series_that_doubles_every_year() -> None:
    cars = _cars({2019: 1.0, 2020: 2.0, 2021: 4.0, 2022: 8.0, 2023: 16.0})
    found = naive.of(cars[-1], cars)
    assert set(found) == set(naive.NAMES)
    # Leap years make the steps of time differ by 0.3 %.
    assert np.exp(found["last value"].mean) == pytest.approx(8e6, rel=0.01)
    assert np.exp(found["drift"].mean) == pytest.approx(16e6, rel=0.01)
    assert np.exp(found["exponential trend"].mean) == pytest.approx(16e6, rel=0.01)
    assert found["last value"].deviation > found["exponential trend"].deviation


def test_a_naive_forecast_never_sees_the_row_or_what_follows_it() -> None:
    cars = _cars({2020: 2.0, 2021: 4.0, 2022: 8.0, 2023: 16.0})
    other = _cars({2020: 2.0, 2021: 4.0, 2022: 80.0, 2023: 1.0})
    assert naive.of(cars[2], cars) == naive.of(cars[2], [*other[:2], cars[2], *other[2:]])


def test_without_a_past_there_is_no_forecast() -> None:
    cars = _cars({2023: 16.0})
    assert naive.of(cars[0], cars) == {}


def test_a_flow_over_half_a_year_is_compared_by_its_rate() -> None:
    row = fact("sec-0122")
    half = replace(row, id="half", period_start=date(2023, 1, 1), period_end=date(2023, 6, 30), central=5.0)
    whole = replace(row, id="whole", period_start=date(2024, 1, 1), period_end=date(2024, 12, 31), central=10.0)
    first, second = observe([half, whole], operators())[0]
    (earlier,) = naive.before(second, [first, second])
    forecast = naive.forecasts(second, [earlier], innovation=0.1)["last value"]
    # 181 days of 5 million are 10.1 million in 366 days.
    assert np.exp(forecast.mean) == pytest.approx(5e6 * 366 / 181, rel=1e-9)


def test_every_exact_row_is_held_back_once() -> None:
    from countermove.inference.listing import shipped
    from countermove.inference.score import held_back

    rows = [each for each in shipped()[0] if each.operator.name in ("us_research", "solar_output", "tool_market")]
    generator = np.random.default_rng(1)
    figures = {each.fact.id: each.value * np.exp(generator.normal(0, 0.3, 200)) for each in rows}
    found = held_back(rows, figures, seed=1)
    assert sorted(row.observation.fact.id for row in found.rows) == sorted(each.fact.id for each in rows)
