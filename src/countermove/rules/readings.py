"""Exact readings of an item: where figures are uncertain, every combination at which some test could turn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise, product

from countermove.rules.items import Item
from countermove.rules.law import Test

# Figures that the regulation tests are near their limit when 5 % more or less would change the word.
NEAR = 0.05

Reading = Mapping[str, float]


def _limits(tests: tuple[Test, ...], figure: str) -> list[float]:
    return sorted({test.limit for test in tests if test.subject == figure and isinstance(test.limit, float)})


def _points(low: float, central: float, high: float, limits: list[float]) -> list[float]:
    """The central value, the bounds, and one value between each two limits that lie between them."""
    if low == high:
        return [central]
    inner = [limit for limit in limits if low < limit < high]
    if not inner and not any(limit in (low, high) for limit in limits):
        return [central]
    edges = [low, *inner, high]
    between = [_middle(left, right) for left, right in pairwise(edges)]
    return list(dict.fromkeys([central, low, high, *between]))


def _middle(left: float, right: float) -> float:
    return 2 * left + 1 if right == float("inf") else (left + right) / 2


def derived(values: dict[str, float]) -> dict[str, float]:
    """Add density and the bandwidth sum, which are computed from the other figures."""
    if "tpp" in values and "density" not in values:
        area = values.get("area", 0.0)
        values["density"] = values["tpp"] / area if area > 0 else float("inf") if values["tpp"] > 0 else 0.0
    if "dram_bandwidth" in values and "io_bandwidth" in values:
        values["dram_plus_io"] = values["dram_bandwidth"] + values["io_bandwidth"]
    return values


@lru_cache(maxsize=32768)
def readings(item: Item, tests: tuple[Test, ...]) -> tuple[Reading, ...]:
    """The central reading first; more than one only where a figure is uncertain.

    Between neighbouring limits no test turns, so the bounds and one value between each two limits stand for all.
    """
    spans = dict(item.figures)
    if all(low == high for low, _, high in spans.values()):
        return (derived({name: central for name, (_, central, _) in spans.items()}),)
    names = [name for name in spans if name != "area"]
    choices = [_points(*spans[name], _limits(tests, name)) for name in names]
    found: list[Reading] = []
    for values in product(*choices):
        reading = dict(zip(names, values, strict=True))
        if "area" not in spans:
            found.append(derived(reading))
            continue
        low, central, high = spans["area"]
        tpp = reading["tpp"]
        least = tpp / high if high > 0 else 0.0
        most = tpp / low if low > 0 else (float("inf") if tpp > 0 else 0.0)
        middle = tpp / central if central > 0 else most
        for density in _points(least, min(max(middle, least), most), most, _limits(tests, "density")):
            found.append(derived({**reading, "density": density}))
    return tuple(found)


@lru_cache(maxsize=32768)
def near_readings(item: Item, tests: tuple[Test, ...]) -> tuple[Reading, ...]:
    """The central reading, and the one at each end of the bounds, with one independent figure 5 % higher or lower."""
    spans = dict(item.figures)
    central = dict(readings(item, tests)[0])
    starts = [central]
    if any(low != high for low, _, high in spans.values()):
        ends = [{name: spans[name][end] for name in central if name in spans and name != "area"} for end in (0, 2)]
        areas = spans.get("area", (0.0, 0.0, 0.0))
        starts += [
            derived({**values, **({"area": area} if "area" in spans else {})})
            for values, area in zip(ends, (areas[2], areas[0]), strict=True)
        ]
    return tuple(moved for start in starts for moved in _moved(start, {test.subject for test in tests}))


_INDEPENDENT = ("tpp", "density", "dram_bandwidth", "io_bandwidth", "hbm_density", "transistors", "overlay_nm")


def _moved(start: dict[str, float], tested: set[str]) -> list[Reading]:
    found: list[Reading] = []
    for name in _INDEPENDENT:
        # The density moves with the area alone, so that TPP stays; with TPP it moves along.
        if name not in start or (name == "density" and name not in tested):
            continue
        for factor in (1 - NEAR, 1 + NEAR):
            moved = {**start, name: start[name] * factor}
            if name == "tpp" and "density" in moved:
                moved["density"] *= factor
            moved.pop("dram_plus_io", None)
            found.append(derived(moved))
    return found
