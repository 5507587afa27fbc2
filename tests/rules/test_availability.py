"""What the simulation reads: both gates month by month, from the evaluator and nothing else."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest

from countermove import rules
from countermove.chips import chip
from countermove.errors import CountermoveError
from countermove.rules import RuleBook, _months, items, parties
from countermove.rules.availability import FREE
from countermove.rules.check import word_on

MONTHS = [date(year, month, 1) for year in range(2016, 2036) for month in range(1, 13)]


def us(key: str, buyer: str, month: date, **options: object) -> float:
    return rules.us_permits(chip(key), buyer, month, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "month", "permits"),
    [
        ("nvidia_a100_sxm_80gb", date(2022, 7, 1), 1),
        ("nvidia_a100_sxm_80gb", date(2022, 8, 1), 25 / 31),
        ("nvidia_a100_sxm_80gb", date(2022, 9, 1), 0),
        ("nvidia_a800_sxm", date(2023, 9, 1), 1),
        ("nvidia_a800_sxm", date(2023, 10, 1), 22 / 31),
        ("nvidia_a800_sxm", date(2023, 12, 1), 0),
        ("nvidia_h20_96gb", date(2025, 4, 1), 8 / 30),
        ("nvidia_h20_96gb", date(2025, 6, 1), 0),
        ("nvidia_h20_96gb", date(2025, 9, 1), 1),
        ("nvidia_l20", date(2026, 6, 1), 1),
        ("nvidia_h200_sxm", date(2026, 3, 1), 0),
        ("nvidia_h200_sxm", date(2026, 6, 1), 1),
    ],
)
def test_chips_to_bytedance(key: str, month: date, permits: float) -> None:
    assert us(key, "bytedance", month) == pytest.approx(permits)


def test_a_licence_is_for_those_it_names() -> None:
    month = date(2026, 6, 1)
    assert us("nvidia_h200_sxm", "bytedance", month) == 1
    assert us("nvidia_h200_sxm", "baidu", month) == 0
    held = rules.licence(chip("nvidia_h200_sxm"), "bytedance", month)
    assert held is not None
    assert held.units_per_buyer == 75_000
    assert rules.licence(chip("nvidia_h200_sxm"), "baidu", month) is None
    assert us("nvidia_h20_96gb", "sensetime", date(2025, 9, 1)) == 0


def test_a_us_licence_is_not_an_import() -> None:
    month = date(2026, 6, 1)
    assert us("nvidia_h200_sxm", "bytedance", month) == 1
    assert rules.beijing_permits(chip("nvidia_h200_sxm"), "bytedance", month) == 0
    assert rules.beijing_permits(chip("nvidia_l20"), "china_telecom", month) == 0
    assert rules.beijing_permits(chip("huawei_ascend_910c"), "china_telecom", month) == 1


def test_foundries_abroad_close_to_huawei_first() -> None:
    assert rules.foundry_permits("huawei", date(2020, 8, 1)) == 1
    assert rules.foundry_permits("huawei", date(2020, 9, 1)) == pytest.approx(14 / 30)
    assert rules.foundry_permits("huawei", date(2020, 10, 1)) == 0
    assert rules.foundry_permits("kunlunxin", date(2024, 10, 1)) == 1
    assert rules.foundry_permits("kunlunxin", date(2024, 11, 1)) == pytest.approx(10 / 30)
    assert rules.foundry_permits("other_domestic", date(2025, 2, 1)) == 0
    assert rules.foundry_permits("cambricon", date(2023, 1, 1)) == 0


def test_tools_and_memory() -> None:
    assert rules.tool_permits("US", date(2022, 6, 1)) == 1
    assert rules.tool_permits("US", date(2022, 11, 1)) == 0
    assert rules.tool_permits("NL", date(2023, 8, 1)) == 1
    assert rules.tool_permits("NL", date(2023, 10, 1)) == 0
    assert rules.tool_permits("JP", date(2023, 8, 1)) == 0
    assert rules.hbm_permits(date(2024, 11, 1)) == 1
    assert rules.hbm_permits(date(2025, 1, 1)) == 0


def test_listings_and_revenue_share() -> None:
    assert rules.listed("huawei", date(2019, 4, 1)) == 0
    assert rules.listed("huawei", date(2019, 6, 1)) == 1
    assert rules.listed("zte", date(2018, 1, 1)) == 0
    assert rules.revenue_share_rate(date(2025, 7, 1)) == 0
    assert rules.revenue_share_rate(date(2025, 10, 1)) == pytest.approx(0.15)


def test_every_month_of_the_horizon_has_a_value_and_the_last_state_is_held() -> None:
    product = chip("nvidia_h20_96gb")
    values = [rules.us_permits(product, "tencent", month) for month in MONTHS]
    assert all(0 <= value <= 1 for value in values)
    assert len(set(values[-100:])) == 1


def test_without_its_package_a_gate_is_open_throughout() -> None:
    book = RuleBook.history()
    no_chips, no_entity, no_tools, no_hbm, no_beijing = (
        book.without(name) for name in ("chips", "entity", "tools", "hbm", "beijing")
    )
    for month in MONTHS[::7]:
        assert us("nvidia_h100_sxm", "bytedance", month, rules=no_chips) == 1
        assert rules.foundry_permits("kunlunxin", month, no_entity) == 1
        assert rules.foundry_permits("huawei", month, no_entity) == 1
        assert all(rules.tool_permits(origin, month, no_tools) == 1 for origin in ("US", "NL", "JP"))
        assert rules.hbm_permits(month, no_hbm) == 1
        assert rules.beijing_permits(chip("nvidia_h200_sxm"), "bytedance", month, no_beijing) == 1


def test_announcements_come_before_or_with_what_they_announce() -> None:
    known = {entry.rule: entry for entry in rules.announcements()}
    hbm = known["US-2024-12-02-HBM-FDP"]
    assert (hbm.announced, hbm.compliance) == (date(2024, 12, 2), date(2024, 12, 31))
    assert known["US-2023-10-17-ACS"].announced == date(2023, 10, 17)
    assert known["US-2025-01-15-FOUNDRY"].compliance == date(2025, 1, 31)
    assert all(entry.compliance >= entry.effective for entry in known.values())
    assert "US-2025-01-13-DIFFUSION" not in known


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: rules.tool_permits("DE", date(2024, 1, 1)), "unknown tool origin 'DE'"),
        (lambda: rules.foundry_permits("huawie", date(2024, 1, 1)), "did you mean 'huawei'"),
        (lambda: us("nvidia_l20", "Foobar Ltd", date(2024, 1, 1)), "unknown end user"),
    ],
)
def test_mistakes_are_named(act: object, message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        act()  # type: ignore[operator]


def test_a_book_that_parts_from_history_shares_answers_until_then_and_has_its_own_from_then_on() -> None:
    history, day = RuleBook.history(), date(2024, 6, 11)
    changed = history.with_changes({"US-2023-10-17-ACS": {"3A090.a/tpp": 1e6, "3A090.a/density": 1e6}}, since=day)
    item, party = items.of_chip(chip("nvidia_h100_sxm")), parties.UNLISTED
    for month in (date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)):
        asked = [rules.us_permits(chip("nvidia_h100_sxm"), party, month, rules=book) for book in (history, changed)]
        days = [month + timedelta(days=number) for number in range(monthrange(month.year, month.month)[1])]
        for book, permit in zip((history, changed), asked, strict=True):
            allowed = [word_on(item, "China", party, each, book) in FREE for each in days]
            assert permit == pytest.approx(sum(allowed) / len(days))
        assert (asked[0] == asked[1]) is (month < day.replace(day=1))
    same = (_months.law(book, date(2024, 5, 1)) for book in (history, changed))
    assert len(set(same)) == 1
