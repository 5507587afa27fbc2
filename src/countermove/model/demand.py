"""Demand for AI compute in China: budgets of named buyers and their choice among foreign, grey, rented and domestic."""

from countermove.engine import flow, smooth, stock, variable
from countermove.engine.vocabulary import (
    assemble,
    at,
    exp,
    floor_at,
    indicator,
    log,
    maximum,
    minimum,
    part,
    power,
    since,
    soft_minimum,
    total,
)
from countermove.model.dimensions import buyer, option, vendor

# Width, in logarithm of demand over supply, within which a market is neither short nor in surplus.
BALANCE_WIDTH = 0.1

# --- budgets ----------------------------------------------------------------------------------------------------------


@variable(unit="1", source=("MKT-0273", "MKT-0274"), dims=(buyer,))
def budget_share(institutional_share, private_buyer_share):
    """Share of each buyer in Chinese spending on AI compute; the state and telecom part is the institutional share."""
    institutional = indicator(institutional_share, buyer, "state_telecom")
    return institutional * institutional_share + private_buyer_share * (1 - institutional_share)


@smooth(unit="1", months="price_perception_time", initial="no_premium", source="sterman2000")
def relative_price_paid(spending, value_bought, world_price, smallest_market):
    """What Chinese buyers pay for use value against the world price, over the past months."""
    paid = total(total(spending, "buyer"), "option")
    return (paid + smallest_market) / (value_bought * world_price + smallest_market)


@flow(unit="USD/month", source=("par-059", "par-062"), dims=(buyer,))
def budget(
    china_budget,
    spent_share_reference,
    budget_scale,
    budget_growth_error,
    budget_share,
    relative_price_paid,
    budget_elasticity,
    year,
    months_per_year,
):
    """Money each buyer would spend on AI compute this month: less when it is dearer, if demand is elastic.

    `china_budget` is what was spent; some of the money meant for compute goes elsewhere for want of a good offer.
    """
    response = power(relative_price_paid, 1 - budget_elasticity)
    trend = exp(budget_growth_error * maximum(since(year, 2026.5), 0))
    meant = china_budget / spent_share_reference * budget_scale * trend
    return meant / months_per_year * budget_share * response


@variable(unit="USD/value", source="par-086")
def world_price(world_value_price, world_price_growth_error, year):
    """World price of an H100's use value: as observed to mid-2026, then with the error of the trend."""
    return world_value_price * exp(world_price_growth_error * maximum(since(year, 2026.5), 0))


@stock(unit="USD", initial=0.0, source="identity", dims=(buyer,))
def budget_carryover(budget, spending, budget_carryover, carryover_time):
    """Money not spent for want of supply; it turns to other investment over time."""
    return budget - total(spending, "option") - budget_carryover / carryover_time


# --- prices and what is on offer --------------------------------------------------------------------------------------


@variable(unit="value/card", source="identity")
def low_end_value(low_end_compute, low_end_bandwidth, reference_compute, reference_value, bandwidth_weight):
    """Use value of a foreign card below every threshold."""
    compute = power(low_end_compute / reference_compute, 1 - bandwidth_weight)
    return reference_value * compute * power(low_end_bandwidth, bandwidth_weight)


@variable(unit="H100e/card", source="identity", dims=(option,))
def option_compute(legal_chip_compute, low_end_compute, frontier_compute_in_use, card_compute):
    """Compute of one card of each option; grey and rented cards are of the frontier that the world has installed."""
    return assemble(
        option,
        foreign_legal=legal_chip_compute,
        foreign_low_end=low_end_compute,
        grey=frontier_compute_in_use,
        offshore=frontier_compute_in_use,
        vendor=card_compute,
    )


@variable(unit="value/card", source="identity", dims=(option,))
def option_value(legal_chip_value, low_end_value, frontier_value_in_use, card_value):
    """Use value of one card of each option."""
    return assemble(
        option,
        foreign_legal=legal_chip_value,
        foreign_low_end=low_end_value,
        grey=frontier_value_in_use,
        offshore=frontier_value_in_use,
        vendor=card_value,
    )


@variable(unit="USD/card", source="identity", dims=(option,))
def option_price(world_price, option_value, card_list_price, scarcity_premium):
    """Price of one card: the world price of its use value or the vendor's list, times the scarcity premium."""
    foreign = world_price * option_value
    listed = assemble(
        option,
        foreign_legal=at(foreign, "option", "foreign_legal"),
        grey=at(foreign, "option", "grey"),
        foreign_low_end=at(foreign, "option", "foreign_low_end"),
        offshore=at(foreign, "option", "offshore"),
        vendor=card_list_price,
    )
    return listed * exp(scarcity_premium)


@variable(unit="card/month", source=("MKT-0181",))
def foreign_legal_supply(
    nvidia_allocation_cap,
    world_supply,
    frontier_compute_in_use,
    licence_volume,
    mechanism_denial_of_chips,
    months_per_year,
):
    """Cards of the best permitted chip allotted to China: a share of world output, at most as licensed."""
    allotted = nvidia_allocation_cap * world_supply / months_per_year / frontier_compute_in_use
    return allotted + mechanism_denial_of_chips * (minimum(allotted, licence_volume) - allotted)


@variable(unit="card/month", source="identity", dims=(option,))
def option_supply(
    foreign_legal_supply,
    low_end_supply,
    smuggling_supply,
    rental_supply,
    frontier_compute_in_use,
    card_inventory,
    shipping_time,
):
    """Cards a month on offer by option."""
    return assemble(
        option,
        foreign_legal=foreign_legal_supply,
        foreign_low_end=low_end_supply,
        grey=smuggling_supply / frontier_compute_in_use,
        offshore=rental_supply / frontier_compute_in_use,
        vendor=card_inventory / shipping_time,
    )


@variable(unit="1", source="identity", dims=(option, buyer))
def availability(legal_access, low_end_access, frontier_denial, vendor_entered, offshore_access):
    """May and can a buyer choose an option this month? Grey supply exists only where the frontier is denied."""
    everyone = legal_access * 0
    return assemble(
        option,
        foreign_legal=legal_access,
        foreign_low_end=low_end_access,
        grey=everyone + frontier_denial,
        offshore=everyone + offshore_access,
        vendor=vendor_entered + everyone,
    )


@variable(unit="1", source="identity", dims=(vendor,))
def vendor_entered(vendor_entry_date, vendor_ramp_time, year):
    """How far a vendor's data-centre cards have come to market, 0 to 1."""
    return minimum(maximum(year - vendor_entry_date, 0) / vendor_ramp_time, 1)


# --- choice -----------------------------------------------------------------------------------------------------------


@variable(unit="1", source="identity", dims=(vendor,))
def achieved_throughput(throughput, training_share):
    """Throughput that buyers expect from a vendor's cards, by their mix of training and inference."""
    training = at(throughput, "purpose", "training")
    inference = at(throughput, "purpose", "inference")
    return inference + training_share * (training - inference)


@variable(unit="1", source=("MKT-0387", "MKT-0393"), dims=(buyer,))
def domestic_preference(
    base_mandate,
    institutional_ramp,
    mandate_response,
    mandate_weight,
    perceived_denial_chips,
    mandate_effort,
    mechanism_state_response,
):
    """Utility added to every domestic card: procurement rules that exist anyway, and mandates that answer denial."""
    standing = base_mandate * institutional_ramp * indicator(institutional_ramp, buyer, "state_telecom")
    answer = mandate_effort * mandate_response * mandate_weight * perceived_denial_chips
    return standing + mechanism_state_response * answer


@stock(unit="event", initial=0.0, source="sterman2000")
def recent_rule_changes(rule_changes, recent_rule_changes, supply_risk_half_life):
    """Rule changes that buyers of foreign chips remember; half are forgotten after the half-life."""
    return rule_changes - recent_rule_changes * 0.6931471805599453 / supply_risk_half_life


@variable(unit="1", source="identity", dims=(option,))
def supply_risk(
    recent_rule_changes, rule_changes_at_full_risk, supply_risk_aversion, offshore_risk_share, mechanism_complacency
):
    """Disutility of depending on foreign supply, from the rule changes that buyers remember."""
    risk = mechanism_complacency * supply_risk_aversion * recent_rule_changes / rule_changes_at_full_risk
    return assemble(
        option, foreign_legal=risk, foreign_low_end=risk, offshore=offshore_risk_share * risk, default=0 * risk
    )


@variable(unit="1", source=("MKT-0254", "MKT-0258"), dims=(option, buyer))
def option_taste(
    taste_foreign_legal,
    taste_low_end,
    taste_grey,
    taste_offshore,
    taste_huawei,
    taste_other_domestic,
    own_chip_taste,
    domestic_preference,
):
    """Utility of an option apart from price and risk, against the best legal foreign chip at 1."""
    everyone = domestic_preference * 0
    alibaba = own_chip_taste * indicator(own_chip_taste, buyer, "alibaba")
    baidu = own_chip_taste * indicator(own_chip_taste, buyer, "baidu")
    other = domestic_preference + taste_other_domestic
    return assemble(
        option,
        foreign_legal=everyone + taste_foreign_legal,
        foreign_low_end=everyone + taste_low_end,
        grey=everyone + taste_grey,
        offshore=everyone + taste_offshore,
        huawei=domestic_preference + taste_huawei,
        cambricon=other,
        kunlunxin=other + baidu,
        t_head=other + alibaba,
        other_domestic=other,
    )


@smooth(unit="1", months="loyalty_time", initial=0.0, source="sterman2000", dims=(option, buyer))
def past_share(spending, smallest_market):
    """Share of each option in a buyer's spending of the past year."""
    return spending / (total(spending, "option") + smallest_market)


@variable(unit="1", source=("mcfadden1978", "berry1994"), dims=(option, buyer))
def utility(
    option_price,
    option_value,
    world_price,
    achieved_throughput,
    option_taste,
    supply_risk,
    price_elasticity,
    loyalty,
    past_share,
):
    """Utility of spending on an option: price per achieved use value against the world's, taste, risk, habit."""
    relative_price = option_price / (option_value * world_price)
    achieved = assemble(option, vendor=achieved_throughput, default=1 + 0 * at(achieved_throughput, "vendor", "huawei"))
    return option_taste - price_elasticity * log(relative_price / achieved) - supply_risk + loyalty * past_share


@variable(unit="1", source="mcfadden1978", dims=(option, buyer))
def attraction(utility, availability, nest_dissimilarity):
    """Weight of an option within its nest."""
    return availability * exp(utility / nest_dissimilarity)


@variable(unit="1", source=("mcfadden1978", "berry1994"), dims=(option, buyer))
def spending_share(attraction, nest_dissimilarity, reference_domestic_share, mechanism_demand_diversion):
    """Share of a buyer's money wanted for each option: nested logit with nests legal foreign, grey, offshore, domestic.

    With the diversion of demand switched off, domestic shares follow their path without controls, and what foreign
    supply cannot serve stays unspent.
    """
    legal = at(attraction, "option", "foreign_legal") + at(attraction, "option", "foreign_low_end")
    grey, offshore = at(attraction, "option", "grey"), at(attraction, "option", "offshore")
    domestic = total(part(attraction, "option", vendor), "vendor")
    weight_legal, weight_grey = power(legal, nest_dissimilarity), power(grey, nest_dissimilarity)
    weight_offshore, weight_domestic = power(offshore, nest_dissimilarity), power(domestic, nest_dissimilarity)
    whole = 1 + weight_legal + weight_grey + weight_offshore + weight_domestic
    nest = assemble(
        option,
        foreign_legal=weight_legal / floor_at(legal),
        foreign_low_end=weight_legal / floor_at(legal),
        grey=weight_grey / floor_at(grey),
        offshore=weight_offshore / floor_at(offshore),
        default=weight_domestic / floor_at(domestic),
    )
    chosen = attraction * nest / whole
    held = assemble(
        option,
        foreign_legal=at(chosen, "option", "foreign_legal"),
        grey=at(chosen, "option", "grey"),
        foreign_low_end=at(chosen, "option", "foreign_low_end"),
        offshore=at(chosen, "option", "offshore"),
        vendor=reference_domestic_share,
    )
    return mechanism_demand_diversion * chosen + (1 - mechanism_demand_diversion) * held


@variable(unit="USD/month", source="identity", dims=(option, buyer))
def desired_spending(spending_share, budget, budget_carryover, carryover_spending_time):
    """Money that each buyer wants to spend on each option this month."""
    return spending_share * (budget + budget_carryover / carryover_spending_time)


@flow(unit="card/month", source="identity", dims=(vendor,))
def orders(desired_spending, card_list_price):
    """Orders to each domestic vendor at its list price, whether or not it can deliver."""
    return part(total(desired_spending, "buyer"), "option", vendor) / card_list_price


# --- clearing ---------------------------------------------------------------------------------------------------------


@variable(unit="1", source="identity", dims=(option, buyer))
def served_share(desired_spending, option_supply, option_price):
    """Share of desired spending that supply allows; state and telecom buyers are served first."""
    offered = option_supply * option_price
    first = at(desired_spending, "buyer", "state_telecom")
    served_first = soft_minimum(offered, first) / floor_at(first)
    rest = total(desired_spending, "buyer") - first
    served_rest = soft_minimum(maximum(offered - served_first * first, 0), rest) / floor_at(rest)
    return assemble(buyer, state_telecom=served_first, default=served_rest)


@flow(unit="USD/month", source="identity", dims=(option, buyer))
def spending(desired_spending, served_share):
    """Money spent by option and buyer."""
    return desired_spending * served_share


@flow(unit="card/month", source="identity", dims=(option, buyer))
def cards_bought(spending, option_price):
    """Cards bought by option and buyer; for rental the cards that the contracted capacity stands on."""
    return spending / option_price


@flow(unit="H100e/month", source="identity", dims=(option, buyer))
def purchases(cards_bought, option_compute):
    """Compute bought by option and buyer."""
    return cards_bought * option_compute


@flow(unit="card/month", source="identity", dims=(vendor,))
def cards_shipped(cards_bought):
    """Domestic cards shipped to buyers."""
    return part(total(cards_bought, "buyer"), "option", vendor)


@flow(unit="value/month", source="identity")
def value_bought(cards_bought, option_value):
    """Use value bought by all buyers."""
    return total(total(cards_bought, "buyer") * option_value, "option")


@stock(unit="1", initial=0.0, source="sterman2000", dims=(option,))
def scarcity_premium(
    desired_spending,
    option_supply,
    option_price,
    availability,
    scarcity_premium,
    scarcity_adjustment_time,
    largest_discount,
    highest_premium,
    premium_decay_time,
    price_elasticity,
    nest_dissimilarity,
):
    """Logarithm of price over list: rises while more is wanted than offered, falls towards the discount otherwise.

    A price that rises by one per cent shrinks what is wanted, in value of what is offered, by one per cent and by as
    much as buyers turn away within the nest. Sellers know that and go towards the price that clears, not past it.
    """
    deepest = log(largest_discount)
    wanted = total(desired_spending, "buyer")
    ratio = maximum(minimum(wanted / floor_at(option_supply * option_price, 1.0), 4), 1 / largest_discount)
    excess = log(ratio) / (1 + price_elasticity / nest_dissimilarity)
    open_to_somebody = minimum(total(availability, "buyer"), 1)
    # Shortage and surplus as smooth parts of the excess: a price that hovers about balance must have a slope there.
    shortage = BALANCE_WIDTH * log(1 + exp(excess / BALANCE_WIDTH))
    surplus = shortage - excess
    rise = shortage * maximum(highest_premium - scarcity_premium, 0) / highest_premium
    fall = surplus * minimum(maximum(scarcity_premium + deepest, 0) / deepest, 1)
    fading = (1 - open_to_somebody) * scarcity_premium / premium_decay_time
    return open_to_somebody * (rise - fall) / scarcity_adjustment_time - fading


# --- shares that the evidence reports ---------------------------------------------------------------------------------


@variable(unit="1", source="identity")
def domestic_card_share(cards_bought):
    """Domestic share of cards sold in China, low-end cards included, rental and smuggled cards not."""
    domestic = total(total(part(cards_bought, "option", vendor), "vendor"), "buyer")
    foreign = total(
        at(cards_bought, "option", "foreign_legal") + at(cards_bought, "option", "foreign_low_end"), "buyer"
    )
    return domestic / floor_at(domestic + foreign)


@variable(unit="1", source="identity")
def domestic_value_share(spending):
    """Domestic share of spending on cards sold in China, rental and smuggled cards not included."""
    domestic = total(total(part(spending, "option", vendor), "vendor"), "buyer")
    foreign = total(at(spending, "option", "foreign_legal") + at(spending, "option", "foreign_low_end"), "buyer")
    return domestic / floor_at(domestic + foreign)
