"""Sobol's indices of single factors and of groups, with more points until their intervals are narrow enough.

First order by Saltelli et al. (2010), total by Jansen (1999), both from SALib with its bootstrap intervals. Points are
a scrambled Sobol' sequence, so that a doubled sample contains the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError

Floats = NDArray[np.floating[Any]]
Transform = Callable[[Floats], Floats]
Answers = Callable[[Floats], Floats]
Progress = Callable[[int, int], None]

TOLERANCE = 0.05
FIRST_BASE = 512
_RESAMPLES = 100


@dataclass(frozen=True)
class Convergence:
    """Whether the indices can be relied upon.

    Attributes:
        widest: greatest half-width of a 95 % interval, over groups, both orders and measures.
        where: group and measure that have it.
        base: base points; each costs one point for each group and two more.
        points: at which the measures were computed.
    """

    met: bool
    widest: float
    where: str
    tolerance: float
    base: int
    points: int

    @property
    def verdict(self) -> str:
        """In words."""
        how = f"after {self.base:,} base points ({self.points:,} points in all)"
        if self.met:
            return f"converged: every 95 % interval is within ±{self.widest:.3f} {how}, asked for ±{self.tolerance:g}"
        return (
            f"not converged: the interval of {self.where} is still ±{self.widest:.3f} {how}, asked for "
            f"±{self.tolerance:g}; allow more points"
        )


@dataclass(frozen=True, eq=False)
class Indices:
    """Sobol's indices, each array (measure, group).

    Attributes:
        first: share of the variance that the group explains alone.
        total: share that would remain if everything else were known: alone and in interaction.
        first_interval, total_interval: half-widths of their 95 % bootstrap intervals.
        mean, variance: of each measure.
        answers: measures (measure, point) at the independent points of the sample.
    """

    first: Floats
    first_interval: Floats
    total: Floats
    total_interval: Floats
    mean: Floats
    variance: Floats
    answers: Floats
    convergence: Convergence


def check(most: int, tolerance: float, groups: int) -> None:
    """Refuse a bound on points below the first sample of so many groups, and a tolerance that is none.

    Raises:
        CountermoveError: names the least number of points.
    """
    least = FIRST_BASE * (groups + 2)
    if most < least:
        raise CountermoveError(f"points: {most:,} are too few for indices of {groups} groups; at least {least:,}")
    if not 0 < tolerance < 1:
        raise CountermoveError(f"tolerance: {tolerance:g} is not a half-width above 0 and below 1")


def indices(
    transform: Transform,
    answers: Answers,
    groups: Sequence[tuple[str, Sequence[int]]],
    factors: int,
    measures: Sequence[str],
    *,
    seed: int,
    most: int,
    tolerance: float = TOLERANCE,
    progress: Progress | None = None,
) -> Indices:
    """Sobol's indices of groups of independent factors.

    The sample is doubled until every interval is within `tolerance` or the next doubling would need more than `most`
    points.

    Args:
        transform: probabilities (factor, point) to values.
        answers: values (factor, point) to measures (measure, point).
        groups: name and rows of the factors that are varied together; every factor is in one.

    Raises:
        CountermoveError: `most` is too few even for the first sample.
    """
    from scipy.stats import qmc

    check(most, tolerance, len(groups))
    each = len(groups) + 2
    sequence = qmc.Sobol(2 * factors, scramble=True, rng=np.random.default_rng(seed))
    parts: list[Floats] = []
    base, goal = 0, FIRST_BASE
    while True:
        u = sequence.random(goal - base)
        chunk = max(1, 8192 // each)
        for begin in range(0, len(u), chunk):
            parts.append(_block(transform, answers, groups, u[begin : begin + chunk], factors))
            if progress:
                progress((base + begin) * each, most)
        base = goal
        values = np.concatenate(parts, axis=2)
        found = _analysed(values, [name for name, _ in groups], measures, seed, tolerance)
        if found.convergence.met or 2 * base * each > most:
            return found
        goal = 2 * base


def _block(
    transform: Transform, answers: Answers, groups: Sequence[tuple[str, Sequence[int]]], u: Floats, factors: int
) -> Floats:
    """Measures (measure, place, base point); places: A, A with each group from B, B."""
    a, b = transform(u[:, :factors].T), transform(u[:, factors:].T)
    designs = [a]
    for _, rows in groups:
        mixed = a.copy()
        mixed[list(rows)] = b[list(rows)]
        designs.append(mixed)
    designs.append(b)
    found = answers(np.concatenate(designs, axis=1))
    return found.reshape(len(found), len(designs), len(u))


def _analysed(values: Floats, groups: Sequence[str], measures: Sequence[str], seed: int, tolerance: float) -> Indices:
    from SALib.analyze import sobol

    problem = {"num_vars": len(groups), "names": list(groups), "bounds": [[0.0, 1.0]] * len(groups)}
    columns: dict[str, list[Floats]] = {"S1": [], "S1_conf": [], "ST": [], "ST_conf": []}
    for of_measure in values:
        y = of_measure.T.reshape(-1)  # by base point: A, AB1 … ABk, B, the order in which SALib reads it
        if np.ptp(y) == 0:
            found = {key: np.zeros(len(groups)) for key in columns}
        else:
            found = sobol.analyze(
                problem, y, calc_second_order=False, num_resamples=_RESAMPLES, conf_level=0.95, seed=seed + 1
            )
        for key, column in columns.items():
            column.append(np.asarray(found[key], dtype=np.float64))
    first, first_interval, total, total_interval = (np.stack(columns[key]) for key in columns)
    widths = np.maximum(first_interval, total_interval)
    measure, group = divmod(int(widths.argmax()), len(groups))
    widest = float(widths.max())
    both = values[:, [0, -1]].reshape(len(values), -1)
    base = values.shape[2]
    return Indices(
        first,
        first_interval,
        total,
        total_interval,
        both.mean(axis=1),
        both.var(axis=1),
        both,
        Convergence(
            widest <= tolerance,
            widest,
            f"{groups[group]} for {measures[measure]}",
            tolerance,
            base,
            base * values.shape[1],
        ),
    )
