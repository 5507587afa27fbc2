"""Loop scores: how much of what happens is the work of each feedback loop.

A loop's score is the product of its links' scores; its relative score is its share of the sizes of the scores of all
loops that act on the same stocks (Schoenberg, Davidsen and Eberlein 2020). A loop here is a closed chain of quantities.
Where they have cells, the loop stands for all closed chains of cells along it, and its score is the sum of theirs: the
trace of the product of the links' matrices. A chain that comes back to a quantity in another cell is a longer chain of
quantities and is not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.engine import Model
from countermove.errors import CountermoveError, unknown
from countermove.explain.dominance.scores import LinkScores, link_scores
from countermove.explain.dominance.search import canonical, strongest_loops
from countermove.explain.polarity import Floats

Behaviour = Literal["reinforcing", "balancing", "mixed", "inactive"]

QUARTERLY = 3
"""Months between those that are scored."""

# A loop is of one behaviour if at least this share of what it did was of that sign, as in Stella's classification.
_OF_ONE_SIGN = 0.99


@dataclass(frozen=True, eq=False)
class LoopScore:
    """One feedback loop.

    Attributes:
        names: each acts on the next, the last on the first.
        reinforcing, balancing: by month, its share (0 to 1) of the sizes of all loops' scores, by the sign of its
            chains of cells; a loop without cells has one of the two in a month.
        push: by month, its share, positive where it moves the quantity asked about up and negative where down, judged
            where the loop comes nearest to it; 0 if none was asked about.
    """

    names: tuple[str, ...]
    reinforcing: NDArray[np.float64]
    balancing: NDArray[np.float64]
    push: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """By month, its share of the sizes of all loops' scores."""
        return self.reinforcing + self.balancing

    @property
    def relative(self) -> NDArray[np.float64]:
        """By month the relative loop score, −1 to 1: positive for reinforcing."""
        return self.reinforcing - self.balancing

    @property
    def behaviour(self) -> Behaviour:
        """Over the whole run."""
        up, down = float(self.reinforcing.sum()), float(self.balancing.sum())
        if up + down == 0:
            return "inactive"
        if max(up, down) < _OF_ONE_SIGN * (up + down):
            return "mixed"
        return "reinforcing" if up > down else "balancing"


@dataclass(frozen=True, eq=False)
class Dominance:
    """Loops of one group of stocks that all act on each other, the strongest first.

    Attributes:
        around: the quantity asked about; "" for none.
        through: the quantities of the loops' group by which they reach it: itself if it is in a loop.
        months: months of the run that are scored.
        loops: those found; their shares sum to 1 in a month in which any of them is active.
        of_all: by month, the part that loops through the quantity asked about have in all loops found in the group; 1
            if none was asked about.
    """

    around: str
    through: tuple[str, ...]
    months: tuple[int, ...]
    loops: tuple[LoopScore, ...]
    of_all: NDArray[np.float64]


def dominance(
    model: Model, inputs: Mapping[str, Floats], months: int, around: str = "", at: Sequence[int] | None = None
) -> Dominance:
    """Score the feedback loops along one run.

    Args:
        inputs: every input without batch, as from `explain.central.central_inputs`.
        around: only loops through this quantity, or through those nearest upstream of it that are in loops; by default
            all loops of the largest group.
        at: months from 2 on; by default one in each quarter.

    Raises:
        CountermoveError: no such quantity; none of what it depends on is in a loop; the model has no loop.
    """
    if around and around not in model.quantities:
        raise unknown("quantity", around, model.quantities)
    group, through, between = _group(model, around)
    scored = tuple(at) if at is not None else tuple(range(2, months, QUARTERLY))
    links = link_scores(model, inputs, months, scored, group | between)
    found = [loop for loop in _found(model, links, group) if not _is_inside(model, loop)]
    sizes = {loop: _sizes(links, loop) for loop in found}
    total = sum((up + down for up, down in sizes.values()), np.zeros(len(scored)))
    kept = [loop for loop in found if not through or set(through) & set(loop)]
    part = sum((sizes[loop][0] + sizes[loop][1] for loop in kept), np.zeros(len(scored)))
    effects = _effects(model, links, around) if around else {}
    nearest = sorted(through, key=[*model.stocks, *model.order].index, reverse=True)
    scores = [_scored(links, loop, sizes[loop], part, effects, nearest) for loop in kept]
    scores.sort(key=lambda loop: (-loop.share.mean(), loop.names))
    return Dominance(around, through, scored, tuple(scores), _divided(part, total))


def yearly_dominance(scenario: str, around: str) -> Dominance:
    """Loops around a quantity of the countermove model in one month a year of a scenario's run at the medians."""
    from countermove.explain.central import central_inputs
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    given = world()
    inputs = central_inputs(given, as_scenario(scenario))
    return dominance(given.model, inputs, given.months, around, range(6, given.months, 12))


def _group(model: Model, around: str) -> tuple[set[str], tuple[str, ...], set[str]]:
    """The group of quantities in loops, those of it by which `around` is reached, and what lies between."""
    import networkx as nx

    graph = nx.DiGraph(
        (cause, name)
        for name, quantity in model.quantities.items()
        for cause in quantity.arguments
        if cause in model.quantities
    )
    groups = [
        set(group)
        for group in nx.strongly_connected_components(graph)
        if len(group) > 1 or any(graph.has_edge(name, name) for name in group)
    ]
    if not groups:
        raise CountermoveError("the model has no feedback loop")
    largest = max(groups, key=len)
    if not around:
        return largest, (), set()
    own = next((group for group in groups if around in group), None)
    if own:
        return own, (around,), set()
    above = nx.ancestors(graph, around) if around in graph else set()
    near = [group for group in groups if group & above]
    if not near:
        raise CountermoveError(f"'{around}' is in no feedback loop, and nothing that it depends on is")
    group = max(near, key=len)
    downstream = {around} | {name for name in above - group if nx.ancestors(graph, name) & group}
    through = tuple(sorted(name for name in group if any(after in downstream for after in graph.successors(name))))
    return group, through, downstream


def _found(model: Model, links: LinkScores, group: set[str]) -> list[tuple[str, ...]]:
    """The strongest loops in every scored month. A link's size is that of its strongest cell."""
    stocks = [name for name in model.stocks if name in group]
    sizes = {
        link: np.abs(scores).max(axis=(1, 2))
        for link, scores in links.scores.items()
        if link[0] in group and link[1] in group
    }
    found: set[tuple[str, ...]] = set()
    for index in range(len(links.months)):
        graph: dict[str, list[tuple[str, float]]] = {}
        for (cause, effect), size in sizes.items():
            graph.setdefault(cause, []).append((effect, float(size[index])))
        found |= strongest_loops(graph, stocks)
    return sorted(found)


def _is_inside(model: Model, loop: tuple[str, ...]) -> bool:
    """Whether a loop is only how a delay or smoothing works inside, which is not counted (ibid.)."""
    parts = {part.name for quantity in model.quantities.values() for part in quantity.parts}
    return len(loop) == 1 and (model.quantities[loop[0]].is_smooth or loop[0] in parts)


def _product(matrices: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    product = matrices[0]
    for matrix in matrices[1:]:
        product = matrix @ product
    return product


def _sizes(links: LinkScores, loop: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By month, the sums of the sizes of the loop's reinforcing and of its balancing chains of cells."""
    cells = [links.change[name].shape[1] for name in loop]
    narrowest = cells.index(min(cells))
    matrices = [links.scores[link] for link in _links((*loop[narrowest:], *loop[:narrowest]))]
    signed = _product(matrices).trace(axis1=1, axis2=2)
    size = _product([np.abs(matrix) for matrix in matrices]).trace(axis1=1, axis2=2)
    return np.maximum((size + signed) / 2, 0.0), np.maximum((size - signed) / 2, 0.0)


def _links(loop: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(loop, (*loop[1:], loop[0]), strict=True))


def _effects(model: Model, links: LinkScores, around: str) -> dict[str, NDArray[np.float64]]:
    """By quantity, (month, cell): what a rise of the cell does to the sum of `around` over its cells in that month."""
    pull = links.pull[around]
    reached: dict[str, NDArray[np.float64]] = {around: pull[:, np.newaxis, :]}
    for name in (*reversed(model.order), *model.stocks):
        parts = [
            reached[effect] @ shares
            for (cause, effect), shares in links.shares.items()
            if cause == name and effect in reached and model.quantities[effect].kind != "stock"
        ]
        if parts and name != around:
            reached[name] = np.sum(parts, axis=0)
    effects = {name: reached[name][:, 0] * np.sign(links.change[name]) for name in reached if name != around}
    return {around: np.abs(pull), **effects}


def _scored(
    links: LinkScores,
    loop: tuple[str, ...],
    sizes: tuple[NDArray[np.float64], NDArray[np.float64]],
    total: NDArray[np.float64],
    effects: Mapping[str, NDArray[np.float64]],
    nearest: Sequence[str],
) -> LoopScore:
    up, down = sizes
    last = next((name for name in nearest if name in loop and name in effects), "")
    push = _push(links, loop, last, effects[last]) if last else np.zeros(len(total))
    size = np.abs(push)
    direction = np.divide(push, size, out=np.zeros_like(push), where=size != 0)
    share = _divided(up + down, total)
    return LoopScore(canonical(loop), _divided(up, total), _divided(down, total), share * direction)


def _push(links: LinkScores, loop: tuple[str, ...], name: str, effect: NDArray[np.float64]) -> NDArray[np.float64]:
    """By month, how much the loop's chains of cells through `name` raise it, in the effect that this has."""
    start = loop.index(name)
    turned = (*loop[start:], *loop[:start])
    shares = _product([links.shares[link] for link in _links(turned)])
    return (shares.diagonal(axis1=1, axis2=2) * np.sign(links.pull[name]) * effect).sum(axis=1)


def _divided(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0)
