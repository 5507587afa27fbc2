"""A small world in which the answers can be worked out by hand: access, response, learning, two vendors."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.engine import Dimension, Input, build, smooth, stock, variable
from countermove.engine.vocabulary import assemble, exp, part, total
from countermove.explore.world import World
from countermove.parameters import Prior
from countermove.units import Unit

vendor = Dimension("vendor", ("huawei", "other"))
option = Dimension("option", ("foreign", "huawei", "other"), (vendor,))


@smooth(unit="1", months="perception_time", initial=0.0, source="identity")
def perceived_denial(access):
    """Denial as it is felt."""
    return 1 - access


@stock(unit="card/month", initial="start_capacity", source="identity", dims=(vendor,))
def capacity(capacity, growth, response, perceived_denial, mechanism_response, mechanism_learning, one_month):
    """Home capacity: grows by itself, and faster when denial is felt."""
    return capacity * (mechanism_learning * growth + mechanism_response * response * perceived_denial / one_month)


@variable(unit="1", source="identity")
def parity(access, parity_closed):
    """Compute of a home-designed card: lower once foreign foundries are closed."""
    return parity_closed + (1 - parity_closed) * access


@variable(unit="H100e/month", source="identity", dims=(vendor,))
def domestic_output(capacity, parity, card):
    """Output of Chinese-designed chips."""
    return capacity * parity * card


@variable(unit="H100e/month", source="identity")
def home_made_output(domestic_output, access, open_share):
    """Part of it made at home."""
    return total(domestic_output, "vendor") * (1 - (1 - open_share) * access)


@variable(unit="H100e/month", source="identity")
def foreign_sales(access, foreign_flow, growth, month):
    """Foreign chips sold in China."""
    return access * foreign_flow * exp(growth * month)


@variable(unit="1", source="identity", dims=(option,))
def spending_share(domestic_output, foreign_sales):
    """Shares of purchases by option."""
    whole = total(domestic_output, "vendor") + foreign_sales
    return assemble(option, foreign=foreign_sales / whole, vendor=domestic_output / whole)


@stock(unit="H100e", initial=1000.0, source="identity")
def china_owned(domestic_output, foreign_sales, reference_share, mechanism_diversion, spending_share):
    """Compute owned; without diversion of demand home vendors get their share of the reference run."""
    actual = total(part(spending_share, "option", vendor), "vendor")
    wanted = mechanism_diversion * actual + (1 - mechanism_diversion) * total(reference_share, "vendor")
    return (total(domestic_output, "vendor") + foreign_sales) * wanted / actual


@variable(unit="H100e", source="identity")
def china_with_smuggled(china_owned, smuggled):
    """Owned and smuggled."""
    return china_owned + smuggled


@variable(unit="H100e", source="identity")
def china_all(china_with_smuggled):
    """Everything usable."""
    return china_with_smuggled * 1


@variable(unit="yr", source="identity")
def years_behind_chip(parity, lag):
    """Distance to the frontier chip."""
    return lag * (2 - parity)


@variable(unit="1", source="identity", dims=(vendor,))
def binding_share_logic(parity, capacity):
    """Closed foundries make logic bind."""
    return (1 - parity) * capacity / capacity


@variable(unit="1", source="identity", dims=(vendor,))
def binding_share_memory(parity, capacity):
    """Memory binds otherwise."""
    return (parity * 0.75) * capacity / capacity


@variable(unit="1", source="identity", dims=(vendor,))
def binding_share_packaging(parity, capacity):
    """Packaging least of all."""
    return (parity * 0.0) * capacity / capacity


@variable(unit="1", source="identity", dims=(vendor,))
def binding_share_demand(parity, capacity):
    """The rest."""
    return (parity * 0.25) * capacity / capacity


OUTPUTS = (
    "domestic_output", "home_made_output", "china_all", "china_owned", "china_with_smuggled", "years_behind_chip",
    "binding_share_logic", "binding_share_memory", "binding_share_packaging", "binding_share_demand",
)  # fmt: skip

QUANTITIES = (
    perceived_denial, capacity, parity, domestic_output, home_made_output, foreign_sales, spending_share, china_owned,
    china_with_smuggled, china_all, years_behind_chip, binding_share_logic, binding_share_memory,
    binding_share_packaging, binding_share_demand,
)  # fmt: skip


def _prior(name, unit, low, central, high, distribution="lognormal", **more):
    return Prior(name, "toy", unit, name, distribution, low, central, high, ("judgement",), **more)


PRIORS = {
    prior.name: prior
    for prior in (
        _prior("perception_time", "month", 6, 12, 24),
        _prior("start_capacity", "card/month", (50.0, 20.0), (100.0, 40.0), (200.0, 80.0),
               dimension="vendor", elements=vendor.elements),
        _prior("growth", "1/month", 0.005, 0.01, 0.02),
        _prior("response", "1", 0.001, 0.004, 0.016),
        _prior("parity_closed", "1", 0.3, 0.6, 0.9, "logit_normal"),
        _prior("card", "H100e/card", 1.0, 1.0, 1.0, "fixed"),
        _prior("open_share", "1", 0.1, 0.2, 0.4, "logit_normal"),
        _prior("foreign_flow", "H100e/month", 300, 600, 1200),
        _prior("smuggled", "H100e", 100, 200, 400),
        _prior("lag", "yr", 1, 2, 4),
    )
}  # fmt: skip


def _input(name: str, kind: str, unit: str = "1", dims: tuple[Dimension, ...] = ()) -> Input:
    return Input(name, kind, Unit.parse(unit), dims)


def series(scenario, months):
    """Access closes in October 2022 where the chip package is kept, and only then."""
    access = np.ones(months)
    if "chips" not in scenario.rules.removed:
        access[81:] = 0.0
    return {"access": access}


@pytest.fixture(scope="session")
def world() -> World:
    return small_world()


def small_world() -> World:
    inputs = [_input(p.name, "parameter", p.unit, (vendor,) if p.dimension else ()) for p in PRIORS.values()]
    inputs.append(_input("access", "series"))
    inputs.append(_input("reference_share", "held", dims=(vendor,)))
    inputs.extend(_input(f"mechanism_{name}", "mechanism") for name in ("response", "learning", "diversion"))
    model = build(QUANTITIES, inputs, name="toy")
    return World(model, PRIORS, series, OUTPUTS, held={"reference_share": "spending_share"})
