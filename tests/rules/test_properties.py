"""What must hold of every verdict: monotone in the figures, defined everywhere, regions without gap or overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.chips import ChipSpec, Interval, catalogue
from countermove.rules import RuleBook, Word, check, countries, items, parties
from countermove.rules.book import FIRST, LAST
from countermove.rules.era import era_of
from countermove.rules.matching import cases

DAYS = [day for change in (FIRST, *RuleBook.history().days) for day in (change - timedelta(days=1), change)][1:]
PLACES = ["China", "Macau", "Vietnam", "Saudi Arabia", "Malaysia", "Japan", "Israel", "Lebanon", "Russia"]


def part(tpp: float, density: float, memory: float, links: float, datacentre: bool = True) -> ChipSpec:
    area = tpp / density if density else 1.0
    return ChipSpec(
        id="part", name="part", vendor="", vendor_country="US", tpp_low=tpp, tpp_high=tpp, area_low=area,
        area_high=area, memory_bandwidth=Interval(memory, memory, memory), interconnect=links, datacentre=datacentre,
    )  # fmt: skip


def word(chip: ChipSpec, place: str, on: date) -> Word:
    return check(items.of_chip(chip), place, on=on).word


tpps = st.one_of(st.floats(1, 60_000), st.sampled_from([1600.0, 2400.0, 4800.0, 21000.0, 1599.9, 2399.9, 4799.9]))
densities = st.one_of(st.floats(0.1, 60), st.sampled_from([1.6, 3.2, 5.92, 1.599, 3.199, 5.919]))
memories = st.one_of(st.floats(0, 20_000), st.sampled_from([1400.0, 6500.0, 1399.0]))
links = st.one_of(st.floats(0, 4_000), st.sampled_from([600.0, 1100.0, 599.0]))


@settings(max_examples=400, deadline=None)
@given(
    tpps, densities, memories, links, st.booleans(), st.sampled_from(PLACES), st.sampled_from(DAYS),
    st.sampled_from(["tpp", "density", "memory", "links"]), st.floats(1, 5),
)  # fmt: skip
def test_a_verdict_never_gets_laxer_as_a_figure_rises(
    tpp: float,
    density: float,
    memory: float,
    link: float,
    datacentre: bool,
    place: str,
    on: date,
    figure: str,
    by: float,
) -> None:
    values = {"tpp": tpp, "density": density, "memory": memory, "links": link}
    raised = {**values, figure: values[figure] * by}
    lower = word(part(values["tpp"], values["density"], values["memory"], values["links"], datacentre), place, on)
    higher = word(part(raised["tpp"], raised["density"], raised["memory"], raised["links"], datacentre), place, on)
    assert higher.strictness >= lower.strictness


@settings(max_examples=300, deadline=None)
@given(tpps, densities, st.sampled_from([day for day in DAYS if day >= date(2023, 11, 17)]))
def test_the_regions_of_3a090_neither_overlap_nor_leave_a_gap(tpp: float, density: float, on: date) -> None:
    """A data-centre part is .a, or .b, or below both lines of the text; .a and .b exclude each other.

    The overlap that the text has: TPP of 4,800 or more with a density between 3.2 and 5.92 reads as .a.1 and as .b.2.
    """
    chip = part(tpp, density, 0, 0)
    density = chip.density.central if chip.density else density
    item = items.of_chip(chip)
    families = {
        control.family for control in cases(item, era_of(RuleBook.history(), on), "United States")[0].met.controls
    }
    a = tpp >= 4800 or (tpp >= 1600 and density >= 5.92)
    b = (2400 <= tpp < 4800 and 1.6 <= density < 5.92) or (tpp >= 1600 and 3.2 <= density < 5.92)
    assert ("3A090.a" in families) is a
    assert ("3A090.b" in families) is b
    assert not (a and b) or (tpp >= 4800 and 3.2 <= density < 5.92)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(catalogue())), st.sampled_from(sorted(set(countries.names().values()))),
       st.sampled_from(sorted(parties.table())), st.sampled_from(DAYS))  # fmt: skip
def test_a_listed_buyer_never_fares_better_than_an_unlisted_one(key: str, place: str, who: str, on: date) -> None:
    item = items.of_chip(catalogue()[key])
    party = parties.table()[who]
    neutral = replace(parties.UNLISTED, headquarters=party.headquarters)
    named = check(item, place, (party,), on)
    other = check(item, place, (neutral,), on)
    assert named.word.strictness >= other.word.strictness


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(catalogue())), st.sampled_from(PLACES), st.dates(FIRST, LAST))
def test_the_strictest_of_several_buyers_counts(key: str, place: str, on: date) -> None:
    item = items.of_chip(catalogue()[key])
    pair = (parties.table()["bytedance"], parties.table()["sensetime"])
    both = check(item, place, pair, on).word
    assert both.strictness == max(check(item, place, (one,), on).word.strictness for one in pair)


def test_every_chip_has_a_verdict_with_reasons_on_a_sample_of_days() -> None:
    for number, chip in enumerate(catalogue().values()):
        item = items.of_chip(chip)
        for day in DAYS[number % 7 :: 7]:
            verdict = check(item, PLACES[number % len(PLACES)], on=day)
            assert verdict.word in Word
            assert verdict.word is Word.NO or verdict.decisive
            assert all(step.citation for step in verdict.decisive)


@pytest.mark.slow
def test_every_chip_to_every_destination_on_every_day_of_change() -> None:
    """The exhaustive run: each catalogue chip × each destination × the day of every change and the day before."""
    for chip in catalogue().values():
        item = items.of_chip(chip)
        for place in sorted(set(countries.names().values())):
            for day in DAYS:
                verdict = check(item, place, on=day)
                assert verdict.word in Word
                if verdict.contested:
                    assert len({reading.word for reading in verdict.readings}) > 1
                assert verdict.word is Word.NO or any(step.word is verdict.word for step in verdict.paragraphs)


@pytest.mark.slow
def test_a_hundred_thousand_verdicts_take_five_seconds() -> None:
    import random
    from time import process_time

    chooser = random.Random(1)
    everywhere = sorted(set(countries.names().values()))
    all_items = [items.of_chip(chip) for chip in catalogue().values()]
    who = [(party,) for party in (parties.UNLISTED, *parties.table().values())]
    span = (LAST - FIRST).days
    questions = [
        (
            chooser.choice(all_items),
            chooser.choice(everywhere),
            chooser.choice(who),
            FIRST + timedelta(chooser.randrange(span)),
        )
        for _ in range(100_000)
    ]
    start = process_time()
    for item, place, party, on in questions:
        check(item, place, party, on)
    assert process_time() - start <= 5
