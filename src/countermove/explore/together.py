"""Several scenarios on the same draws: what they have in common is simulated and drawn once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine import ensemble
from countermove.explore import held
from countermove.explore.simulate import Progress, shifted
from countermove.explore.world import World, program
from countermove.scenario import Scenario, load

if TYPE_CHECKING:
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]
Reducer = Callable[[Mapping[str, Floats]], Mapping[str, Floats]]

# Beliefs and structure: what decides, with the draws, in which runs a threshold has the same value.
_Setting = tuple[object, object]

_MARK = "abduced from this run: "


def run(
    given: World,
    scenarios: Sequence[Scenario],
    draws: int,
    seed: int,
    *,
    reduce: Reducer,
    first: int = 0,
    outputs: tuple[str, ...] = (),
    change: Callable[[Arm], Arm] | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Floats]]:
    """Simulate draws `first` to `first + draws` of scenarios.

    A threshold that a scenario takes from the run of what happened is found once for all scenarios that share beliefs
    and structure; where that run is itself among the scenarios, no other is needed.

    Args:
        reduce: from one block of outputs, each (months, *dimensions, block), to what is kept of it, draws last.
        outputs: quantities that `reduce` reads; by default those of `given`.
        change: what is done to every arm before it runs: parameters listed, mechanisms switched, alike in all.

    Returns:
        For each scenario by name what `reduce` keeps.

    Raises:
        CountermoveError: as `World.arm` and `engine.ensemble.run`.
    """
    compiled = program(given, outputs or given.outputs)
    shared = ensemble.Shared(compiled, seed, first, draws)
    arms = [given.arm(scenario) for scenario in scenarios]
    arms = [change(arm) for arm in arms] if change else arms
    known: dict[_Setting, dict[str, Floats]] = {_setting(scenario): {} for scenario in scenarios}
    waiting = {index for index, arm in enumerate(arms) if held.needed(given, arm)}
    results: list[dict[str, Floats]] = [{} for _ in scenarios]
    done = 0
    for turn in (sorted(set(range(len(arms))) - waiting), sorted(waiting)):
        if not turn:
            continue
        ready = [
            held.for_arm(given, arms[index], draws, seed, first, known=known[_setting(scenarios[index])])
            for index in turn
        ]
        kept = ensemble.run(
            compiled,
            ready,
            draws,
            seed,
            first=first,
            reduce=_also_thresholds(given, reduce) if waiting else reduce,
            progress=shifted(progress, done, draws * len(arms)),
            shared=shared,
        )
        done += draws * len(turn)
        for index, values in zip(turn, kept, strict=True):
            thresholds = {name: values.pop(_MARK + name) for name in given.abduced if _MARK + name in values}
            results[index] = values
            for name, value in thresholds.items():
                if is_what_happened(scenarios[index], given.abduced[name].scenario):
                    known[_setting(scenarios[index])][name] = value
    return results


def is_what_happened(scenario: Scenario, name: str) -> bool:
    """Whether a scenario is the one of that name, but for its beliefs and its choice of structure."""
    base = load(name)
    return scenario.model_copy(update={"beliefs": base.beliefs, "variant": base.variant}) == base


def _setting(scenario: Scenario) -> _Setting:
    return scenario.beliefs, scenario.variant


def _also_thresholds(given: World, reduce: Reducer) -> Reducer:
    def both(block: Mapping[str, Floats]) -> dict[str, Floats]:
        found = {
            _MARK + name: block[abduction.quantity][held.months_of(abduction)]
            for name, abduction in given.abduced.items()
        }
        return {**reduce(block), **found}

    return both
