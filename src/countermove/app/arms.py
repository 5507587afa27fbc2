"""Running scenarios with what earlier requests have left: parameters drawn, thresholds found, paths held.

As `explore.together.run`, which keeps nothing from one call to the next. A draw's threshold, and the paths that stand
in for a mechanism that is off, depend on beliefs and structure alone: under the same beliefs every later move has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.app.recent import Recent
from countermove.scenario import Scenario, load

if TYPE_CHECKING:
    from countermove.engine.draws import Listed, Prior
    from countermove.engine.ensemble import Arm, Shared
    from countermove.explore.held import Known
    from countermove.explore.world import World

Floats = NDArray[np.floating[Any]]

_MARK = "threshold: "

# Beliefs and structure, with the draws.
_Setting = tuple[object, ...]


class Arms:
    """Simulates scenarios of one world on one seed.

    Args:
        most: draws that are ever asked for, drawn together when the first of them are.
    """

    def __init__(self, given: World, seed: int, most: int) -> None:
        self._given, self._seed, self._most = given, seed, most
        # Of 750 draws: thresholds take a few kB, held paths 9 MB, parameters 1 MB.
        self._known: Recent[_Setting, Known] = Recent(32)
        self._held: Recent[_Setting, Mapping[str, Floats]] = Recent(4)
        self._shared: Recent[_Setting, Shared] = Recent(4)

    def run(self, scenarios: Sequence[Scenario], first: int, draws: int) -> list[dict[str, Floats]]:
        """Draws `first` to `first + draws` of each scenario: by name the world's outputs, (months, *dimensions, draws).

        Raises:
            CountermoveError: a scenario names what the model does not have.
        """
        arms = [self._listed(self._given.arm(scenario)) for scenario in scenarios]
        results: list[dict[str, Floats]] = [{} for _ in scenarios]
        for turn in self._turns(scenarios, arms, first, draws):
            ready = [self._ready(scenarios[index], arms[index], first, draws) for index in turn]
            shared = self._parameters(scenarios[turn[0]], ready, first, draws)
            kept = self._simulated(ready, first, draws, shared)
            for index, values in zip(turn, kept, strict=True):
                self._learn(scenarios[index], values, first, draws)
                results[index] = values
        return results

    def _turns(self, scenarios: Sequence[Scenario], arms: Sequence[Arm], first: int, draws: int) -> list[list[int]]:
        """All at once, unless some wait for thresholds that the run of others tells."""
        from countermove.explore import held

        waiting = [
            index
            for index, arm in enumerate(arms)
            if held.needed(self._given, arm) - self._thresholds(scenarios[index], first, draws).keys()
        ]
        others = [index for index in range(len(arms)) if index not in waiting]
        return [turn for turn in (others, waiting) if turn]

    def _ready(self, scenario: Scenario, arm: Arm, first: int, draws: int) -> Arm:
        from countermove.explore import held

        needed = held.needed(self._given, arm)
        key = (held.needs_reference(arm), frozenset(needed), *_setting(scenario, first, draws))
        paths = self._held.get(key) if needed else None
        if paths is not None:
            return replace(arm, held=paths)
        known = self._thresholds(scenario, first, draws)
        made = held.for_arm(self._given, arm, draws, self._seed, first, known=known)
        if needed:
            self._held.put(key, made.held)
        return made

    def _simulated(self, arms: Sequence[Arm], first: int, draws: int, shared: Shared | None) -> list[dict[str, Floats]]:
        from countermove.engine import ensemble
        from countermove.explore.held import months_of
        from countermove.explore.world import program

        given = self._given

        def kept(block: Mapping[str, Floats]) -> dict[str, Floats]:
            thresholds = {_MARK + name: block[each.quantity][months_of(each)] for name, each in given.abduced.items()}
            return {**{name: block[name] for name in given.outputs}, **thresholds}

        compiled = program(given, given.outputs)
        return ensemble.run(compiled, arms, draws, self._seed, first=first, reduce=kept, shared=shared)

    def _learn(self, scenario: Scenario, values: dict[str, Floats], first: int, draws: int) -> None:
        """Take the thresholds out of a run, and keep those that it tells."""
        known = self._thresholds(scenario, first, draws)
        for name, each in self._given.abduced.items():
            value = values.pop(_MARK + name)
            if is_what_happened(scenario, each.scenario):
                known.setdefault(name, value)

    def _thresholds(self, scenario: Scenario, first: int, draws: int) -> Known:
        key = _setting(scenario, first, draws)
        found = self._known.get(key)
        return self._known.put(key, {}) if found is None else found

    def _parameters(self, scenario: Scenario, arms: Sequence[Arm], first: int, draws: int) -> Shared | None:
        """Parameters in blocks as another move left them. With held paths, which are as large, they are not kept."""
        from countermove.engine import ensemble
        from countermove.explore.world import program

        if any(any(path.strides) for arm in arms for path in arm.held.values()):
            return None
        key = (scenario.beliefs, first, draws)
        found = self._shared.get(key)
        compiled = program(self._given, self._given.outputs)
        return found or self._shared.put(key, ensemble.Shared(compiled, self._seed, first, draws))

    def _listed(self, arm: Arm) -> Arm:
        """The arm with its parameters drawn already."""
        drawn = {name: _values(name, prior, self._seed, self._most) for name, prior in arm.priors.items()}
        return replace(arm, priors=drawn)


def is_what_happened(scenario: Scenario, name: str) -> bool:
    """Whether a scenario is the one of that name in all that is simulated but beliefs and structure."""
    base = load(name)
    said = {what: getattr(base, what) for what in ("name", "title", "description", "extends", "beliefs", "variant")}
    return scenario.model_copy(update=said) == base


def _setting(scenario: Scenario, first: int, draws: int) -> _Setting:
    return scenario.beliefs, scenario.variant, first, draws


# In eight bytes for each of 1,000 draws: of our 250 parameters and of some thousand intervals of visitors about 20 MB.
@lru_cache(maxsize=2000)
def _values(name: str, prior: Prior, seed: int, draws: int) -> Listed:
    from countermove.engine.draws import Listed, parameters

    return Listed(parameters({name: prior}, seed, 0, draws)[name], prior.elements)
