"""The model at the central value of every parameter, with single things changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pytest

from countermove import model
from countermove.explore.world import changed
from countermove.parameters import load_parameters
from countermove.scenario import load

MONTHS = 240

# Everything the tests of behaviour look at, in one executable.
WATCHED = (
    "advanced_capacity", "capacity_completions", "tool_orders", "defect_density", "excess_defect_density",
    "ai_die_yield",
    "phone_die_yield", "cards_made", "cards_shipped", "card_inventory", "hbm_stock", "hbm_used", "hbm_imports",
    "domestic_hbm", "grey_hbm_inflow", "die_bank", "home_die_stock", "home_dies_made", "dies_wanted", "bank_die_share",
    "proxy_die_inflow", "installed", "installed_retired", "purchases", "smuggled_compute", "rental_compute", "spending",
    "budget", "budget_carryover", "cards_bought", "option_supply", "option_price", "software_maturity", "throughput",
    "perceived_denial_chips", "domestic_output", "home_made_output", "all_home_output", "china_owned",
    "china_with_smuggled", "china_all", "years_behind_chip", "nvidia_china_revenue", "domestic_card_share",
    "spending_share", "scarcity_premium", "tool_inventory", "binding_share_logic", "binding_share_memory",
    "binding_share_packaging", "binding_share_demand", "smuggling_channel", "world_compute",
)  # fmt: skip


def month(year: float) -> int:
    """Index of the month that holds a decimal year."""
    return int((year - 2016) * 12)


@cache
def _program(watched: tuple[str, ...]):
    from countermove.engine.compile import Program

    return Program(model.build(), watched, MONTHS, 8, "float64")


@pytest.fixture(scope="session")
def simulate() -> Callable[..., dict[str, np.ndarray]]:
    """simulate(scenario, parameters={name: factor or function}, series={name: function}, mechanisms={name: 0 or 1}).

    Structural variants are switched as mechanisms named `variant_NAME`; `watched` are the quantities to return.
    """

    def run(
        scenario: str = "history",
        parameters: Mapping[str, float | Callable] | None = None,
        series: Mapping[str, Callable] | None = None,
        mechanisms: Mapping[str, float] | None = None,
        watched: tuple[str, ...] = WATCHED,
    ) -> dict[str, np.ndarray]:
        program = _program(watched)
        priors, law = load_parameters(), load(scenario)
        dated = changed(model.build(), model.scenario_series(law, MONTHS), law)
        inputs: dict[str, np.ndarray] = {}
        for name in program.inputs:
            kind = program.model.inputs[name].kind
            if kind == "parameter":
                value = np.asarray(priors[name].central, dtype=float)
                change = (parameters or {}).get(name, 1.0)
                value = change(value) if callable(change) else value * change
                inputs[name] = np.broadcast_to(value[..., None], program.shape(name))
            elif kind == "mechanism":
                own = name.removeprefix("mechanism_")
                state = (mechanisms or {}).get(own, float(law.mechanisms.get(own, "on") == "on"))
                inputs[name] = np.full(program.shape(name), state)
            elif kind == "held":
                inputs[name] = np.zeros(program.shape(name))
            else:
                change = (series or {}).get(name, lambda values: values)
                inputs[name] = change(np.array(dated[name]))[..., None]
        return {name: values[..., 0] for name, values in program.run(inputs).items()}

    return run
