"""What could be built on a day: the envelope of announced chips, each limit with the chip that sets it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from countermove.chips.catalogue import catalogue
from countermove.chips.custom import RETICLE_MM2
from countermove.chips.specification import ChipSpec
from countermove.errors import CountermoveError


@dataclass(frozen=True, slots=True)
class Limit:
    """A physical limit and what sets it: a chip of the catalogue, or the scanner's field."""

    value: float
    set_by: str


@dataclass(frozen=True, slots=True)
class Frontier:
    """Physical limits on a package. Units: TPP per mm², mm², GB/s, W; power is linear in TPP, bandwidths and area."""

    node_nm: float
    density: Limit
    area_per_die: Limit
    dies: Limit
    memory_bandwidth: Limit
    interconnect: Limit
    power: Limit
    watts_per_tpp: float
    watts_per_memory_gbps: float
    watts_per_link_gbps: float
    watts_per_mm2: float


def _greatest(chips: Iterable[ChipSpec], of: Callable[[ChipSpec], float | None], what: str) -> Limit:
    found = [(value, chip.name) for chip in chips if (value := of(chip)) is not None]
    if not found:
        raise CountermoveError(f"no announced chip gives a limit for {what} on that day")
    value, name = max(found)
    return Limit(value, name)


def _certain_density(chip: ChipSpec) -> float | None:
    """Density where TPP and area are exact and every logic die is counted."""
    density = chip.density
    if density is None or not density.exact or chip.area_basis == "compute die only":
        return None
    return density.central


@lru_cache(maxsize=256)
def frontier(on: date, node_nm: float, datacentre: bool = True) -> Frontier:
    """The envelope of the chips that vendors outside China had announced by a day, on a node or older ones.

    Density comes from chips on the node or an older one; memory, links and power from every chip of the market
    (data centre or consumer). China-only parts set no limit: they are the answers that the design is compared with.

    Raises:
        CountermoveError: no chip had been announced that sets a limit.
    """
    known = [
        chip
        for chip in catalogue().values()
        if chip.vendor_country == "US" and not chip.china_only and chip.announced is not None and chip.announced <= on
    ]
    market = [chip for chip in known if chip.datacentre == datacentre]
    same_node = [chip for chip in known if chip.process_nm is not None and chip.process_nm >= node_nm]
    weights = _power_weights(tuple(chip.id for chip in known))
    return Frontier(
        node_nm,
        _greatest(same_node, _certain_density, f"density at {node_nm:g} nm"),
        Limit(RETICLE_MM2, "scanner field, 26 mm × 33 mm"),
        _greatest(market, lambda chip: None if chip.area is None else float(min(chip.dies or 1, 2)), "dies"),
        _greatest(market, lambda c: None if c.memory_bandwidth is None else c.memory_bandwidth.high, "memory"),
        _greatest(market, lambda chip: chip.interconnect, "links"),
        _greatest(market, lambda chip: chip.power_w, "power"),
        *weights,
    )


@lru_cache(maxsize=256)
def _power_weights(ids: tuple[str, ...]) -> tuple[float, float, float, float]:
    """Watts per TPP, per GB/s of memory, per GB/s of link and per mm²: non-negative least squares over the chips."""
    from scipy.optimize import nnls  # takes a quarter of a second to import

    rows: list[list[float]] = []
    watts: list[float] = []
    for key in ids:
        chip = catalogue()[key]
        tpp, area, memory = chip.tpp, chip.area, chip.memory_bandwidth
        if chip.power_w is None or tpp is None or area is None or memory is None or not tpp.exact:
            continue
        # Relative errors: each row is divided by its power.
        rows.append([x / chip.power_w for x in (tpp.central, memory.central, chip.interconnect or 0.0, area.central)])
        watts.append(1.0)
    if len(rows) < 4:
        raise CountermoveError("too few announced chips with known power on that day: need four")
    solution, _ = nnls(np.array(rows), np.array(watts))
    first, second, third, fourth = (float(value) for value in solution)
    return first, second, third, fourth


def of_flagship(flagship: ChipSpec) -> Frontier:
    """The envelope of one product: what a vendor can make of it by leaving out cores, memory or links.

    Every real version for China was such a cut of the product then sold elsewhere. It takes no more power than the
    product, which is therefore not modelled.

    Raises:
        CountermoveError: the product lacks a figure.
    """
    tpp, area, memory, link = flagship.tpp, flagship.area, flagship.memory_bandwidth, flagship.interconnect
    if tpp is None or area is None or memory is None or link is None or flagship.process_nm is None:
        raise CountermoveError(f"{flagship.name}: a figure is unpublished, so that no version of it can be designed")
    dies, name = float(flagship.dies or 1), flagship.name
    return Frontier(
        flagship.process_nm,
        density=Limit(tpp.central / area.central, name),
        area_per_die=Limit(area.central / dies, name),
        dies=Limit(dies, name),
        memory_bandwidth=Limit(memory.central, name),
        interconnect=Limit(link, name),
        power=Limit(flagship.power_w or 0.0, name),
        watts_per_tpp=0.0,
        watts_per_memory_gbps=0.0,
        watts_per_link_gbps=0.0,
        watts_per_mm2=0.0,
    )
