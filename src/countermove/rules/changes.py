"""What would change a verdict: dates, figures and rules; never counterparties or routes."""

from __future__ import annotations

from datetime import date

from countermove.rules.book import RuleBook
from countermove.rules.era import Era, era, era_of
from countermove.rules.evaluate import Setting, decide, settings
from countermove.rules.explain import UNITS
from countermove.rules.items import Item
from countermove.rules.matching import Case, cases, matched
from countermove.rules.parties import Party
from countermove.rules.readings import derived
from countermove.rules.verdict import Change
from countermove.rules.words import Word, strictest


def changes_of(
    item: Item,
    destination: str,
    end_users: tuple[Party, ...],
    on: date,
    exported_from: str,
    book: RuleBook,
    word: Word,
) -> tuple[Change, ...]:
    """Dates before and after with another word, figures whose limit decides, rules without which it would differ."""
    from countermove.rules.check import answer_in

    def at(span: Era) -> Word:
        return strictest(answer_in(item, destination, party, exported_from, span)[0].word for party in end_users)

    here = era_of(book, on)
    found: list[Change] = []
    earlier = next((n for n in range(here.number - 1, -1, -1) if at(era(book, n)) is not word), None)
    if earlier is not None:
        found.append(Change("date", f"before {era(book, earlier + 1).start}: {at(era(book, earlier)).value}"))
    later = next((n for n in range(here.number + 1, len(book.days) + 1) if at(era(book, n)) is not word), None)
    if later is not None:
        found.append(Change("date", f"from {era(book, later).start}: {at(era(book, later)).value}"))

    case = cases(item, here, exported_from)[0]
    setting = settings(here, destination, end_users[0])[0]
    found += _figures(case, setting, word)
    for rule in dict.fromkeys(control.rule for control in case.met.controls):
        without = RuleBook(tuple(r for r in book.rules if r.id != rule))
        there = era_of(without, on)
        other = strictest(answer_in(item, destination, p, exported_from, there)[0].word for p in end_users)
        if other is not word:
            found.append(Change("rule", f"without {rule}: {other.value}"))
    return tuple(found)


def _limits(era: Era, figure: str) -> list[float]:
    tests = (test for control in era.controls for group in control.when for test in group)
    return sorted({test.limit for test in tests if test.subject == figure and isinstance(test.limit, float)})


def _figures(case: Case, setting: Setting, word: Word) -> list[Change]:
    """For each figure the nearest limit below and above at which the word would be another."""
    found: list[Change] = []
    for figure in ("tpp", "density", "dram_bandwidth", "io_bandwidth", "hbm_density", "transistors"):
        if figure not in case.reading:
            continue
        limits = _limits(case.era, figure)
        value = case.reading[figure]
        for below in (True, False):
            side = [limit for limit in limits if (limit <= value if below else limit > value)]
            for limit in reversed(side) if below else side:
                other = _word_at(case, setting, figure, limit * (1 - 1e-9) if below else limit)
                if other is not word:
                    name, unit, _ = UNITS[figure]
                    text = f"{name} {'below' if below else 'of at least'} {limit:,.10g}{f' {unit}' if unit else ''}"
                    found.append(Change("chip", f"{text}: {other.value}"))
                    break
    return found


def _word_at(case: Case, setting: Setting, figure: str, value: float) -> Word:
    """The word with one figure at another value; the density moves along with TPP."""
    moved = dict(case.reading)
    if figure == "tpp" and moved["tpp"] > 0 and "density" in moved:
        moved["density"] *= value / moved["tpp"]
    moved[figure] = value
    moved.pop("dram_plus_io", None)
    moved = derived(moved)
    met = matched(case.item, moved, case.era, case.exported_from)
    return decide(Case(case.item, moved, case.era, case.exported_from, met), setting).word
