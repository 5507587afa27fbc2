"""The sign of every causal link, measured along a run, and the feedback loops that the links close.

The polarity of x → y at a state is the sign of the partial derivative of y's equation by x (Sterman, Business Dynamics,
2000, chapter 5), of a stock's net flow if y is a stock. It is found by a small rise of x alone, all else as it is in
that month. Along dimensions that x and y share, one element of x rises at a time and the same element of y is looked
at: what a vendor's price does to that vendor's share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.engine import Dimension, Model
from countermove.engine._field import Field
from countermove.engine._symbol import positions
from countermove.errors import CountermoveError, unknown

Floats = NDArray[np.floating[Any]]
Polarity = Literal["+", "−", "mixed", "none"]
Behaviour = Literal["reinforcing", "balancing", "mixed", "inactive"]

# The rise of x, as a share of it; where x is zero, as a share of its largest value in the run.
_RISE = 1e-4
# A response below this share of y's largest value is rounding or an input that does not bind: elasticity below 1e-6.
_LEAST_RESPONSE = 1e-10


@dataclass(frozen=True)
class Link:
    """A causal link between two quantities.

    Attributes:
        months: months of the run at which it was measured.
        signs: at each of them 1, −1, 0 (no response) or NaN (elements respond with different signs).
    """

    cause: str
    effect: str
    months: tuple[int, ...]
    signs: tuple[float, ...]

    @property
    def polarity(self) -> Polarity:
        """The sign over the whole run: mixed where it changes with time or differs between elements."""
        found = _summary(self.signs)
        return {1.0: "+", -1.0: "−", 0.0: "none"}.get(found, "mixed")  # type: ignore[return-value]


@dataclass(frozen=True)
class Loop:
    """A feedback loop: each name acts on the next, the last on the first. `signs` are products of its links' signs."""

    names: tuple[str, ...]
    signs: tuple[float, ...]

    @property
    def behaviour(self) -> Behaviour:
        """Reinforcing or balancing over the whole run; inactive if in no month all its links respond."""
        found = _summary(self.signs)
        return {1.0: "reinforcing", -1.0: "balancing", 0.0: "inactive"}.get(found, "mixed")  # type: ignore[return-value]


def _summary(signs: Iterable[float]) -> float:
    """The one sign that all months with a response have; 0 if none has one; NaN if they differ."""
    found = {sign for sign in signs if sign != 0}
    if not found:
        return 0.0
    return found.pop() if len(found) == 1 else float("nan")


def states(model: Model, inputs: Mapping[str, Floats], months: int, at: Sequence[int]) -> dict[str, Field]:
    """What every equation reads in the months `at` of one run, the months in place of draws.

    Args:
        inputs: every input without batch, series and held paths by month: as from `central_inputs`.
        at: months from 1 on.
    """
    from countermove.engine.compile import Program

    if not all(1 <= month < months for month in at):
        raise CountermoveError(f"polarities can be measured from month 1 to month {months - 1}")
    program = Program(model, tuple(model.quantities), months, 1, "float64")
    run = program.run({name: np.asarray(inputs[name])[..., np.newaxis] for name in program.inputs})
    when = np.asarray(at)
    found: dict[str, Field] = {
        "month": Field(when.astype(float)),
        "year": Field(model.start + (when + 0.5) / 12),
        "months_per_year": Field(np.full(len(when), 12.0)),
        "one_month": Field(np.ones(len(when))),
    }
    for name, quantity in model.quantities.items():
        # What is kept at the end of a month is read in the next.
        values = run[name][..., 0][when - 1 if quantity.kept_at_end else when]
        found[name] = Field(np.moveaxis(values, 0, -1), quantity.dimensions)
    for name, item in model.inputs.items():
        values = np.asarray(inputs[name], dtype=float)
        dated = item.kind in ("series", "held")
        values = np.moveaxis(values[when], 0, -1) if dated else np.repeat(values[..., np.newaxis], len(when), axis=-1)
        found[name] = Field(values, item.dimensions)
    return found


def links(model: Model, found: Mapping[str, Field], at: Sequence[int]) -> list[Link]:
    """Every link between two quantities of the model at the states `found`; a stock's own decay is no link."""
    return [
        Link(cause, name, tuple(at), _signs(model, name, cause, found))
        for name, quantity in model.quantities.items()
        for cause in quantity.arguments
        if cause in model.quantities and cause != name
    ]


def _signs(model: Model, effect: str, cause: str, found: Mapping[str, Field]) -> tuple[float, ...]:
    x = found[cause]
    shared = tuple(dimension for dimension in x.dimensions if dimension in model.dimensions(effect))
    before = evaluated(model, effect, found)
    least = _LEAST_RESPONSE * np.abs(before).max(axis=-1, keepdims=True)
    largest = np.abs(x.array).max(axis=-1, keepdims=True)
    rise = _RISE * np.where(x.array == 0, np.where(largest == 0, 1.0, largest), np.abs(x.array))
    measured: list[Floats] = []
    for place in positions(shared):
        raised = Field(x.array + rise * _mask(x.dimensions, place, x.array.ndim), x.dimensions)
        response = evaluated(model, effect, {**found, cause: raised}) - before
        signs = np.where(np.abs(response) > least, np.sign(response), 0.0)
        own = tuple(place.get(dimension.name, slice(None)) for dimension in model.dimensions(effect))
        measured.append(signs[own].reshape(-1, signs.shape[-1]))
    cells = np.concatenate(measured)
    up, down = (cells > 0).any(axis=0), (cells < 0).any(axis=0)
    return tuple(np.where(up & down, np.nan, up.astype(float) - down).tolist())


def _mask(dimensions: tuple[Dimension, ...], place: Mapping[str, int], axes: int) -> Floats:
    """1 at a place along some of the dimensions, 0 elsewhere; axes of other dimensions and of the months broadcast."""
    mask = np.ones((1,) * axes)
    for axis, dimension in enumerate(dimensions):
        if dimension.name in place:
            shape = [1] * axes
            shape[axis] = len(dimension)
            mask = mask * (np.arange(len(dimension)) == place[dimension.name]).reshape(shape)
    return mask


def evaluated(model: Model, name: str, found: Mapping[str, Field]) -> Floats:
    """The equation's value, (*dimensions, months)."""
    quantity = model.quantities[name]
    months = found["month"].array.shape[-1]
    sizes = (*(len(dimension) for dimension in quantity.dimensions), months)
    with np.errstate(all="ignore"):  # a branch that is not taken may divide by zero
        value = quantity.equation(**{argument: found[argument] for argument in quantity.arguments})
    return np.broadcast_to(value.to(quantity.dimensions) if isinstance(value, Field) else np.asarray(value), sizes)


def loops(found: Iterable[Link], around: str, longest: int) -> list[Loop]:
    """The feedback loops through a quantity of at most `longest` links, the shortest first.

    Raises:
        CountermoveError: no link touches such a quantity.
    """
    import networkx as nx

    by_ends = {(link.cause, link.effect): link for link in found}
    graph: Any = nx.DiGraph(list(by_ends))
    if around not in graph:
        raise unknown("quantity", around, sorted(graph))
    core = next(component for component in nx.strongly_connected_components(graph) if around in component)
    closed: list[Loop] = []
    for path in _circuits(graph.subgraph(core), around, longest):
        signs = [by_ends[ends].signs for ends in zip(path, (*path[1:], path[0]), strict=True)]
        closed.append(Loop(path, tuple(reduce(np.multiply, map(np.asarray, signs)).tolist())))
    return sorted(closed, key=lambda loop: (len(loop.names), loop.names))


def _circuits(graph: Any, around: str, longest: int) -> Iterable[tuple[str, ...]]:
    """Simple cycles through one node: simple paths from it to each of its causes, closed."""
    import networkx as nx

    for cause in sorted(graph.predecessors(around)):
        for path in nx.all_simple_paths(graph, around, cause, cutoff=longest - 1):
            yield tuple(path)
