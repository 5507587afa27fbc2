"""What the model says for each observation: one figure a draw, read off while the draws are simulated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.explore import held
from countermove.explore.simulate import check_numbers
from countermove.explore.world import World, program, world
from countermove.inference import _reading
from countermove.inference.observations import Observation
from countermove.inference.operators import operators, read_unit
from countermove.scenario import Scenario, as_scenario

Floats = NDArray[np.floating[Any]]


def predict(
    observations: Sequence[Observation],
    *,
    scenario: Scenario | str = "history",
    draws: int,
    seed: int,
    given: World | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Floats]:
    """The model's figure for each observation, (draws,) in the unit of its operator, by id of the row; no noise.

    Raises:
        CountermoveError: an operator names what the model does not have; no observations.
    """
    from countermove.engine import ensemble

    check_numbers(draws, seed)
    if not observations:
        raise CountermoveError("no observation to predict")
    this = given or world()
    model = this.model
    factors = {each.operator.name: read_unit(model, each.operator) for each in observations}
    weights = {
        each.fact.id: _reading.weights(each.operator, each.first, each.last, this.months) for each in observations
    }
    empty = [each.fact.id for each in observations if not weights[each.fact.id].any()]
    if empty:
        raise CountermoveError(f"{empty[0]}: its period is not within the months simulated")

    def figures(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        read = {}
        for each in observations:
            factor = factors[each.operator.name]
            read[each.fact.id] = _reading.read_off(each.operator, weights[each.fact.id], outputs, model, factor)
        return read

    arm = held.for_arm(this, this.arm(as_scenario(scenario)), draws, seed)
    (values,) = ensemble.run(program(this, _kept()), [arm], draws, seed, reduce=figures, progress=progress)
    return values


def fitted(given: World) -> bool:
    """Whether the parameters are draws of a posterior, which has seen the evidence, and not of the prior."""
    return given.basis == "posterior"


def _kept() -> tuple[str, ...]:
    """Every quantity that some operator reads: one program for all, so that it is compiled once."""
    return tuple(sorted({name for operator in operators().series.values() for name in operator.quantities}))
