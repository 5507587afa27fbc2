"""The model: one file per sector, one small pure function per quantity.

Importing it does not import JAX.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from countermove.engine import Model, declared
from countermove.engine import build as _bind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from countermove.scenario import Scenario

MONTHS = 240
START = 2016.0

# What comparison and report read by default.
OUTPUTS: tuple[str, ...] = (
    "domestic_output", "home_made_output", "all_home_output", "china_owned", "china_with_smuggled", "china_all",
    "years_behind_chip", "cards_made", "binding_share_logic", "binding_share_memory", "binding_share_packaging",
    "binding_share_demand",
)  # fmt: skip

# What the report shows besides.
REPORT_OUTPUTS: tuple[str, ...] = (
    *OUTPUTS, "purchases", "advanced_capacity", "nvidia_china_revenue", "smuggled_compute", "rental_compute",
    "domestic_card_share", "foreign_die_share_huawei", "ai_die_yield", "ai_wafers", "hbm_stock", "world_share_owned",
    "world_share_all", "foreign_cards_sold",
)  # fmt: skip


def scenario_series(scenario: Scenario, months: int = MONTHS) -> dict[str, NDArray[np.float64]]:
    """Series of a scenario by name, each (months, *dimensions): what the rules allow, and what comes from outside.

    Raises:
        CountermoveError: the scenario dates a rule that does not exist.
    """
    from countermove.model._dated import scenario_series as dated

    return dated(scenario, months)


@cache
def build() -> Model:
    """The whole model, bound and checked.

    Raises:
        CountermoveError: an equation with a wrong unit, an unknown name, a cycle; see `engine.build`.
    """
    from countermove.model._inputs import inputs
    from countermove.model._sectors import SECTORS

    quantities = declared(SECTORS)
    read = {argument for each in quantities for part in (each, *each.parts) for argument in part.arguments}
    read |= {str(part.initial) for each in quantities for part in (each, *each.parts) if isinstance(part.initial, str)}
    return _bind(quantities, inputs(read), name="countermove", start=START)
