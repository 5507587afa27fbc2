"""A chip given by its figures rather than by name: from flags or a YAML file, with impossible values refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, cast

from countermove.chips.specification import BITS, ChipSpec, Interval
from countermove.errors import CountermoveError, unknown

# The largest exposure field of a scanner, 26 mm × 33 mm: no die is larger.
RETICLE_MM2 = 858.0

KEYS = (
    "name", "vendor", "vendor_country", "foundry", "process_nm", "tpp", "rates", "die_area_mm2", "dies",
    "memory_type", "memory_gb", "memory_bandwidth", "interconnect", "power_w", "datacentre", "sold_in_us",
)  # fmt: skip


def _positive(value: object, key: str, zero: bool = False) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CountermoveError(f"chip specification: '{key}' must be a number, not '{value}'")
    if value < 0 or (value == 0 and not zero):
        least = "zero or above" if zero else "above zero"
        raise CountermoveError(f"chip specification: '{key}' must be {least}, not {value}")
    return float(value)


def _count(value: object, key: str) -> int:
    number = _positive(value, key)
    if number != int(number):
        raise CountermoveError(f"chip specification: '{key}' must be a whole number, not {value}")
    return int(number)


def _flag(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise CountermoveError(f"chip specification: '{key}' must be true or false, not '{value}'")
    return value


def _text(value: object, key: str) -> str:
    if isinstance(value, (list, dict)) or value is None:
        raise CountermoveError(f"chip specification: '{key}' must be a text, not '{value}'")
    return str(value)


def _bounds(value: object, key: str) -> tuple[float, float]:
    """A number, or [low, high] where it is uncertain."""
    if isinstance(value, list):
        pair = [_positive(entry, key, zero=True) for entry in cast(list[object], value)]
        if len(pair) != 2 or pair[0] > pair[1]:
            raise CountermoveError(f"chip specification: '{key}' must be a number or [low, high], not {value}")
        return pair[0], pair[1]
    number = _positive(value, key, zero=True)
    return number, number


def from_mapping(given: Mapping[str, Any], where: str = "chip specification") -> ChipSpec:
    """A specification from plain values; units as in `ChipSpec`, `tpp`, areas and bandwidths may be [low, high].

    Raises:
        CountermoveError: an unknown key (with the nearest), no throughput, or a figure that no chip can have.
    """
    for key in given:
        if key not in KEYS:
            raise unknown("key", key, KEYS, where)
    rates = _rates(given.get("rates", {}), where)
    if "tpp" not in given and not rates:
        raise CountermoveError(f"{where}: give 'tpp' or 'rates' (dense TOPS or TFLOPS by precision)")
    dies = _count(given.get("dies", 1), "dies")
    tpp = _bounds(given["tpp"], "tpp") if "tpp" in given else (None, None)
    area = _bounds(given["die_area_mm2"], "die_area_mm2") if "die_area_mm2" in given else (None, None)
    if area[0] is not None and area[1] is not None:
        if area[0] <= 0:
            raise CountermoveError(f"{where}: 'die_area_mm2' must be above zero")
        if area[1] > dies * RETICLE_MM2:
            raise CountermoveError(
                f"{where}: 'die_area_mm2' {area[1]:g} exceeds {dies} × {RETICLE_MM2:g} mm², the scanner's field; "
                "give 'dies'"
            )
    memory = _bounds(given["memory_bandwidth"], "memory_bandwidth") if "memory_bandwidth" in given else None
    return ChipSpec(
        id="specification",
        name=_text(given.get("name", "chip as specified"), "name"),
        vendor=_text(given.get("vendor", ""), "vendor"),
        vendor_country=_text(given.get("vendor_country", "US"), "vendor_country"),
        foundry=_text(given.get("foundry", ""), "foundry"),
        process_nm=_positive(given["process_nm"], "process_nm") if "process_nm" in given else None,
        die_area_mm2=area[1],
        dies=dies,
        rates=rates,
        memory_type=_text(given.get("memory_type", ""), "memory_type"),
        memory_bandwidth=None if memory is None else Interval(memory[0], sum(memory) / 2, memory[1]),
        interconnect=_positive(given["interconnect"], "interconnect", True) if "interconnect" in given else None,
        datacentre=_flag(given.get("datacentre", True), "datacentre"),
        china_only=not _flag(given.get("sold_in_us", True), "sold_in_us"),
        tpp_low=tpp[0],
        tpp_high=tpp[1],
        area_low=area[0],
        area_high=area[1],
        verified="given",
    )


def _rates(value: object, where: str) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, dict):
        raise CountermoveError(f"{where}: 'rates' must map precisions to dense TOPS or TFLOPS")
    found: list[tuple[str, float]] = []
    for precision, rate in cast(dict[str, object], value).items():
        if precision not in BITS:
            raise unknown("precision", str(precision), BITS, where)
        found.append((precision, _positive(rate, f"rates.{precision}")))
    return tuple(found)
