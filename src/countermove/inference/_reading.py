"""Reading a figure off trajectories: one expression that serves numpy arrays and traced JAX arrays alike."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.inference.operators import Operator, Term, read_unit
from countermove.inference.scales import forward

if TYPE_CHECKING:
    from countermove.engine import Model
    from countermove.inference.observations import Observation

START = date(2016, 1, 1)


def month_index(day: date) -> int:
    """Months from January 2016 to the month of `day`."""
    return (day.year - START.year) * 12 + day.month - START.month


def overlap(first: date, last: date, months: int) -> NDArray[np.float64]:
    """For each month the share of its days that lie from `first` to `last`, both included."""
    weights = np.zeros(months)
    for month in range(max(0, month_index(first)), min(months - 1, month_index(last)) + 1):
        year, index = START.year + month // 12, month % 12 + 1
        days = calendar.monthrange(year, index)[1]
        begins = max(first, date(year, index, 1))
        ends = min(last, date(year, index, days))
        weights[month] = ((ends - begins) + timedelta(days=1)).days / days
    return weights


def weights(operator: Operator, first: date, last: date, months: int) -> NDArray[np.float64]:
    """Weights of the months with which a series of the model gives the figure of a period.

    A stock is as of the end of each month; between two ends it is taken to change steadily.
    """
    if operator.time == "end":
        found = np.zeros(months)
        month = month_index(last)
        share = last.day / calendar.monthrange(last.year, last.month)[1]
        found[month] = share
        found[max(month - 1, 0)] += 1 - share
        return found
    since = operator.since if operator.time == "since" and operator.since else first
    found = overlap(since, last, months)
    return found / found.sum() if operator.time == "mean" else found


def read_off(
    operator: Operator, given: NDArray[np.float64], outputs: Mapping[str, Any], model: Model, scale: float, xp: Any = np
) -> Any:
    """The model's figure, one a draw, in the unit of the operator.

    Args:
        given: weights of the months.
        outputs: by quantity (months, *dimensions, draws).
        scale: factor from the numbers of the model, from `operators.read_unit`.
        xp: numpy or jax.numpy.
    """
    used = np.flatnonzero(given)
    first, last = int(used[0]), int(used[-1]) + 1
    w = given[first:last, np.newaxis]
    monthly = sum(_series(term, outputs, model, first, last) for term in operator.terms)
    for term in operator.times:
        monthly = monthly * _series(term, outputs, model, first, last)
    figure = (w * monthly).sum(axis=0)
    if operator.over:
        figure = figure / (w * sum(_series(term, outputs, model, first, last) for term in operator.over)).sum(axis=0)
    return _finished(operator, figure * (scale * operator.factor), xp)


def _finished(operator: Operator, figure: Any, xp: Any) -> Any:
    """With the function of the operator applied."""
    if operator.function == "exp":
        return xp.exp(figure)
    return 1 - figure if operator.function == "one_minus" else figure


def _series(term: Term, outputs: Mapping[str, Any], model: Model, first: int, last: int) -> Any:
    """The term by month (months, draws): chosen elements kept, all dimensions summed."""
    values = outputs[term.quantity][first:last]
    for axis, dimension in enumerate(model.dimensions(term.quantity), start=1):
        for name, elements in term.elements:
            if name == dimension.name:
                positions = np.asarray([dimension.index(element) for element in elements])
                values = values.take(positions, axis=axis)
    return values.sum(axis=tuple(range(1, values.ndim - 1)))


@dataclass(frozen=True, eq=False)
class Readings:
    """Many figures read off at once: each series by month one time, its figures by weights of the months.

    Attributes:
        parts: by operator the weights (figures, months) and the factor from the numbers of the model.
        order: positions of the figures, in the order asked for, among those of the parts.
    """

    model: Model
    parts: tuple[tuple[Operator, NDArray[np.float64], float], ...]
    order: NDArray[np.int64]

    def read(self, outputs: Mapping[str, Any], xp: Any = np) -> Any:
        """Figures (rows, draws) on the scales of their series; `outputs` and `xp` as in `read_off`."""
        found: list[Any] = []
        for operator, given, scale in self.parts:
            months = given.shape[1]
            monthly = sum(_series(term, outputs, self.model, 0, months) for term in operator.terms)
            for term in operator.times:
                monthly = monthly * _series(term, outputs, self.model, 0, months)
            figure = given @ monthly
            if operator.over:
                figure = figure / (given @ sum(_series(term, outputs, self.model, 0, months) for term in operator.over))
            found.append(forward(operator, _finished(operator, figure * (scale * operator.factor), xp), xp))
        return xp.concatenate(found)[self.order]


def readings(observations: Sequence[Observation], model: Model, months: int) -> Readings:
    """How these figures are read off a simulation of so many months."""
    by_name: dict[str, list[int]] = {}
    for position, each in enumerate(observations):
        by_name.setdefault(each.operator.name, []).append(position)
    parts: list[tuple[Operator, NDArray[np.float64], float]] = []
    for positions in by_name.values():
        rows = [observations[position] for position in positions]
        operator = rows[0].operator
        given = np.array([weights(operator, each.first, each.last, months) for each in rows])
        parts.append((operator, given, read_unit(model, operator)))
    order = np.argsort(np.concatenate([np.asarray(positions) for positions in by_name.values()]))
    return Readings(model, tuple(parts), order)
