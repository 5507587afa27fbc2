"""Chinese AI accelerators: dies from abroad, from the bank and from home, cards made, what they can do and cost."""

from countermove.engine import flow, pipeline, smooth, stock, variable
from countermove.engine.vocabulary import (
    assemble,
    at,
    binding_share,
    exp,
    floor_at,
    indicator,
    maximum,
    minimum,
    power,
    since,
    soft_minimum,
    total,
    where,
)
from countermove.model.dimensions import vendor

# --- dies -------------------------------------------------------------------------------------------------------------


@variable(unit="1", source="identity", dims=(vendor,))
def home_logic_share(foundry_access, home_foundry_share):
    """Share of a vendor's dies that it plans to have made in China: all of them where foreign foundries are closed."""
    return (1 - foundry_access) + foundry_access * home_foundry_share


@variable(unit="die/month", source="identity", dims=(vendor,))
def home_die_need(
    feasible_cards,
    dies_per_card,
    home_logic_share,
    production_started,
    known_good,
    die_bank,
    draw_months,
):
    """Good dies ordered from home fabs for the cards that can be finished, beyond what the foreign bank gives Huawei.

    None before there is a home line. Designs for it are taken to be ready with it, other than those of phone chips:
    the first hundreds of cards a month say little about when they were.
    """
    needed = production_started * feasible_cards * dies_per_card * home_logic_share / known_good
    from_bank = assemble(vendor, huawei=die_bank / draw_months, default=0 * die_bank / draw_months)
    return maximum(needed - from_bank, 0.05 * needed)


@flow(unit="die/month", source=("mfg-0313", "mfg-0316"))
def proxy_die_inflow(
    die_bank_dies,
    proxy_inflow_start,
    proxy_inflow_end,
    year,
    months_per_year,
    foundry_access,
    mechanism_leakage,
    mechanism_proxy_foundry,
):
    """Foreign-made dies bought through proxies while Huawei itself is cut off; the window is observed."""
    begun, not_ended = where(year >= proxy_inflow_start, 1, 0), where(year < proxy_inflow_end, 1, 0)
    rate = die_bank_dies / ((proxy_inflow_end - proxy_inflow_start) * months_per_year)
    open_to_proxies = mechanism_leakage * mechanism_proxy_foundry * begun * not_ended
    return open_to_proxies * rate * (1 - at(foundry_access, "vendor", "huawei"))


@variable(unit="1", source="identity")
def foundry_access_of_huawei(foundry_access):
    """May a foreign foundry make Huawei's advanced logic? 1 yes, 0 no."""
    return at(foundry_access, "vendor", "huawei")


@pipeline(unit="1", months=1, source="identity", initial=1.0)
def foundry_access_before(foundry_access_of_huawei):
    """The same a month ago."""
    return foundry_access_of_huawei


@flow(unit="die/month", source="MKT-0252")
def dies_stocked_ahead(
    die_stock_at_cut_off, foundry_access_of_huawei, foundry_access_before, one_month, mechanism_stockpiling
):
    """Dies that Huawei had bought ahead when foreign foundries closed to it: they enter the bank in that month."""
    closing = maximum(foundry_access_before - foundry_access_of_huawei, 0) / one_month
    return mechanism_stockpiling * die_stock_at_cut_off * closing


@flow(unit="die/month", source="identity", dims=(vendor,))
def dies_wanted(cards_made, foreign_card_share, dies_per_card, known_good):
    """Dies taken for the cards made, other than those made by a foreign foundry to order."""
    return cards_made * (1 - foreign_card_share) * dies_per_card / known_good


@variable(unit="1", source="identity", dims=(vendor,))
def bank_die_share(die_bank, draw_months, home_die_stock, home_use_rate):
    """Share of Huawei's dies at hand that come from the foreign bank; no other vendor has one."""
    home = home_use_rate * home_die_stock
    bank = assemble(vendor, huawei=die_bank / draw_months, default=0 * die_bank / draw_months)
    return minimum(bank / floor_at(bank + home), 1)


@stock(unit="die", initial=0.0, source="identity")
def die_bank(dies_stocked_ahead, proxy_die_inflow, dies_wanted, bank_die_share):
    """Huawei's stock of foreign-made dies: bought ahead of the cut-off, and through proxies after it."""
    return dies_stocked_ahead + proxy_die_inflow - at(dies_wanted * bank_die_share, "vendor", "huawei")


@stock(unit="die", initial=0.0, source="identity", dims=(vendor,))
def home_die_stock(home_dies_made, dies_wanted, bank_die_share):
    """Good dies from home fabs on the way to packaging."""
    return home_dies_made - dies_wanted * (1 - bank_die_share)


# --- cards ------------------------------------------------------------------------------------------------------------


@variable(unit="card/month", source="identity", dims=(vendor,))
def cards_from_home_and_bank(die_bank, draw_months, home_die_stock, home_use_rate, known_good, dies_per_card):
    """Cards that the dies at hand allow."""
    bank = assemble(vendor, huawei=die_bank / draw_months, default=0 * die_bank / draw_months)
    return (bank + home_use_rate * home_die_stock) * known_good / dies_per_card


@variable(unit="card/month", source="identity", dims=(vendor,))
def cards_from_foreign_foundry(
    foundry_access,
    home_logic_share,
    planned_cards,
    foreign_foundry_share,
    world_supply,
    months_per_year,
    foreign_made_card_compute,
):
    """Cards that a foreign foundry would make to order: up to twice the plan, as the queue of Chinese designers allows.

    The queue is a share of world output.
    """
    wanted = 2 * foundry_access * (1 - home_logic_share) * planned_cards
    queue = foreign_foundry_share * world_supply / months_per_year
    wanted_compute = total(wanted * foreign_made_card_compute, "vendor")
    return wanted * soft_minimum(wanted_compute, queue) / floor_at(wanted_compute)


@variable(unit="card/month", source="identity", dims=(vendor,))
def logic_cards(cards_from_home_and_bank, cards_from_foreign_foundry):
    """Cards that logic dies allow."""
    return cards_from_home_and_bank + cards_from_foreign_foundry


@variable(unit="card/month", source="identity", dims=(vendor,))
def memory_cards(hbm_available, planned_cards, stacks_per_card, hbm_need):
    """Cards that HBM allows, shared by planned need."""
    return hbm_available * planned_cards / floor_at(hbm_need)


@variable(unit="card/month", source=("mfg-0290", "mfg-0295", "mfg-0325"), dims=(vendor,))
def packaging_cards(packaging_capacity, other_packaging_ratio, planned_cards, foreign_card_share_planned):
    """Cards that advanced packaging in China allows; packages of foreign foundries need none of it.

    Huawei has lines of its own; the other vendors share lines in proportion to their plans.
    """
    huawei = at(planned_cards, "vendor", "huawei")
    others = floor_at(total(planned_cards, "vendor") - huawei)
    own_line = indicator(packaging_capacity, vendor, "huawei")
    shared_line = (1 - own_line) * other_packaging_ratio * planned_cards / others
    return packaging_capacity * (own_line + shared_line) + foreign_card_share_planned * planned_cards * 2


@variable(unit="1", source="identity", dims=(vendor,))
def foreign_card_share_planned(foundry_access, home_logic_share):
    """Share of planned cards for a foreign foundry and its packaging."""
    return foundry_access * (1 - home_logic_share)


@variable(unit="card/month", source="orlicky1975", dims=(vendor,))
def feasible_cards(planned_cards, memory_cards):
    """Cards planned, as far as memory will allow: dies are not ordered for cards that cannot be finished.

    Requirements of one part follow from the schedule of the whole product (material requirements planning). Packaging
    lines are extended in less time than wafers take, so that they do not count here.
    """
    return soft_minimum(planned_cards, memory_cards)


@variable(unit="card/month", source="sterman2000", dims=(vendor,))
def forecast_orders(expected_orders, earlier_orders, order_expectation_time, forecast_horizon):
    """Orders as makers forecast them: the average of past months, carried on along its trend to the horizon."""
    trend = (expected_orders - earlier_orders) / order_expectation_time
    return maximum(expected_orders + trend * (order_expectation_time + forecast_horizon), 0)


@smooth(unit="card/month", months="order_expectation_time", initial=0.0, source="sterman2000", dims=(vendor,))
def earlier_orders(expected_orders):
    """Expected orders of some months before, against which makers see the trend."""
    return expected_orders


@variable(unit="card/month", source="sterman2000", dims=(vendor,))
def planned_cards(forecast_orders, card_inventory, inventory_coverage_time):
    """Cards planned: forecast orders and the correction of the inventory towards its target."""
    correction = (inventory_coverage_time * forecast_orders - card_inventory) / inventory_coverage_time
    return maximum(forecast_orders + correction, 0)


@smooth(unit="card/month", months="order_expectation_time", initial=0.0, source="sterman2000", dims=(vendor,))
def expected_orders(orders):
    """Orders as makers expect them, an average of past months."""
    return orders


@flow(unit="card/month", source="identity", dims=(vendor,))
def cards_made(logic_cards, memory_cards, packaging_cards, planned_cards):
    """Cards finished: the smooth minimum of logic, memory, packaging and plan."""
    return soft_minimum(logic_cards, memory_cards, packaging_cards, planned_cards)


@stock(unit="card", initial=0.0, source="identity", dims=(vendor,))
def card_inventory(cards_made, cards_shipped, ascend_exports):
    """Finished cards not yet shipped."""
    exported = assemble(vendor, huawei=ascend_exports, default=0 * ascend_exports)
    return cards_made - cards_shipped - exported


@flow(unit="card/month", source="US-2025-05-13-GP10-ASCEND")
def ascend_exports(cards_made, ascend_export_share, ascend_export_start, year):
    """Ascend cards sold to third countries, against US guidance that their use anywhere risks a violation."""
    begun = minimum(maximum(year - ascend_export_start, 0), floor_at(0 * year, 1.0)) / floor_at(0 * year, 1.0)
    return at(cards_made, "vendor", "huawei") * ascend_export_share * begun


@variable(unit="1", source="identity", dims=(vendor,))
def foreign_card_share(cards_from_foreign_foundry, logic_cards):
    """Share of cards whose dies a foreign foundry made to order."""
    return minimum(cards_from_foreign_foundry / floor_at(logic_cards), 1)


@variable(unit="1", source="identity")
def foreign_die_share_huawei(foreign_card_share, bank_die_share):
    """Share of Huawei's cards on foreign-made dies, from the bank or to order."""
    to_order = at(foreign_card_share, "vendor", "huawei")
    return to_order + (1 - to_order) * at(bank_die_share, "vendor", "huawei")


# --- which input binds ------------------------------------------------------------------------------------------------


@variable(unit="1", source="identity")
def binding_share_logic(logic_cards, memory_cards, packaging_cards, planned_cards):
    """Share of the limit on Ascend output owed to logic dies (normalised shadow price)."""
    logic, memory = at(logic_cards, "vendor", "huawei"), at(memory_cards, "vendor", "huawei")
    return binding_share(logic, memory, at(packaging_cards, "vendor", "huawei"), at(planned_cards, "vendor", "huawei"))


@variable(unit="1", source="identity")
def binding_share_memory(logic_cards, memory_cards, packaging_cards, planned_cards):
    """Share of the limit on Ascend output owed to high-bandwidth memory."""
    logic, memory = at(logic_cards, "vendor", "huawei"), at(memory_cards, "vendor", "huawei")
    return binding_share(memory, logic, at(packaging_cards, "vendor", "huawei"), at(planned_cards, "vendor", "huawei"))


@variable(unit="1", source="identity")
def binding_share_packaging(logic_cards, memory_cards, packaging_cards, planned_cards):
    """Share of the limit on Ascend output owed to advanced packaging."""
    logic, memory = at(logic_cards, "vendor", "huawei"), at(memory_cards, "vendor", "huawei")
    return binding_share(at(packaging_cards, "vendor", "huawei"), logic, memory, at(planned_cards, "vendor", "huawei"))


@variable(unit="1", source="identity")
def binding_share_demand(logic_cards, memory_cards, packaging_cards, planned_cards):
    """Share of the limit on Ascend output owed to orders: makers plan no more than they expect to sell."""
    logic, memory = at(logic_cards, "vendor", "huawei"), at(memory_cards, "vendor", "huawei")
    return binding_share(at(planned_cards, "vendor", "huawei"), logic, memory, at(packaging_cards, "vendor", "huawei"))


# --- what a card is made of -------------------------------------------------------------------------------------------


@variable(unit="die/card", source="identity", dims=(vendor,))
def dies_per_card(ascend_dies_per_card, other_dies_per_card):
    """Compute dies on the average card: Huawei's mix of one- and two-die cards, and the others'."""
    return assemble(vendor, huawei=ascend_dies_per_card, default=other_dies_per_card)


@variable(unit="stack/card", source=("mfg-0267", "mfg-0268"), dims=(vendor,))
def stacks_per_card(stacks_per_die, dies_per_card):
    """HBM stacks on the average card."""
    return stacks_per_die * dies_per_card


@variable(unit="1", source="identity", dims=(vendor,))
def vendor_performance(other_vendor_performance):
    """Compute per die against Huawei's of the same date."""
    return assemble(vendor, huawei=1, default=other_vendor_performance)


@variable(unit="card/month", source=("mfg-0290", "mfg-0295", "mfg-0325"))
def packaging_capacity(packaging_capacity_basis, packaging_scale, packaging_growth, year):
    """Cards a month that Huawei's packaging lines can assemble: estimates to mid-2026, then growth."""
    return packaging_capacity_basis * packaging_scale * exp(packaging_growth * maximum(since(year, 2026.5), 0))


# --- what a card can do and costs -------------------------------------------------------------------------------------


@variable(unit="H100e/die", source="identity", dims=(vendor,))
def home_die_compute(
    h100e_per_die_basis, roadmap_growth, euv_gain, euv_volume_date, euv_ramp_time, year, vendor_performance,
    knowledge_lead, design_knowledge_elasticity,
):  # fmt: skip
    """Compute of a die from a Chinese fab: the announced generations, then growth, then a step when EUV comes."""
    growth = exp(roadmap_growth * maximum(since(year, 2026.5), 0))
    step = 1 + (euv_gain - 1) * minimum(maximum(year - euv_volume_date, 0) / euv_ramp_time, 1)
    design = power(at(knowledge_lead, "domain", "design"), design_knowledge_elasticity)
    return h100e_per_die_basis * growth * step * vendor_performance * design


@variable(unit="H100e/card", source="identity", dims=(vendor,))
def home_card_compute(home_die_compute, dies_per_card):
    """Compute of a card on Chinese dies."""
    return home_die_compute * dies_per_card


@variable(unit="H100e/card", source="identity", dims=(vendor,))
def foreign_made_card_compute(tsmc_parity, frontier_compute_of_design, home_card_compute, vendor_performance):
    """Compute of a card on a die made abroad: parity with a recent frontier, at least what home dies give."""
    return maximum(tsmc_parity * frontier_compute_of_design * vendor_performance, home_card_compute)


@variable(unit="H100e/card", source="identity", dims=(vendor,))
def card_compute(foreign_card_share, foreign_made_card_compute, home_card_compute):
    """Compute of the average card of each vendor."""
    return foreign_card_share * foreign_made_card_compute + (1 - foreign_card_share) * home_card_compute


@variable(unit="value/card", source="identity", dims=(vendor,))
def card_value(card_compute, card_bandwidth, reference_compute, reference_value, bandwidth_weight):
    """Use value of the average card: compute and memory bandwidth, weighted; an H100 counts 1."""
    return (
        reference_value
        * power(card_compute / reference_compute, 1 - bandwidth_weight)
        * power(card_bandwidth, bandwidth_weight)
    )


@variable(unit="1", source="identity", dims=(vendor,))
def card_bandwidth(card_compute, reference_compute, card_bandwidth_ratio):
    """Memory bandwidth of the average card as a multiple of an H100's: grows with its compute."""
    return card_bandwidth_ratio * card_compute / reference_compute


@variable(unit="USD/card", source="identity", dims=(vendor,))
def unit_cost(
    dies_per_card,
    domestic_wafer_price,
    foreign_wafer_price,
    foreign_card_share,
    gross_dies,
    ai_die_yield,
    foreign_die_yield,
    known_good,
    stacks_per_card,
    hbm_stack_price,
    packaging_cost,
    packages_per_card,
):
    """Cost of a card: silicon through the yield of the fab that made it, memory, packaging.

    Dies from the bank are counted at what it costs to replace them at home.
    """
    to_order = foreign_card_share * foreign_wafer_price / foreign_die_yield
    at_home = (1 - foreign_card_share) * domestic_wafer_price / ai_die_yield
    silicon = dies_per_card * (to_order + at_home) / (gross_dies * known_good)
    return silicon + stacks_per_card * hbm_stack_price + packaging_cost * packages_per_card


@variable(unit="USD/card", source=("MKT-0276",), dims=(vendor,))
def card_list_price(world_price, domestic_markup, card_value, unit_cost, cost_margin):
    """List price of a card: the world price of its use value, but not below cost and a small margin."""
    return maximum(world_price * domestic_markup * card_value, cost_margin * unit_cost)


# --- outcomes ---------------------------------------------------------------------------------------------------------


@flow(unit="H100e/month", source="identity", dims=(vendor,))
def domestic_output(cards_made, card_compute):
    """Compute of Chinese-designed chips made in a month, wherever the logic was made."""
    return cards_made * card_compute


@flow(unit="H100e/month", source="identity")
def home_made_output(cards_made, foreign_card_share, bank_die_share, home_card_compute):
    """Part of domestic output whose logic die was made in China."""
    return total(cards_made * (1 - foreign_card_share) * (1 - bank_die_share) * home_card_compute, "vendor")


@flow(unit="H100e/month", source="identity")
def all_home_output(home_made_output, domestic_hbm_share):
    """Part of home-made output that also has Chinese memory."""
    return home_made_output * domestic_hbm_share
