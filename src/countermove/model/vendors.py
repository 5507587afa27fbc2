"""Foreign vendors: what Nvidia and AMD earn in China, what a lost permission costs, and what it does to their research.

World supply as observed has the sales to China in it. A card that China does not take goes elsewhere while the world is
short of cards, and is not made where it is not.
"""

from countermove.engine import delay, flow, pipeline, smooth, stock, variable
from countermove.engine.vocabulary import at, exp, floor_at, maximum, minimum, power, since, total

# --- sales in China ---------------------------------------------------------------------------------------------------


@flow(unit="USD/month", source="identity")
def foreign_china_sales(spending, revenue_share_rate):
    """All foreign accelerators billed to China, net of the share that goes to the US government."""
    legal = total(at(spending, "option", "foreign_legal"), "buyer") * (1 - revenue_share_rate)
    return legal + total(at(spending, "option", "foreign_low_end"), "buyer")


@flow(unit="USD/month", source=("MKT-0135", "MKT-0159"))
def nvidia_china_revenue(foreign_china_sales, nvidia_share_of_foreign):
    """Nvidia's data-centre revenue billed to China, on the billing basis: rental abroad and smuggling are not in it."""
    return nvidia_share_of_foreign * foreign_china_sales


@flow(unit="USD/month", source=("MKT-0154", "MKT-0168"))
def nvidia_china_revenue_headquarters(nvidia_china_revenue, nvidia_share_of_foreign, spending, offshore_owned_share):
    """Nvidia's revenue from customers with headquarters in China, wherever billed; never spliced with the other."""
    offshore = total(at(spending, "option", "offshore"), "buyer")
    return nvidia_china_revenue + nvidia_share_of_foreign * offshore_owned_share * offshore


@flow(unit="USD/month", source=("MKT-0220", "MKT-0229"))
def amd_china_revenue(foreign_china_sales, nvidia_share_of_foreign):
    """Revenue billed to China of AMD and the small other US vendors."""
    return (1 - nvidia_share_of_foreign) * foreign_china_sales


@variable(unit="1", source=("MKT-0170", "MKT-0181"))
def nvidia_china_share(nvidia_china_revenue, nvidia_data_center_revenue):
    """China's share of Nvidia's data-centre revenue, billing basis."""
    return nvidia_china_revenue / floor_at(nvidia_data_center_revenue)


# --- stock written down -----------------------------------------------------------------------------------------------


@variable(unit="1", source="identity")
def permitted_share(legal_access, budget_share):
    """Share of Chinese demand that may have the best permitted foreign chip, by both gates."""
    return total(legal_access * budget_share, "buyer")


@pipeline(unit="1", months=1, source="identity", initial=1.0)
def permitted_share_before(permitted_share):
    """The same a month ago."""
    return permitted_share


@flow(unit="USD/month", source=("MKT-0185", "MKT-0218"))
def write_down(china_inventory, permitted_share, permitted_share_before, unsaleable_share, one_month):
    """Stock and commitments lost when permission falls from one month to the next."""
    return china_inventory / one_month * maximum(permitted_share_before - permitted_share, 0) * unsaleable_share


@stock(unit="USD", initial=0.0, source=("MKT-0183", "MKT-0185"))
def china_inventory(
    foreign_china_sales, frontier_denial, vendor_inventory_months, vendor_inventory_time, china_inventory, write_down
):
    """Stock and orders of chips made for China alone: only where the frontier may not be sold there."""
    target = vendor_inventory_months * foreign_china_sales * frontier_denial
    return (target - china_inventory) / vendor_inventory_time - write_down


# --- world supply, with China in it -----------------------------------------------------------------------------------


@smooth(unit="1", months="supply_response_time", initial="observed_china_share_2016", source="identity")
def china_share_of_world_value(
    spending, world_supply, world_price, frontier_value_in_use, frontier_compute_in_use, months_per_year
):
    """Share of the world's accelerators, by use value at the world price, that go to China by all ways."""
    foreign = total(
        at(spending, "option", "foreign_legal")
        + at(spending, "option", "foreign_low_end")
        + at(spending, "option", "grey")
        + at(spending, "option", "offshore"),
        "buyer",
    )
    world = world_supply / months_per_year * frontier_value_in_use / frontier_compute_in_use * world_price
    return minimum(foreign / world, 1)


@variable(unit="1", source=("PMR127", "MKT-0192"))
def redirected_part(supply_limited, redirected_share):
    """Share of a sale lost in China that is made elsewhere."""
    return supply_limited * redirected_share


@variable(unit="H100e/yr", source=("MKT-0460", "PMR026"))
def world_supply(
    world_flow, world_flow_growth_error, china_share_of_world_value, observed_china_share, redirected_part, year
):
    """Compute made in the world in a year: as estimated to mid-2026, then with the error of the trend.

    Where China takes more than it did, or less, output differs by the part that is not merely redirected.
    """
    trend = world_flow * exp(world_flow_growth_error * maximum(since(year, 2026.5), 0))
    return trend * (1 + (1 - redirected_part) * (china_share_of_world_value - observed_china_share))


@variable(unit="H100e/month", source="identity")
def elsewhere_supply(world_supply, purchases, months_per_year):
    """Foreign-made compute left for the rest of the world."""
    to_china = total(
        at(purchases, "option", "foreign_legal")
        + at(purchases, "option", "foreign_low_end")
        + at(purchases, "option", "grey")
        + at(purchases, "option", "offshore"),
        "buyer",
    )
    return maximum(world_supply / months_per_year - to_china, 0)


# --- revenue, research, frontier --------------------------------------------------------------------------------------


@flow(unit="USD/month", source=("MKT-0057", "MKT-0101"))
def nvidia_data_center_revenue(
    world_supply, world_price, frontier_value_in_use, frontier_compute_in_use, nvidia_share_of_world, months_per_year
):
    """Nvidia's data-centre revenue: its share of the world's accelerators at the world price."""
    value = world_supply / months_per_year * frontier_value_in_use / frontier_compute_in_use
    return nvidia_share_of_world * value * world_price


@smooth(
    unit="USD/month",
    months="us_research_budget_time",
    initial="us_research_revenue_2016",
    source=("MKT-0103", "MKT-0112"),
)
def us_research_revenue(nvidia_data_center_revenue, nvidia_other_revenue, months_per_year):
    """Revenue out of which research is planned, an average of past years."""
    return nvidia_data_center_revenue + nvidia_other_revenue / months_per_year


@smooth(
    unit="USD/month",
    months="us_research_budget_time",
    initial="us_research_revenue_2016",
    source=("MKT-0103", "MKT-0112"),
)
def us_research_revenue_observed(
    nvidia_data_center_revenue,
    nvidia_other_revenue,
    world_supply,
    world_flow,
    world_flow_growth_error,
    year,
    months_per_year,
):
    """The same with world supply as it was observed, and so with the sales to China that were observed."""
    observed = world_flow * exp(world_flow_growth_error * maximum(since(year, 2026.5), 0))
    return nvidia_data_center_revenue * observed / world_supply + nvidia_other_revenue / months_per_year


@flow(unit="USD/month", source=("MKT-0103", "MKT-0112", "par-058"))
def us_research(us_research_share, us_research_revenue, us_research_revenue_observed, mechanism_vendor_revenue):
    """Nvidia's research: a share of its revenue; with the loop off, of its revenue as observed."""
    on = mechanism_vendor_revenue
    return us_research_share * (on * us_research_revenue + (1 - on) * us_research_revenue_observed)


@delay(unit="1", months="frontier_research_lag", initial="one_at_start", order=3, source=("par-029", "MKT-0555"))
def us_research_ratio(us_research, us_research_share, us_research_revenue_observed):
    """Research against what it was with the sales observed, as it reaches new chips."""
    return us_research / (us_research_share * us_research_revenue_observed)


@stock(unit="1", initial=0.0, source=("par-029", "MKT-0555"))
def frontier_shift(us_research_ratio, frontier_research_elasticity, frontier_growth, months_per_year):
    """How far research that differs from the observed has moved the frontier: logarithm of its compute."""
    return frontier_growth / months_per_year * (power(us_research_ratio, frontier_research_elasticity) - 1)


# --- cards ------------------------------------------------------------------------------------------------------------


@flow(unit="card/month", source="identity")
def foreign_cards_sold(cards_bought):
    """Foreign cards sold legally in China, low-end cards included."""
    legal = total(at(cards_bought, "option", "foreign_legal"), "buyer")
    return legal + total(at(cards_bought, "option", "foreign_low_end"), "buyer")
