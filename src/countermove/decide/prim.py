"""The patient rule induction method (Friedman and Fisher 1999): boxes of inputs in which cases are dense.

Peel: cut off, again and again, the twentieth of the box at either end of one input whose removal leaves the highest
share of cases. Paste: widen the box again where that does not thin it. Cover: look for the next box in what is left.
Restrictions that chance would explain are dropped by the quasi-p-value of Bryant and Lempert (2010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Cases = NDArray[np.bool_]

PEEL = 0.05
LEAST_MASS = 0.02
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Box:
    """Limits on some inputs and what they hold.

    Attributes:
        limits: by row of the inputs, low and high; infinite where it is open on that side. Low itself is outside.
        coverage: share of all cases that lie in it.
        density: share of the draws in it that are cases.
        mass: share of all draws that lie in it.
        chance: by row the quasi-p-value of its restriction.
    """

    limits: Mapping[int, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    chance: Mapping[int, float] = field(default_factory=dict)


def inside(limits: Mapping[int, tuple[float, float]], values: Floats) -> Cases:
    """Which draws of values (input, draw) lie within the limits."""
    held = np.ones(values.shape[1], dtype=bool)
    for row, (low, high) in limits.items():
        held &= (values[row] > low) & (values[row] <= high)
    return held


def described(limits: Mapping[int, tuple[float, float]], values: Floats, cases: Cases) -> Box:
    """The box of these limits with coverage, density, mass and quasi-p-values."""
    held = inside(limits, values)
    hits, count = int((held & cases).sum()), int(held.sum())
    return Box(
        dict(limits),
        hits / max(int(cases.sum()), 1),
        hits / max(count, 1),
        count / values.shape[1],
        {row: _chance(limits, row, values, cases, hits, count) for row in limits},
    )


def _chance(
    limits: Mapping[int, tuple[float, float]], row: int, values: Floats, cases: Cases, hits: int, count: int
) -> float:
    """Probability of as many cases among as many draws if this one restriction did nothing: a binomial tail."""
    from scipy.stats import binom

    without = inside({other: ends for other, ends in limits.items() if other != row}, values)
    share = (without & cases).sum() / max(int(without.sum()), 1)
    return float(binom.sf(hits - 1, count, share))


def trajectory(values: Floats, cases: Cases, rows: Sequence[int], *, most_inputs: int) -> list[Box]:
    """The boxes that peeling these rows passes through, from everything to the smallest.

    At most `most_inputs` of the rows are restricted.
    """
    limits: dict[int, tuple[float, float]] = {}
    held = np.arange(values.shape[1])
    path = [_plain(limits, held, cases)]
    while len(rows):
        allowed = np.array(sorted(limits)) if len(limits) >= most_inputs else np.array(rows)
        found = _best_peel(values[np.ix_(allowed, held)], cases[held], LEAST_MASS * values.shape[1])
        if found is None:
            break
        place, low, high = found
        row = int(allowed[place])
        old = limits.get(row, (-np.inf, np.inf))
        limits[row] = (max(old[0], low), min(old[1], high))
        kept = values[row, held]
        held = held[(kept > low) & (kept <= high)]
        path.append(_plain(limits, held, cases))
    return path


def best_path(values: Floats, cases: Cases, *, density: float, most_inputs: int) -> list[Box]:
    """Of several trajectories the one whose `chosen` box is best; of equals the simplest.

    Tried are 1, 2, … inputs out of twice as many `candidates`: greedy peeling may spend its few inputs on poor ones,
    and with fewer allowed it sometimes gets further.
    """
    ranked = [int(row) for row in candidates(values, cases, 2 * most_inputs)]
    tries = [(ranked[: 2 * count], count) for count in range(1, most_inputs + 1)]
    paths = [trajectory(values, cases, rows, most_inputs=count) for rows, count in tries]
    winner = chosen([chosen(path, density) for path in paths], density)
    return next(path for path in paths if winner in path)


def candidates(values: Floats, cases: Cases, count: int) -> NDArray[np.intp]:
    """Rows of the inputs whose distribution differs most between cases and others, at most `count`.

    Monte Carlo filtering (Hornberger and Spear 1981): the Kolmogorov-Smirnov distance, of which those count that
    chance explains with a probability below 5 %, corrected for the number of inputs (Bonferroni). Among hundreds of
    inputs peeling would otherwise take those that happen to look best.
    """
    hits, others = int(cases.sum()), int((~cases).sum())
    order = np.argsort(values, axis=1)
    sorted_cases = cases[order]
    gap = np.cumsum(sorted_cases, axis=1) / max(hits, 1) - np.cumsum(~sorted_cases, axis=1) / max(others, 1)
    distance = np.abs(gap).max(axis=1)
    clear = np.sqrt(-0.5 * np.log(SIGNIFICANT / len(values) / 2) * (hits + others) / max(hits * others, 1))
    ranked = np.argsort(-distance)[:count]
    return ranked[distance[ranked] > clear]


def _plain(limits: Mapping[int, tuple[float, float]], held: NDArray[np.intp], cases: Cases) -> Box:
    hits = int(cases[held].sum())
    return Box(dict(limits), hits / max(int(cases.sum()), 1), hits / max(len(held), 1), len(held) / len(cases))


def _best_peel(values: Floats, cases: Cases, least: float) -> tuple[int, float, float] | None:
    """Row and limits of the peel that leaves the highest share of cases, or None where none is left to make."""
    count = values.shape[1]
    cut = max(1, int(PEEL * count))
    if count - cut < max(least, 1):
        return None
    ordered = np.partition(values, (cut - 1, count - cut - 1), axis=1)
    lows, highs = ordered[:, cut - 1], ordered[:, count - cut - 1]
    best, found = -1.0, None
    for keep, is_low in ((values > lows[:, np.newaxis], True), (values <= highs[:, np.newaxis], False)):
        sizes = keep.sum(axis=1)
        allowed = (sizes >= max(least, 1)) & (sizes < count)
        density = np.where(allowed, keep @ cases.astype(np.float64) / np.maximum(sizes, 1), -1.0)
        row = int(density.argmax())
        if density[row] > best:
            best = float(density[row])
            found = (row, float(lows[row]), np.inf) if is_low else (row, -np.inf, float(highs[row]))
    return found


def pasted(box: Box, values: Floats, cases: Cases) -> Box:
    """The box widened, a twentieth of its draws at a time, wherever its density does not fall."""
    limits, current = dict(box.limits), box
    improved = True
    while improved:
        improved = False
        for row in sorted(limits):
            for side in (0, 1):
                wider = _wider(limits, row, side, values)
                if wider is None:
                    continue
                tried = described(wider, values, cases)
                if tried.density >= current.density and tried.mass > current.mass:
                    limits, current, improved = wider, tried, True
                    break
            if improved:
                break
    return current


def _wider(
    limits: Mapping[int, tuple[float, float]], row: int, side: int, values: Floats
) -> dict[int, tuple[float, float]] | None:
    """The limits with one end moved out so that about a twentieth more draws lie within; None where it is open."""
    ends = list(limits[row])
    if not np.isfinite(ends[side]):
        return None
    others = inside({other: pair for other, pair in limits.items() if other != row}, values)
    along = values[row, others]
    outside = np.sort(along[along <= ends[0]])[::-1] if side == 0 else np.sort(along[along > ends[1]])
    step = max(1, int(PEEL * inside(limits, values).sum()))
    if len(outside) <= step:
        ends[side] = -np.inf if side == 0 else np.inf
    else:
        ends[side] = float(outside[step if side == 0 else step - 1])
    changed = {**limits, row: (ends[0], ends[1])}
    return {r: pair for r, pair in changed.items() if np.isfinite(pair).any()}


def chosen(path: list[Box], density: float) -> Box:
    """Of a trajectory the box with the greatest coverage at this density; where none is as dense, the best compromise.

    The compromise is the greatest harmonic mean of coverage and density.
    """
    dense = [box for box in path if box.density >= density]
    if dense:
        return max(dense, key=lambda box: (box.coverage, box.density))
    return max(path, key=lambda box: 2 * box.coverage * box.density / max(box.coverage + box.density, 1e-12))


def without_chance(box: Box, values: Floats, cases: Cases) -> Box:
    """The box without the restrictions that chance would explain, the least significant dropped first."""
    current = described(box.limits, values, cases)
    while current.chance:
        worst = max(current.chance, key=lambda row: current.chance[row])
        if current.chance[worst] <= SIGNIFICANT:
            break
        current = described({r: ends for r, ends in current.limits.items() if r != worst}, values, cases)
    return current


def boxes(values: Floats, cases: Cases, *, density: float, most_inputs: int, most_boxes: int) -> list[Box]:
    """Boxes one after the other, each found in what those before leave; coverage and density are of all draws.

    A box that adds less than a twentieth of all cases, or is no denser than everything, ends the search.
    """
    left = np.ones(values.shape[1], dtype=bool)
    found: list[Box] = []
    while len(found) < most_boxes and (left & cases).any():
        some, hits = values[:, left], cases[left]
        box = chosen(best_path(some, hits, density=density, most_inputs=most_inputs), density)
        box = without_chance(pasted(box, some, hits), some, hits)
        whole = described(box.limits, values, cases)
        added = (inside(box.limits, values) & left & cases).sum() / cases.sum()
        if not box.limits or added < PEEL or (found and box.density < density) or whole.density <= cases.mean():
            break
        found.append(whole)
        left &= ~inside(box.limits, values)
    return found
