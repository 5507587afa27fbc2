"""High-bandwidth memory (HBM) for cards assembled in China: imports, stocks, grey supply, home production."""

from countermove.engine import flow, stock, variable
from countermove.engine.vocabulary import at, floor_at, log, maximum, minimum, power, soft_minimum, total


@variable(unit="stack/month", source="identity")
def hbm_need(planned_cards, stacks_per_card):
    """Stacks that the cards planned this month would take."""
    return total(planned_cards * stacks_per_card, "vendor")


@flow(unit="stack/month", source="identity")
def hbm_used(cards_made, stacks_per_card):
    """Stacks mounted on cards."""
    return total(cards_made * stacks_per_card, "vendor")


@variable(unit="stack", source="mfg-0264")
def hbm_target_stock(
    hbm_need,
    hbm_target_months,
    hbm_before_rush,
    hbm_precaution,
    perceived_denial_foundry,
    stockpiling_ahead,
    mechanism_stockpiling,
):
    """Stock held against a denial that the closing of foundries makes likely, at most what suppliers let go."""
    caution = maximum(perceived_denial_foundry, stockpiling_ahead)
    wanted = mechanism_stockpiling * hbm_precaution * caution * hbm_need * hbm_target_months
    return soft_minimum(wanted, hbm_before_rush)


@variable(unit="1/month", source="mfg-0266")
def hbm_deadline_share(hbm_rule_ahead, hbm_rule_notice, one_month):
    """Share of the rush that falls in this month: spread evenly from the announcement of a rule to its deadline.

    What is bought ahead of the announcement is precaution and no part of the rush, as the reports count it.
    """
    announced = minimum(maximum(1 - hbm_rule_ahead / one_month, 0), 1)
    return announced / (hbm_rule_notice + one_month)


@flow(unit="stack/month", source=("mfg-0265", "mfg-0266"))
def hbm_imports(
    memory_access,
    hbm_used,
    hbm_target_stock,
    hbm_stock,
    hbm_stock_adjustment_time,
    hbm_rush,
    hbm_deadline_share,
    mechanism_stockpiling,
):
    """Legal imports of loose stacks: use, precaution, and the rush between announcement and deadline of a rule."""
    precaution = maximum(hbm_target_stock - hbm_stock, 0) / hbm_stock_adjustment_time
    rush = mechanism_stockpiling * hbm_rush * hbm_deadline_share
    return memory_access * (hbm_used + precaution + rush)


@flow(unit="stack/month", source="mfg-0281")
def grey_hbm_inflow(grey_hbm, memory_access, mechanism_leakage):
    """Stacks that come despite a denial, once there is one."""
    return mechanism_leakage * grey_hbm * (1 - memory_access)


@stock(unit="wafer", initial="hbm_experience_at_start", source="irwin1994")
def hbm_experience(domestic_hbm_wafers):
    """Cumulative Chinese HBM wafers on top of the experience brought from plain DRAM."""
    return domestic_hbm_wafers


@flow(unit="wafer/month", source=("mfg-0280",))
def domestic_hbm_wafers(
    hbm_wafers, hbm_start, hbm_ramp, knowledge_lead, memory_lead_reference, hbm_start_shift, year, months_per_year
):
    """Chinese HBM wafers: a linear ramp from the start of production to the planned capacity.

    The start is the later, the less is known of memory than in history.
    """
    delayed = hbm_start_shift * log(memory_lead_reference / at(knowledge_lead, "domain", "memory"))
    elapsed = maximum(year - hbm_start - delayed, 0) * months_per_year
    return hbm_wafers * minimum(elapsed / hbm_ramp, 1)


@variable(unit="1", source=("hatch1998", "mfg-0263"))
def hbm_yield(
    hbm_yield_start, hbm_yield_end, hbm_experience, hbm_experience_at_start, hbm_experience_to_mature, knowledge_lead,
    memory_lead_reference, memory_knowledge_elasticity,
):  # fmt: skip
    """Share of good stacks: from the yield at start to the mature one with the logarithm of experience.

    Experience teaches more to those who know more of memory.
    """
    engineering = power(at(knowledge_lead, "domain", "memory") / memory_lead_reference, memory_knowledge_elasticity)
    progress = log(hbm_experience / hbm_experience_at_start) / log(
        1 + hbm_experience_to_mature / hbm_experience_at_start
    )
    return hbm_yield_start + (hbm_yield_end - hbm_yield_start) * minimum(progress * engineering, 1)


@flow(unit="stack/month", source="identity")
def domestic_hbm(domestic_hbm_wafers, hbm_stacks_per_wafer, hbm_yield):
    """Good stacks made in China."""
    return domestic_hbm_wafers * hbm_stacks_per_wafer * hbm_yield


@stock(unit="stack", initial=0.0, source="identity")
def hbm_stock(hbm_imports, domestic_hbm, grey_hbm_inflow, hbm_used):
    """Loose stacks in China."""
    return hbm_imports + domestic_hbm + grey_hbm_inflow - hbm_used


@variable(unit="stack/month", source="identity")
def hbm_available(domestic_hbm, grey_hbm_inflow, hbm_stock, hbm_planning_months, memory_access, hbm_need):
    """Stacks a month that makers may plan with; on an open market twice what they need."""
    return domestic_hbm + grey_hbm_inflow + hbm_stock / hbm_planning_months + 2 * memory_access * hbm_need


@variable(unit="1", source="identity")
def domestic_hbm_share(domestic_hbm, hbm_available):
    """Chinese share of the stacks that makers may plan with."""
    return domestic_hbm / floor_at(hbm_available)
