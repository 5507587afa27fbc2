"""Published figures given the past: what is learned, what is not, and that only the past is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from countermove.evidence import Fact
from countermove.inference.discrepancy import estimate, published
from countermove.inference.observations import Observation
from countermove.inference.operators import operators

OPERATOR = operators().series["compute_all"]
DRAWS = 4000


def _row(year: int, value: float, *, series: str = "compute_all", error: float = 0.25) -> Observation:
    operator = replace(OPERATOR, name=series)
    first, last = date(year, 1, 1), date(year, 12, 31)
    fact = Fact(f"{series}-{year}", "mine", "China", "x", first, last, None, value, None, "H100e", "estimate",
                f"source {series} {year}", None, "", "yes", "")  # fmt: skip
    return Observation(fact, operator, value, 1.0, error, None, fact.source, last)


def _figures(rows: list[Observation], deviation: float, seed: int = 0) -> dict[str, np.ndarray]:
    """Draws of one uncertain level about 100 by series, the same in all years."""
    level = np.random.default_rng(seed).normal(np.log(100), deviation, DRAWS)
    return {row.fact.id: np.exp(level) for row in rows}


def test_without_a_past_the_error_is_that_of_the_row() -> None:
    wanted = _row(2025, 100.0)
    found = published([wanted], [], _figures([wanted], 0.0), seed=1)[wanted.fact.id]
    # The size of the discrepancy is then the least, 0.03; the standard error of a deviation of 4,000 draws is 1.1 %.
    assert np.log(found).std() == pytest.approx(np.hypot(0.25, 0.03), rel=0.04)
    assert np.log(found).mean() == pytest.approx(np.log(100), abs=0.02)


def test_with_an_exact_kernel_it_is_the_posterior_of_the_conjugate_normal() -> None:
    """One uncertain level, past figures with independent errors, no discrepancy: the normal mean has a closed form."""
    operator = replace(OPERATOR, definition_error=0.0)
    rows = [replace(_row(year, 140.0), operator=operator) for year in range(2018, 2024)]
    wanted = replace(_row(2024, 1.0), operator=operator)
    found = np.log(published([wanted], rows, _figures([*rows, wanted], 0.5), seed=1)[wanted.fact.id])
    precision = 1 / 0.5**2 + len(rows) / 0.25**2
    mean = (np.log(100) / 0.5**2 + len(rows) * np.log(140) / 0.25**2) / precision
    # Shrinkage of the sampled covariance and the least discrepancy of 0.03 move both by a few per cent.
    assert found.mean() == pytest.approx(mean, abs=0.03)
    assert found.std() == pytest.approx(np.sqrt(1 / precision + 0.25**2), rel=0.06)


def test_fitted_draws_are_not_conditioned_on_the_same_figures_again() -> None:
    """With certain draws the two agree; with uncertain ones the fitted keep their spread."""
    operator = replace(OPERATOR, definition_error=0.0)
    rows = [replace(_row(year, 140.0), operator=operator) for year in range(2018, 2024)]
    wanted = replace(_row(2035, 1.0), operator=operator)  # far beyond the memory of any discrepancy
    figures = _figures([*rows, wanted], 0.5)
    prior = np.log(published([wanted], rows, figures, seed=1)[wanted.fact.id])
    fitted = np.log(published([wanted], rows, figures, seed=1, fitted=True)[wanted.fact.id])
    assert prior.std() < 0.4 < fitted.std()


def test_only_what_came_before_is_learned_from() -> None:
    rows = [_row(2020, 130.0), _row(2021, 150.0), _row(2022, 150.0), _row(2023, 160.0)]
    wanted = _row(2022, 120.0, error=0.2)
    wanted = replace(wanted, fact=replace(wanted.fact, id="asked"))
    figures = _figures([*rows, wanted], 0.3)
    sizes = estimate(rows, figures)
    later = [replace(row, value=7 * row.value) if row.last >= wanted.last else row for row in rows]
    assert estimate(later, figures) != sizes
    first = published([wanted], rows[:2], figures, seed=1)["asked"]
    again = published([replace(wanted, value=999.0)], rows[:2], figures, seed=1)["asked"]
    np.testing.assert_array_equal(first, again)


def test_a_series_that_the_model_misses_for_years_has_a_large_discrepancy_and_others_have_not() -> None:
    right = [_row(year, 100.0, series="right", error=0.21) for year in range(2016, 2026)]
    wrong = [_row(year, 100.0 * 4 ** ((-1) ** year), series="wrong", error=0.21) for year in range(2016, 2026)]
    rest = estimate([*right, *wrong], _figures([*right, *wrong], 0.1))
    assert rest.of("right") < 0.3 < 0.7 < rest.of("wrong")
