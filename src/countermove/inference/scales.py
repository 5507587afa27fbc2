"""Scales on which errors are symmetric: logarithm, logit or as is; and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from countermove.inference.operators import Operator

# A share of exactly 0 or 1, or a quantity of 0, has no place on its scale; the model's figures are kept this far off.
_EDGE = 1e-9


def forward(operator: Operator, values: Any, xp: Any = np) -> Any:
    """Figures in the unit of the operator to its scale."""
    if operator.scale == "log":
        return xp.log(xp.maximum(values + operator.floor, _EDGE))
    if operator.scale == "logit":
        share = xp.clip(values, _EDGE, 1 - _EDGE)
        return xp.log(share) - xp.log1p(-share)
    return values


def backward(operator: Operator, values: Any) -> Any:
    """From the scale of the operator to figures in its unit; the inverse of `forward` for figures from nought on."""
    if operator.scale == "log":
        return np.maximum(np.exp(values) - operator.floor, 0.0)
    return 1 / (1 + np.exp(-values)) if operator.scale == "logit" else values


def holds(operator: Operator, value: float) -> bool:
    """Whether a published figure has a place on the scale."""
    if operator.scale == "log":
        return value + operator.floor > 0
    return 0 < value < 1 if operator.scale == "logit" else True
