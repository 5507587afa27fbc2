"""Solar modules, batteries and electric vehicles: growth by Wright's law outside the controls, and what it feeds back.

No control on chips enters here. Output is counted against that of 2016, so that one equation serves three sectors;
`solar_output`, `battery_output` and `ev_output` are the same in GW, GWh and vehicles.
"""

from countermove.engine import flow, smooth, stock, variable
from countermove.engine.vocabulary import assemble, at, floor_at, log, power, total
from countermove.model.dimensions import sector


@stock(unit="1", initial="sector_adoption_2016", source=("verhulst1838", "bass1969"), dims=(sector,))
def sector_adoption(sector_adoption, sector_adoption_growth, months_per_year):
    """Share of the world's possible use that is reached at a steady price: logistic growth."""
    return sector_adoption_growth / months_per_year * sector_adoption * (1 - sector_adoption)


@variable(unit="1", source=("wright1936", "nagy2013"), dims=(sector,))
def experience_exponent(solar_learning_rate, battery_learning_rate, ev_learning_rate):
    """Wright's exponent b = −log2(1 − fall of the price per doubling)."""
    per_doubling = assemble(sector, solar=solar_learning_rate, battery=battery_learning_rate, ev=ev_learning_rate)
    return -log(1 - per_doubling) / 0.6931471805599453


@stock(unit="yr", initial="sector_output_before_2016", source="wright1936", dims=(sector,))
def sector_cumulative_output(sector_output, months_per_year):
    """Cumulative output, in years of the output of 2016."""
    return sector_output / months_per_year


@variable(unit="1", source=("wright1936", "way2022"), dims=(sector,))
def sector_relative_price(sector_cumulative_output, sector_output_before_2016, experience_exponent):
    """Price against that at the start of 2016, in constant money: Wright's law."""
    return power(sector_cumulative_output / sector_output_before_2016, -experience_exponent)


@variable(unit="USD/USD", source="identity", dims=(sector,))
def import_barrier(
    solar_duty_us,
    solar_duty_eu,
    battery_duty_us,
    battery_duty_eu,
    ev_duty_us,
    ev_duty_eu,
    us_share_of_exports,
    eu_share_of_exports,
):
    """Duties that exports meet, averaged over all markets by what each took before the barriers.

    Bans count as the duty that would stop trade.
    """
    american = assemble(sector, solar=solar_duty_us, battery=battery_duty_us, ev=ev_duty_us)
    european = assemble(sector, solar=solar_duty_eu, battery=battery_duty_eu, ev=ev_duty_eu)
    return us_share_of_exports * american + eu_share_of_exports * european


@variable(unit="1", source=("par-063", "par-064"), dims=(sector,))
def market_access(
    solar_duty_us,
    solar_duty_eu,
    battery_duty_us,
    battery_duty_eu,
    ev_duty_us,
    ev_duty_eu,
    us_share_of_exports,
    eu_share_of_exports,
    barrier_elasticity,
):
    """Exports against those without barriers: each market shrinks with the elasticity of imports to their price."""
    american = assemble(sector, solar=solar_duty_us, battery=battery_duty_us, ev=ev_duty_us)
    european = assemble(sector, solar=solar_duty_eu, battery=battery_duty_eu, ev=ev_duty_eu)
    in_us = us_share_of_exports * power(1 + american, -barrier_elasticity)
    in_eu = eu_share_of_exports * power(1 + european, -barrier_elasticity)
    return 1 - us_share_of_exports - eu_share_of_exports + in_us + in_eu


@variable(unit="1", source="identity", dims=(sector,))
def sector_demand(
    sector_adoption,
    sector_adoption_2016,
    sector_relative_price,
    sector_price_elasticity,
    sector_export_share,
    market_access,
):
    """Demand for Chinese output against that of 2016: use as it gets cheaper, less what barriers stop."""
    use = sector_adoption / sector_adoption_2016 * power(sector_relative_price, -sector_price_elasticity)
    return use * (1 - sector_export_share + sector_export_share * market_access)


@smooth(
    unit="1", months="sector_capacity_delay", initial="sector_demand_at_start", source="sterman2000", dims=(sector,)
)
def sector_output(sector_demand):
    """Yearly output against that of 2016: demand, once capacity for it is built."""
    return sector_demand


@variable(unit="1", source="identity", dims=(sector,))
def sector_exported_share(sector_export_share, market_access):
    """Share of output that is exported."""
    abroad = sector_export_share * market_access
    return abroad / (1 - sector_export_share + abroad)


@flow(unit="USD/month", source="identity", dims=(sector,))
def sector_revenue(sector_output, sector_relative_price, sector_revenue_2016, months_per_year):
    """Sales of the sector in constant money."""
    return sector_output * sector_relative_price * sector_revenue_2016 / months_per_year


@flow(unit="USD/month", source="identity", dims=(sector,))
def sector_exports(sector_revenue, sector_exported_share):
    """Exports of the sector in constant money."""
    return sector_revenue * sector_exported_share


@flow(unit="USD/month", source="judgement", dims=(sector,))
def sector_value_added(sector_revenue, sector_value_added_share):
    """Value added at home by the sector."""
    return sector_revenue * sector_value_added_share


# --- the same in the sectors' own units -------------------------------------------------------------------------------


@variable(unit="10^9*J/(second*yr)", source=("sec-0010", "sec-0016"))
def solar_output(sector_output, solar_output_2016):
    """Solar modules made in China, GW a year."""
    return at(sector_output, "sector", "solar") * solar_output_2016


@variable(unit="GWh/yr", source=("sec-0170", "sec-0174"))
def battery_output(sector_output, battery_output_2016):
    """Lithium-ion batteries made in China, GWh a year."""
    return at(sector_output, "sector", "battery") * battery_output_2016


@variable(unit="vehicle/yr", source=("sec-0113", "sec-0122"))
def ev_output(sector_output, ev_output_2016):
    """New-energy vehicles made in China, exports included."""
    return at(sector_output, "sector", "ev") * ev_output_2016


@variable(unit="USD*second/J", source=("sec-0051", "sec-0057"))
def solar_price(sector_relative_price, solar_price_2016):
    """Price of a solar module, constant USD per watt."""
    return at(sector_relative_price, "sector", "solar") * solar_price_2016


@variable(unit="USD/kWh", source=("sec-0182", "sec-0194"))
def battery_price(sector_relative_price, battery_price_2016):
    """Price of a lithium-ion pack, constant USD per kWh."""
    return at(sector_relative_price, "sector", "battery") * battery_price_2016


# --- the base that they feed ------------------------------------------------------------------------------------------


@variable(unit="1", source="mac-0001")
def base_index(sector_value_added, china_gdp, months_per_year):
    """Value added of the three sectors over GDP."""
    return total(sector_value_added, "sector") * months_per_year / china_gdp


@smooth(unit="1", months="base_link_delay", initial="base_index_reference", source="judgement")
def base_index_felt(base_index):
    """The same as it reaches budgets and the supply of engineers, years later."""
    return base_index


@variable(unit="1", source="judgement")
def diversification_effect(base_index_felt, base_index_reference, base_link, mechanism_diversification_base):
    """Factor on fiscal and engineering base: 1 where the link is switched off or its elasticity is zero."""
    return power(floor_at(base_index_felt / base_index_reference), mechanism_diversification_base * base_link)


@variable(unit="1", source="identity", dims=(sector,))
def sector_demand_at_start(sector_export_share, market_access):
    """Output at the start of 2016, which the barriers of that day had already shaped."""
    return 1 - sector_export_share + sector_export_share * market_access
