"""One question, one verdict: every reading, party and disputed point evaluated; the strictest party answers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from countermove.rules import explain
from countermove.rules.book import RuleBook, within
from countermove.rules.era import Era, era_of
from countermove.rules.evaluate import Decision, Setting, decide, meant, reaches, seen, settings
from countermove.rules.items import Item
from countermove.rules.matching import Case, cases, matched, near_cases, prepared
from countermove.rules.parties import UNLISTED, Party
from countermove.rules.verdict import Reading, Verdict
from countermove.rules.words import Word

# The last effective date in the tables; what comes later was not reviewed.
LAW_REVIEWED_TO = date(2026, 5, 31)

Answer = tuple[Decision, Setting, tuple[Reading, ...]]


@lru_cache(maxsize=65536)
def _other_market(item: Item) -> Item:
    """The item read as commercially available in the United States."""
    return Item(
        item.id, item.name, item.kind, item.origin, item.figures, item.traits | {"sold_in_us"}, item.unstated,
        item.designer, item.made_in, item.notes,
    )  # fmt: skip


def _disputed(case: Case, setting: Setting, base: Decision) -> list[Reading]:
    """The other readings of every disputed point that this question touches."""
    found: list[Reading] = []
    for control in case.met.disputes:
        if not reaches(control.reach, setting) or not meant(control.buyer, setting):
            continue
        other = case
        if control.assume == "sold in the United States":
            item = _other_market(case.item)
            met = matched(item, case.reading, case.era, case.exported_from)
            other = Case(item, case.reading, case.era, case.exported_from, met)
        word = decide(other, setting, control.assume, control.of).word
        if word is not base.word:
            found.append(Reading(word, control.says))
    return found


def _unpublished(item: Item) -> bool:
    """Whether a figure has no upper bound: then no central value means anything and the strictest reading leads."""
    return any(high == float("inf") for _, (_, _, high) in item.figures)


class _Asked:
    """Carries settings and era into a cached function whose key is what the controls see of them."""

    def __init__(self, era: Era, where: tuple[Setting, ...]) -> None:
        self.era, self.where = era, where

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=262144)
def _decided(
    item: Item, exported_from: str, key: tuple[object, ...], asked: _Asked
) -> tuple[Decision, tuple[Reading, ...]]:
    """Decision and other readings; shared by all settings and eras that the controls cannot tell apart."""
    where = asked.where
    central = cases(item, asked.era, exported_from)
    first = central[0]
    decisions = [decide(case, where[0]) for case in central]
    base = decisions[0]
    if _unpublished(item):
        base = max(decisions, key=lambda decision: decision.word.strictness)
    others = _disputed(first, where[0], decisions[0])
    for case, decision in zip(central, decisions, strict=True):
        if decision.word is not base.word:
            others.append(Reading(decision.word, f"if {explain.figures_of(case)}"))
    for setting in where[1:]:
        decision = decide(first, setting)
        if decision.word is not base.word:
            others.append(Reading(decision.word, setting.place.because))
    distinct = {reading.word: reading for reading in reversed(others)}
    return base, tuple(sorted(distinct.values(), key=lambda r: r.word.strictness))


def near_line(item: Item, exported_from: str, era: Era, where: Setting, word: Word) -> bool:
    """Whether another word lies within the bounds of the figures, or 5 % beyond them."""
    return _near_line(item, exported_from, word, _key(item, exported_from, era, (where,)), _Asked(era, (where,)))


@lru_cache(maxsize=65536)
def _near_line(item: Item, exported_from: str, word: Word, key: tuple[object, ...], asked: _Asked) -> bool:
    every = (*cases(item, asked.era, exported_from), *near_cases(item, asked.era, exported_from))
    return any(decide(case, asked.where[0]).word is not word for case in every)


def _key(item: Item, exported_from: str, era: Era, where: tuple[Setting, ...]) -> tuple[object, ...]:
    """What decides the answer: the controls that the item could meet, and what they see of the settings."""
    ready = prepared(item, era, exported_from)
    # A disputed reading of the item may meet other controls, which only the era tells.
    return (ready, era if ready.disputes else None, *[seen(setting, ready.sight) for setting in where])


def answer_in(item: Item, country: str, party: Party, exported_from: str, era: Era) -> Answer:
    """Decision, setting and other readings for one party in one span of unchanged law."""
    where = settings(era, country, party)
    base, others = _decided(item, exported_from, _key(item, exported_from, era, where), _Asked(era, where))
    return base, where[0], others


def check(
    item: Item,
    destination: str,
    end_users: tuple[Party, ...] = (UNLISTED,),
    on: date = LAW_REVIEWED_TO,
    *,
    exported_from: str = "United States",
    known: frozenset[str] = frozenset(),
    book: RuleBook | None = None,
) -> Verdict:
    """The US gate's verdict on shipping an item, and what Beijing says of it.

    Args:
        item: what is shipped.
        destination: a country by its exact name in the country table (`countries.find` reads other spellings).
        end_users: everyone named; the strictest answer counts.
        on: the day of export.
        exported_from: the country from which the item leaves.
        known: which of `ultimate parent`, `end use` and `remote access` were checked; the others are named as not.
        book: the rules; history if left out.

    Raises:
        CountermoveError: a day outside 2016–2035.
    """
    within(on)
    rules = book or RuleBook.history()
    era = era_of(rules, on)
    answers = [answer_in(item, destination, party, exported_from, era) for party in end_users]
    best = max(range(len(answers)), key=lambda index: answers[index][0].word.strictness)
    base, setting, others = answers[best]
    case = cases(item, era, exported_from)[0]
    return Verdict(
        word=base.word,
        item=item.name,
        destination=destination,
        end_user=" / ".join(party.name for party in end_users),
        on=on,
        contested=bool(others),
        readings=(Reading(base.word, explain.because(base, setting)), *others) if others else (),
        law_reviewed_to=LAW_REVIEWED_TO,
        _texts=explain.Texts(item, destination, end_users, on, exported_from, rules, base, case, setting, known),
    )


def word_on(item: Item, destination: str, party: Party, on: date, book: RuleBook) -> Word:
    """The word alone, for one party and goods leaving the United States."""
    return answer_in(item, destination, party, "United States", era_of(book, on))[0].word
