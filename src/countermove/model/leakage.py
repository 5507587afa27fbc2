"""Compute that comes around the rules: smuggled cards and capacity rented abroad."""

from countermove.engine import smooth, stock, variable
from countermove.engine.vocabulary import at, exp, maximum, power, since


@variable(unit="1", source=("MKT-0429", "par-097", "par-101"))
def smuggling_limit(
    smuggling_share_limit, enforcement_effect, scarcity_premium, smuggling_supply_elasticity, reference_price_ratio
):
    """Share of world output that smuggling can reach: more with a higher premium, less with enforcement.

    The premium counts against the 50 % that was seen when the limit was estimated.
    """
    premium = exp(at(scarcity_premium, "option", "grey")) / reference_price_ratio
    return smuggling_share_limit * enforcement_effect * power(premium, smuggling_supply_elasticity)


@stock(unit="1", initial="smuggling_share_seed", source=("PMR096", "PMR105"))
def smuggling_channel(smuggling_channel, smuggling_growth, smuggling_limit, frontier_denial, months_per_year):
    """Share of world output that the smuggling networks can move: logistic growth while the frontier is denied.

    Networks shrink no faster than they grow, however far the limit falls below them.
    """
    growth = smuggling_growth / months_per_year
    room = maximum(1 - smuggling_channel / smuggling_limit, -1)
    return growth * smuggling_channel * frontier_denial * room


@variable(unit="H100e/month", source="identity")
def smuggling_supply(
    smuggling_channel, world_supply, frontier_denial, mechanism_leakage, mechanism_smuggling, months_per_year
):
    """Smuggled compute on offer."""
    flowing = mechanism_leakage * mechanism_smuggling * frontier_denial
    return flowing * smuggling_channel * world_supply / months_per_year


@variable(unit="H100e/month", source=("PMR046", "PMR047"))
def rental_capacity_target(
    rental_share_limit, rental_share_decline, world_supply, offshore_access, year, months_per_year
):
    """Capacity abroad that owners would offer to Chinese tenants: a falling share of growing world output."""
    share = rental_share_limit * exp(-rental_share_decline * maximum(since(year, 2025.5), 0))
    return share * world_supply / months_per_year * offshore_access


@smooth(unit="H100e/month", months="rental_delay", initial=0.0, source=("PMR046", "PMR047"))
def rental_offer(rental_capacity_target):
    """Capacity abroad offered to Chinese tenants, after the time it takes to build."""
    return rental_capacity_target


@variable(unit="H100e/month", source="identity")
def rental_supply(
    rental_offer,
    offshore_access,
    mechanism_leakage,
    mechanism_rental,
    rental_share_limit,
    world_flow_2022,
    months_per_year,
):
    """Rented capacity on offer; with leakage off, no more than in 2022."""
    then = rental_share_limit * world_flow_2022 / months_per_year
    growing = mechanism_leakage * mechanism_rental
    return offshore_access * (growing * rental_offer + (1 - growing) * then)
