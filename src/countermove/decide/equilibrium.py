"""Equilibria of finite games from their payoffs: simultaneous (Nash) and leader-follower (Stackelberg).

Two-player games, mixed strategies included, are solved by nashpy (vertex enumeration, Mangasarian 1964); with more
players equilibria in pure strategies are found by looking at every profile.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]

SAME = 1e-9
"""Payoffs that differ by less than this share of their range count as equal: a player does not move for nothing."""


@dataclass(frozen=True)
class Equilibrium:
    """One profile of strategies.

    Attributes:
        strategies: for each player the probability of each action.
        values: for each player the expected payoff.
    """

    strategies: tuple[tuple[float, ...], ...]
    values: tuple[float, ...]

    @property
    def is_pure(self) -> bool:
        """Whether every player plays one action for sure."""
        return all(max(strategy) > 1 - 1e-9 for strategy in self.strategies)

    @property
    def actions(self) -> tuple[int, ...]:
        """For each player the most probable action."""
        return tuple(int(np.argmax(strategy)) for strategy in self.strategies)


@dataclass(frozen=True)
class Commitment:
    """What a leader gains from each action when the followers answer it.

    Attributes:
        action: the leader's best.
        value: its payoff to the leader.
        answers: for each action of the leader the equilibria of the followers.
        values: for each action of the leader its payoff, the followers' equilibria weighted alike.
        worst: for each action of the leader its payoff in the followers' equilibrium that is worst for the leader.
    """

    action: int
    value: float
    answers: tuple[tuple[Equilibrium, ...], ...]
    values: tuple[float, ...]
    worst: tuple[float, ...]


def nash(payoffs: Floats) -> tuple[Equilibrium, ...]:
    """Equilibria of a simultaneous game: all of them with one or two players, those in pure strategies with more.

    Args:
        payoffs: (player, *actions of each player).

    Raises:
        CountermoveError: the shape is not that of a game; a payoff is not finite.
    """
    _check(payoffs)
    pure = [_pure(payoffs, profile) for profile in _pure_profiles(payoffs)]
    if payoffs.shape[0] != 2:
        return tuple(pure)
    return (*pure, *_mixed(payoffs))


def stackelberg(payoffs: Floats, leader: int = 0) -> Commitment:
    """The leader's best commitment, when the followers answer by an equilibrium among themselves.

    Where the followers have several equilibria they are weighted alike, and the worst is given beside; where more than
    two followers have none in pure strategies the action cannot be judged.

    Raises:
        CountermoveError: as `nash`; no action can be judged.
    """
    _check(payoffs)
    moved = np.moveaxis(payoffs, 1 + leader, 1)  # the leader's actions first
    order = [leader, *(player for player in range(payoffs.shape[0]) if player != leader)]
    moved = moved[order]
    answers, means, worst = [], [], []
    for action in range(moved.shape[1]):
        found = nash(moved[1:, action])
        own = [_expected(moved[0, action], equilibrium.strategies) for equilibrium in found]
        answers.append(found)
        means.append(float(np.mean(own)) if own else float("nan"))
        worst.append(min(own) if own else float("nan"))
    if np.isnan(means).all():
        raise CountermoveError("the followers have no equilibrium in pure strategies, whatever the leader does")
    best = int(np.nanargmax(means))
    return Commitment(best, means[best], tuple(answers), tuple(means), tuple(worst))


def best_response(payoffs: Floats, player: int, others: tuple[int, ...]) -> int:
    """The player's best action when the other players' actions are given, in the order of the players."""
    at: list[Any] = list(others)
    at.insert(player, slice(None))
    return int(np.argmax(payoffs[(player, *at)]))


def _check(payoffs: Floats) -> None:
    if payoffs.ndim < 2 or payoffs.shape[0] != payoffs.ndim - 1:
        raise CountermoveError(f"payoffs of shape {payoffs.shape}: not one table of all players' actions a player")
    if not np.isfinite(payoffs).all():
        raise CountermoveError("payoffs: not all are finite")


def _pure_profiles(payoffs: Floats) -> list[tuple[int, ...]]:
    stays = np.ones(payoffs.shape[1:], dtype=bool)
    for player, table in enumerate(payoffs):
        best = table.max(axis=player, keepdims=True)
        stays &= table >= best - SAME * max(float(np.ptp(table)), 1e-300)
    return [tuple(int(k) for k in profile) for profile in np.argwhere(stays)]


def _pure(payoffs: Floats, profile: tuple[int, ...]) -> Equilibrium:
    strategies = tuple(
        tuple(float(k == action) for k in range(count))
        for action, count in zip(profile, payoffs.shape[1:], strict=True)
    )
    return Equilibrium(strategies, tuple(float(table[profile]) for table in payoffs))


def _mixed(payoffs: Floats) -> list[Equilibrium]:
    """Equilibria in which somebody mixes, each once; payoffs scaled to 1 to 2, which moves no equilibrium."""
    rows, columns = _undominated(payoffs)
    if min(len(rows), len(columns)) == 1:
        return []  # one player has no choice left; the other has no reason to mix but between equals
    import nashpy

    small = payoffs[:, rows][:, :, columns]
    scaled = [1 + (table - table.min()) / max(float(np.ptp(table)), 1e-300) for table in small]
    found: list[Equilibrium] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nashpy warns of degenerate games; what it finds in them are equilibria
        pairs = [tuple(np.round(s, 9) for s in pair) for pair in nashpy.Game(*scaled).vertex_enumeration()]
    for pair in pairs:
        strategies = tuple(
            _spread(s / s.sum(), places, count)
            for s, places, count in zip(pair, (rows, columns), payoffs.shape[1:], strict=True)
        )
        values = tuple(_expected(table, strategies) for table in payoffs)
        equilibrium = Equilibrium(strategies, values)
        if not equilibrium.is_pure and all(_apart(equilibrium, other) for other in found):
            found.append(equilibrium)
    return found


def _undominated(payoffs: Floats) -> tuple[list[int], list[int]]:
    """Actions that survive when strictly dominated ones are struck out again and again; no equilibrium plays others."""
    kept = [list(range(count)) for count in payoffs.shape[1:]]
    while True:
        before = [len(each) for each in kept]
        for player in range(2):
            own = np.moveaxis(payoffs[player], player, 0)[np.ix_(kept[player], kept[1 - player])]
            worse = [any((other > row).all() for other in own) for row in own]
            kept[player] = [action for action, struck in zip(kept[player], worse, strict=True) if not struck]
        if before == [len(each) for each in kept]:
            return kept[0], kept[1]


def _spread(strategy: Floats, places: list[int], count: int) -> tuple[float, ...]:
    """A strategy over some actions as one over all of them."""
    whole = np.zeros(count)
    whole[places] = strategy
    return tuple(float(p) for p in whole)


def _apart(one: Equilibrium, other: Equilibrium) -> bool:
    pairs = zip(one.strategies, other.strategies, strict=True)
    return any(not np.allclose(a, b, atol=1e-6) for a, b in pairs)


def _expected(table: Floats, strategies: tuple[tuple[float, ...], ...]) -> float:
    for strategy in strategies:
        table = np.tensordot(np.asarray(strategy), table, axes=(0, 0))
    return float(table)
