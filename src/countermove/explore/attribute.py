"""What each mechanism contributes to a difference: Shapley's shares of v(S) = Y(policy, S) − Y(counterfactual, S).

S is the set of mechanisms that are on, alike in both arms. The shares and the direct effect v(∅) sum to the difference
exactly, in every draw. Shapley (1953); estimation by random permutations: Castro, Gómez and Tejada (2009).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.engine.draws import uniform
from countermove.errors import CountermoveError
from countermove.explore import held
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.simulate import SEED, Progress, check_numbers
from countermove.explore.world import BLOCK, World, program, switch, world
from countermove.scenario import START, Scenario, as_scenario

if TYPE_CHECKING:
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]
Method = Literal["permutation", "exact"]

YEAR = 2030
"""The year for which shares are quoted unless another is asked for: beyond it supply is extrapolated."""

DIRECT = "direct"
"""Name of the effect that remains with every mechanism off, v(∅)."""

ATTRIBUTED = ("domestic", "total")
EXACT_LIMIT = 12


@dataclass(frozen=True)
class Contribution:
    """Mean contribution of one mechanism to the difference in one year, with its standard error over draws.

    `domestic` in H100e/yr, `total` in H100e.
    """

    mechanism: str
    domestic: float
    total: float
    domestic_error: float
    total_error: float


@dataclass(frozen=True, eq=False)
class Attribution:
    """Contributions draw by draw.

    Attributes:
        mechanisms: the direct effect first, then the mechanisms.
        contributions: by outcome (domestic, total) an array (mechanism, draw, year); its sum over mechanisms is the
            difference of that draw. By permutation, a draw's own contributions hang on its one random order: only
            means over draws estimate Shapley's shares.
    """

    method: Method
    mechanisms: tuple[str, ...]
    contributions: Mapping[str, Floats]
    first_year: int = START.year
    year: int = YEAR

    @property
    def draws(self) -> int:
        """Number of draws over which contributions are averaged."""
        return next(iter(self.contributions.values())).shape[1]

    @property
    def rows(self) -> tuple[Contribution, ...]:
        """Contributions in `year`."""
        return self.in_year(self.year)

    def in_year(self, year: int) -> tuple[Contribution, ...]:
        """Contributions in a year, direct effect first."""
        means, errors = {}, {}
        for outcome, values in self.contributions.items():
            chosen = values[:, :, year - self.first_year]
            means[outcome] = chosen.mean(axis=1)
            errors[outcome] = _standard_error(chosen)
        return tuple(
            Contribution(name, *(float(each[outcome][k]) for each in (means, errors) for outcome in ATTRIBUTED))
            for k, name in enumerate(self.mechanisms)
        )


def _standard_error(values: Floats) -> Floats:
    """Standard error of means over the last axis; infinite for a single draw."""
    count = values.shape[-1]
    return values.std(axis=-1, ddof=1) / np.sqrt(count) if count > 1 else np.full(values.shape[:-1], np.inf)


def attribute(
    scenario: Scenario | str,
    against: Scenario | str,
    *,
    draws: int,
    seed: int = SEED,
    method: Method = "permutation",
    whole: Mapping[str, Floats] | None = None,
    progress: Progress | None = None,
    given: World | None = None,
) -> Attribution:
    """Attribute the difference between two scenarios to the mechanisms.

    By permutation each draw switches the mechanisms on one after the other in a random order of its own: an unbiased
    estimate from (mechanisms + 1) × 2 runs a draw. Exact computes all 2^n sets, each once: what all n! orders of every
    draw would give on average.

    Args:
        whole: the difference with all mechanisms on, by outcome (draw, year), if it was simulated before.

    Raises:
        CountermoveError: as in `compare`; "exact" with more than twelve mechanisms or groups.
    """
    check_numbers(draws, seed)
    this = given or (_for_many_sets(world(), draws) if method == "exact" else world())
    arms = as_scenario(scenario), as_scenario(against)
    players = dict(this.groups) or {name: (name,) for name in this.mechanisms}
    if method == "exact":
        contributions = _exact(this, arms, players, draws, seed, progress)
    else:
        contributions = _by_permutation(this, arms, players, draws, seed, whole, progress)
    return Attribution(method, (DIRECT, *players), contributions)


def _for_many_sets(given: World, draws: int) -> World:
    """The world compiled for thousands of blocks: none larger than what is in it, only what is attributed is kept."""
    kept = tuple(OUTCOMES[name].quantity for name in ATTRIBUTED)
    return replace(given, outputs=kept, block=min(draws, BLOCK))


def _by_permutation(
    given: World,
    arms: tuple[Scenario, Scenario],
    players: Mapping[str, tuple[str, ...]],
    draws: int,
    seed: int,
    whole: Mapping[str, Floats] | None,
    progress: Progress | None,
) -> dict[str, Floats]:
    keys = np.stack([uniform(f"order of {name}", seed, 0, draws) for name in players])
    rank = keys.argsort(axis=0).argsort(axis=0)  # (player, draw): place of the player in the draw's order
    sizes = range(len(players) + (whole is None))
    coalitions = [{name: (rank[k] < size) for k, name in enumerate(players)} for size in sizes]
    values = _differences(given, arms, players, coalitions, draws, seed, progress)
    if whole is not None:
        values = {outcome: np.concatenate([v, whole[outcome][np.newaxis]]) for outcome, v in values.items()}
    contributions: dict[str, Floats] = {}
    for outcome, v in values.items():
        steps = np.diff(v, axis=0)  # (place, draw, year)
        shares = [steps[rank[k], np.arange(draws)] for k in range(len(players))]
        contributions[outcome] = np.stack([v[0], *shares])
    return contributions


def _exact(
    given: World,
    arms: tuple[Scenario, Scenario],
    players: Mapping[str, tuple[str, ...]],
    draws: int,
    seed: int,
    progress: Progress | None,
) -> dict[str, Floats]:
    names = list(players)
    if len(names) > EXACT_LIMIT:
        raise CountermoveError(f"exact attribution is for at most {EXACT_LIMIT} mechanisms or groups, not {len(names)}")
    sets = [frozenset(chosen) for size in range(len(names) + 1) for chosen in combinations(names, size)]
    coalitions = [{name: np.full(draws, name in chosen) for name in names} for chosen in sets]
    values = _differences(given, arms, players, coalitions, draws, seed, progress)
    position = {chosen: index for index, chosen in enumerate(sets)}
    weight = [factorial(s) * factorial(len(names) - s - 1) / factorial(len(names)) for s in range(len(names))]
    contributions: dict[str, Floats] = {}
    for outcome, v in values.items():
        shares = [np.zeros_like(v[0]) for _ in names]
        for k, name in enumerate(names):
            for chosen in sets:
                if name not in chosen:
                    shares[k] += weight[len(chosen)] * (v[position[chosen | {name}]] - v[position[chosen]])
        contributions[outcome] = np.stack([v[0], *shares])
    return contributions


def _differences(
    given: World,
    arms: tuple[Scenario, Scenario],
    players: Mapping[str, tuple[str, ...]],
    coalitions: Sequence[Mapping[str, NDArray[np.bool_]]],
    draws: int,
    seed: int,
    progress: Progress | None,
) -> dict[str, Floats]:
    """v(S) by outcome as (coalition, draw, year)."""
    from countermove.engine import ensemble

    outcomes = [OUTCOMES[name] for name in ATTRIBUTED]

    def annual(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        return {outcome.name: outcome.annual_of_block(outputs[outcome.quantity]) for outcome in outcomes}

    whole = _with_paths(given, arms, draws, seed)
    cases = [_only(arm, players, coalition) for coalition in coalitions for arm in whole]
    results = ensemble.run(program(given, given.outputs), cases, draws, seed, reduce=annual, progress=progress)
    return {
        name: np.stack([results[i][name].T - results[i + 1][name].T for i in range(0, len(results), 2)])
        for name in ATTRIBUTED
    }


def _with_paths(given: World, arms: tuple[Scenario, Scenario], draws: int, seed: int) -> tuple[Arm, Arm]:
    """Both arms with the paths of the reference; run once if they share parameters and structure."""
    policy, counterfactual = (given.arm(scenario) for scenario in arms)
    policy = held.from_reference(given, policy, draws, seed)
    if arms[0].beliefs == arms[1].beliefs and arms[0].variant == arms[1].variant:
        return policy, replace(counterfactual, held=policy.held)
    return policy, held.from_reference(given, counterfactual, draws, seed)


def _only(arm: Arm, players: Mapping[str, tuple[str, ...]], coalition: Mapping[str, NDArray[np.bool_]]) -> Arm:
    """The arm with only the coalition's mechanisms on, of those that the scenario itself leaves on."""
    switches = {
        switch(name): np.asarray(coalition[player] * arm.mechanisms.get(switch(name), 1.0), dtype=np.float64)
        for player, names in players.items()
        for name in names
    }
    return replace(arm, mechanisms={**arm.mechanisms, **switches})
