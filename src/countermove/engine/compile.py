"""From a checked model to one compiled loop over months, batched over draws. The only module that imports JAX."""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from countermove.engine import _executable_cache
from countermove.engine._executable_cache import optimised
from countermove.engine._field import Field, apart
from countermove.engine.graph import Model
from countermove.errors import CountermoveError, unknown

jax.config.update("jax_enable_x64", True)

Arrays = Mapping[str, Any]
Evaluation = Callable[[str, Mapping[str, Field]], Field]

# Equations take and give fields where they are functions of compiled code.
jax.tree_util.register_pytree_node(
    Field, lambda field: ((field.array,), field.dimensions), lambda dimensions, arrays: Field(arrays[0], dimensions)
)


@dataclass(frozen=True, eq=False)
class Program:
    """A model compiled for asked-for outputs, a number of months and a block of draws.

    Attributes:
        outputs: quantities to keep, each as (months, *dimensions, block). Stocks and levels are kept as of the end of
            the month, other variables as of the month.
        block: draws computed at once by one thread; 128 keep a month's states in the processor's cache.
        dtype: float32 for simulation; float64 for gradients and for comparison with other engines.
    """

    model: Model
    outputs: tuple[str, ...]
    months: int
    block: int = 128
    dtype: str = "float32"

    def __post_init__(self) -> None:
        for name in self.outputs:
            if name not in self.model.quantities:
                raise unknown("quantity", name, self.model.quantities)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The inputs that the outputs depend on, in the order in which the executable takes them."""
        needed = self.model.needed(self.outputs)
        return tuple(name for name in self.model.inputs if name in needed)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape in which an input is given: series by month, all but series with the block last."""
        item = self.model.inputs[name]
        sizes = tuple(len(dimension) for dimension in item.dimensions)
        if item.kind == "series":
            return (self.months, *sizes, 1)
        return (self.months, *sizes, self.block) if item.kind == "held" else (*sizes, self.block)

    @cached_property
    def _executable(self) -> Callable[..., Sequence[Any]]:
        functions = _executable_cache.in_one_piece()
        trajectory = simulation(self.model, self.outputs, self.months, self.dtype, functions=functions)

        def flat(*arrays: Any) -> tuple[Any, ...]:
            kept = trajectory(dict(zip(self.inputs, arrays, strict=True)))
            return tuple(kept[name] for name in self.outputs)

        shapes = [jax.ShapeDtypeStruct(self.shape(name), self.dtype) for name in self.inputs]
        described = [self.model.inputs[name] for name in self.inputs]
        how = (self.outputs, self.months, self.block, self.dtype)
        key = (sorted(self.model.quantities), described, *how)
        files = frozenset(quantity.place.file for quantity in self.model.quantities.values())
        return _executable_cache.compiled(flat, shapes, key, files, outputs=len(self.outputs))

    def warm(self) -> None:
        """Compile or load the executable now rather than at the first run."""
        _ = self._executable

    def run(self, inputs: Arrays) -> dict[str, np.ndarray]:
        """Simulate one block.

        Args:
            inputs: an array in `shape(name)` for every name in `self.inputs`.

        Returns:
            (months, *dimensions, block) for every output.

        Raises:
            CountermoveError: an input is missing or has the wrong shape.
        """
        arrays: list[np.ndarray] = []
        for name in self.inputs:
            if name not in inputs:
                raise CountermoveError(f"input '{name}' is missing")
            array = np.asarray(inputs[name], dtype=self.dtype)
            if array.shape != self.shape(name):
                raise CountermoveError(f"input '{name}' has shape {array.shape}, not {self.shape(name)}")
            arrays.append(array)
        results = self._executable(*arrays)
        return {name: np.asarray(result) for name, result in zip(self.outputs, results, strict=True)}


def simulation(
    model: Model, outputs: Sequence[str], months: int, dtype: str, *, checkpoint: bool = False, functions: bool = False
) -> Callable[[Arrays], dict[str, Any]]:
    """The trajectory as a traceable function of the inputs, for compilation and for gradients.

    Args:
        checkpoint: recompute each month in the backward pass instead of storing it.
        functions: keep quantities apart as functions of code in one piece, not by barriers.
    """
    needed = model.needed(outputs)
    inputs = [name for name in model.inputs if name in needed]  # in one order, so that every process compiles alike
    fixed = _time_independent(model, needed)
    monthly = [name for name in model.order if name in needed and name not in fixed]
    stocks = [name for name in model.stocks if name in needed]
    dated = [name for name in inputs if model.inputs[name].kind in ("series", "held")]
    evaluate = _evaluation(model, dtype, functions)

    def trajectory(given: Arrays) -> dict[str, Any]:
        constant = {name: Field(given[name], model.dimensions(name)) for name in inputs if name not in dated}
        for name in fixed:
            constant[name] = evaluate(name, constant)
        held = [given[name] for name in dated if model.inputs[name].kind == "held"]
        batch = max((array.shape[-1] for array in (*held, *(value.array for value in constant.values()))), default=1)
        first = {name: given[name][0] for name in dated}
        clock = _clock(jnp.zeros((), dtype), model, dtype)
        state = _initial(model, stocks, {**constant, **clock}, first, batch, dtype, evaluate)
        kept_at_end = [name for name in outputs if model.quantities[name].kept_at_end and name not in fixed]
        kept_monthly = [name for name in outputs if name in monthly and name not in kept_at_end]
        levels = [name for name in monthly if model.quantities[name].is_level]

        def step(carry: dict[str, Any], dated_now: tuple[Any, dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
            month, series = dated_now
            values: dict[str, Field] = {**constant, **_clock(month, model, dtype)}
            values.update((name, Field(series[name], model.dimensions(name))) for name in dated)
            values.update((name, Field(carry[name], model.dimensions(name))) for name in stocks)
            for name in monthly:
                values[name] = evaluate(name, values)
            following = {name: evaluate(name, values).array for name in stocks}
            at_end = {**constant, **{name: Field(following[name], model.dimensions(name)) for name in stocks}}
            for name in levels if kept_at_end else ():
                at_end[name] = evaluate(name, at_end)
            kept = {name: _full(at_end[name].to(model.dimensions(name)), model, name, batch) for name in kept_at_end}
            for name in kept_monthly:
                kept[name] = _full(values[name].to(model.dimensions(name)), model, name, batch)
            return following, kept

        body: Any = jax.checkpoint(step) if checkpoint else step
        dates = jnp.arange(months, dtype=dtype)
        _, kept = jax.lax.scan(body, state, (dates, {name: given[name] for name in dated}))
        for name in outputs:
            if name in fixed:
                value = _full(constant[name].to(model.dimensions(name)), model, name, batch)
                kept[name] = jnp.broadcast_to(value, (months, *value.shape))
        return kept

    return trajectory


def _time_independent(model: Model, needed: set[str]) -> list[str]:
    """Variables that depend on parameters and switches only: computed once, outside the loop."""
    fixed: dict[str, None] = {}
    for name in model.order:
        if name in needed:
            arguments = model.quantities[name].arguments
            if all(
                argument in fixed
                or argument in ("months_per_year", "one_month")
                or (argument in model.inputs and model.inputs[argument].kind in ("parameter", "mechanism"))
                for argument in arguments
            ):
                fixed[name] = None
    return list(fixed)


def _clock(month: Any, model: Model, dtype: str) -> dict[str, Field]:
    """The names that every equation may read, as batch-of-one fields."""
    month = jnp.reshape(month, (1,))
    return {
        "month": Field(month),
        "year": Field(model.start + (month + 0.5) / 12),
        "months_per_year": Field(jnp.full((1,), 12.0, dtype)),
        "one_month": Field(jnp.ones((1,), dtype)),
    }


def _evaluation(model: Model, dtype: str, functions: bool) -> Evaluation:
    """How a quantity is computed from those that it reads; a stock, from its value and its net flow, a month later.

    Every quantity is computed once and kept for its readers. Otherwise XLA fuses whole chains of equations into each
    reader and computes them anew for each of its elements, branching where elements were put together: twice as slow.
    """

    def evaluate(name: str, values: Mapping[str, Field]) -> Field:
        quantity = model.quantities[name]
        clock = _clock(jnp.zeros((), dtype), model, dtype)
        arguments = {
            argument: values[argument] if argument in values else clock[argument] for argument in quantity.arguments
        }

        def variable(**arguments: Field) -> Field:
            result = quantity.equation(**arguments)
            return result if isinstance(result, Field) else Field(jnp.full((1,), result, dtype))

        def following(before: Field, arguments: Mapping[str, Field]) -> Field:
            flow = variable(**arguments).to(quantity.dimensions)
            return Field(before.array + flow, quantity.dimensions)

        if functions:
            with _putting_together(jax.jit):
                if quantity.kind == "stock":
                    return jax.jit(following)(values[name], arguments)
                return jax.jit(variable)(**arguments)
        if quantity.kind == "stock":
            return following(values[name], arguments)
        result = variable(**arguments)
        return Field(jax.lax.optimization_barrier(result.array), result.dimensions)

    return evaluate


@contextmanager
def _putting_together(by: Callable[..., Any]) -> Generator[None]:
    before = apart.set(by)
    try:
        yield
    finally:
        apart.reset(before)


def _initial(
    model: Model,
    stocks: Sequence[str],
    known: Mapping[str, Field],
    first: Mapping[str, Any],
    batch: int,
    dtype: str,
    evaluate: Evaluation,
) -> dict[str, Any]:
    values = dict(known)
    values.update((name, Field(array, model.dimensions(name))) for name, array in first.items())
    wanted = _needed_at_start(model, stocks)
    for name in model.initial_order:
        if name not in wanted or name in values:
            continue
        quantity = model.quantities[name]
        if quantity.kind != "stock":
            values[name] = evaluate(name, values)
        elif isinstance(quantity.initial, str):
            value = values[quantity.initial].to(quantity.dimensions)
            values[name] = Field(_full(value, model, name, batch), quantity.dimensions)
        else:
            sizes = tuple(len(dimension) for dimension in quantity.dimensions)
            values[name] = Field(jnp.full((*sizes, batch), quantity.initial or 0.0, dtype), quantity.dimensions)
    return {name: values[name].array for name in stocks}


def _needed_at_start(model: Model, stocks: Sequence[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(stocks)
    while waiting:
        name = waiting.pop()
        if name in found or name not in model.quantities:
            continue
        found.add(name)
        quantity = model.quantities[name]
        if quantity.kind != "stock":
            waiting.extend(quantity.arguments)
        elif isinstance(quantity.initial, str):
            waiting.append(quantity.initial)
    return found


def _full(array: Any, model: Model, name: str, batch: int) -> Any:
    sizes = tuple(len(dimension) for dimension in model.dimensions(name))
    return jnp.broadcast_to(array, (*sizes, batch))


__all__ = ["Program", "optimised", "simulation"]
