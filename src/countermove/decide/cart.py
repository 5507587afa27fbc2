"""Classification trees (Breiman et al. 1984; scikit-learn): the leaves in which cases are dense, as boxes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.decide.prim import LEAST_MASS, Box, candidates, described

Floats = NDArray[np.floating[Any]]

_AMOUNTS, _FOLDS = 5, 3


def boxes(
    values: Floats,
    cases: NDArray[np.bool_],
    *,
    density: float,
    most_inputs: int,
    most_boxes: int,
    pruning: float | None = None,
) -> list[Box]:
    """Leaves of a tree of depth `most_inputs` with at least this density, most cases first.

    Where no leaf is as dense, the densest. The tree is grown whole on all inputs whose distribution clearly differs
    between cases and others (`prim.candidates`), and pruned back by minimal cost-complexity.

    Args:
        pruning: the cost of a leaf; by default that of `choose_pruning`.
    """
    rows = candidates(values, cases, len(values))
    if not len(rows):
        return []
    amount = choose_pruning(values, cases, most_inputs) if pruning is None else pruning
    tree = _grown(values.shape[1], most_inputs, amount).fit(values[rows].T, cases)
    found = [{int(rows[k]): ends for k, ends in limits.items()} for limits in _leaves(tree) if limits]
    leaves = [described(limits, values, cases) for limits in found]
    dense = [box for box in leaves if box.density >= density]
    if not dense:
        dense = sorted((box for box in leaves if box.density > cases.mean()), key=lambda box: -box.density)[:1]
    return sorted(dense, key=lambda box: -box.coverage)[:most_boxes]


def choose_pruning(values: Floats, cases: NDArray[np.bool_], most_inputs: int) -> float:
    """Cost of a leaf of the simplest tree within one standard error of the best, over folds."""
    from sklearn.model_selection import cross_val_score

    x, y = values[candidates(values, cases, len(values))].T, cases
    if not x.size:
        return 0.0
    path = _grown(len(y), most_inputs, 0.0).cost_complexity_pruning_path(x, y).ccp_alphas
    amounts = np.unique(np.maximum(path[:-1], 0.0)) if len(path) > 1 else np.zeros(1)
    if len(amounts) > _AMOUNTS:
        amounts = amounts[np.linspace(0, len(amounts) - 1, _AMOUNTS).astype(int)]
    scores = np.array([cross_val_score(_grown(len(y), most_inputs, a), x, y, cv=_FOLDS) for a in amounts])
    mean, error = scores.mean(axis=1), scores.std(axis=1, ddof=1) / np.sqrt(_FOLDS)
    best = int(mean.argmax())
    return float(amounts[int(np.flatnonzero(mean >= mean[best] - error[best]).max())])


def _grown(count: int, depth: int, pruning: float) -> Any:
    from sklearn.tree import DecisionTreeClassifier

    least = max(5, int(LEAST_MASS * count))
    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=least, ccp_alpha=pruning, random_state=0)


def _leaves(fitted: Any) -> list[dict[int, tuple[float, float]]]:
    """Limits of every leaf."""
    tree = fitted.tree_
    found: list[dict[int, tuple[float, float]]] = []
    waiting: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    while waiting:
        node, limits = waiting.pop()
        if tree.children_left[node] < 0:
            found.append(limits)
            continue
        row, cut = int(tree.feature[node]), float(tree.threshold[node])
        low, high = limits.get(row, (-np.inf, np.inf))
        waiting.append((int(tree.children_right[node]), {**limits, row: (max(low, cut), high)}))
        waiting.append((int(tree.children_left[node]), {**limits, row: (low, min(high, cut))}))
    return found
