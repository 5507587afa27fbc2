"""The sectors of the model, in the order in which documents list them."""

from __future__ import annotations

from types import ModuleType

from countermove.model import (
    accelerators,
    allies,
    capability,
    compute,
    demand,
    diversification,
    firm_panel,
    foresight,
    foundry,
    frontier,
    leakage,
    market,
    memory,
    policy,
    research,
    software,
    state,
    vendors,
)

SECTORS: tuple[ModuleType, ...] = (
    policy,
    foresight,
    state,
    frontier,
    foundry,
    memory,
    accelerators,
    software,
    demand,
    leakage,
    research,
    firm_panel,
    vendors,
    allies,
    diversification,
    market,
    compute,
    capability,
)
