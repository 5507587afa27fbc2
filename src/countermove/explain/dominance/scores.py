"""Link scores: how much of a quantity's change within a month comes through each of the quantities that it reads.

For z = f(x, y, …), with Δ the change from one month to the next and Δₓz = f(x now, y before, …) − z before,

    score(x → z) = |Δₓz / Δz| · sign(Δₓz / Δx),   0 where Δz or Δx is 0

(Schoenberg, Davidsen and Eberlein 2020, System Dynamics Review 36(2)). Of a stock, z is its net flow: the score of a
flow into a stock is then its change over the change of the net flow, as corrected by Schoenberg, Hayward and Eberlein
(2023, System Dynamics Review 39(2)), and does not depend on how flows are put together.

Quantities with dimensions are scored cell by cell: every cell of x is changed alone, and its effect on every cell of z
is a link of its own. What enters a delay goes from stage to stage: the score of the link into it goes on to all stages
that it passes, the product of the scores on the way, so that a delay is passed as one quantity (Schoenberg and Eberlein
2020, "Seamlessly integrating Loops That Matter", on macros).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine import Model
from countermove.engine._field import Field
from countermove.explain.polarity import Floats, evaluated, states

# A change below this share of the largest value in the run is the rounding of double precision.
_ROUNDING = 1e-12

LinkName = tuple[str, str]


@dataclass(frozen=True, eq=False)
class LinkScores:
    """Scores of links between quantities in some months.

    Attributes:
        months: months of the run; the scores are of the change from the month before.
        scores: by (cause, effect), (month, cell of effect, cell of cause).
        shares: the same with Δₓz / Δz in place of the score: positive where the link pushes z the way z goes.
        change: by quantity, (month, cell): its change.
        pull: by quantity, (month, cell): the change of what its equation gives: of a stock its net flow, of another
            quantity itself.
    """

    months: tuple[int, ...]
    scores: Mapping[LinkName, NDArray[np.float64]]
    shares: Mapping[LinkName, NDArray[np.float64]]
    change: Mapping[str, NDArray[np.float64]]
    pull: Mapping[str, NDArray[np.float64]]


def link_scores(
    model: Model, inputs: Mapping[str, Floats], months: int, at: Sequence[int], among: Iterable[str]
) -> LinkScores:
    """Score the links between some quantities along one run.

    Args:
        inputs: every input without batch, as from `explain.central.central_inputs`.
        at: months from 2 on.
        among: quantities whose links to each other, and stocks' to themselves, are scored.
    """
    before = states(model, inputs, months, [month - 1 for month in at])
    now = states(model, inputs, months, at)
    names = [name for name in model.quantities if name in set(among)]
    scores: dict[LinkName, NDArray[np.float64]] = {}
    change = {name: _by_cell(_change(now[name].array, before[name].array)) for name in names}
    pull: dict[str, NDArray[np.float64]] = {}
    for name in names:
        start = evaluated(model, name, before)
        whole = _change(evaluated(model, name, now), start)
        pull[name] = _by_cell(whole)
        for cause in dict.fromkeys(model.quantities[name].arguments):
            if cause in change:
                scores[cause, name] = _link(model, cause, name, before, now, start, whole)
    shares = {
        (cause, effect): score * np.sign(pull[effect])[:, :, np.newaxis] * np.sign(change[cause])[:, np.newaxis, :]
        for (cause, effect), score in scores.items()
    }
    return LinkScores(tuple(at), _through_stages(scores), _through_stages(shares), change, pull)


def _through_stages(links: dict[LinkName, NDArray[np.float64]]) -> dict[LinkName, NDArray[np.float64]]:
    """The links, those into quantities whose cells follow each other going on to all that they reach."""
    passages = {effect: _passage(matrix) for (cause, effect), matrix in links.items() if cause == effect}
    return {
        (cause, effect): matrix
        if cause == effect or (passage := passages.get(effect)) is None
        else passage @ matrix
        for (cause, effect), matrix in links.items()
    }  # fmt: skip


def _passage(own: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """From a quantity's links to itself what reaches each cell from each, in any number of steps.

    None where cells do not act on each other, or do so in circles, which only a longer chain of loops could follow.
    """
    steps = own * (1 - np.eye(own.shape[-1]))
    if not steps.any():
        return None
    total = np.broadcast_to(np.eye(own.shape[-1]), own.shape).copy()
    power = total
    for _ in range(own.shape[-1]):
        power = power @ steps
        if not power.any():
            return total
        total = total + power
    return None


def _link(
    model: Model,
    cause: str,
    effect: str,
    before: Mapping[str, Field],
    now: Mapping[str, Field],
    start: Floats,
    whole: Floats,
) -> NDArray[np.float64]:
    """(month, cell of effect, cell of cause)."""
    x, later = before[cause], now[cause].array
    moved = _by_cell(_change(later, x.array))
    columns: list[NDArray[np.float64]] = []
    for cell, place in enumerate(np.ndindex(*later.shape[:-1])):
        if not moved[:, cell].any():
            columns.append(np.zeros((whole.shape[-1], int(np.prod(whole.shape[:-1])))))
            continue
        mixed = x.array.copy()
        mixed[place] = later[place]
        partial = _change(evaluated(model, effect, {**before, cause: Field(mixed, x.dimensions)}), start)
        ratio = np.divide(np.abs(partial), np.abs(whole), out=np.zeros_like(partial), where=whole != 0)
        columns.append(_by_cell(ratio * np.sign(partial)) * np.sign(moved[:, cell])[:, np.newaxis])
    return np.stack(columns, axis=-1)


def _change(later: Floats, earlier: Floats) -> Floats:
    """The difference, 0 where it is no more than rounding."""
    difference = np.asarray(later - earlier, dtype=np.float64)
    largest = np.maximum(np.abs(later), np.abs(earlier))
    return np.where(np.abs(difference) > _ROUNDING * largest, difference, 0.0)


def _by_cell(array: Any) -> NDArray[np.float64]:
    """(month, cell) from (*dimensions, month)."""
    return np.ascontiguousarray(array.reshape(-1, array.shape[-1]).T)
