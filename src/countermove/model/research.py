"""Research in China: money from rents, subsidy and other business, the knowledge it makes, and imports it replaces.

Knowledge counts 1 in 2016. What multiplies output elsewhere is the lead over the knowledge of an untreated firm, which
gets the base effort and keeps every access: trends that exist anyway are in the parameters of the other sectors.
"""

from countermove.engine import delay, flow, smooth, stock, variable
from countermove.engine.vocabulary import assemble, at, exp, indicator, maximum, minimum, power, total
from countermove.model.dimensions import domain, input_class

# --- effort -----------------------------------------------------------------------------------------------------------


@variable(unit="1", source="mac-0098")
def research_trend(research_trend_level):
    """Base effort against that of 2016: industrial policy and firms' plans of before the controls, continued."""
    return research_trend_level


@flow(unit="USD/month", source=("mfg-0595", "mfg-0134", "mfg-0516"), dims=(domain,))
def base_research(research_base_2016, research_trend, months_per_year):
    """Research that would be done anyway."""
    return research_base_2016 / months_per_year * research_trend


@flow(unit="USD/month", source="identity", dims=(domain,))
def domestic_revenue(
    cards_shipped,
    card_list_price,
    advanced_wafer_starts,
    domestic_wafer_price,
    domestic_tool_revenue,
    domestic_hbm,
    hbm_stack_price,
):
    """Sales of Chinese designers, advanced foundries, tool makers and makers of stacked memory."""
    return assemble(
        domain,
        design=total(cards_shipped * card_list_price, "vendor"),
        process=advanced_wafer_starts * domestic_wafer_price,
        tools=domestic_tool_revenue,
        memory=domestic_hbm * hbm_stack_price,
    )


@flow(unit="USD/month", source=("mfg-0598", "mfg-0605"), dims=(domain,))
def research_rents(domestic_revenue, rent_share, mechanism_research_rents, variant_research):
    """Research paid from sales; none of it with rents switched off or research exogenous."""
    return mechanism_research_rents * variant_research * rent_share * domestic_revenue


@variable(unit="1", source="identity", dims=(domain,))
def domain_denial(perceived_denial_chips, perceived_denial_foundry, perceived_denial_memory):
    """Denial as perceived in each domain: research answers that of its own."""
    return assemble(
        domain,
        design=perceived_denial_chips,
        process=perceived_denial_foundry,
        tools=perceived_denial_foundry,
        memory=perceived_denial_memory,
    )


@flow(unit="USD/month", source=("par-036", "par-045", "par-046"), dims=(domain,))
def research_subsidy(
    base_research,
    subsidy_response,
    domain_denial,
    fiscal_effect,
    mechanism_state_response,
    variant_subsidy,
    variant_research,
):
    """Research paid by the state in answer to denial, relative to the base."""
    responding = mechanism_state_response * variant_subsidy * variant_research
    return responding * subsidy_response * domain_denial * base_research * fiscal_effect


@flow(unit="USD/month", source="identity", dims=(domain,))
def research_spending(base_research, research_rents, research_subsidy, huawei_cross_finance, variant_research):
    """All research by domain; Huawei pays for design from its other business too."""
    design = assemble(domain, design=huawei_cross_finance, default=0 * huawei_cross_finance)
    return base_research + research_rents + research_subsidy + variant_research * design


# --- researchers and what they find -----------------------------------------------------------------------------------


@stock(unit="1", initial="one_at_start", source=("mac-0140", "mac-0142"))
def researcher_stock(researcher_stock, researcher_return, perceived_denial_chips, mechanism_talent, months_per_year):
    """Researchers against their trend: some return or stay because doors abroad close."""
    return mechanism_talent * researcher_return * perceived_denial_chips / months_per_year * researcher_stock


@variable(unit="1", source="goolsbee1998")
def researcher_wage(research_spending, base_research, researcher_stock, diversification_effect, wage_elasticity):
    """Cost of a researcher against trend: part of any extra effort goes into pay."""
    effort = total(research_spending, "domain") / total(base_research, "domain")
    return power(effort / (researcher_stock * diversification_effect), wage_elasticity)


@delay(unit="1", months="research_lag", initial="research_effort_2016", order=3, source="par-049", dims=(domain,))
def research_effort_felt(research_spending, base_research, research_trend, researcher_wage):
    """Effort against that of 2016, net of dearer researchers, as it bears fruit."""
    return research_spending / base_research * research_trend / researcher_wage


@variable(unit="1", source="identity", dims=(domain,))
def research_effort_2016(one_at_start):
    """Effort at the start, against which effort is counted."""
    return indicator(one_at_start, domain, *domain.elements)


@variable(unit="1", source="identity", dims=(domain,))
def collaboration_open(foundry_access, spillover_access, tool_access, memory_access):
    """Access of each domain to foreign partners, 1 open, 0 cut off."""
    return assemble(
        domain,
        design=at(foundry_access, "vendor", "huawei"),
        process=spillover_access,
        tools=at(tool_access, "tool_origin", "united_states"),
        memory=memory_access,
    )


@smooth(unit="1", months="collaboration_fading_time", initial=0.0, source=("par-044", "par-049"), dims=(domain,))
def collaboration_lost(collaboration_open):
    """How far old collaborations have run out."""
    return 1 - collaboration_open


def made(effort, knowledge, lost, returns_to_research, returns_to_knowledge, loss, growth, obsolescence):
    """New knowledge a year: research to the power λ, knowledge to the power φ, less what lost partners would add.

    Scaled so that knowledge grows at `growth` in 2016. The same equation serves domains and the panel of firms.
    """
    found = power(effort, returns_to_research) * power(knowledge, returns_to_knowledge)
    return (growth + obsolescence) * found * (1 - loss * lost)


@flow(unit="1/month", source=("jones1995", "bloom2020", "par-044"), dims=(domain,))
def new_knowledge(
    research_effort_felt,
    knowledge,
    collaboration_lost,
    returns_to_research,
    returns_to_knowledge,
    collaboration_loss,
    knowledge_growth_2016,
    knowledge_obsolescence,
    mechanism_talent,
    months_per_year,
):
    """Knowledge found in a month."""
    found = made(
        research_effort_felt,
        knowledge,
        mechanism_talent * collaboration_lost,
        returns_to_research,
        returns_to_knowledge,
        collaboration_loss,
        knowledge_growth_2016,
        knowledge_obsolescence,
    )
    return found / months_per_year


@stock(unit="1", initial="one_at_start", source=("jones1995", "hall2010"), dims=(domain,))
def knowledge(new_knowledge, knowledge, knowledge_obsolescence, months_per_year):
    """Knowledge of Chinese designers, foundries, tool makers and memory makers; 1 in 2016."""
    return new_knowledge - knowledge_obsolescence / months_per_year * knowledge


@variable(unit="1", source="identity", dims=(domain,))
def knowledge_lead(knowledge, firm_knowledge):
    """Knowledge against what base effort with every access would have made."""
    return knowledge / at(firm_knowledge, "firm_type", "untreated")


# --- inputs replaced by home supply -----------------------------------------------------------------------------------


@stock(unit="1", initial="localisation_2016", source=("SF24", "hanlon2015", "verhulst1838"), dims=(input_class,))
def localisation(
    localisation,
    localisation_speed,
    localisation_knowledge_elasticity,
    knowledge_lead,
    perceived_denial_foundry,
    perceived_denial_memory,
    months_per_year,
    one_month,
):
    """Home share of each class of inputs: logistic, as fast as the class allows, under denial of its own.

    The flow is what a logistic curve gains in a month, so that the share stays below 1 however strong the push is.
    """
    tools = power(at(knowledge_lead, "domain", "tools"), localisation_knowledge_elasticity) * perceived_denial_foundry
    memory = power(at(knowledge_lead, "domain", "memory"), localisation_knowledge_elasticity) * perceived_denial_memory
    push = assemble(input_class, hbm=memory, default=tools)
    kept = exp(-localisation_speed / months_per_year * push * one_month)
    return localisation * (1 - localisation) * (1 - kept) / (localisation + (1 - localisation) * kept) / one_month


@variable(unit="1", source=("mfg-0494", "mfg-0502"))
def home_tool_share(localisation, lithography_share_of_tools):
    """Home share of tools bought in China: etching and deposition, and lithography with its weight."""
    other = at(localisation, "input_class", "etch_deposition")
    return other + lithography_share_of_tools * (at(localisation, "input_class", "lithography") - other)


@variable(unit="1", source=("mfg-0504", "mfg-0505"))
def lithography_gate(tool_access, leaked_share, year, domestic_lithography_date, lithography_ramp_time):
    """Share of home tools that find a scanner to work with: foreign ones that come or leak, later home ones."""
    access = at(tool_access, "tool_origin", "netherlands")
    foreign = access + (1 - access) * leaked_share
    home = minimum(maximum(year - domestic_lithography_date, 0) / lithography_ramp_time, 1)
    return foreign + (1 - foreign) * home


# --- Huawei's other business ------------------------------------------------------------------------------------------


@flow(unit="USD/month", source=("mfg-0633",))
def huawei_digital_power_revenue(sector_output, huawei_power_sales_2016, months_per_year):
    """Inverters and power electronics: grows with the output of solar modules."""
    return at(sector_output, "sector", "solar") * huawei_power_sales_2016 / months_per_year


@flow(unit="USD/month", source=("mfg-0631", "mfg-0632"))
def huawei_automotive_revenue(ev_output, huawei_content_per_vehicle, huawei_automotive_ramp, months_per_year):
    """Parts and software for vehicles: content per vehicle made in China."""
    return ev_output / months_per_year * huawei_content_per_vehicle * huawei_automotive_ramp


@smooth(unit="1", months="handset_loss_time", initial="one_at_start", source=("mfg-0610", "mfg-0611", "mfg-0624"))
def huawei_handset_supply(foundry_access, phone_wafers, phone_die_yield, soc_wafers, handset_floor):
    """Handset business against what it would be with chips from abroad: part needs no advanced chip of its own."""
    open_abroad = at(foundry_access, "vendor", "huawei")
    served = handset_floor + (1 - handset_floor) * phone_wafers * phone_die_yield / soc_wafers
    return open_abroad + (1 - open_abroad) * served


@flow(unit="USD/month", source=("mfg-0608", "mfg-0615"))
def huawei_revenue(
    huawei_network_revenue,
    huawei_handset_revenue,
    huawei_handset_supply,
    huawei_digital_power_revenue,
    huawei_automotive_revenue,
    cards_shipped,
    card_list_price,
    months_per_year,
):
    """Huawei's revenue: networks and enterprise as trend, handsets as supplied, power, vehicles, accelerators."""
    trend = (huawei_network_revenue + huawei_handset_revenue * huawei_handset_supply) / months_per_year
    accelerators = at(cards_shipped * card_list_price, "vendor", "huawei")
    return trend + huawei_digital_power_revenue + huawei_automotive_revenue + accelerators


@smooth(
    unit="USD/month", months="research_budget_time", initial="huawei_research_2016", source=("mfg-0595", "mfg-0607")
)
def huawei_research(huawei_revenue, huawei_research_share):
    """Huawei's research and development, planned over years: it did not fall when revenue did."""
    return huawei_research_share * huawei_revenue


@flow(unit="USD/month", source="judgement")
def huawei_cross_finance(
    huawei_research_share,
    huawei_digital_power_revenue,
    huawei_automotive_revenue,
    cross_finance_share,
    mechanism_research_rents,
):
    """Part of the research that power and vehicles pay for which goes into chips."""
    other_business = huawei_digital_power_revenue + huawei_automotive_revenue
    return mechanism_research_rents * cross_finance_share * huawei_research_share * other_business
