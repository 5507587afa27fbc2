"""Run scenarios: the same draws for each, results with their names, units and origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from countermove.errors import CountermoveError
from countermove.explore.world import World, only, world
from countermove.results import Origin, Result, Variable
from countermove.scenario import START, Scenario, as_scenario

DRAWS = 1000
SEED = 1

Progress = Callable[[int, int], None]


def run(
    scenario: Scenario | str | Path,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    outputs: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Result:
    """Simulate one scenario, given as such, by name, or by the path of its file.

    Args:
        outputs: quantities to keep; by default those that comparison and report need.
        progress: called with the number of runs done and the number in all.

    Raises:
        CountermoveError: no such scenario or quantity; a scenario that names what the model does not have.
    """
    return simulate([as_scenario(scenario)], draws, seed, outputs=outputs, progress=progress)[0]


def simulate(
    scenarios: Sequence[Scenario],
    draws: int,
    seed: int,
    *,
    first: int = 0,
    outputs: Sequence[str] | None = None,
    progress: Progress | None = None,
    given: World | None = None,
) -> list[Result]:
    """Simulate draws `first` to `first + draws` of scenarios on common random numbers; errors as in `run`."""
    from countermove.explore import together

    check_numbers(draws, seed)
    this = given or world()
    kept = tuple(outputs or this.outputs)
    values = together.run(this, scenarios, draws, seed, first=first, outputs=kept, reduce=only(kept), progress=progress)
    variables = {name: variable_of(this, name) for name in kept}
    return [
        Result(
            origin=origin_of(this, scenario, draws, seed),
            variables=variables,
            values={name: np.moveaxis(array, -1, 0) for name, array in arrays.items()},
            start=f"{START:%Y-%m}",
        )
        for scenario, arrays in zip(scenarios, values, strict=True)
    ]


def shifted(progress: Progress | None, done: int, of: int) -> Progress | None:
    """Progress of a part that begins when `done` of `of` runs are done."""
    return (lambda more, _: progress(done + more, of)) if progress else None


def check_numbers(draws: int, seed: int) -> None:
    """Refuse numbers of draws and seeds that mean nothing."""
    if draws < 1:
        raise CountermoveError(f"draws: {draws} is not a number of draws; at least 1")
    if seed < 0:
        raise CountermoveError(f"seed: {seed} is not a seed; a whole number from 0")


def variable_of(given: World, name: str) -> Variable:
    """Unit, description and dimensions of a quantity."""
    quantity = given.model.quantities[name]
    dimensions = tuple((dimension.name, dimension.elements) for dimension in quantity.dimensions)
    return Variable(str(quantity.unit), quantity.description, dimensions)


def origin_of(given: World, scenario: Scenario, draws: int, seed: int) -> Origin:
    """What decides a scenario's results, and must be quoted with them."""
    from countermove._version import version

    beliefs = "; ".join(
        f"{name}: {belief.low:g} / {belief.central:g} / {belief.high:g}" for name, belief in scenario.beliefs.items()
    )
    return Origin(
        scenario=scenario.name,
        seed=seed,
        draws=draws,
        version=version(),
        model_hash=given.model_hash,
        parameters=given.basis,
        evidence_date=evidence_date(),
        citation=f"The countermove authors. countermove {version()}, model {given.model_hash}.",
        beliefs=beliefs,
    )


@cache
def evidence_date() -> str:
    """ISO date of the latest source among the evidence."""
    from countermove.evidence import facts

    return max(fact.source_date for fact in facts() if fact.source_date).isoformat()
