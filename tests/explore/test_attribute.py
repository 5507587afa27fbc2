"""Shapley's shares: they sum to the difference, agree with the exact ones, and obey the axioms."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.explore.attribute import attribute
from countermove.explore.compare import compare
from countermove.scenario import Scenario

DRAWS = 200


@pytest.fixture(scope="module")
def by_permutation(world):
    return attribute("history", "no-controls", draws=DRAWS, given=world)


@pytest.fixture(scope="module")
def exact(world):
    return attribute("history", "no-controls", draws=DRAWS, method="exact", given=world)


def test_shares_and_direct_effect_sum_to_the_difference_in_every_draw(world, by_permutation, exact):
    comparison = compare("history", "no-controls", draws=DRAWS, attribution=None, given=world)
    for found in (by_permutation, exact):
        for outcome, shares in found.contributions.items():
            delta = comparison.annual[outcome].delta
            # shares differ from the difference only by the rounding of their sums
            np.testing.assert_allclose(shares.sum(axis=0), delta, atol=1e-9 * np.abs(shares).max())


def test_permutations_estimate_the_exact_shares(by_permutation, exact):
    year = 2030 - 2016
    for outcome in ("domestic", "total"):
        gap = by_permutation.contributions[outcome][:, :, year] - exact.contributions[outcome][:, :, year]
        error = gap.std(axis=1, ddof=1) / np.sqrt(DRAWS)
        assert (np.abs(gap.mean(axis=1)) <= 4 * error + 1e-9).all()  # four standard errors


def test_a_program_made_for_many_sets_gives_the_same_shares(world, exact, monkeypatch):
    from countermove.explore import attribute as module

    monkeypatch.setattr(module, "world", lambda: world)
    again = attribute("history", "no-controls", draws=DRAWS, method="exact")
    for outcome, shares in exact.contributions.items():
        # another size of block may be vectorised otherwise: single precision
        np.testing.assert_allclose(again.contributions[outcome], shares, atol=1e-5 * np.abs(shares).max())


def test_exact_shares_are_means_over_all_orders(world, exact):
    """Shapley's definition, computed by switching mechanisms on one after the other in each of the 3! orders."""
    from countermove.explore import attribute as module
    from countermove.scenario import load

    arms, names = (load("history"), load("no-controls")), list(world.mechanisms)
    players = {name: (name,) for name in names}
    expected = dict.fromkeys(names, 0.0)
    for order in permutations(names):
        sets = [{name: np.full(DRAWS, name in order[:size]) for name in names} for size in range(len(names) + 1)]
        v = module._differences(world, arms, players, sets, DRAWS, 1, None)["domestic"]
        for place, name in enumerate(order):
            expected[name] = expected[name] + (v[place + 1] - v[place]) / 6
    for name in names:
        found = exact.contributions["domestic"][exact.mechanisms.index(name)]
        np.testing.assert_allclose(found, expected[name], atol=1e-9 * np.abs(found).max() + 1e-9)


def test_a_mechanism_without_effect_on_an_outcome_gets_nothing(exact, by_permutation):
    for found in (exact, by_permutation):
        assert not found.contributions["domestic"][found.mechanisms.index("diversion")].any()
        assert found.contributions["total"][found.mechanisms.index("diversion")].any()


def test_direct_effect_is_the_difference_with_all_mechanisms_off(world, exact):
    off = dict.fromkeys(world.mechanisms, "off")
    arms = [
        Scenario(name=f"{base}-off", title="x", description="x", extends=base, mechanisms=off)
        for base in ("history", "no-controls")
    ]
    without = compare(*arms, draws=DRAWS, attribution=None, given=world)
    np.testing.assert_array_equal(exact.contributions["domestic"][0], without.annual["domestic"].delta)
    np.testing.assert_array_equal(exact.contributions["total"][0], without.annual["total"].delta)


def test_what_a_scenario_switches_off_stays_off(world):
    arms = [
        Scenario(name=f"{base}-off", title="x", description="x", extends=base, mechanisms={"response": "off"})
        for base in ("history", "no-controls")
    ]
    found = attribute(*arms, draws=60, given=world)
    assert not found.contributions["domestic"][found.mechanisms.index("response")].any()


def test_groups_are_switched_together(world):
    from dataclasses import replace

    grouped = replace(world, groups={"home": ("response", "learning"), "demand": ("diversion",)})
    found = attribute("history", "no-controls", draws=60, method="exact", given=grouped)
    assert found.mechanisms == ("direct", "home", "demand")
    too_many = replace(world, groups={str(k): () for k in range(13)})
    with pytest.raises(CountermoveError, match="at most 12"):
        attribute("history", "no-controls", draws=10, method="exact", given=too_many)


def test_unknown_mechanisms_are_refused(world):
    wrong = Scenario(name="wrong", title="x", description="x", mechanisms={"respons": "off"})
    with pytest.raises(
        CountermoveError, match=r"scenario wrong: unknown mechanism 'respons': did you mean 'response'\?"
    ):
        attribute(wrong, "no-controls", draws=10, given=world)


def test_errors_are_standard_errors_of_means(by_permutation):
    row = next(row for row in by_permutation.rows if row.mechanism == "response")
    values = by_permutation.contributions["domestic"][by_permutation.mechanisms.index("response"), :, 14]
    assert row.domestic == pytest.approx(values.mean())
    assert row.domestic_error == pytest.approx(values.std(ddof=1) / np.sqrt(DRAWS))
