"""Figures computed from specifications against published ones; names as people write them."""

from __future__ import annotations

import pytest

from countermove.chips import Interval, catalogue, chip, find, memory_bandwidth_density
from countermove.chips.custom import from_mapping
from countermove.chips.frontier import frontier
from countermove.errors import CountermoveError
from countermove.evidence import table

ROWS = {row["id"]: row for row in table("chips") if row["record_type"] != "system"}


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if row["published_tpp"]])
def test_tpp_is_within_one_percent_of_the_published_value_or_the_bounds_hold_it(key: str) -> None:
    published = float(ROWS[key]["published_tpp"])
    tpp = chip(key).tpp
    assert tpp is not None
    if tpp.exact:
        assert tpp.central == pytest.approx(published, rel=0.01)
    else:
        assert tpp.low * 0.99 <= published <= tpp.high * 1.01


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if row["performance_density"]])
def test_density_is_within_one_percent_of_the_table(key: str) -> None:
    density = chip(key).density
    assert density is not None
    assert density.central == pytest.approx(float(ROWS[key]["performance_density"]), rel=0.01)


# Published on an area that is no specification of the part: for the MI308 the H20's figures (2,368 and 814 mm²),
# for the MI350X the area that one database gives the whole MI300 family; AMD publishes neither.
NO_AREA = {"amd_mi308", "amd_mi350x"}


@pytest.mark.parametrize("key", [key for key, row in ROWS.items() if row["published_pd"] and key not in NO_AREA])
def test_density_is_within_one_percent_of_the_published_value_or_the_bounds_hold_it(key: str) -> None:
    published = float(ROWS[key]["published_pd"])
    density = chip(key).density
    assert density is not None
    if density.exact:
        assert density.central == pytest.approx(published, rel=0.01)
    else:
        assert density.low * 0.99 <= published <= density.high * 1.01


def test_every_known_area_states_its_basis() -> None:
    assert all(spec.area_basis for spec in catalogue().values() if spec.area is not None)


def test_the_regulations_own_examples_of_4800() -> None:
    assert from_mapping({"rates": {"int8": 600}}).computed_tpp == 4800
    assert from_mapping({"rates": {"fp16": 300}}).computed_tpp == 4800


def test_tpp_is_the_greatest_over_precisions() -> None:
    assert from_mapping({"rates": {"int8": 100, "fp16": 40, "fp64": 20}}).computed_tpp == 64 * 20


def test_a_rate_at_64_bits_alone_is_only_a_lower_bound() -> None:
    tpp = chip("hygon_z100").tpp
    assert tpp is not None
    assert tpp.low == pytest.approx(64 * 10.8)
    assert tpp.high == float("inf")


def test_unpublished_chips_have_no_tpp() -> None:
    assert chip("nvidia_b20").tpp is None
    assert chip("nvidia_b20").density is None


def test_every_row_of_the_table_that_is_no_system_is_in_the_catalogue() -> None:
    assert set(ROWS) <= set(catalogue())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Nvidia RTX 4090D", {"nvidia_rtx_4090d"}),
        ("rtx 4090 d", {"nvidia_rtx_4090d"}),
        ("GeForce RTX 5090 D V2", {"nvidia_rtx_5090d_v2"}),
        ("Nvidia A100", {"nvidia_a100_sxm_40gb", "nvidia_a100_sxm_80gb"}),
        ("A100 80GB SXM4", {"nvidia_a100_sxm_80gb"}),
        ("Intel Gaudi 2 (China version)", {"intel_gaudi2_china"}),
        ("Gaudi2", {"intel_gaudi2"}),
        ("AMD MI308X", {"amd_mi308"}),
        ("Ascend 910B", {f"huawei_ascend_910b{k}" for k in (1, 2, 3, 4)}),
        ("GB200 NVL72", {"nvidia_gb200"}),
        ("DGX H100", {"nvidia_h100_sxm", "nvidia_h100_pcie"}),
        ("H-20", {"nvidia_h20_96gb", "nvidia_h20_141gb"}),
    ],
)
def test_names_as_people_write_them(text: str, ids: set[str]) -> None:
    assert {spec.id for spec in find(text).chips} == ids


def test_a_system_is_known_as_one() -> None:
    assert find("HGX H20").system
    assert not find("H20").system


def test_every_model_finds_itself() -> None:
    for spec in catalogue().values():
        assert spec.id in {found.id for found in find(spec.name).chips}


def test_an_unknown_chip_is_refused_with_the_nearest() -> None:
    with pytest.raises(CountermoveError, match="unknown chip 'H101': did you mean 'H100'"):
        find("H101")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "give 'tpp' or 'rates'"),
        ({"tpp": -1}, "zero or above"),
        ({"tpp": 100, "die_area_mm2": 900}, "exceeds 1 × 858"),
        ({"tpp": 100, "die_area_mm2": 0}, "above zero"),
        ({"tpp": [300, 200]}, "must be a number or"),
        ({"tpp": float("nan")}, "must be a number"),
        ({"tpp": 100, "memry_bandwidth": 5}, "did you mean 'memory_bandwidth'"),
        ({"rates": {"int9": 5}}, "unknown precision 'int9'"),
        ({"rates": 5}, "must map precisions"),
    ],
)
def test_impossible_specifications_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        from_mapping(given)


def test_memory_bandwidth_density_of_a_stack() -> None:
    assert memory_bandwidth_density(819, 110) == pytest.approx(7.445, abs=0.001)
    with pytest.raises(CountermoveError):
        memory_bandwidth_density(819, 0)


def test_an_interval_must_be_ordered() -> None:
    with pytest.raises(CountermoveError, match="ordered"):
        Interval(2, 1, 3)


def test_the_frontier_never_recedes() -> None:
    from datetime import date

    early, late = frontier(date(2022, 1, 1), 7), frontier(date(2025, 1, 1), 7)
    assert late.density.value >= early.density.value
    assert late.memory_bandwidth.value >= early.memory_bandwidth.value
    assert late.power.value >= early.power.value


def test_a_newer_node_is_at_least_as_dense() -> None:
    from datetime import date

    day = date(2025, 1, 1)
    assert frontier(day, 4).density.value >= frontier(day, 7).density.value >= frontier(day, 12).density.value
