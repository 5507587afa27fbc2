"""The state: how denial is perceived, what the funds pay, Beijing's own measures, retaliation, and Washington's answer.

Retaliation, relaxation and tightening are expected intensities, so that a draw is one smooth path: rates (hazards) fill
stocks of expected events, and a stock between 0 and 1 says how far a measure is in force.
"""

from countermove.engine import delay, flow, smooth, stock, variable
from countermove.engine.vocabulary import at, floor_at, log, logistic, maximum, power
from countermove.model.dimensions import beijing_measure, buyer

# --- perceived denial -------------------------------------------------------------------------------------------------


@smooth(unit="1", months="denial_perception_time", initial=0.0, source="sterman2000")
def perceived_denial_chips(chip_denial, foundry_access, denial_weight_chips):
    """Denial of chips as buyers and the state perceive it: chips withheld and foundries closed, over a year."""
    return denial_weight_chips * chip_denial + (1 - denial_weight_chips) * (1 - at(foundry_access, "vendor", "huawei"))


@smooth(unit="1", months="denial_perception_time", initial=0.0, source="sterman2000")
def perceived_denial_foundry(foundry_access, tool_denial):
    """Denial of manufacturing as perceived: the larger of closed foundries and withheld tools."""
    return maximum(1 - at(foundry_access, "vendor", "huawei"), tool_denial)


@smooth(unit="1", months="denial_perception_time", initial=0.0, source="sterman2000")
def perceived_denial_memory(memory_access):
    """Denial of high-bandwidth memory as perceived."""
    return 1 - memory_access


# --- money ------------------------------------------------------------------------------------------------------------


@variable(unit="1", source="identity")
def fiscal_base(diversification_effect):
    """What the state can spend, against the trend of 2016."""
    return diversification_effect


@variable(unit="1", source="judgement")
def fiscal_effect(fiscal_base, fiscal_elasticity):
    """Factor on what the state spends in answer to denial."""
    return power(fiscal_base, fiscal_elasticity)


@smooth(unit="1", months="fund_delay", initial=0.0, source="mfg-0658")
def fund_denial(perceived_denial_foundry):
    """Denial of manufacturing as it enters the size of the next fund."""
    return perceived_denial_foundry


@flow(unit="CNY/month", source=("mfg-0656", "mfg-0657", "mfg-0658"))
def fund_outlay(
    fund_plan_base,
    fund_response,
    fund_denial,
    fiscal_effect,
    subsidy_effort,
    mechanism_state_response,
    variant_subsidy,
    months_per_year,
):
    """Outlay of the national chip funds: the plan of before the controls, and what answers denial."""
    money = mechanism_state_response * variant_subsidy * fund_response * fiscal_effect
    answer = subsidy_effort * money * fund_denial
    return fund_plan_base / months_per_year * (1 + answer)


@variable(unit="1", source="identity")
def fund_answer(fund_outlay, fund_plan_base, fund_response_reference, months_per_year):
    """Outlay beyond plan over what the third fund was beyond the plan: as much as `capacity_response` reckons with."""
    return (fund_outlay * months_per_year / fund_plan_base - 1) / fund_response_reference


@variable(unit="1", source=("mfg-0199", "mfg-0200", "mfg-0658"))
def funded_answer(
    fund_answer,
    national_fund_share,
    perceived_denial_foundry,
    fiscal_effect,
    subsidy_effort,
    mechanism_state_response,
):
    """How far the answer to denied manufacturing is paid for: by cities and firms at once, by national funds later."""
    local = mechanism_state_response * subsidy_effort * perceived_denial_foundry * fiscal_effect
    return (1 - national_fund_share) * local + national_fund_share * fund_answer


# --- Beijing's measures against foreign chips -------------------------------------------------------------------------


@smooth(unit="1", months="readiness_perception_time", initial=0.0, source="judgement")
def domestic_supply_ratio(domestic_value_share):
    """Share of spending on cards in China that home supply serves, as Beijing sees it.

    Output over the whole of demand would not do: in 2025 demand grew as fast, and the measures came all the same.
    """
    return domestic_value_share


@variable(unit="1", source="judgement")
def readiness_index(perceived_denial_chips, domestic_supply_ratio):
    """How ready Beijing is to refuse foreign chips: denial as perceived times what home supply can serve."""
    return perceived_denial_chips * domestic_supply_ratio


@smooth(
    unit="1",
    months="measure_preparation_time",
    initial=0.0,
    source=("CN-2025-08-12-H20-DISCOURAGE", "CN-2025-11-05-STATE-DC"),
    dims=(beijing_measure,),
)
def beijing_measure_in_force(readiness_index, abduced_readiness, smallest_readiness, readiness_width):
    """How far each measure is in force, 0 to 1: it comes when readiness passes what it was when it was decided.

    Each draw has thresholds of its own, found from its run under the actual rules and the dates of the decisions: those
    in force less the time to prepare.
    """
    threshold = maximum(abduced_readiness, smallest_readiness)
    return logistic((readiness_index / threshold - 1) / readiness_width)


@variable(unit="1", source="identity", dims=(buyer,))
def beijing_admits(beijing_permits, beijing_endogenous, beijing_measure_in_force):
    """Does Beijing let this buyer take the best permitted foreign chip? By observed date, or by the model's measure."""
    refused = at(beijing_measure_in_force, "beijing_measure", "accelerators")
    return beijing_permits * (1 - beijing_endogenous * refused)


@variable(unit="1", source="identity", dims=(buyer,))
def beijing_admits_low_end(beijing_permits_low_end, beijing_endogenous, beijing_measure_in_force, state_funded_buyer):
    """Does Beijing let this buyer take foreign low-end cards? State-funded projects may be told not to."""
    refused = at(beijing_measure_in_force, "beijing_measure", "state_projects") * state_funded_buyer
    return beijing_permits_low_end * (1 - beijing_endogenous * refused)


# --- retaliation, relaxation, tightening ------------------------------------------------------------------------------


@smooth(unit="event/month", months="retaliation_memory", initial=0.0, source="SF19")
def recent_us_moves(rule_changes, us_tightening_rate, one_event, mechanism_denial_of_chips):
    """US moves on chips a month, over the last quarter; those that the model itself expects included."""
    return mechanism_denial_of_chips * rule_changes + one_event * us_tightening_rate


@flow(unit="event/month", source=("CN-2023-08-01-GAGE", "CN-2024-12-03-US-BAN", "CN-2025-04-04-REE7"))
def retaliation_rate(
    retaliation_base_rate, retaliation_response, recent_us_moves, retaliation_effort, mechanism_retaliation
):
    """Expected Chinese counter-measures a month (export controls on materials and the like)."""
    return mechanism_retaliation * retaliation_effort * (retaliation_base_rate + retaliation_response * recent_us_moves)


@stock(unit="event", initial=0.0, source="identity")
def expected_retaliations(retaliation_rate):
    """Counter-measures expected since 2016."""
    return retaliation_rate


@smooth(unit="event/month", months="relaxation_lag", initial=0.0, source=("SF19", "US-2025-07-14-H20-RESUME"))
def relaxation_rate(retaliation_rate, relaxation_probability):
    """Expected US relaxations a month: some counter-measures lead to one, one to four months later."""
    return retaliation_rate * relaxation_probability


@stock(unit="event", initial=0.0, source="identity")
def expected_relaxations(relaxation_rate):
    """US relaxations expected since 2016. Actual ones enter by the rules; these act where Washington is modelled."""
    return relaxation_rate


@smooth(unit="1", months="gain_memory", initial=0.0, source="judgement")
def domestic_card_level(best_domestic_card, reference_compute):
    """Logarithm of the best domestic card's compute, a year's average; from a hundredth of an H100."""
    return log(floor_at(best_domestic_card / reference_compute, 0.01)) + 4.605170185988091


@delay(unit="1", months="tightening_lag", initial=0, order=3, source="judgement")
def announced_domestic_gain(best_domestic_card, reference_compute, domestic_card_level):
    """Growth of the best domestic card over about a year, as it reaches Washington's rule making."""
    level = log(floor_at(best_domestic_card / reference_compute, 0.01)) + 4.605170185988091
    return maximum(level - domestic_card_level, 0)


@variable(unit="1/month", source="judgement")
def us_tightening_rate(
    announced_domestic_gain,
    tightening_response,
    months_per_year,
    washington_endogenous,
    mechanism_tightening,
    mechanism_denial_of_chips,
):
    """Hazard of further US rules: rises with announced domestic gains. Only where Washington is modelled."""
    switched_on = washington_endogenous * mechanism_tightening * mechanism_denial_of_chips
    return switched_on * tightening_response / months_per_year * announced_domestic_gain


@stock(unit="1", initial=0.0, source="identity")
def us_tightness(us_tightening_rate, us_tightness, relaxation_rate, relaxation_depth, washington_endogenous):
    """Expected share of what is still permitted that further US rules have closed: one less survival."""
    reopened = washington_endogenous * relaxation_depth * relaxation_rate * us_tightness
    return us_tightening_rate * (1 - us_tightness) - reopened


@variable(unit="1", source="identity")
def offshore_access(offshore_permits, us_tightness):
    """May Chinese firms rent controlled chips abroad?"""
    return offshore_permits * (1 - us_tightness)
