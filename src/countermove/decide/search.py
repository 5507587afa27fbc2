"""Search for policies that cannot be bettered in one objective without loss in another.

Where the model is smooth, from gradients: the augmented Chebyshev scalarisation (Steuer and Choo 1983), its maximum
smoothed, is climbed by L-BFGS-B for many weightings. Where it is not (dates, thresholds), by NSGA-II (Deb et al. 2002)
from pymoo. Objectives are to be made large; every function takes points in the unit cube.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Evaluate = Callable[[Floats], Floats]
Loss = Callable[[Floats, Floats], tuple[float, Floats]]
Progress = Callable[[int, int], None]

AUGMENTATION = 0.05
"""Weight of the sum of objectives in the scalarisation: without it a point may be weakly dominated."""

SHARPNESS = 30.0
"""Of the smooth maximum: two objectives equally short count as 2 % of their range more than one."""


@dataclass(frozen=True, eq=False)
class Front:
    """Points that no other found point dominates.

    Attributes:
        points: (point, lever) in the unit cube.
        objectives: (point, objective), larger is better.
    """

    points: Floats
    objectives: Floats


def evolved(
    evaluate: Evaluate,
    levers: int,
    objectives: int,
    *,
    seed: int,
    population: int,
    generations: int,
    start: Floats | None = None,
    progress: Progress | None = None,
) -> Front:
    """The front that NSGA-II finds.

    Args:
        evaluate: from points (point, lever) to objectives (point, objective); any batch at once.
        start: points to begin with, filled up at random.
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2
    from pymoo.core.problem import Problem
    from pymoo.optimize import minimize

    class _Problem(Problem):
        def _evaluate(self, x: Floats, out: dict[str, Any], *_: Any, **__: Any) -> None:
            out["F"] = -evaluate(x)

    random = np.random.Generator(np.random.Philox(seed))
    first = random.random((population, levers))
    if start is not None:
        first[: len(start)] = start[:population]

    def told(algorithm: Any) -> None:
        if progress:
            progress(int(algorithm.n_gen), generations)

    found = minimize(
        _Problem(n_var=levers, n_obj=objectives, xl=0.0, xu=1.0),
        NSGA2(pop_size=population, sampling=first),  # pyright: ignore[reportArgumentType]  it takes arrays too
        ("n_gen", generations),
        seed=seed,
        callback=told,
        verbose=False,
    )
    points = np.atleast_2d(np.asarray(found.X, dtype=np.float64))
    return nondominated(points, -np.atleast_2d(np.asarray(found.F, dtype=np.float64)))


def climbed(
    loss: Loss,
    starts: Floats,
    weights: Floats,
    *,
    steps: int = 25,
    progress: Progress | None = None,
) -> Floats:
    """Points (climb, lever) where gradients lead, from each start for its weighting of the objectives.

    Args:
        loss: from a point (lever,) and weights to the `shortfall` to be made small and its gradient.
        starts, weights: one row each for every climb.
    """
    from scipy.optimize import minimize

    points: list[Floats] = []
    for row, (start, weight) in enumerate(zip(starts, weights, strict=True)):
        found = minimize(
            loss, start, args=(weight,), jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(start),
            options={"maxiter": steps},
        )  # fmt: skip
        points.append(np.clip(np.asarray(found.x), 0, 1))
        if progress:
            progress(row + 1, len(starts))
    return np.stack(points)


def shortfall(objectives: Any, weight: Any, ideal: Any, span: Any, xp: Any = np) -> Any:
    """How far objectives fall short of their ideal, weighted: a smooth maximum, and a little of the sum.

    Args:
        ideal, span: the best value and the range of each objective, by which they are made comparable.
        xp: numpy or jax.numpy.
    """
    short = weight * (ideal - objectives) / span
    largest = short.max()
    return largest + xp.log(xp.exp(SHARPNESS * (short - largest)).sum()) / SHARPNESS + AUGMENTATION * short.sum()


def nondominated(points: Floats, objectives: Floats) -> Front:
    """The points that no other is at least as good as in all objectives and better in one; sorted by the first."""
    at_least = (objectives[:, np.newaxis] >= objectives[np.newaxis]).all(axis=2)
    better = (objectives[:, np.newaxis] > objectives[np.newaxis]).any(axis=2)
    kept = np.flatnonzero(~(at_least & better).any(axis=0))
    _, first = np.unique(objectives[kept], axis=0, return_index=True)
    kept = kept[np.sort(first)]
    order = kept[np.argsort(objectives[kept, 0], kind="stable")]
    return Front(points[order], objectives[order])


def joined(one: Front, other: Front) -> Front:
    """What remains of two fronts beside one another."""
    return nondominated(np.concatenate([one.points, other.points]), np.concatenate([one.objectives, other.objectives]))


def weightings(objectives: int, count: int, seed: int) -> Floats:
    """Weights (weighting, objective) that sum to 1: each objective nearly alone, then evenly over the simplex."""
    random = np.random.Generator(np.random.Philox(seed + 1))
    alone = np.full((objectives, objectives), 0.05 / max(objectives - 1, 1))
    np.fill_diagonal(alone, 0.95)
    rest = random.dirichlet(np.ones(objectives), max(count - objectives, 0))
    return np.concatenate([alone, rest])[:count]
