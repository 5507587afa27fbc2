"""Items, parties and destinations as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from countermove.errors import CountermoveError
from countermove.rules import destinations, item_names, party_names
from countermove.rules.countries import other_readings, place


@pytest.mark.parametrize(
    ("text", "ids", "home"),
    [
        ("unlisted commercial", ["unlisted"], None),
        ("logistics front company", ["unlisted"], None),
        ("cloud operator", ["unlisted"], None),
        ("Tencent/Alibaba/Baidu", ["tencent", "alibaba", "baidu"], "China"),
        ("Alibaba (unlisted)", ["alibaba"], "China"),
        ("Sophgo, diverted to Huawei", ["huawei"], "China"),
        ("subsidiary of Chinese group", ["unlisted"], "China"),
        ("China-parented operator", ["unlisted"], "China"),
        ("company whose ultimate parent is in China", ["unlisted"], "China"),
        ("Chinese subsidiary of US firm", ["unlisted"], "United States"),
        ("Japanese firm", ["unlisted"], "Japan"),
        ("Malaysian operator with Chinese parent", ["unlisted"], "China"),
        ("Tencent subsidiary", ["affiliate:tencent"], "China"),
        ("Megvii affiliate", ["affiliate:megvii"], "China"),
        ("Nexperia (Wingtech affiliate)", ["affiliate:wingtech"], "China"),
        ("Huawei Technologies Co., Ltd.", ["huawei"], "China"),
        ("Huawei (via front company)", ["huawei"], "China"),
        ("Beijing Zhipu", ["zhipu"], "China"),
        ("Saudi Aramco", ["aramco"], "Saudi Arabia"),
        ("G42", ["g42"], "United Arab Emirates"),
        ("People's Liberation Army", ["pla"], "China"),
    ],
)
def test_parties(text: str, ids: list[str], home: str | None) -> None:
    found = party_names.find(text)
    assert [party.id for party in found] == ids
    assert found[0].headquarters == home


@pytest.mark.parametrize("text", ["Zhejiang Foobar Ltd", "Acme", "Foobar subsidiary", "Foobar GPU cloud", "Tsinghua"])
def test_proper_names_that_are_not_known_are_refused(text: str) -> None:
    with pytest.raises(CountermoveError, match="unknown end user"):
        party_names.find(text)


def test_traits_are_read_from_descriptions() -> None:
    assert party_names.find("military end user")[0].traits == {"military"}
    assert party_names.find("unlisted supercomputer centre")[0].traits == {"supercomputer"}
    assert party_names.find("certain customers")[0].traits == {"named_customer"}
    assert party_names.find("civil university")[0].traits == set()


@pytest.mark.parametrize(
    ("text", "kind", "origin"),
    [
        ("any US-origin chip", "generic", "US"),
        ("Intel Core Ultra laptop CPU", "generic", "US"),
        ("Seagate disk drive", "generic", "US"),
        ("YMTC-bound EAR item", "item", "US"),
        ("HiSilicon-designed chip made at TSMC", "die", "foreign"),
        ("Biren GPU made at TSMC", "die", "foreign"),
        ("MediaTek chip made at TSMC", "die", "foreign"),
        ("Ascend 910B die made at TSMC", "chip", "foreign"),
        ("Huawei Ascend 910B", "chip", "PRC"),
        ("Biren BR100", "chip", "foreign"),
        ("Kirin 9000S", "chip", "PRC"),
        ("HBM3 stack", "hbm", "US"),
        ("Nvidia H20 with on-package HBM3", "chip", "US"),
        ("16 nm-or-below logic die above 30bn transistors", "die", "foreign"),
        ("7 nm AI die from TSMC", "die", "foreign"),
        ("mature-node (28 nm) tool", "tool", "US"),
        ("EUV scanner", "tool", "US"),
        ("EDA software", "eda", "US"),
        ("8x H100 server", "chip", "US"),
        ("Nvdia H20", "chip", "US"),
    ],
)
def test_items(text: str, kind: str, origin: str) -> None:
    item = item_names.find(text)[0]
    assert (item.kind, item.origin) == (kind, origin)


def test_a_chip_amid_other_words_is_said_to_be_read_so() -> None:
    assert any("read as H100" in note for note in item_names.find("8x H100 server")[0].notes)


@pytest.mark.parametrize("text", ["H101", "RTX 4090 laptop", "widget", ""])
def test_items_that_are_not_known_are_refused(text: str) -> None:
    with pytest.raises(CountermoveError, match=r"unknown chip|no chip"):
        item_names.find(text)


@pytest.mark.parametrize(
    ("text", "countries", "origin"),
    [
        ("Hong Kong", ("China",), "United States"),
        ("China (Hong Kong)", ("China",), "United States"),
        ("China (reexport from Singapore)", ("China",), "Singapore"),
        ("reexport from Singapore to China", ("China",), "Singapore"),
        ("China (in-country transfer)", ("China",), "China"),
        ("Malaysia, diverted to China", ("China",), "United States"),
        ("China via Malaysia", ("China",), "United States"),
        ("any third country", ("third country",), "United States"),
        ("Viet Nam", ("Vietnam",), "United States"),
        ("U.A.E.", ("United Arab Emirates",), "United States"),
        ("Macao", ("Macau",), "United States"),
        ("Norway", ("Norway",), "United States"),
        ("Vietnam/Malaysia", ("Vietnam", "Malaysia"), "United States"),
    ],
)
def test_destinations(text: str, countries: tuple[str, ...], origin: str) -> None:
    found = destinations.find(text)
    assert (found.countries, found.exported_from) == (countries, origin)


def test_an_unknown_country_is_refused_with_the_nearest() -> None:
    with pytest.raises(CountermoveError, match="unknown country 'Chna': did you mean 'China'"):
        destinations.find("Chna")


def test_groups_are_those_of_the_day() -> None:
    assert "D:5" not in place("Nicaragua", date(2024, 3, 14)).groups
    assert "D:5" in place("Nicaragua", date(2024, 3, 15)).groups
    assert "D:4" in place("United Arab Emirates", date(2025, 11, 25)).groups
    assert "D:5" in place("Cambodia", date(2024, 1, 1)).groups
    assert "D:5" not in place("Cambodia", date(2026, 7, 1)).groups
    assert "D:5" not in place("Macau", date(2024, 1, 1)).groups
    assert place("third country", date(2024, 1, 1)).groups == frozenset()


def test_the_emirates_are_open_to_two_readings_after_november_2025() -> None:
    assert not other_readings("United Arab Emirates", date(2025, 11, 25))
    (other,) = other_readings("United Arab Emirates", date(2026, 1, 15))
    assert "D:4" in other.groups
    assert other.because
