"""The best chips on the world market, and the distance of the best Chinese card from them."""

from countermove.engine import variable
from countermove.engine.vocabulary import (
    assemble,
    at,
    exp,
    floor_at,
    largest,
    log,
    maximum,
    minimum,
    shift,
    total,
)
from countermove.model.dimensions import frontier_generation


@variable(unit="1", source="identity", dims=(frontier_generation,))
def frontier_level(frontier_generation_compute, reference_compute, frontier_growth, frontier_generation_date):
    """Logarithm of each generation's compute in H100e; the last is the growth of the frontier carried on."""
    known = log(frontier_generation_compute / reference_compute)
    last, before = frontier_generation.elements[-1], frontier_generation.elements[-2]
    elapsed = at(frontier_generation_date, "frontier_generation", last) - at(
        frontier_generation_date, "frontier_generation", before
    )
    extended = at(known, "frontier_generation", before) + frontier_growth * elapsed
    known_pieces = {name: at(known, "frontier_generation", name) for name in frontier_generation.elements[:-1]}
    return assemble(frontier_generation, **known_pieces, **{last: extended})


@variable(unit="1", source="identity", dims=(frontier_generation,))
def frontier_previous_level(frontier_level):
    """Level of the generation before; its own for the first."""
    return shift(frontier_level, "frontier_generation", at(frontier_level, "frontier_generation", "v100"))


@variable(unit="yr", source="identity", dims=(frontier_generation,))
def frontier_previous_date(frontier_generation_date):
    """Date of the generation before; its own for the first."""
    first = at(frontier_generation_date, "frontier_generation", "v100")
    return shift(frontier_generation_date, "frontier_generation", first)


def _level_at(date, level, previous_level, generation_date, previous_date):
    """Logarithm of the frontier's compute at a date: straight between generations, flat beyond the first and last."""
    gap = floor_at(generation_date - previous_date)
    passed = minimum(maximum((date - previous_date) / gap, 0), 1)
    return at(level, "frontier_generation", "v100") + total((level - previous_level) * passed, "frontier_generation")


@variable(unit="H100e/card", source="identity")
def frontier_compute(
    year,
    frontier_level,
    frontier_previous_level,
    frontier_generation_date,
    frontier_previous_date,
    reference_compute,
    frontier_shift,
):
    """Compute of the best chip on the world market."""
    level = _level_at(year, frontier_level, frontier_previous_level, frontier_generation_date, frontier_previous_date)
    return reference_compute * exp(level + frontier_shift)


@variable(unit="H100e/card", source="identity")
def frontier_compute_in_use(
    year,
    frontier_level,
    frontier_previous_level,
    frontier_generation_date,
    frontier_previous_date,
    reference_compute,
    frontier_shift,
    volume_lag,
):
    """Compute of the chip that makes up most of the world's shipments, which trails the best."""
    date = year - volume_lag
    level = _level_at(date, frontier_level, frontier_previous_level, frontier_generation_date, frontier_previous_date)
    return reference_compute * exp(level + frontier_shift)


@variable(unit="H100e/card", source="identity")
def frontier_compute_of_design(
    year,
    frontier_level,
    frontier_previous_level,
    frontier_generation_date,
    frontier_previous_date,
    reference_compute,
    tsmc_parity_lag,
    frontier_shift,
):
    """Compute of the frontier chip on which a designer with an open foundry can draw level."""
    date = year - tsmc_parity_lag
    level = _level_at(date, frontier_level, frontier_previous_level, frontier_generation_date, frontier_previous_date)
    return reference_compute * exp(level + frontier_shift)


@variable(unit="1", source="identity", dims=(frontier_generation,))
def frontier_bandwidth_level(frontier_generation_bandwidth, frontier_level, frontier_bandwidth_elasticity):
    """Logarithm of each generation's memory bandwidth in multiples of an H100's; the last grows with compute."""
    known = log(frontier_generation_bandwidth)
    last, before = frontier_generation.elements[-1], frontier_generation.elements[-2]
    growth = at(frontier_level, "frontier_generation", last) - at(frontier_level, "frontier_generation", before)
    extended = at(known, "frontier_generation", before) + frontier_bandwidth_elasticity * growth
    known_pieces = {name: at(known, "frontier_generation", name) for name in frontier_generation.elements[:-1]}
    return assemble(frontier_generation, **known_pieces, **{last: extended})


@variable(unit="1", source="identity", dims=(frontier_generation,))
def frontier_previous_bandwidth_level(frontier_bandwidth_level):
    """Bandwidth level of the generation before; its own for the first."""
    first = at(frontier_bandwidth_level, "frontier_generation", "v100")
    return shift(frontier_bandwidth_level, "frontier_generation", first)


@variable(unit="1", source="identity")
def frontier_bandwidth(
    year, frontier_bandwidth_level, frontier_previous_bandwidth_level, frontier_generation_date, frontier_previous_date
):
    """Memory bandwidth of the best chip as a multiple of an H100's 3,350 GB/s."""
    return exp(
        _level_at(
            year,
            frontier_bandwidth_level,
            frontier_previous_bandwidth_level,
            frontier_generation_date,
            frontier_previous_date,
        )
    )


@variable(unit="1", source="identity")
def frontier_bandwidth_in_use(
    year,
    frontier_bandwidth_level,
    frontier_previous_bandwidth_level,
    frontier_generation_date,
    frontier_previous_date,
    volume_lag,
):
    """Memory bandwidth of the chip that makes up most of the world's shipments."""
    return exp(
        _level_at(
            year - volume_lag,
            frontier_bandwidth_level,
            frontier_previous_bandwidth_level,
            frontier_generation_date,
            frontier_previous_date,
        )
    )


@variable(unit="H100e/card", source="identity")
def best_domestic_card(card_compute, vendor_entered):
    """Compute of the best domestic card on sale."""
    return largest(card_compute * vendor_entered, "vendor")


@variable(unit="yr", source="identity")
def years_behind_chip(
    best_domestic_card,
    year,
    frontier_level,
    frontier_previous_level,
    frontier_generation_date,
    frontier_previous_date,
    reference_compute,
    frontier_shift,
):
    """Years since the world's best chip was as powerful as the best domestic card: the horizontal distance.

    Cards weaker than a V100 of 2017 count as of that date.
    """
    reached = log(floor_at(best_domestic_card) / reference_compute) - frontier_shift
    step = floor_at(frontier_level - frontier_previous_level)
    passed = minimum(maximum((reached - frontier_previous_level) / step, 0), 1)
    equalled = at(frontier_generation_date, "frontier_generation", "v100") + total(
        (frontier_generation_date - frontier_previous_date) * passed, "frontier_generation"
    )
    return year - equalled
