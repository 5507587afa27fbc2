"""What holds on every draw of the prior, under every scenario: things are conserved, nothing is negative."""

from __future__ import annotations

import numpy as np
import pytest

from countermove import model
from countermove.engine import ensemble
from countermove.engine.compile import Program
from countermove.explore import held
from countermove.explore.world import world
from countermove.model.dimensions import vendor
from countermove.scenario import load

BALANCES = (
    "cards_made", "cards_shipped",
    "ascend_exports", "card_inventory", "hbm_imports", "domestic_hbm", "grey_hbm_inflow", "hbm_used",
    "hbm_stock",
    "proxy_die_inflow", "dies_stocked_ahead",
    "home_dies_made", "dies_wanted", "bank_die_share", "die_bank", "home_die_stock", "purchases",
    "installed", "installed_retired", "budget", "spending", "budget_carryover", "tool_inventory", "advanced_capacity",
    "excess_defect_density", "software_maturity", "years_behind_chip", "domestic_output", "home_made_output",
    "china_all",
)  # fmt: skip


def _gap(stock, inflow, outflow):
    """Largest imbalance of stock(t) = stock(t−1) + inflow − outflow, against what has flowed, by draw."""
    before = np.concatenate([np.zeros_like(stock[:1]), stock[:-1]])
    scale = np.maximum(np.cumsum(np.abs(inflow), axis=0) + np.abs(stock), 1.0)
    error = np.abs(stock - before - inflow + outflow) / scale
    return error.reshape(-1, error.shape[-1]).max(axis=0)


def _least(stock, inflow):
    """Least value of a stock against what has flowed through it, by draw: 0 or above but for rounding."""
    scale = np.maximum(np.cumsum(np.abs(inflow), axis=0), 1.0)
    return (stock / scale).reshape(-1, stock.shape[-1]).min(axis=0)


def _summary(block):
    """From a block of trajectories to what is tested, one number a draw."""
    dies = block["dies_wanted"]
    from_bank = (dies * block["bank_die_share"])[:, 0]
    hbm_in = block["hbm_imports"] + block["domestic_hbm"] + block["grey_hbm_inflow"]
    bought = block["purchases"].sum(axis=2)
    exported = np.zeros_like(block["cards_made"])
    exported[:, vendor.index("huawei")] = block["ascend_exports"]
    return {
        "cards": _gap(block["card_inventory"], block["cards_made"], block["cards_shipped"] + exported),
        "memory": _gap(block["hbm_stock"], hbm_in, block["hbm_used"]),
        "bank": _gap(block["die_bank"], block["proxy_die_inflow"] + block["dies_stocked_ahead"], from_bank),
        "home dies": _gap(block["home_die_stock"], block["home_dies_made"], dies * (1 - block["bank_die_share"])),
        "installed": _gap(block["installed"], bought, block["installed_retired"]),
        "least card inventory": _least(block["card_inventory"], block["cards_made"]),
        "least memory": _least(block["hbm_stock"], hbm_in),
        "least bank": _least(block["die_bank"], block["proxy_die_inflow"] + block["dies_stocked_ahead"]),
        "least home dies": _least(block["home_die_stock"], block["home_dies_made"]),
        "least installed": _least(block["installed"], bought),
        "least flow": np.minimum.reduce(
            [block[name].reshape(-1, block[name].shape[-1]).min(axis=0) for name in
             ("cards_made", "purchases", "spending", "home_dies_made", "hbm_used", "tool_inventory",
              "advanced_capacity", "excess_defect_density", "domestic_output", "home_made_output")]
        ),
        "most mature software": block["software_maturity"].max(axis=(0, 1)),
        "furthest behind": block["years_behind_chip"].max(axis=0),
    }  # fmt: skip


def _check(scenario: str, draws: int) -> None:
    given = world()
    program = Program(model.build(), BALANCES, 240)
    arm = held.for_arm(given, given.arm(load(scenario)), draws, seed=7)
    (found,) = ensemble.run(program, [arm], draws, 7, reduce=_summary)  # refuses what is not finite
    for name in ("cards", "memory", "bank", "home dies", "installed"):
        # Single precision: each of 240 additions rounds by at most 6e-8 of the running sum.
        assert found[name].max() < 2e-5, f"{name} not conserved under {scenario}"
    for name in (
        "least card inventory",
        "least memory",
        "least bank",
        "least home dies",
        "least installed",
        "least flow",
    ):
        assert found[name].min() > -2e-5, f"{name} is negative under {scenario}"
    assert found["most mature software"].max() <= 1 + 1e-6
    assert found["furthest behind"].max() < 20


@pytest.mark.parametrize("scenario", ["history", "no-controls", "chips-only", "entity-only", "tools-only", "hbm-only"])
def test_conserved_and_not_negative(scenario):
    _check(scenario, 512)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["history", "no-controls"])
def test_conserved_and_not_negative_on_a_hundred_thousand_draws(scenario):
    _check(scenario, 100_000)
