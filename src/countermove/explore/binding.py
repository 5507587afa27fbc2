"""Which input binds Ascend output, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.results import Result

Floats = NDArray[np.floating[Any]]

INPUTS = ("logic", "memory", "packaging", "demand")
VENDOR = "huawei"


@dataclass(frozen=True, eq=False)
class Binding:
    """Arrays (quarter, input).

    Attributes:
        quarters: such as 2025Q3.
        share: mean over draws of the input's normalised shadow price, the elasticity of output to it.
        probability: share of draws in which the input binds most; sums to 1 over inputs.
    """

    quarters: tuple[str, ...]
    inputs: tuple[str, ...]
    share: Floats
    probability: Floats


def binding(result: Result) -> Binding:
    """Binding input by quarter: means of the three months' shadow prices of Huawei's accelerators."""
    shares = np.stack([_quarterly(result, f"binding_share_{name}") for name in INPUTS], axis=-1)
    most = shares.argmax(axis=-1)
    probability = np.stack([(most == index).mean(axis=0) for index in range(len(INPUTS))], axis=-1)
    months = result.months[: shares.shape[1] * 3 : 3].astype(int)
    quarters = tuple(f"{1970 + month // 12}Q{month % 12 // 3 + 1}" for month in months.tolist())
    return Binding(quarters, INPUTS, shares.mean(axis=0), probability)


def _quarterly(result: Result, quantity: str) -> Floats:
    values = np.asarray(result[quantity], dtype=np.float64)
    dimensions = dict(result.variables[quantity].dimensions)
    if "vendor" in dimensions:
        values = values[..., dimensions["vendor"].index(VENDOR)]
    whole = values.shape[1] // 3
    return values[:, : 3 * whole].reshape(values.shape[0], whole, 3).mean(axis=2)
