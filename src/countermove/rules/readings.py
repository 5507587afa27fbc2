"""Exact readings of an item: where figures are uncertain, every combination at which some test could turn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import product

from countermove.rules.items import Item
from countermove.rules.law import Control

# Figures that the regulation tests are near their limit when 5 % more or less would change the word.
NEAR = 0.05

Reading = Mapping[str, float]


def _limits(controls: tuple[Control, ...], figure: str) -> tuple[float, ...]:
    tests = (test for control in controls for group in control.when for test in group)
    found = {test.limit for test in tests if test.subject == figure and isinstance(test.limit, float)}
    return tuple(sorted(found))


def _points(low: float, central: float, high: float, limits: tuple[float, ...]) -> list[float]:
    """The central value first, then the bounds and both sides of every limit between them."""
    points = [central, low, high]
    for limit in limits:
        if low <= limit <= high:
            points += [limit, max(low, limit * (1 - 1e-9)), min(high, limit * (1 + 1e-9))]
    return list(dict.fromkeys(points))


def _derived(values: dict[str, float]) -> dict[str, float]:
    """Add density and the bandwidth sum, which are computed from the other figures."""
    if "tpp" in values and "density" not in values:
        area = values.get("area", 0.0)
        values["density"] = values["tpp"] / area if area > 0 else float("inf") if values["tpp"] > 0 else 0.0
    if "dram_bandwidth" in values and "io_bandwidth" in values:
        values["dram_plus_io"] = values["dram_bandwidth"] + values["io_bandwidth"]
    return values


@lru_cache(maxsize=32768)
def readings(item: Item, controls: tuple[Control, ...]) -> tuple[Reading, ...]:
    """The central reading first; more than one only where a figure is uncertain.

    Between neighbouring limits no test turns, so the corners and both sides of each limit decide every value.
    """
    spans = dict(item.figures)
    if all(low == high for low, _, high in spans.values()):
        return (_derived({name: central for name, (_, central, _) in spans.items()}),)
    names = [name for name in spans if name != "area"]
    choices = [_points(*spans[name], _limits(controls, name)) for name in names]
    found: list[Reading] = []
    for values in product(*choices):
        reading = dict(zip(names, values, strict=True))
        if "area" not in spans:
            found.append(_derived(reading))
            continue
        low, central, high = spans["area"]
        tpp = reading["tpp"]
        least = tpp / high if high > 0 else 0.0
        most = tpp / low if low > 0 else (float("inf") if tpp > 0 else 0.0)
        middle = tpp / central if central > 0 else most
        for density in _points(least, min(max(middle, least), most), most, _limits(controls, "density")):
            found.append(_derived({**reading, "density": density}))
    return tuple(found)


@lru_cache(maxsize=32768)
def near_readings(item: Item, controls: tuple[Control, ...]) -> tuple[Reading, ...]:
    """The central reading with one independent figure 5 % higher or lower."""
    central = dict(readings(item, controls)[0])
    found: list[Reading] = []
    for name in ("tpp", "area", "dram_bandwidth", "io_bandwidth", "hbm_density", "transistors", "overlay_nm"):
        if name not in central and name != "area":
            continue
        for factor in (1 - NEAR, 1 + NEAR):
            moved = dict(central)
            if name == "area":
                if "density" not in moved:
                    continue
                moved["density"] *= factor
            else:
                moved[name] *= factor
                if name == "tpp":
                    moved["density"] *= factor
            moved.pop("dram_plus_io", None)
            found.append(_derived(moved))
    return tuple(found)
