"""What both governments allow each month, and how hard it feels: the monthly series come from the rule evaluator alone.

A permit is 1 where no licence or an exception applies, 0 where a licence is refused. A mechanism switched off sets the
permit to 1, whatever the rule.
"""

from countermove.engine import delay, variable
from countermove.engine.vocabulary import at, indicator, minimum, power, total
from countermove.model.dimensions import buyer, tool_origin, vendor


@variable(unit="1", source="identity", dims=(vendor,))
def foundry_access(foundry_permits, mechanism_foundry_cut_off):
    """May a foreign foundry make this vendor's advanced logic? 1 yes, 0 no."""
    return 1 - mechanism_foundry_cut_off * (1 - foundry_permits)


@variable(unit="1", source="identity", dims=(tool_origin,))
def tool_access(tool_permits, allied_denial, allies_follow, mechanism_denial_of_tools_and_memory, mechanism_allies):
    """May advanced tools of this origin be shipped to a Chinese advanced fab?

    Allies act on the dates of their own rules, and where `allies_follow` at the latest when they align with Washington.
    """
    following = minimum(tool_permits, 1 - allied_denial)
    permitted = tool_permits + allies_follow * (following - tool_permits)
    american = indicator(allied_denial, tool_origin, "united_states")
    denied = american * (1 - tool_permits) + (1 - american) * mechanism_allies * (1 - permitted)
    return 1 - mechanism_denial_of_tools_and_memory * denied


@delay(unit="1", months="allied_delay", initial=0, order=3, source=("NL-2023-09-01-DUV", "JP-2023-07-23-SME23"))
def allied_denial(tool_permits):
    """Denial of American tools as allies take it up."""
    return 1 - at(tool_permits, "tool_origin", "united_states")


@variable(unit="1", source="identity")
def memory_access(hbm_permits, mechanism_denial_of_tools_and_memory):
    """May foreign high-bandwidth memory be shipped to China as loose stacks?"""
    return 1 - mechanism_denial_of_tools_and_memory * (1 - hbm_permits)


@variable(unit="1", source="nelson1966")
def spillover_access(
    foundry_listed,
    tool_access,
    spillover_access_entity_listed,
    spillover_access_tools_controlled,
    mechanism_lost_spillover,
):
    """Access to foreign process know-how (engineers, service, design software): 1 open, near 0 cut off."""
    listed = 1 - foundry_listed * (1 - spillover_access_entity_listed)
    american = at(tool_access, "tool_origin", "united_states")
    access = american * listed + (1 - american) * spillover_access_tools_controlled
    return 1 - mechanism_lost_spillover * (1 - access)


@variable(unit="H100e/card", source="identity")
def legal_chip_compute(permitted_chip_compute, frontier_compute, mechanism_denial_of_chips):
    """Compute of the best foreign chip that a civil Chinese buyer may get, never above the frontier of the day."""
    return frontier_compute + mechanism_denial_of_chips * (
        minimum(permitted_chip_compute, frontier_compute) - frontier_compute
    )


@variable(unit="1", source="identity")
def legal_chip_bandwidth(permitted_chip_bandwidth, frontier_bandwidth, mechanism_denial_of_chips):
    """Memory bandwidth of that chip, as a multiple of an H100's 3,350 GB/s."""
    return frontier_bandwidth + mechanism_denial_of_chips * (
        minimum(permitted_chip_bandwidth, frontier_bandwidth) - frontier_bandwidth
    )


@variable(unit="1", source="identity", dims=(buyer,))
def legal_access(us_permits, beijing_admits, mechanism_denial_of_chips, beijing_gate, us_tightness):
    """May this buyer take the best foreign chip? Two gates: what Washington permits, what Beijing permits."""
    permitted = (1 - mechanism_denial_of_chips * (1 - us_permits)) * (1 - us_tightness)
    return permitted * (1 - beijing_gate * (1 - beijing_admits))


@variable(unit="1", source="identity", dims=(buyer,))
def low_end_access(us_permits_low_end, beijing_admits_low_end, mechanism_denial_of_chips, beijing_gate):
    """May this buyer take foreign inference and workstation cards below every threshold?"""
    return (1 - mechanism_denial_of_chips * (1 - us_permits_low_end)) * (
        1 - beijing_gate * (1 - beijing_admits_low_end)
    )


@variable(unit="1", source="identity")
def beijing_gate(mechanism_state_response):
    """1 while Beijing's own measures count as its response to the controls; switched off with that response."""
    return mechanism_state_response


@variable(unit="1", source="identity")
def frontier_denial(frontier_permits, mechanism_denial_of_chips):
    """1 while the best chip of the day may not be sold to a civil Chinese buyer."""
    return mechanism_denial_of_chips * (1 - frontier_permits)


@variable(unit="value/card", source="identity")
def frontier_value(frontier_compute, frontier_bandwidth, reference_compute, reference_value, bandwidth_weight):
    """Use value of the frontier chip: compute and memory bandwidth, weighted; an H100 counts 1."""
    return (
        reference_value
        * power(frontier_compute / reference_compute, 1 - bandwidth_weight)
        * power(frontier_bandwidth, bandwidth_weight)
    )


@variable(unit="value/card", source="identity")
def frontier_value_in_use(
    frontier_compute_in_use, frontier_bandwidth_in_use, reference_compute, reference_value, bandwidth_weight
):
    """Use value of the chip that makes up most of the world's shipments."""
    return (
        reference_value
        * power(frontier_compute_in_use / reference_compute, 1 - bandwidth_weight)
        * power(frontier_bandwidth_in_use, bandwidth_weight)
    )


@variable(unit="value/card", source="identity")
def legal_chip_value(legal_chip_compute, legal_chip_bandwidth, reference_compute, reference_value, bandwidth_weight):
    """Use value of the best permitted foreign chip."""
    return (
        reference_value
        * power(legal_chip_compute / reference_compute, 1 - bandwidth_weight)
        * power(legal_chip_bandwidth, bandwidth_weight)
    )


@variable(unit="1", source="identity")
def chip_denial(legal_chip_value, frontier_value, us_permits, budget_share, mechanism_denial_of_chips, us_tightness):
    """Share of the frontier chip's use value that US rules keep from Chinese buyers, weighted by their budgets."""
    permitted = (1 - mechanism_denial_of_chips * (1 - total(us_permits * budget_share, "buyer"))) * (1 - us_tightness)
    return 1 - permitted * legal_chip_value / frontier_value


@variable(unit="1", source="identity")
def tool_denial(tool_access, tool_share):
    """Share of an advanced fab's foreign tools that may not be shipped."""
    return 1 - total(tool_access * tool_share, "tool_origin")
