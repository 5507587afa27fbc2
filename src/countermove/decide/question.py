"""A question put to the model at chosen points: measures of a policy against a counterfactual, draw by draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from countermove.decide import factors as parts
from countermove.decide.factors import Factor
from countermove.decide.measures import Measure, Reading, parse, quantities
from countermove.errors import CountermoveError
from countermove.explore.simulate import origin_of
from countermove.explore.world import World, program, world
from countermove.parameters import Prior
from countermove.results import Origin
from countermove.scenario import Scenario, as_scenario

if TYPE_CHECKING:
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]
Progress = Callable[[int, int], None]

# Points simulated at once: enough for every core, few enough that what is kept of them stays small.
_TOGETHER = 8192


@dataclass(frozen=True, eq=False)
class Question:
    """Measures of one or more scenarios, or of one against another.

    Attributes:
        scenarios: on common random numbers; with a counterfactual there is one.
        against: the counterfactual, or None.
    """

    scenarios: tuple[Scenario, ...]
    against: Scenario | None
    measures: tuple[Measure, ...]
    given: World

    @cached_property
    def parameters(self) -> tuple[Factor, ...]:
        """Every uncertain number on which the measures can depend."""
        return parts.of_parameters(self._priors, program(self.given, self._quantities).inputs)

    @cached_property
    def mechanisms(self) -> tuple[Factor, ...]:
        """Every group of mechanisms."""
        return parts.of_mechanisms(self.given)

    def at(self, factors: Sequence[Factor], u: Floats) -> Floats:
        """Values (factor, point) of factors at probabilities u."""
        return parts.values(factors, self._priors, u)

    def draws(self, seed: int, count: int) -> Floats:
        """Values (parameter, draw) of the draws that every command makes from this seed."""
        return parts.draws(self.parameters, self._priors, seed, count)

    def answers(self, factors: Sequence[Factor], points: Floats, progress: Progress | None = None) -> Floats:
        """Measures (measure, point) at values (factor, point); other parameters stay central, other mechanisms on.

        With several scenarios and no counterfactual: (scenario, measure, point).

        Raises:
            CountermoveError: something is not finite at some point.
        """
        count = points.shape[1]
        shape = (len(self.scenarios), len(self.measures), count)
        result = np.empty(shape, dtype=np.float64)
        for begin in range(0, count, _TOGETHER):
            end = min(begin + _TOGETHER, count)
            result[:, :, begin:end] = self._some(factors, points[:, begin:end])
            if progress:
                progress(end, count)
        return result if len(self.scenarios) > 1 else result[0]

    def _some(self, factors: Sequence[Factor], points: Floats) -> Floats:
        from countermove.explore import together

        reading = Reading(self.measures, self._quantities)
        everything = (*self.scenarios, *([self.against] if self.against else []))
        kept = together.run(
            self.given,
            everything,
            points.shape[1],
            0,
            reduce=reading.of_block,
            outputs=self._quantities,
            change=self._at(factors, points),
        )
        if self.against:
            return reading.values(kept[0], kept[1])[np.newaxis]
        return np.stack([reading.values(each, None) for each in kept])

    def _at(self, factors: Sequence[Factor], points: Floats) -> Callable[[Arm], Arm]:
        """What puts an arm at these points."""
        missing = [factor for factor in self.parameters if factor not in factors]
        if missing:
            central = self.at(missing, np.full((len(missing), points.shape[1]), 0.5))
            points = np.concatenate([points, central])
        every = [*factors, *missing]
        priors = {**self._priors, **parts.listed(every, self._priors, points)}
        switches = parts.switches(every, points)

        def change(arm: Arm) -> Arm:
            own = {name: on * arm.mechanisms.get(name, 1.0) for name, on in switches.items()}
            return replace(arm, priors=priors, mechanisms={**arm.mechanisms, **own})

        return change

    def origin(self, draws: int, seed: int) -> Origin:
        """What decides the answers and must be quoted with them."""
        return origin_of(self.given, self.scenarios[0], draws, seed)

    @property
    def words(self) -> str:
        """Scenarios and counterfactual, as a title has them."""
        names = ", ".join(scenario.name for scenario in self.scenarios)
        return f"{names} minus {self.against.name}" if self.against else names

    @cached_property
    def _priors(self) -> Mapping[str, Prior]:
        return cast(Mapping[str, Prior], self.given.arm(self.scenarios[0]).priors)

    @cached_property
    def _quantities(self) -> tuple[str, ...]:
        """The quantities of this model from which measures are made: one program then serves every question."""
        return tuple(name for name in quantities() if name in self.given.model.quantities)


def ask(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    against: Scenario | str | Path | None,
    measures: Sequence[str],
    *,
    given: World | None = None,
) -> Question:
    """The question of these measures.

    Raises:
        CountermoveError: no such scenario or measure; scenarios that hold different beliefs.
    """
    one = isinstance(scenarios, (Scenario, str, Path))
    chosen = [as_scenario(each) for each in ([scenarios] if one else scenarios)]  # type: ignore[list-item]
    other = as_scenario(against) if against is not None else None
    if not measures:
        raise CountermoveError("no outcome is asked about: give at least one, such as total:2030")
    for scenario in [*chosen, *([other] if other else [])]:
        if scenario.beliefs != chosen[0].beliefs:
            raise CountermoveError(
                f"{chosen[0].name} and {scenario.name} hold different beliefs: parameters are varied alike in both"
            )
    read = tuple(parse(text, difference=other is not None) for text in dict.fromkeys(measures))
    return Question(tuple(chosen), other, read, given or world())
