"""The ensemble behind a lever: only what a move changes is computed, with what other moves left.

Kept between moves: the arm that a move leaves as it was (the counterfactual of every policy), the first 250 draws of
the 1,000 that follow them, the values and ranks of every parameter. All of it gives the numbers that
`explore.compare.compare` gives (tested), because draws depend on nothing but seed, name and index.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from countermove.app.arms import Arms
from countermove.app.draft import DRAWS
from countermove.app.recent import Recent
from countermove.scenario import END, START, Scenario

if TYPE_CHECKING:
    from countermove.engine.draws import Prior
    from countermove.explore.compare import Comparison
    from countermove.explore.crossing import Crossing
    from countermove.explore.drivers import Driver, Ranks, Standard
    from countermove.explore.world import World
    from countermove.results import Result

Floats = NDArray[np.floating[Any]]

SEED = 1

# Draws computed at once: two blocks, one for each core of a small machine, make up the 250 draws of one move.
BLOCK = 128

Value = TypeVar("Value")


class Lazily(Mapping[str, Value]):
    """By name what is made when it is first asked for: a screen shows two of six outcomes."""

    def __init__(self, names: Sequence[str], make: Callable[[str], Value]) -> None:
        self._names, self._make = tuple(names), make
        self._made: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@cache
def model() -> World:
    """The model with everything that a figure needs, in blocks that answer soon."""
    from countermove.explore.world import world
    from countermove.figures import QUANTITIES

    return replace(world(), outputs=QUANTITIES, block=BLOCK)


@cache
def outcomes_only() -> World:
    """The model with no more than the outcomes, which takes a fifth less time; the first page shows nothing else."""
    from countermove.explore.outcomes import OUTCOMES

    return replace(model(), outputs=tuple(dict.fromkeys(each.quantity for each in OUTCOMES.values())))


class Ensemble:
    """Simulates and keeps what it simulated: at most `size` pieces, of which 1,000 draws are two."""

    def __init__(self, given: Callable[[], World], size: int) -> None:
        self._make = given
        self._pieces: Recent[tuple[Scenario, int, int], Result] = Recent(size)
        self._ranks: Recent[Hashable, Standard] = Recent(8)  # of 1,000 draws 2 MB each

    @cached_property
    def _given(self) -> World:
        return self._make()

    @cached_property
    def _arms(self) -> Arms:
        return Arms(self._given, SEED, DRAWS[-1])

    def comparison(self, policy: Scenario, other: Scenario, draws: int) -> Comparison:
        """Both arms and their difference, with what goes with it.

        Raises:
            CountermoveError: a scenario names what the model does not have.
        """
        parts = [self._piece((policy, other), first, count) for first, count in _pieces(draws)]
        one, two = (_joined([part[index] for part in parts], draws) for index in (0, 1))
        comparison = _compared(one, two)
        return replace(comparison, drivers=self._drivers(policy, comparison))

    def _drivers(self, policy: Scenario, comparison: Comparison) -> Mapping[str, tuple[Driver, ...]]:
        from countermove.explore.compare import quoted_year
        from countermove.explore.drivers import driving, standard

        given, draws = self._given, comparison.draws
        believed = policy.beliefs, draws
        ranks = self._ranks.get(believed)
        if ranks is None:
            priors = given.arm(policy).priors
            ranks = self._ranks.put(believed, standard(priors, given.model, SEED, draws, _ranks))
        index = comparison.years.index(quoted_year(comparison.years))
        return driving(ranks, {name: comparison.annual[name].delta[:, index] for name in ("domestic", "total")})

    def _piece(self, arms: tuple[Scenario, Scenario], first: int, count: int) -> list[Result]:
        kept = {arm: self._pieces.get((arm, first, count)) for arm in arms}
        missing = [arm for arm, result in kept.items() if result is None]
        for arm, values in zip(missing, self._arms.run(missing, first, count), strict=True):
            kept[arm] = self._pieces.put((arm, first, count), _result(self._given, arm, values, count))
        return [result for arm in arms if (result := kept[arm]) is not None]


def _pieces(draws: int) -> list[tuple[int, int]]:
    """The first draws, which are there already once a lever was dragged, and the others."""
    first = min(draws, DRAWS[0])
    return [(0, first), (first, draws - first)] if draws > first else [(0, first)]


def _result(given: World, scenario: Scenario, values: Mapping[str, Floats], draws: int) -> Result:
    from countermove.explore.simulate import origin_of, variable_of
    from countermove.results import Result

    return Result(
        origin_of(given, scenario, draws, SEED),
        {name: variable_of(given, name) for name in given.outputs},
        {name: np.moveaxis(array, -1, 0) for name, array in values.items()},
        f"{START:%Y-%m}",
    )


def _joined(parts: Sequence[Result], draws: int) -> Result:
    if len(parts) == 1:
        return parts[0]
    whole = parts[0]
    values = {name: np.concatenate([part.values[name] for part in parts]) for name in whole.values}
    return replace(whole, values=values, origin=replace(whole.origin, draws=draws))


def _compared(policy: Result, counterfactual: Result) -> Comparison:
    """As `explore.compare.compared`, of which only what is looked at is computed."""
    from countermove.explore.annual import AnnualOutcome, annual_outcome
    from countermove.explore.compare import IMMATERIAL, Comparison, crossings_between, deficit_of
    from countermove.explore.outcomes import OUTCOMES

    arms = (policy, counterfactual)
    monthly = Lazily(tuple(OUTCOMES), lambda name: [OUTCOMES[name].monthly(arm) for arm in arms])

    def annual(name: str) -> AnnualOutcome:
        one, other = (OUTCOMES[name].annual(values) for values in monthly[name])
        return annual_outcome(OUTCOMES[name], one, other, IMMATERIAL)

    def crossed(name: str) -> tuple[Crossing, ...]:
        one, other = monthly[name]
        return crossings_between(OUTCOMES[name], one, other, IMMATERIAL)

    by_year = Lazily(tuple(OUTCOMES), annual)
    return Comparison(
        scenario=policy.origin.scenario,
        against=counterfactual.origin.scenario,
        draws=policy.origin.draws,
        seed=policy.origin.seed,
        parameters=policy.origin.parameters,
        immaterial=IMMATERIAL,
        years=tuple(range(START.year, END.year + 1)),
        annual=by_year,
        crossings=Lazily(tuple(OUTCOMES), crossed),
        cumulative_deficit=Lazily(tuple(OUTCOMES), lambda name: deficit_of(by_year[name].delta)),
        policy=policy,
        counterfactual=counterfactual,
    )


# In eight bytes for each of 1,000 draws: of our 250 parameters and of some thousand intervals of visitors about 20 MB.
@lru_cache(maxsize=2000)
def _ranks(name: str, prior: Prior, seed: int, draws: int) -> Ranks:
    from countermove.explore.drivers import ranks

    return ranks(name, prior, seed, draws)
