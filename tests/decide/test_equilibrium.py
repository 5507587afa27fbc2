"""Games whose equilibria are in every textbook, and a duopoly in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.decide.equilibrium import best_response, nash, stackelberg
from countermove.errors import CountermoveError

PENNIES = np.array([[[1.0, -1.0], [-1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]])
SEXES = np.array([[[3.0, 0.0], [0.0, 2.0]], [[2.0, 0.0], [0.0, 3.0]]])
PRISONERS = np.array([[[-1.0, -3.0], [0.0, -2.0]], [[-1.0, 0.0], [-3.0, -2.0]]])


def test_matching_pennies_has_one_equilibrium_and_both_mix_evenly():
    (only,) = nash(PENNIES)
    assert not only.is_pure
    np.testing.assert_allclose(only.strategies, [[0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_allclose(only.values, [0, 0], atol=1e-12)


def test_battle_of_the_sexes_has_two_pure_equilibria_and_a_mixed_one():
    *pure, mixed = nash(SEXES)
    assert [each.actions for each in pure] == [(0, 0), (1, 1)]
    assert [each.values for each in pure] == [(3.0, 2.0), (2.0, 3.0)]
    np.testing.assert_allclose(mixed.strategies, [[0.6, 0.4], [0.4, 0.6]], atol=1e-8)
    np.testing.assert_allclose(mixed.values, [1.2, 1.2], atol=1e-8)


def test_prisoners_betray_each_other():
    (only,) = nash(PRISONERS)
    assert only.actions == (1, 1)


def test_three_players_who_each_want_the_same_action_agree_on_it():
    payoffs = np.zeros((3, 2, 2, 2))
    payoffs[:, 0, 0, 0] = 1
    payoffs[:, 1, 1, 1] = 2
    assert {each.actions for each in nash(payoffs)} == {(0, 0, 0), (1, 1, 1)}


def _duopoly(demand: float, cost: float, grid: np.ndarray) -> np.ndarray:
    """Payoffs of two firms that choose quantities: price is demand less the sum of both."""
    one, other = np.meshgrid(grid, grid, indexing="ij")
    margin = demand - one - other - cost
    return np.stack([one * margin, other * margin])


def test_a_leading_duopolist_makes_half_and_its_follower_a_quarter():
    demand, cost = 12.0, 4.0
    grid = np.arange(0, 8.01, 0.5)
    game = _duopoly(demand, cost, grid)
    found = stackelberg(game)
    assert grid[found.action] == (demand - cost) / 2
    (answer,) = {each.actions for each in found.answers[found.action]}
    assert grid[answer[0]] == (demand - cost) / 4
    assert found.value == pytest.approx((demand - cost) ** 2 / 8)


def test_duopolists_who_choose_at_once_make_a_third_each():
    grid = np.arange(0, 9.01, 1.0)
    found = nash(_duopoly(13.0, 4.0, grid))
    assert (3, 3) in {each.actions for each in found}


def test_the_other_player_can_lead():
    swapped = SEXES[::-1].swapaxes(1, 2)
    assert stackelberg(SEXES, leader=0).value == 3
    assert stackelberg(SEXES, leader=1).value == stackelberg(swapped, leader=0).value == 3


def test_followers_may_mix_and_their_worst_answer_is_told():
    leader = np.zeros((2, 2, 2))
    leader[1] = [[4.0, 0.0], [0.0, 8.0]]
    followers = np.stack([np.stack([PENNIES[k], SEXES[k]]) for k in range(2)])
    found = stackelberg(np.concatenate([leader[np.newaxis], followers]))
    assert found.values[0] == pytest.approx(0)
    assert len(found.answers[0]) == 1
    assert len(found.answers[1]) == 3
    assert found.worst[1] <= found.values[1]


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (2, 3, 4), elements=st.integers(-20, 20).map(float)))
def test_nobody_gains_by_leaving_an_equilibrium(payoffs):
    found = nash(payoffs)
    for each in found:
        row, column = (np.asarray(strategy) for strategy in each.strategies)
        np.testing.assert_allclose([row.sum(), column.sum()], 1)
        assert (payoffs[0] @ column).max() <= each.values[0] + 1e-6
        assert (row @ payoffs[1]).max() <= each.values[1] + 1e-6


@settings(max_examples=30, deadline=None)
@given(arrays(np.float64, (3, 2, 3, 2), elements=st.integers(-9, 9).map(float)))
def test_a_pure_equilibrium_is_a_best_response_of_everybody(payoffs):
    for each in nash(payoffs):
        for player in range(3):
            others = tuple(action for k, action in enumerate(each.actions) if k != player)
            best = best_response(payoffs, player, others)
            profile = list(each.actions)
            profile[player] = best
            assert payoffs[(player, *profile)] <= each.values[player] + 1e-6


def test_a_leader_never_does_worse_than_in_a_pure_equilibrium_against_one_follower_with_one_answer():
    assert stackelberg(PRISONERS).value >= nash(PRISONERS)[0].values[0]


@pytest.mark.parametrize("payoffs", [np.zeros((2, 3)), np.full((2, 2, 2), np.nan)])
def test_what_is_no_game_is_refused(payoffs):
    with pytest.raises(CountermoveError, match="payoffs"):
        nash(payoffs)
