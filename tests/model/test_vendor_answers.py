"""A rule that history did not have gets the vendors' compliant chip, found by the optimiser, after a redesign."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from countermove import scenario
from countermove.chips import chip
from countermove.model import policy_series
from countermove.model.policy_series import ACCELERATORS, LOW_END, monthly
from countermove.model.vendor_answers import Market, market
from countermove.rules import RuleBook, Word, check, items
from countermove.rules.redesign import answers, parted, redesign_months

LOWER_LINE = """
name: lower-line
title: A lower line from 2027
description: Half of what the rule of October 2023 leaves free, and no review case by case above it.
extends: history
rules:
  changes:
    US-2023-10-17-ACS: {3A090.a/tpp: {2027-01: 1200}}
    US-2026-01-13-H200-RULE: {tpp: {2027-01: 1200}}
"""


def month(year: int, of_year: int) -> int:
    return (year - 2016) * 12 + of_year - 1


def offered(book: RuleBook) -> Market:
    return market(book, [chip(name) for name in ACCELERATORS], [chip(name) for name in LOW_END])


def designs(book: RuleBook) -> list:
    return [each for each in offered(book).accelerators if each.id not in ACCELERATORS]


def test_history_keeps_the_real_chips() -> None:
    history = RuleBook.history()
    assert parted(history) is None
    assert [each.id for each in offered(history).accelerators] == list(ACCELERATORS)
    # The record: A800 from the letters on, H800 in March 2023, nothing in November, H20 in February 2024.
    compute = monthly(history)["permitted_chip_compute"]
    real = {name: policy_series.compute(chip(name)) for name in ("nvidia_a800_sxm", "nvidia_h800_sxm", LAST)}
    assert compute[month(2022, 12)] == real["nvidia_a800_sxm"]
    assert compute[month(2023, 5)] == real["nvidia_h800_sxm"]
    assert compute[month(2024, 6)] == real[LAST]


LAST = "nvidia_h20_96gb"


def test_without_controls_nothing_is_designed() -> None:
    book = scenario.load("no-controls").rules.book()
    assert not designs(book)
    series = monthly(book)
    assert (series["frontier_permits"] == 1).all()
    assert (series["permitted_chip_compute"] == policy_series.NO_LIMIT).all()


def test_the_rule_of_2022_for_good_yields_each_flagship_just_under_its_link_limit() -> None:
    book = scenario.load("frozen-2022").rules.book()
    found = designs(book)
    assert [each.name.split()[3] for each in found] == ["H100", "B200", "Rubin"]
    for each in found:
        assert 599.99 < each.interconnect < 600
        assert check(items.of_chip(each), "China", on=each.first_shipped, book=book).word is Word.NO
    # The optimiser finds what Nvidia sold: the H800 is an H100 with a shorter link.
    h100, h800 = chip("nvidia_h100_sxm"), chip("nvidia_h800_sxm")
    assert found[0].tpp.central == h100.tpp.central == h800.tpp.central
    assert found[0].memory_bandwidth.central == h800.memory_bandwidth.central
    # No China version that answered a later rule exists in this world.
    assert LAST not in {each.id for each in offered(book).accelerators}


def test_each_launch_is_answered_after_the_redesign() -> None:
    limit = monthly(scenario.load("frozen-2022").rules.book())["permitted_chip_compute"]
    launch = month(2024, 11)  # B200
    assert limit[launch - 1] == policy_series.NO_LIMIT
    lag = redesign_months()
    assert (limit[launch : launch + lag] == policy_series.compute(chip("nvidia_h800_sxm"))).all()
    assert limit[launch + lag] == policy_series.NO_LIMIT


def test_early_rules_find_a_chip_like_the_one_that_vendors_made_under_them() -> None:
    book = scenario.load("early-2019").rules.book()
    by_base = {each.name.split(" designed")[0].removeprefix("version of "): each for each in designs(book)}
    hopper = by_base["Nvidia H100 SXM5 80GB"]
    real = chip(LAST)  # made of the H100 under the same lines
    assert hopper.tpp.central == pytest.approx(real.tpp.central, rel=0.02)
    assert hopper.interconnect == real.interconnect
    assert hopper.tpp.central < 2400
    assert monthly(book)["permitted_chip_compute"][month(2023, 6)] == pytest.approx(
        policy_series.compute(hopper), rel=1e-12
    )


def test_a_lower_line_in_a_scenario_yields_a_weaker_chip_after_the_redesign() -> None:
    lower = scenario.parse(LOWER_LINE).rules.book()
    own, history = monthly(lower), monthly(RuleBook.history())
    start, lag = month(2027, 1), redesign_months()
    for name, values in own.items():
        np.testing.assert_array_equal(values[:start], history[name][:start])
    # Until the answer is ready nothing may be sold, then something weaker.
    assert (own["us_permits"][start : start + lag] == 0).all()
    assert own["us_permits"][start + lag].max() == 1
    compute = own["permitted_chip_compute"][start + lag]
    assert 0.9 * 1200 / 8 / 1979 < compute < 1200 / 8 / 1979 < history["permitted_chip_compute"][start]


def test_beijing_treats_a_version_that_never_was_as_the_last_real_one() -> None:
    own = monthly(scenario.parse(LOWER_LINE).rules.book())
    h20 = policy_series.rules.beijing_permits(chip(LAST), "bytedance", date(2027, 6, 1))
    assert (own["beijing_permits"][month(2027, 6), 0]) == h20


def test_the_time_of_a_redesign_is_what_vendors_took() -> None:
    months = sorted(answer.months for answer in answers())
    assert len(months) == 8
    assert months[0] > 2
    assert months[-1] < 10
    assert redesign_months() == 4


def test_a_dated_threshold_leaves_the_law_before_its_day() -> None:
    lower, history = scenario.parse(LOWER_LINE).rules.book(), RuleBook.history()
    h20 = items.of_chip(chip(LAST))
    for day in (date(2024, 1, 1), date(2026, 12, 31)):
        assert check(h20, "China", on=day, book=lower).word is check(h20, "China", on=day, book=history).word
    assert check(h20, "China", on=date(2027, 1, 1), book=lower).word is Word.DENIED
    assert scenario.parse(scenario.parse(LOWER_LINE).to_yaml()) == scenario.parse(LOWER_LINE)
