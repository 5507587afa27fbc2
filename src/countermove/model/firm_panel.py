"""Three kinds of Chinese firm under one set of parameters, hit by different shocks: the test of the research equations.

A restriction on imported goods lets home suppliers sell more and leaves their partners; an entity listing costs sales,
brings subsidy and cuts partners. The untreated firm is also the yardstick of `knowledge_lead`.
"""

from countermove.engine import delay, smooth, stock, variable
from countermove.engine.vocabulary import assemble, at, indicator, where
from countermove.model.dimensions import firm_type
from countermove.model.research import made


@variable(unit="1", source="identity")
def panel_shock(year, panel_shock_date):
    """0 before the shock of the panel, 1 after."""
    return where(year >= panel_shock_date, 1, 0)


@smooth(unit="1", months="denial_perception_time", initial=0.0, source="sterman2000")
def panel_denial(panel_shock):
    """Denial as firm and state perceive it."""
    return panel_shock


@variable(unit="1", source=("liu2025", "par-036", "par-045", "par-046"), dims=(firm_type,))
def firm_research(
    research_trend,
    panel_shock,
    panel_denial,
    panel_sales_gain,
    panel_sales_loss,
    subsidy_response,
    mechanism_research_rents,
    mechanism_state_response,
    variant_research,
    variant_subsidy,
):
    """Research of each firm against 2016: its trend, moved by sales (which pay for it) and by subsidy."""
    sales = assemble(
        firm_type,
        goods_restricted=panel_sales_gain * panel_denial,
        entity_listed=-panel_sales_loss * panel_shock,
        untreated=0 * panel_denial,
    )
    subsidy = subsidy_response * panel_denial * indicator(panel_denial, firm_type, "entity_listed")
    rents_on, subsidy_on = mechanism_research_rents, mechanism_state_response * variant_subsidy
    return research_trend * (1 + variant_research * (rents_on * sales + subsidy_on * subsidy))


@delay(unit="1", months="research_lag", initial="firm_effort_2016", order=3, source="par-049", dims=(firm_type,))
def firm_effort_felt(firm_research):
    """Research as it bears fruit."""
    return firm_research


@variable(unit="1", source="identity", dims=(firm_type,))
def firm_effort_2016(one_at_start):
    """Effort at the start, against which effort is counted."""
    return indicator(one_at_start, firm_type, *firm_type.elements)


@smooth(unit="1", months="collaboration_fading_time", initial=0.0, source=("par-044", "par-049"), dims=(firm_type,))
def firm_collaboration_lost(panel_shock):
    """How far old collaborations have run out: only an entity listing cuts them."""
    return panel_shock * indicator(panel_shock, firm_type, "entity_listed")


@variable(unit="1/yr", source=("jones1995", "bloom2020", "par-044"), dims=(firm_type,))
def firm_new_knowledge(
    firm_effort_felt,
    firm_knowledge,
    firm_collaboration_lost,
    returns_to_research,
    returns_to_knowledge,
    collaboration_loss,
    knowledge_growth_2016,
    knowledge_obsolescence,
    mechanism_talent,
):
    """Knowledge that each firm finds in a year: what its patents of quality measure."""
    return made(
        firm_effort_felt,
        firm_knowledge,
        mechanism_talent * firm_collaboration_lost,
        returns_to_research,
        returns_to_knowledge,
        collaboration_loss,
        knowledge_growth_2016,
        knowledge_obsolescence,
    )


@stock(unit="1", initial="one_at_start", source=("jones1995", "hall2010"), dims=(firm_type,))
def firm_knowledge(firm_new_knowledge, firm_knowledge, knowledge_obsolescence, months_per_year):
    """Knowledge of each firm; 1 in 2016."""
    return (firm_new_knowledge - knowledge_obsolescence * firm_knowledge) / months_per_year


@variable(unit="1", source="SF17", dims=(firm_type,))
def firm_research_effect(firm_research):
    """Each firm's research over the untreated firm's: the difference in differences of effort, as a factor."""
    return firm_research / at(firm_research, "firm_type", "untreated")


@variable(unit="1", source="SF21", dims=(firm_type,))
def firm_output_effect(firm_new_knowledge):
    """Each firm's new knowledge over the untreated firm's: the effect on output of quality, as a factor."""
    return firm_new_knowledge / at(firm_new_knowledge, "firm_type", "untreated")
