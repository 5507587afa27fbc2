"""The catalogue: every accelerator of the evidence table, as specifications."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, cast

from countermove.chips._store import CHIPS, load
from countermove.chips.specification import BITS, ChipSpec, Interval
from countermove.errors import unknown
from countermove.evidence import table

_RATES = {
    "int4": "int4_dense_tops",
    "int8": "int8_dense_tops",
    "fp8": "fp8_dense_tflops",
    "fp16": "fp16_bf16_dense_tflops",
    "fp4": "fp4_dense_tflops",
    "fp64": "fp64_tflops",
}
assert set(_RATES) == set(BITS)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _day(text: str) -> date | None:
    """A date given to the day, the month or the year; the first day where less is given."""
    if not text:
        return None
    parts = [int(part) for part in text.split("-")]
    return date(*[*parts, 1, 1][:3])


@cache
def additions() -> dict[str, dict[str, Any]]:
    """What the regulation asks for and the table does not hold: area bounds, China-only parts, chips of letters."""
    return cast(dict[str, dict[str, Any]], load(CHIPS, "additions.yaml"))


_Area = tuple[float | None, float | None, float | None]


def _area(row: dict[str, str], extra: dict[str, Any]) -> _Area:
    """Low, central and high applicable area; `area_mm2` of the additions is [low, high] or [low, central, high]."""
    if "area_mm2" in extra:
        bounds = [float(value) for value in extra["area_mm2"]]
        return bounds[0], bounds[1] if len(bounds) == 3 else None, bounds[-1]
    stated = _number(row["applicable_die_area_mm2"])
    dies, area = _number(row["compute_dies_per_package"]), _number(row["compute_die_area_mm2"])
    if dies and area and row["area_basis"] in ("full logic die(s)", "compute dies only", "compute die only"):
        return dies * area, None, dies * area
    return stated, None, stated


def _spec(row: dict[str, str]) -> ChipSpec:
    extra = additions().get(row["id"], {})
    low, middle, high = _area(row, extra)
    rates = [(precision, _number(row[column])) for precision, column in _RATES.items()]
    bandwidth = _number(row["memory_bw_gbps"])
    bounds = extra.get("memory_bandwidth")
    memory = Interval(*bounds) if bounds else None if bandwidth is None else Interval(bandwidth, bandwidth, bandwidth)
    dies = _number(row["compute_dies_per_package"])
    return ChipSpec(
        id=row["id"],
        name=row["name"],
        vendor=row["vendor"],
        vendor_country=row["vendor_country"],
        announced=_day(row["announced"]),
        first_shipped=_day(row["first_shipped"]),
        foundry=row["foundry"],
        process_nm=_number(row["process_nm_class"]),
        transistors_bn=_number(row["transistors_bn"]),
        die_area_mm2=_number(row["compute_die_area_mm2"]),
        dies=None if dies is None else int(dies),
        rates=tuple((precision, rate) for precision, rate in rates if rate is not None),
        stated_product=_number(row["max_dense_tops_times_bits"]),
        memory_type=row["memory_type"],
        memory_gb=_number(row["memory_gb"]),
        memory_bandwidth=memory,
        hbm_stacks=_number(row["hbm_stacks"]),
        interconnect=_number(row["interconnect_bidir_gbps"]),
        power_w=_number(row["tdp_w"]),
        datacentre=row["datacenter_marketed"] == "yes",
        china_only=bool(extra.get("china_only", False)),
        sold=bool(extra.get("sold", True)),
        answers=extra.get("answers"),
        price_low_usd=_number(row["price_low_usd"]),
        price_high_usd=_number(row["price_high_usd"]),
        tpp_low=float(extra["tpp"][0]) if "tpp" in extra else _number(row["tpp_low"]),
        tpp_high=float(extra["tpp"][1]) if "tpp" in extra else _number(row["tpp_high"]),
        area_low=low,
        area_high=high,
        area_central=middle,
        area_basis=str(extra.get("area_basis", row["area_basis"])),
        verified=row["verified"],
        source=row["source_specs_url"],
        note=row["note"],
    )


def _added(key: str, extra: dict[str, Any]) -> ChipSpec:
    """A chip that is not in the table; figures left out are unpublished."""
    tpp, area, memory = (extra.get(name, (None, None)) for name in ("tpp", "area_mm2", "memory_bandwidth"))
    bandwidth = None if memory[0] is None else Interval(float(memory[0]), float(memory[0]), float(memory[-1]))
    return ChipSpec(
        id=key,
        name=str(extra["name"]),
        vendor=str(extra["vendor"]),
        vendor_country=str(extra["vendor_country"]),
        tpp_low=tpp[0] if tpp[0] is None else float(tpp[0]),
        tpp_high=tpp[1] if tpp[1] is None else float(tpp[1]),
        area_low=area[0] if area[0] is None else float(area[0]),
        area_high=area[-1] if area[-1] is None else float(area[-1]),
        area_central=float(area[1]) if len(area) == 3 and area[1] is not None else None,
        memory_bandwidth=bandwidth,
        interconnect=None if "interconnect" not in extra else float(extra["interconnect"]),
        datacentre=bool(extra.get("datacentre", True)),
        china_only=bool(extra.get("china_only", False)),
        area_basis=str(extra.get("area_basis", "" if area[0] is None else "full logic die(s)")),
        verified=str(extra.get("verified", "no")),
        source=str(extra.get("source", "")),
        note=str(extra.get("note", "")),
    )


@cache
def catalogue() -> dict[str, ChipSpec]:
    """Every chip and card by id, in the order of the table; systems of many chips are left out."""
    specs = {row["id"]: _spec(row) for row in table("chips") if row["record_type"] != "system"}
    for key, extra in additions().items():
        if key not in specs and "name" in extra:
            specs[key] = _added(key, extra)
    return specs


def chip(key: str) -> ChipSpec:
    """The chip with this id.

    Raises:
        CountermoveError: no such id; names the nearest.
    """
    specs = catalogue()
    if key not in specs:
        raise unknown("chip", key, specs)
    return specs[key]
