"""The sectors of the model, in the order in which documents list them."""

from __future__ import annotations

from types import ModuleType

from countermove.model import (
    accelerators,
    compute,
    demand,
    diversification,
    foundry,
    frontier,
    leakage,
    memory,
    policy,
    software,
    state,
    vendors,
)

SECTORS: tuple[ModuleType, ...] = (
    policy,
    state,
    frontier,
    foundry,
    memory,
    accelerators,
    software,
    demand,
    leakage,
    vendors,
    diversification,
    compute,
)
