"""Advanced logic manufacturing in China (7 nm class): tools, capacity, learning, yield, wafers for AI chips."""

from countermove.engine import delay, flow, stock, variable
from countermove.engine.vocabulary import (
    at,
    exp,
    floor_at,
    log,
    maximum,
    minimum,
    power,
    since,
    soft_minimum,
    total,
    where,
)
from countermove.model.dimensions import vendor


@variable(unit="wafer/month", source="identity")
def trend_capacity(trend_capacity_2029, trend_capacity_shape):
    """Advanced capacity that industrial policy would have built without any denial."""
    return trend_capacity_2029 * trend_capacity_shape


@variable(unit="wafer/month", source=("mfg-0194", "mfg-0199"))
def capacity_target(
    trend_capacity,
    soc_wafers,
    foundry_access,
    capacity_response,
    funded_answer,
):
    """Capacity aimed at: the trend, phone chips that foreign foundries no longer make, and the answer to denial."""
    displaced = soc_wafers * (1 - at(foundry_access, "vendor", "huawei"))
    return trend_capacity + displaced + capacity_response * funded_answer


@variable(unit="1", source="mfg-0462")
def foreign_tool_supply_factor(tool_denial, leaked_share, tool_rush, tool_rush_size, mechanism_stockpiling):
    """Foreign tools to be had against an open market: permitted ones, more before a rule starts, and what leaks."""
    rush = 1 + mechanism_stockpiling * tool_rush_size * tool_rush
    return (1 - tool_denial) * rush + leaked_share * tool_denial


@variable(unit="wafer/month/month", source=("mfg-0498", "mfg-0511"))
def domestic_tool_supply(
    domestic_tools_2022, domestic_tools_growth, year, knowledge_lead, tool_knowledge_elasticity, lithography_gate
):
    """Capacity a month that Chinese tool makers can equip, as far as there are scanners to go with their tools."""
    trend = domestic_tools_2022 * exp(domestic_tools_growth * since(year, 2022.5))
    return trend * power(at(knowledge_lead, "domain", "tools"), tool_knowledge_elasticity) * lithography_gate


@variable(unit="wafer/month/month", source="identity")
def tool_supply(tool_flow, foreign_tool_supply_factor, domestic_tool_supply):
    """Capacity a month for which tools can be bought."""
    return tool_flow * foreign_tool_supply_factor + domestic_tool_supply


@variable(unit="wafer/month", source="identity")
def capacity_gap(capacity_target, advanced_capacity, capacity_completions_in_transit, tool_inventory):
    """Capacity still to be ordered."""
    under_way = total(capacity_completions_in_transit, "capacity_completions_stage")
    return maximum(capacity_target - advanced_capacity - under_way - tool_inventory, 0)


@flow(unit="wafer/month/month", source="sterman2000")
def tool_orders(capacity_gap, tool_supply, tool_order_time, tool_rush, tool_rush_size, mechanism_stockpiling):
    """Tools bought: the gap closed over the ordering time, faster while a rule is known to come, as supply allows."""
    haste = 1 + mechanism_stockpiling * tool_rush_size * tool_rush
    return soft_minimum(capacity_gap / tool_order_time * haste, tool_supply)


@flow(unit="wafer/month/month", source="identity")
def tool_installation(tool_inventory, tool_installation_time):
    """Tools moved from the warehouse into fabs under construction."""
    return tool_inventory / tool_installation_time


@stock(unit="wafer/month", initial=0.0, source="identity")
def tool_inventory(tool_orders, tool_installation):
    """Tools bought and not yet installed, in capacity they will give."""
    return tool_orders - tool_installation


@delay(unit="wafer/month/month", months="build_delay", initial=0, order=3, source="forrester1961")
def capacity_completions(tool_installation):
    """Capacity that comes on stream after building and qualification."""
    return tool_installation


@stock(unit="wafer/month", initial=0.0, source=("mfg-0181", "mfg-0185"))
def advanced_capacity(capacity_completions, advanced_capacity, tool_retirement):
    """Installed advanced capacity, 300 mm wafer starts a month."""
    return capacity_completions - tool_retirement * advanced_capacity


@stock(unit="month", initial=0.0, source="mfg-0674")
def phone_redesign_work(foundry_access):
    """Months that Huawei has worked on phone chips for a home line: since foreign foundries were closed to it."""
    return 1 - at(foundry_access, "vendor", "huawei")


@variable(unit="1", source=("mfg-0674", "mfg-0675"))
def home_phone_chips(phone_redesign_work, phone_redesign_time, phone_launch_ramp, production_started):
    """How far there are phone chips that the home line can make, 0 to 1.

    A chip cannot change fabs as it is: cells, memories and interfaces are drawn anew and qualified on the new process.
    """
    return production_started * minimum(maximum(phone_redesign_work - phone_redesign_time, 0) / phone_launch_ramp, 1)


@variable(unit="wafer/month", source="identity")
def phone_wafers(soc_wafers, foundry_access, home_phone_chips, advanced_capacity, ai_wafers):
    """Wafers for phone and server processors, which take what AI chips leave, up to their need."""
    need = soc_wafers * (1 - at(foundry_access, "vendor", "huawei")) * home_phone_chips
    return minimum(need, advanced_capacity - ai_wafers)


@variable(unit="wafer/month", source="identity")
def other_advanced_wafers(trend_capacity, advanced_capacity, ai_wafers, phone_wafers, other_customer_share):
    """Wafers for other customers of the advanced lines."""
    return minimum(other_customer_share * trend_capacity, advanced_capacity - ai_wafers - phone_wafers)


@flow(unit="wafer/month", source="identity")
def advanced_wafer_starts(ai_wafers, phone_wafers, other_advanced_wafers):
    """All advanced wafers made in a month."""
    return ai_wafers + phone_wafers + other_advanced_wafers


@stock(unit="wafer", initial="prior_experience", source="irwin1994")
def advanced_experience(advanced_wafer_starts, advanced_experience, forgetting):
    """Own cumulative advanced wafers, slowly forgotten, on top of the experience brought from older nodes."""
    return advanced_wafer_starts - forgetting * advanced_experience


@variable(unit="1", source="mfg-0214")
def production_started(year, production_start_date):
    """0 before the first 7 nm production at home, 1 after."""
    return where(year >= production_start_date, 1, 0)


@variable(unit="1/month", source=("irwin1994", "hatch1998"))
def learning_by_doing(
    learning_rate,
    advanced_wafer_starts,
    forgetting,
    advanced_experience,
    mechanism_learning,
    production_started,
    knowledge_lead,
    process_knowledge_elasticity,
):
    """Rate at which own experience lowers the excess defect density of the 7 nm line, from its start.

    Experience teaches more to those who know more (Hatch and Mowery 1998).
    """
    exponent = -log(1 - learning_rate) / 0.6931471805599453
    growth = advanced_wafer_starts / advanced_experience - forgetting
    engineering = power(at(knowledge_lead, "domain", "process"), process_knowledge_elasticity)
    return exponent * growth * engineering * production_started * mechanism_learning


@stock(unit="1/cm^2", initial="initial_excess_defects", source=("irwin1994", "nelson1966"))
def excess_defect_density(
    excess_defect_density,
    learning_by_doing,
    catch_up,
    spillover_access,
    production_started,
    node_step,
    variant_learning,
    months_per_year,
):
    """Defect density above the floor: falls with own experience and, while access lasts, towards the world's best.

    It jumps when AI dies move to the next node.
    """
    closing = production_started * catch_up * spillover_access * variant_learning / months_per_year
    return -excess_defect_density * (learning_by_doing + closing - node_step)


@variable(unit="1/month", source=("mfg-0217", "mfg-0218"))
def node_step(node_shock, duv_penalty, next_node_date, next_node_ramp, euv_volume_date, year, months_per_year):
    """Rate at which moving AI dies to 5 nm raises the excess of defects; more without extreme-ultraviolet scanners."""
    moving = where(year >= next_node_date, 1, 0) * where(year < next_node_date + next_node_ramp, 1, 0)
    without_euv = where(year < euv_volume_date, 1, 0)
    jump = log(node_shock) + without_euv * log(duv_penalty)
    return moving * jump / (next_node_ramp * months_per_year)


@variable(unit="1/cm^2", source="identity")
def initial_excess_defects(initial_defect_density, defect_density_floor):
    """Excess over the floor at the start of advanced production."""
    return maximum(initial_defect_density - defect_density_floor, floor_at(0 * initial_defect_density, 0.01))


@variable(unit="1/cm^2", source="identity")
def defect_density(excess_defect_density, defect_density_floor):
    """Killer defects per area on the leading Chinese line."""
    return excess_defect_density + defect_density_floor


@variable(unit="1", source="stapper1983")
def ai_die_yield(defect_density, ascend_die_area, harvestable_share, clustering_parameter):
    """Share of AI dies that work: negative binomial, with the area whose defects can be fused off left out."""
    critical_area = ascend_die_area * (1 - harvestable_share)
    return power(1 + critical_area * defect_density / clustering_parameter, -clustering_parameter)


@variable(unit="1", source="stapper1983")
def foreign_die_yield(defect_density_floor, ascend_die_area, harvestable_share, clustering_parameter):
    """Share of AI dies that work on a mature foreign line, at the defect density that learning approaches."""
    critical_area = ascend_die_area * (1 - harvestable_share)
    return power(1 + critical_area * defect_density_floor / clustering_parameter, -clustering_parameter)


@variable(unit="1", source="stapper1983")
def phone_die_yield(defect_density, phone_die_area, clustering_parameter):
    """Yield of a phone processor die, in which nothing can be fused off."""
    return power(1 + phone_die_area * defect_density / clustering_parameter, -clustering_parameter)


@variable(unit="die/wafer", source="devries2005")
def gross_dies(ascend_die_area, wafer_area, wafer_diameter, dies_per_pattern):
    """Whole AI dies on a 300 mm wafer: ratio of the areas, less the pattern lost at the edge (de Vries)."""
    lost_at_edge = 2 * power(2 * ascend_die_area, 0.5) / wafer_diameter
    return dies_per_pattern * wafer_area / ascend_die_area * (1 - lost_at_edge)


@variable(unit="wafer/month", source="identity", dims=(vendor,))
def ai_wafer_need(home_die_need, gross_dies, ai_die_yield):
    """Wafers that each vendor's planned cards need from home fabs."""
    return home_die_need / (gross_dies * ai_die_yield)


@variable(unit="wafer/month", source=("mfg-0188", "mfg-0190"))
def ai_wafers(ai_wafer_need, advanced_capacity, ai_share_max):
    """Wafers given to AI chips: their need, up to the share of capacity that other customers will cede."""
    return soft_minimum(total(ai_wafer_need, "vendor"), ai_share_max * advanced_capacity)


@flow(unit="die/month", source="identity", dims=(vendor,))
def home_dies_made(ai_wafers, ai_wafer_need, gross_dies, ai_die_yield):
    """Good AI dies from home fabs, shared among vendors in proportion to need."""
    share = ai_wafer_need / floor_at(total(ai_wafer_need, "vendor"))
    return ai_wafers * share * gross_dies * ai_die_yield
