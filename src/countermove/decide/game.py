"""A rule, the answer to it, and the allies: payoffs from ensembles, equilibria with and without a leader.

Every combination of the menus is simulated on the same draws. Payoffs are means over draws of what each player is said
to care about; how often another sample of draws would change the best rule is found by resampling draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.decide.equilibrium import Commitment, Equilibrium, best_response, nash, stackelberg
from countermove.decide.measures import ASKABLE
from countermove.decide.menus import PLAYERS, Profile, Values, menus, profiles
from countermove.errors import CountermoveError
from countermove.explore import together
from countermove.explore.simulate import SEED, check_numbers, origin_of
from countermove.explore.world import BLOCK, World, world
from countermove.results import Origin
from countermove.scenario import START, load, month_of

Floats = NDArray[np.floating[Any]]
Progress = Callable[[int, int], None]

DRAWS = 256
RESAMPLES = 100
SINCE = date(2027, 1, 1)
YEAR = 2030


@dataclass(frozen=True, eq=False)
class Solution:
    """The game under one value set.

    Attributes:
        payoffs: mean over draws, (player, *actions).
        errors: standard error, over draws, of each payoff's difference from everybody going on as now.
        simultaneous: equilibria when all choose at once; in pure strategies only, since there are three players.
        leading: what Washington gains from each rule when the others answer it.
        naive: Washington's best rule if the others went on as now.
        naive_value: what that rule brings once the others answer it.
        now: Washington's payoff if everybody goes on as now.
        stability: share of resampled sets of draws in which the same rule is Washington's best commitment.
    """

    values: Values
    payoffs: Floats
    errors: Floats
    simultaneous: tuple[Equilibrium, ...]
    leading: Commitment
    naive: int
    naive_value: float
    now: float
    stability: float

    @property
    def anticipation(self) -> float:
        """What it is worth to Washington to choose its rule with the answer in mind, in its own unit."""
        return self.leading.value - self.naive_value

    @property
    def distance(self) -> float:
        """How far its rule of now, once answered, falls short of the best commitment, in Washington's unit."""
        return self.leading.value - self.leading.values[menus()["washington"].now_index]


@dataclass(frozen=True, eq=False)
class Game:
    """All combinations of the menus, and what follows under each value set.

    Attributes:
        outcomes: by outcome its value in `year`, (*actions, draw).
    """

    since: date
    year: int
    base: str
    origin: Origin
    profiles: tuple[Profile, ...]
    outcomes: Mapping[str, Floats]
    solutions: tuple[Solution, ...]

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        from countermove.decide import _game_tables

        return _game_tables.answer(self)

    def save(self, path: str | Path) -> Path:
        """Write the payoffs to one file (.nc, .csv, .json, .html), or in all forms into a folder, each whole or not.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        from countermove.decide import _game_tables

        return _game_tables.files(self).save(path)


def play(
    values: Sequence[Values],
    *,
    since: date = SINCE,
    year: int = YEAR,
    base: str = "history",
    draws: int = DRAWS,
    seed: int = SEED,
    progress: Progress | None = None,
    given: World | None = None,
) -> Game:
    """Simulate every combination of the menus and solve the game under each value set.

    Args:
        since: the month from which everybody does what it chooses.
        year: the calendar year in which payoffs are counted.

    Raises:
        CountermoveError: no such scenario; a year before the game begins; an outcome that this model has not.
    """
    check_numbers(draws, seed)
    if draws < 2:
        raise CountermoveError("draws: a game needs at least 2, or its errors are unknown")
    if not since.year <= year <= START.year + 19:
        raise CountermoveError(f"year: {year} is not from {since.year}, when the game begins, to {START.year + 19}")
    this = given or replace(world(), block=min(draws, BLOCK))
    all_profiles = profiles(since, base)
    outcomes = _outcomes(this, all_profiles, _named(values, this), year, draws, seed, progress)
    return Game(
        since=since,
        year=year,
        base=base,
        origin=origin_of(this, load(base), draws, seed),
        profiles=all_profiles,
        outcomes=outcomes,
        solutions=tuple(solve(each, outcomes, seed) for each in values),
    )


def solve(values: Values, outcomes: Mapping[str, Floats], seed: int) -> Solution:
    """The game under a value set, from outcomes (*actions, draw)."""
    by_draw = np.stack(
        [sum(worth * outcomes[name] for name, worth in values.of(player).items()) for player in PLAYERS]  # type: ignore[misc]
    )
    payoffs = by_draw.mean(axis=-1)
    leading = stackelberg(payoffs)
    now = tuple(menus()[player].now_index for player in PLAYERS)
    naive = best_response(payoffs, 0, now[1:])
    return Solution(
        values=values,
        payoffs=payoffs,
        errors=_errors(by_draw, now),
        simultaneous=nash(payoffs),
        leading=leading,
        naive=naive,
        naive_value=leading.values[naive],
        now=float(payoffs[(0, *now)]),
        stability=_stability(by_draw, leading.action, seed),
    )


def _errors(by_draw: Floats, now: tuple[int, ...]) -> Floats:
    """Of differences, because all combinations are simulated on the same draws and only they are compared."""
    reference = by_draw[(slice(None), *now)]
    shape = (len(by_draw), *(1 for _ in now), by_draw.shape[-1])
    difference = by_draw - reference.reshape(shape)
    return difference.std(axis=-1, ddof=1) / np.sqrt(by_draw.shape[-1])


def _stability(by_draw: Floats, best: int, seed: int) -> float:
    random = np.random.Generator(np.random.Philox(seed))
    count = by_draw.shape[-1]
    same = 0
    for _ in range(RESAMPLES):
        weight = np.bincount(random.integers(0, count, count), minlength=count) / count
        try:
            same += stackelberg(by_draw @ weight).action == best
        except CountermoveError:  # followers without an answer: not the same
            continue
    return same / RESAMPLES


def _named(values: Sequence[Values], given: World) -> tuple[str, ...]:
    names = dict.fromkeys(name for each in values for player in PLAYERS for name in each.of(player))
    for name in names:
        if ASKABLE[name].quantity not in given.model.quantities:
            raise CountermoveError(f"outcome '{name}': this model has no '{ASKABLE[name].quantity}'")
    return tuple(names)


def _outcomes(
    given: World,
    all_profiles: Sequence[Profile],
    names: tuple[str, ...],
    year: int,
    draws: int,
    seed: int,
    progress: Progress | None,
) -> dict[str, Floats]:
    asked = {name: ASKABLE[name] for name in names}
    outputs = tuple(
        dict.fromkeys(each.quantity for each in ASKABLE.values() if each.quantity in given.model.quantities)
    )
    months = slice(month_of(date(year, 1, 1)), month_of(date(year, 12, 1)) + 1)

    def in_year(block: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: each.annual_of_block(block[each.quantity][months])[0] for name, each in asked.items()}

    scenarios = [profile.scenario for profile in all_profiles]
    found = together.run(given, scenarios, draws, seed, reduce=in_year, outputs=outputs, progress=progress)
    shape = tuple(len(menus()[player].actions) for player in PLAYERS)
    return {name: np.stack([each[name] for each in found]).reshape(*shape, draws) for name in names}
