"""What compute achieves: efficiency, the largest training runs, and the lag of Chinese models behind American ones."""

from countermove.engine import smooth, variable
from countermove.engine.vocabulary import at, exp, floor_at, log, maximum, minimum
from countermove.model.dimensions import purpose


@variable(unit="H100e", source="MKT-0459")
def us_compute(world_compute, china_all, us_share_of_rest):
    """Compute owned in the United States: its share of what is outside Chinese use. World supply has China in it."""
    return us_share_of_rest * maximum(world_compute - china_all, 0)


@variable(unit="1", source="identity")
def us_china_ratio(us_compute, china_all):
    """US compute over all compute that China can use: a card sold to China counts in it twice."""
    return us_compute / floor_at(china_all, 1.0)


@smooth(unit="1", months="scarcity_response_time", initial=0.0, source="judgement")
def scarcity_efficiency(us_china_ratio, scarcity_gain, largest_scarcity_gain, mechanism_scarcity_efficiency):
    """Logarithm of the efficiency that scarcity of compute has taught Chinese laboratories, with a ceiling."""
    scarce = log(maximum(floor_at(us_china_ratio), 1))
    return mechanism_scarcity_efficiency * minimum(scarcity_gain * scarce, largest_scarcity_gain)


@variable(unit="H100e", source="par-089", dims=(purpose,))
def efficient_compute(effective_compute, scarcity_efficiency):
    """Effective compute, and what efficiency beyond the world's adds to it."""
    return effective_compute * exp(scarcity_efficiency)


@variable(unit="1", source="identity")
def us_compute_level(us_compute):
    """Logarithm of US compute; below one H100 it counts as one."""
    return log(floor_at(us_compute / floor_at(0 * us_compute, 1.0), 1.0))


@smooth(unit="1", months="growth_memory", initial=0.0, source="sterman2000")
def us_compute_level_past(us_compute_level):
    """The same, averaged over the past year."""
    return us_compute_level


@variable(unit="month", source=("SF14", "par-089", "ho2024"))
def model_lag(
    us_compute,
    efficient_compute,
    us_compute_level,
    us_compute_level_past,
    growth_memory,
    algorithmic_efficiency_growth,
    laboratory_concentration,
    months_per_year,
):
    """Months by which the largest Chinese training run trails the largest US one in effective compute.

    The horizontal distance between the two, at the rate at which effective US compute grows: hardware over the past
    year, and efficiency, which is the world's.
    """
    chinese = at(efficient_compute, "purpose", "training") * laboratory_concentration
    behind = log(floor_at(us_compute / floor_at(chinese, 1.0), 1e-3))
    growth = (
        us_compute_level - us_compute_level_past
    ) / growth_memory + algorithmic_efficiency_growth / months_per_year
    return behind / growth
