"""Gradients of anything computed from a trajectory by any input of the model, in double precision."""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from countermove.engine.compile import simulation
from countermove.engine.graph import Model
from countermove.errors import CountermoveError, unknown

Functional = Callable[[Mapping[str, Any]], Any]
Gradient = Callable[[Mapping[str, Any]], tuple[float, dict[str, np.ndarray]]]
EnsembleFunctional = Callable[[Mapping[str, Any], Any], Any]
EnsembleGradient = Callable[[Mapping[str, Any], Any], tuple[float, dict[str, np.ndarray]]]


def gradient(
    model: Model, outputs: Sequence[str], months: int, functional: Functional, by: Sequence[str] | None = None
) -> Gradient:
    """Compile the value and the gradient of a number computed from a trajectory.

    Reverse mode through the loop; each month is recomputed in the backward pass instead of stored, so that memory
    grows with the stocks and the months, not with the equations.

    Args:
        outputs: quantities that `functional` reads, each given to it as (months, *dimensions).
        functional: from the outputs to one number, written with `jax.numpy`.
        by: inputs by which to differentiate; all parameters that the outputs depend on if not given.

    Returns:
        A function from one draw of the inputs, each an array without batch ((*dimensions), a series
        (months, *dimensions)), to the number and its derivatives in the shapes of the inputs, by name.

    Raises:
        CountermoveError: an output or input does not exist, or the outputs do not depend on an input; later an
            input is missing, or the functional gives more than one number.
    """

    def of_one_draw(found: Mapping[str, Any], _: Any) -> Any:
        return functional({name: array[..., 0] for name, array in found.items()})

    compiled = ensemble_gradient(model, outputs, months, of_one_draw, by)

    def evaluate(inputs: Mapping[str, Any]) -> tuple[float, dict[str, np.ndarray]]:
        number, slopes = compiled({name: np.asarray(array)[..., None] for name, array in inputs.items()}, None)
        return number, {name: slope[..., 0] for name, slope in slopes.items()}

    return evaluate


def ensemble_gradient(
    model: Model,
    outputs: Sequence[str],
    months: int,
    functional: EnsembleFunctional,
    by: Sequence[str] | None = None,
) -> EnsembleGradient:
    """Compile the value and the gradient of a number computed from many draws; otherwise as `gradient`.

    Args:
        functional: from the outputs, each (months, *dimensions, draws), and settings to one number.

    Returns:
        A function from the inputs in the shapes of `Program.shape`, with any number of draws, and from settings (arrays
        that `functional` reads; they are not compiled in), to the number and its derivatives in the inputs' shapes.
    """
    for name in outputs:
        if name not in model.quantities:
            raise unknown("quantity", name, model.quantities)
    needed = [name for name in model.inputs if name in model.needed(outputs)]
    if by is None:
        by = [name for name in needed if model.inputs[name].kind == "parameter"]
    for name in by:
        if name not in model.inputs:
            raise unknown("input", name, model.inputs)
        if name not in needed:
            raise CountermoveError(f"no asked-for output depends on '{name}'")
    trajectory = simulation(model, outputs, months, "float64", checkpoint=True)

    def value(varied: dict[str, Any], fixed: dict[str, Any], settings: Any) -> Any:
        number = functional(trajectory({**varied, **fixed}), settings)
        if np.shape(number):
            raise CountermoveError(f"the functional must give one number, not an array of shape {np.shape(number)}")
        return number

    compiled: Any = jax.jit(jax.value_and_grad(value))

    def evaluate(inputs: Mapping[str, Any], settings: Any) -> tuple[float, dict[str, np.ndarray]]:
        missing = [name for name in needed if name not in inputs]
        if missing:
            raise CountermoveError(f"input '{missing[0]}' is missing")
        arrays = {name: np.asarray(inputs[name], dtype="float64") for name in needed}
        varied = {name: arrays[name] for name in by}
        fixed = {name: array for name, array in arrays.items() if name not in varied}
        number, slopes = compiled(varied, fixed, settings)
        return float(number), {name: np.asarray(slope) for name, slope in slopes.items()}

    return evaluate
