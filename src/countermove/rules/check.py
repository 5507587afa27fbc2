"""One question, one verdict: every reading, party and disputed point evaluated; the strictest party answers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from countermove.errors import CountermoveError
from countermove.rules import explain
from countermove.rules.book import FIRST, LAST, RuleBook
from countermove.rules.evaluate import Case, Decision, Era, Setting, decide, era_of, matched, settings
from countermove.rules.items import Item
from countermove.rules.parties import UNLISTED, Party
from countermove.rules.readings import near_readings, readings
from countermove.rules.verdict import Reading, Verdict
from countermove.rules.words import Word

# The last effective date in the tables; what comes later was not reviewed.
LAW_REVIEWED_TO = date(2026, 5, 31)

Answer = tuple[Decision, Setting, tuple[Reading, ...], bool]


@lru_cache(maxsize=65536)
def _cases(item: Item, era: Era, exported_from: str) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """The distinct cases that the uncertain figures leave, central first, and those that lie 5 % away."""
    seen: dict[tuple[int, ...], Case] = {}
    for reading in readings(item, era.controls):
        controls = matched(item, reading, era, exported_from)
        seen.setdefault(tuple(map(id, controls)), Case(item, reading, era, exported_from, controls))
    cases = tuple(seen.values())
    near: dict[tuple[int, ...], Case] = {}
    for reading in near_readings(item, era.controls):
        controls = matched(item, reading, era, exported_from)
        key = tuple(map(id, controls))
        if key not in seen:
            near.setdefault(key, Case(item, reading, era, exported_from, controls))
    return cases, tuple(near.values())


@lru_cache(maxsize=65536)
def _other_market(item: Item) -> Item:
    """The item read as commercially available in the United States."""
    return Item(
        item.id, item.name, item.kind, item.origin, item.figures, item.traits | {"sold_in_us"}, item.unstated,
        item.designer, item.made_in, item.notes,
    )  # fmt: skip


def _disputed(case: Case, setting: Setting, base: Decision) -> list[Reading]:
    """The other readings of every disputed point that this question touches."""
    from countermove.rules.evaluate import _meant, reaches

    found: list[Reading] = []
    for control in case.controls:
        if control.step != "dispute" or not reaches(control.reach, setting) or not _meant(control.buyer, setting):
            continue
        other = case
        if control.assume == "sold in the United States":
            item = _other_market(case.item)
            controls = matched(item, case.reading, case.era, case.exported_from)
            other = Case(item, case.reading, case.era, case.exported_from, controls)
        word = decide(other, setting, control.assume, control.of).word
        if word is not base.word:
            found.append(Reading(word, control.says))
    return found


@lru_cache(maxsize=262144)
def _answer(item: Item, country: str, party: Party, exported_from: str, era: Era) -> Answer:
    cases, near = _cases(item, era, exported_from)
    where = settings(era, country, party)
    base = decide(cases[0], where[0])
    others: list[Reading] = []
    for case in cases:
        decision = base if case is cases[0] else decide(case, where[0])
        if decision.word is not base.word:
            others.append(Reading(decision.word, f"if {explain.figures_of(case)}"))
        others += _disputed(case, where[0], decision) if case is cases[0] else []
    for setting in where[1:]:
        decision = decide(cases[0], setting)
        if decision.word is not base.word:
            others.append(Reading(decision.word, setting.place.because))
    distinct = {reading.word: reading for reading in reversed(others)}
    close = (len(cases) > 1 and bool(distinct)) or any(decide(case, where[0]).word is not base.word for case in near)
    return base, where[0], tuple(sorted(distinct.values(), key=lambda r: r.word.strictness)), close


def check(
    item: Item,
    destination: str,
    end_users: tuple[Party, ...] = (UNLISTED,),
    on: date = LAW_REVIEWED_TO,
    *,
    exported_from: str = "United States",
    book: RuleBook | None = None,
) -> Verdict:
    """The US gate's verdict on shipping an item, and what Beijing says of it.

    Args:
        item: what is shipped.
        destination: a country by its exact name in the country table (`countries.find` reads other spellings).
        end_users: everyone named; the strictest answer counts.
        on: the day of export.
        exported_from: the country from which the item leaves.
        book: the rules; history if left out.

    Raises:
        CountermoveError: a day outside 2016–2035.
    """
    if not FIRST <= on <= LAST:
        raise CountermoveError(f"date {on} is out of range: the rules run from {FIRST} to {LAST}")
    rules = book or RuleBook.history()
    era = era_of(rules, on)
    answers = [_answer(item, destination, party, exported_from, era) for party in end_users]
    best = max(range(len(answers)), key=lambda index: answers[index][0].word.strictness)
    base, setting, others, close = answers[best]
    case = _cases(item, era, exported_from)[0][0]
    readings_of = (Reading(base.word, explain.because(base, setting)), *others) if others else ()
    return Verdict(
        word=base.word,
        item=item.name,
        destination=destination,
        end_user=" / ".join(party.name for party in end_users),
        on=on,
        paragraphs=explain.steps(base, case, setting),
        near_line=close,
        contested=bool(others),
        readings=readings_of,
        unchecked=explain.unchecked(item, end_users, on, LAW_REVIEWED_TO),
        conditions=explain.conditions(base, case, rules, end_users, on),
        law_reviewed_to=LAW_REVIEWED_TO,
        _arithmetic=lambda: explain.arithmetic(case, setting),
        _changes=lambda: explain.changes(item, destination, end_users, on, exported_from, rules, base.word),
        _beijing=lambda: explain.beijing(item, destination, end_users, on, rules),
    )


def word_on(item: Item, destination: str, party: Party, on: date, book: RuleBook) -> Word:
    """The word alone, for one party and goods leaving the United States."""
    return _answer(item, destination, party, "United States", era_of(book, on))[0].word
