"""What the model reads from outside: parameters and exogenous series from their files, policy from the evaluator,
mechanism switches, and the paths that a switched-off mechanism holds."""

from __future__ import annotations

from countermove.engine import Dimension, Input
from countermove.model import dimensions
from countermove.model.mechanisms import MECHANISMS, VARIANTS
from countermove.parameters import load_parameters, load_series
from countermove.units import ONE, Unit

_DIMENSIONS: dict[str, Dimension] = {
    value.name: value for value in vars(dimensions).values() if isinstance(value, Dimension)
}

# Monthly series that the rule evaluator gives for a scenario: unit, dimensions, meaning.
POLICY_SERIES: dict[str, tuple[str, tuple[Dimension, ...], str]] = {
    "us_permits": ("1", (dimensions.buyer,), "Washington lets this buyer have the best permitted foreign chip"),
    "us_permits_low_end": ("1", (dimensions.buyer,), "Washington lets this buyer have cards below every threshold"),
    "permitted_chip_compute": ("H100e/card", (), "Compute of the best foreign chip that US rules permit a civil buyer"),
    "permitted_chip_bandwidth": ("1", (), "Its memory bandwidth as a multiple of an H100's"),
    "frontier_permits": ("1", (), "Washington lets a civil buyer have the best chip of the day"),
    "licence_volume": ("card/month", (), "Cards a month that licences cover; very large where no licence is needed"),
    "revenue_share_rate": ("1", (), "Share of revenue from licensed chips that goes to the US government"),
    "beijing_permits": ("1", (dimensions.buyer,), "Beijing lets this buyer take the best permitted foreign chip"),
    "beijing_permits_low_end": ("1", (dimensions.buyer,), "Beijing lets this buyer take foreign low-end cards"),
    "beijing_endogenous": (
        "1",
        (),
        "1 where Beijing's measures come from the model, 0 where from their observed dates",
    ),
    "offshore_permits": ("1", (), "Chinese firms may rent controlled chips abroad"),
    "foundry_permits": ("1", (dimensions.vendor,), "A foreign foundry may make this vendor's advanced dies"),
    "foundry_listed": ("1", (), "The leading Chinese foundry is on the Entity List"),
    "tool_permits": ("1", (dimensions.tool_origin,), "Advanced tools of this origin may be shipped to advanced fabs"),
    "hbm_permits": ("1", (), "High-bandwidth memory may be shipped as loose stacks"),
    "tool_rule_ahead": ("month", (), "Months to the announcement of the next tool rule; below 0 up to its deadline"),
    "hbm_rule_ahead": ("month", (), "Months to the announcement of the next HBM rule; below 0 up to its deadline"),
    "hbm_rule_notice": ("month", (), "From the announcement of that HBM rule to its deadline"),
    "rule_changes": ("event/month", (), "Changes of the rules on chips that took effect this month"),
}

# Paths by draw, from the run without controls, that stand in for a mechanism that is switched off.
HELD: dict[str, tuple[str, tuple[Dimension, ...], str]] = {
    "reference_domestic_share": ("1", (dimensions.vendor, dimensions.buyer), "Spending shares without controls"),
    "reference_installed_share": ("1", (dimensions.vendor,), "Installed shares without controls"),
    "abduced_readiness": (
        "1",
        (dimensions.beijing_measure,),
        "Readiness at which each of Beijing's measures came, in the same draw under the actual rules",
    ),
}


def inputs(read: set[str]) -> list[Input]:
    """Every input of the model; of the parameters and series in the files those that some equation reads."""
    found: list[Input] = []
    for name, prior in load_parameters().items():
        if name in read:
            dims = (_DIMENSIONS[prior.dimension],) if prior.dimension else ()
            found.append(Input(name, "parameter", Unit.parse(prior.unit), dims, prior.description, prior.sources))
    for name, series in load_series().items():
        if name in read:
            found.append(Input(name, "series", Unit.parse(series.unit), (), series.description, series.sources))
    for name, (unit, dims, meaning) in POLICY_SERIES.items():
        found.append(Input(name, "series", Unit.parse(unit), dims, meaning, ("rules",)))
    for name, (unit, dims, meaning) in HELD.items():
        found.append(Input(name, "held", Unit.parse(unit), dims, meaning, ("identity",)))
    for mechanism in MECHANISMS:
        name = f"mechanism_{mechanism.name}"
        found.append(Input(name, "mechanism", ONE, (), mechanism.description, ("identity",)))
    for variant in VARIANTS:
        found.append(Input(f"variant_{variant.name}", "mechanism", ONE, (), variant.description, ("identity",)))
    return found
