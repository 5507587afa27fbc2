"""Small textbook models with known answers, one time step being a month of the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from countermove.engine import (
    Dimension,
    Input,
    Model,
    ageing_chain,
    build,
    delay,
    flow,
    pipeline,
    smooth,
    stock,
    variable,
)
from countermove.engine.vocabulary import (
    absolute,
    assemble,
    at,
    binding_share,
    floor_at,
    indicator,
    largest,
    log,
    logistic,
    maximum,
    part,
    power,
    rename,
    shift,
    soft_minimum,
    total,
    where,
)
from countermove.units import Unit


@dataclass(frozen=True)
class Case:
    """A model with one draw of its inputs."""

    model: Model
    inputs: dict[str, Any]
    months: int


def parameter(name: str, unit: str, *dimensions: Dimension) -> Input:
    return Input(name, "parameter", Unit.parse(unit), dimensions)


def series(name: str, unit: str, *dimensions: Dimension) -> Input:
    return Input(name, "series", Unit.parse(unit), dimensions)


def teacup() -> Case:
    """The teacup of the SDXorg test models: 180 °F, room 70 °F, 10 minutes, steps of 1/8 minute."""

    @stock(unit="kelvin", initial="temperature_at_start", source="identity")
    def teacup_temperature(heat_loss_to_room):
        return -heat_loss_to_room

    @flow(unit="kelvin/month", source="identity")
    def heat_loss_to_room(teacup_temperature, room_temperature, characteristic_time):
        return (teacup_temperature - room_temperature) / characteristic_time

    model = build(
        [teacup_temperature, heat_loss_to_room],
        [
            parameter("temperature_at_start", "kelvin"),
            parameter("room_temperature", "kelvin"),
            parameter("characteristic_time", "month"),
        ],
    )
    return Case(model, {"temperature_at_start": 180.0, "room_temperature": 70.0, "characteristic_time": 80.0}, 240)


def sir() -> Case:
    """The epidemic of the SDXorg test models: 1000 susceptible, 5 infectious, steps of 1/32 day for 100 days."""

    @stock(unit="person", initial="total_population", source="identity")
    def susceptible(succumbing):
        return -succumbing

    @stock(unit="person", initial=5.0, source="identity")
    def infectious(succumbing, recovering):
        return succumbing - recovering

    @stock(unit="person", initial=0.0, source="identity")
    def recovered(recovering):
        return recovering

    @flow(unit="person/month", source="identity")
    def succumbing(susceptible, infectious, total_population, contact_infectivity):
        return susceptible * infectious / total_population * contact_infectivity

    @flow(unit="person/month", source="identity")
    def recovering(infectious, duration):
        return infectious / duration

    model = build(
        [susceptible, infectious, recovered, succumbing, recovering],
        [
            parameter("total_population", "person"),
            parameter("contact_infectivity", "1/month"),
            parameter("duration", "month"),
        ],
    )
    return Case(model, {"total_population": 1000.0, "contact_infectivity": 0.3 / 32, "duration": 160.0}, 3200)


def logistic_growth(steps_per_unit: int = 64) -> Case:
    """Verhulst growth from 10 to 1000 at rate 0.5 per unit of time, for 20 units."""

    @stock(unit="person", initial=10.0, source="identity")
    def population(growth):
        return growth

    @flow(unit="person/month", source="identity")
    def growth(population, capacity, rate):
        return rate * population * (1 - population / capacity)

    model = build([population, growth], [parameter("capacity", "person"), parameter("rate", "1/month")])
    return Case(model, {"capacity": 1000.0, "rate": 0.5 / steps_per_unit}, 20 * steps_per_unit)


def predator_prey(steps_per_unit: int = 200) -> Case:
    """Lotka–Volterra: x' = x (1 − y), y' = y (x − 1) from (1.5, 1), for one unit of time and more."""

    @stock(unit="1", initial=1.5, source="identity")
    def prey(prey, predators, rate):
        return rate * prey * (1 - predators)

    @stock(unit="1", initial=1.0, source="identity")
    def predators(prey, predators, rate):
        return rate * predators * (prey - 1)

    model = build([prey, predators], [parameter("rate", "1/month")])
    return Case(model, {"rate": 1 / steps_per_unit}, 10 * steps_per_unit)


def delays() -> Case:
    """Delays whose delay time changes, as in the SDXorg test of DELAY1I and DELAY3I, and a pipeline."""

    @smooth(unit="1", months="delay_time", initial="start_value", source="identity")
    def smoothed(entering):
        return entering

    @delay(unit="1", months="delay_time", initial="start_value", order=1, source="identity")
    def first_order(entering):
        return entering

    @delay(unit="1", months="delay_time", initial="start_value", source="identity")
    def third_order(entering):
        return entering

    @pipeline(unit="1", months=5, initial="start_value", source="identity")
    def later(entering):
        return entering

    model = build(
        [smoothed, first_order, third_order, later],
        [series("entering", "1"), series("delay_time", "month"), parameter("start_value", "1")],
    )
    time = np.arange(100)
    inputs = {
        "entering": np.where(time < 5, -1.0, 4.0),
        "delay_time": np.where(time < 15, 4.0, 6.0),
        "start_value": 6.0,
    }
    return Case(model, inputs, 100)


def ageing() -> Case:
    """Cards that are bought for three years and retire after 30 months on average."""

    @ageing_chain(unit="card", months="life", source="identity")
    def installed(bought):
        return bought

    @stock(unit="card", initial=0.0, source="identity")
    def ever_bought(bought):
        return bought

    @stock(unit="card", initial=0.0, source="identity")
    def ever_retired(installed_retired):
        return installed_retired

    model = build([installed, ever_bought, ever_retired], [series("bought", "card/month"), parameter("life", "month")])
    bought = np.where(np.arange(120) < 36, 100.0 + 10 * np.arange(120), 0.0)
    return Case(model, {"bought": bought, "life": 30.0}, 120)


VENDOR = Dimension("vendor", ("huawei", "cambricon", "t_head"))
OPTION = Dimension("option", ("foreign", "huawei", "cambricon", "grey", "t_head"), (VENDOR,))
ORIGIN = Dimension("origin", OPTION.elements)
BUYER = Dimension("buyer", ("bytedance", "baidu"))


def market() -> Case:
    """Two buyers choose among five options: every word of the vocabulary on one, two and no dimensions."""

    @stock(unit="card", initial="owned_at_start", source="identity", dims=(BUYER, OPTION))
    def owned(sales, owned, life):
        return sales - owned / life

    @variable(unit="card/month", source="identity", dims=(OPTION,))
    def supply(vendor_supply, foreign_supply, year):
        growing = vendor_supply * (1 + 0.01 * absolute(year / floor_at(year, 2019.0) - 1))
        return assemble(OPTION, foreign=foreign_supply, vendor=growing, default=foreign_supply / 10)

    @variable(unit="1", source="identity", dims=(OPTION, BUYER))
    def attraction(price, taste, owned):
        size = total(owned, "buyer") / floor_at(total(total(owned, "buyer"), "option"))
        rank = price / largest(price, "option")
        return power(rank, -taste) * (1 + size**2 + power(size, 0.5) + indicator(size, BUYER, "baidu") * 0.3)

    @variable(unit="card/month", source="identity", dims=(BUYER, OPTION))
    def sales(attraction, supply, budget, price, mandate):
        share = attraction / total(attraction, "option")
        wanted = share * budget / price
        forced = where(mandate > 0.5, wanted * 2, wanted)
        return soft_minimum(forced, supply, maximum(wanted, supply) * 1.5)

    @variable(unit="1", source="identity", dims=(BUYER, OPTION))
    def supply_binds(sales, supply, budget, price):
        return binding_share(supply, budget / price) * logistic(log(1 + sales / floor_at(supply)) - 1)

    @variable(unit="card", source="identity", dims=(ORIGIN,))
    def owned_by_origin(owned):
        return rename(total(owned, "buyer"), "option", ORIGIN)

    @variable(unit="card", source="identity", dims=(VENDOR, BUYER))
    def owned_domestic(owned):
        return part(owned, "option", VENDOR)

    @variable(unit="card", source="identity", dims=(OPTION,))
    def owned_next(owned, owned_by_origin):
        first = at(owned_by_origin, "origin", "grey")
        return shift(at(owned, "buyer", "baidu"), "option", first)

    @variable(unit="1", source="identity")
    def domestic_exceeds(owned_domestic, owned_by_origin, owned_next):
        domestic = total(total(owned_domestic, "buyer"), "vendor")
        shown = (domestic >= at(owned_by_origin, "origin", "foreign")) + (total(owned_next, "option") < domestic)
        return shown / 2

    model = build(
        [
            owned, supply, attraction, sales, supply_binds, owned_by_origin, owned_domestic, owned_next,
            domestic_exceeds,
        ],
        [
            parameter("owned_at_start", "card", OPTION),
            parameter("life", "month"),
            series("vendor_supply", "card/month", VENDOR),
            series("foreign_supply", "card/month"),
            parameter("price", "USD/card", OPTION),
            parameter("taste", "1", BUYER),
            series("budget", "USD/month", BUYER),
            series("mandate", "1"),
        ],
    )  # fmt: skip
    months = 60
    random = np.random.default_rng(20250101)
    inputs = {
        "owned_at_start": np.array([30.0, 0.0, 3.0, 1.0, 0.5]),
        "life": 36.0,
        "vendor_supply": random.uniform(1, 20, (months, 3)),
        "foreign_supply": np.where(np.arange(months) < 30, 50.0, 0.0),
        "price": np.array([10.0, 8.0, 7.0, 15.0, 9.0]),
        "taste": np.array([1.5, 0.7]),
        "budget": random.uniform(100, 900, (months, 2)),
        "mandate": (np.arange(months) >= 24) * 1.0,
    }
    return Case(model, inputs, months)


CASES: dict[str, Callable[[], Case]] = {
    "teacup": teacup,
    "SIR": sir,
    "logistic growth": logistic_growth,
    "predator–prey": predator_prey,
    "delays": delays,
    "ageing chain": ageing,
    "market": market,
}
