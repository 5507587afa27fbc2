"""Reading a figure off trajectories: one expression that serves numpy arrays and traced JAX arrays alike."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.inference.operators import Operator, Term

if TYPE_CHECKING:
    from countermove.engine import Model

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
    figure = figure * (scale * operator.factor)
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
