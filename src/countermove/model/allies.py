"""Suppliers in allied countries: what they sell to China, and what the rules cost and bring them."""

from countermove.engine import delay, flow, stock, variable
from countermove.engine.vocabulary import assemble, at, maximum
from countermove.model.dimensions import ally_firm


@flow(unit="USD/month", source=("mfg-0451", "mfg-0669"))
def china_tool_spending(mature_tool_spending, tool_orders, tool_cost, months_per_year):
    """What Chinese fabs spend on tools: mature lines on their trend, advanced lines as ordered."""
    return mature_tool_spending / months_per_year + tool_orders * tool_cost


@flow(unit="USD/month", source=("mfg-0509", "mfg-0542"))
def domestic_tool_revenue(china_tool_spending, home_tool_share):
    """Sales of Chinese tool makers."""
    return china_tool_spending * home_tool_share


@flow(unit="USD/month", source="identity")
def foreign_tool_spending(china_tool_spending, domestic_tool_revenue):
    """What foreign tool makers would sell to China if nothing hastened or stopped it."""
    return china_tool_spending - domestic_tool_revenue


@variable(unit="1", source=("mfg-0420", "mfg-0444"), dims=(ally_firm,))
def ally_access(tool_access, memory_access):
    """Permission of each supplier's home state and of Washington to sell what the rules are about."""
    return assemble(
        ally_firm,
        asml=at(tool_access, "tool_origin", "netherlands"),
        tokyo_electron=at(tool_access, "tool_origin", "japan"),
        sk_hynix=memory_access,
        samsung=memory_access,
    )


@flow(unit="USD/month", source=("mfg-0420", "mfg-0444", "mfg-0265"), dims=(ally_firm,))
def ally_potential_sales(foreign_tool_spending, tool_supplier_share, hbm_need, hbm_stack_price, memory_supplier_share):
    """Sales to China of each supplier without rules: a share of foreign tools, or of the stacks that cards need."""
    tools = foreign_tool_spending * tool_supplier_share
    return tools + hbm_need * hbm_stack_price * memory_supplier_share


@flow(unit="USD/month", source="identity", dims=(ally_firm,))
def ally_sales_lost(ally_potential_sales, ally_access, controlled_share):
    """Sales to China that the rules stop: the controlled part of the goods, while access is closed."""
    return ally_potential_sales * controlled_share * (1 - ally_access)


@delay(unit="1", months="tool_lead_time", initial=0, order=3, source=("mfg-0430", "mfg-0433"))
def tool_rush_delivered(tool_rush):
    """Orders placed ahead of a rule as they are delivered."""
    return tool_rush


@flow(unit="USD/month", source=("mfg-0430", "mfg-0266", "par-042"), dims=(ally_firm,))
def ally_sales_gained(
    foreign_tool_spending,
    tool_supplier_share,
    ally_access,
    controlled_share,
    tool_access,
    tool_share,
    diverted_share,
    tool_rush_delivered,
    ally_rush_size,
    mechanism_stockpiling,
    hbm_imports,
    hbm_used,
    hbm_stack_price,
    memory_supplier_share,
):
    """Sales to China that the rules bring: orders ahead of a rule, and business that US firms may no longer have."""
    rush = mechanism_stockpiling * ally_rush_size * tool_rush_delivered
    american = at(tool_share * (1 - tool_access), "tool_origin", "united_states")
    diverted = diverted_share * american * controlled_share * ally_access
    stocks = maximum(hbm_imports - hbm_used, 0) * hbm_stack_price
    return foreign_tool_spending * tool_supplier_share * (rush + diverted) + stocks * memory_supplier_share


@variable(unit="1", source=("mfg-0676", "mfg-0677"), dims=(ally_firm,))
def filled_share(scanner_fill):
    """Share of Chinese demand, new and outstanding, that each supplier fills: less than all of it only at ASML."""
    return assemble(ally_firm, asml=scanner_fill, default=1)


@stock(unit="USD", initial=0.0, source=("mfg-0676", "mfg-0677"), dims=(ally_firm,))
def ally_unfilled_demand(ally_potential_sales, ally_sales_lost, ally_sales_gained, ally_sales):
    """Chinese demand that waits until the supplier has served others."""
    return ally_potential_sales - ally_sales_lost + ally_sales_gained - ally_sales


@flow(unit="USD/month", source=("mfg-0676", "mfg-0677"), dims=(ally_firm,))
def ally_sales(
    ally_potential_sales, ally_sales_lost, ally_sales_gained, ally_unfilled_demand, filled_share, tool_lead_time
):
    """Sales of each allied supplier to China: what it fills of new demand and of that left over."""
    wanted = ally_potential_sales - ally_sales_lost + ally_sales_gained
    return filled_share * (wanted + ally_unfilled_demand / tool_lead_time)


@variable(unit="1", source="mfg-0420")
def asml_china_share(ally_sales, asml_sales_elsewhere, months_per_year):
    """China's share of ASML's sales of systems."""
    china = at(ally_sales, "ally_firm", "asml")
    return china / (china + asml_sales_elsewhere / months_per_year)
