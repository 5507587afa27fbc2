"""How vendors answer a rule on chips: where a rule book parts from history, and how long a new version takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from statistics import median

from countermove.chips import catalogue
from countermove.rules import parties
from countermove.rules.book import FIRST, RuleBook
from countermove.rules.era import Era, era_of
from countermove.rules.evaluate import meant, reaches, settings

_TESTING = frozenset({"threshold", "letter", "exclusion", "exception", "review"})
_DAYS_PER_MONTH = 365.25 / 12


@dataclass(frozen=True, slots=True)
class Answer:
    """Versions for China that came on one day in answer to a rule, and the months that they took."""

    chips: tuple[str, ...]
    rule: str
    announced: date
    on_sale: date

    @property
    def months(self) -> float:
        """From the rule's announcement to the first sale."""
        return (self.on_sale - self.announced).days / _DAYS_PER_MONTH


@cache
def answers() -> tuple[Answer, ...]:
    """What vendors did answer, in order of sale: the announcement of the part where its first sale came before it."""
    rules = RuleBook.history().by_id
    found: dict[tuple[str, date], list[str]] = {}
    for chip in catalogue().values():
        days = [day for day in (chip.announced, chip.first_shipped) if day is not None]
        if chip.answers is not None and days:
            found.setdefault((chip.answers, max(days)), []).append(chip.name)
    made: list[Answer] = []
    for (rule, day), names in sorted(found.items(), key=lambda entry: entry[0][1]):
        announced = rules[rule].announced
        assert announced is not None
        made.append(Answer(tuple(names), rule, announced, day))
    return tuple(made)


def redesign_months() -> int:
    """Whole months from a rule to the vendor's answer: the median of the answers that vendors gave."""
    return round(median(answer.months for answer in answers()))


def _chip_law(era: Era) -> frozenset[tuple[object, ...]]:
    """What the law of an era asks of chips for an unlisted buyer in China, whenever it began and will end."""
    china = settings(era, "China", parties.UNLISTED)[0]
    return frozenset(
        (control.paragraph, control.step, control.when, control.buyer, control.review, control.of)
        for control in era.controls
        if control.package == "chips"
        and control.step in _TESTING
        and (not control.items or "chip" in control.items)
        and reaches(control.reach, china)
        and meant(control.buyer, china)
    )


def changes_of_chip_law(book: RuleBook) -> tuple[date, ...]:
    """Days on which what a book asks of chips for China changes."""
    found: list[date] = []
    before = _chip_law(era_of(book, FIRST))
    for day in book.days:
        now = _chip_law(era_of(book, day))
        if now != before:
            found.append(day)
        before = now
    return tuple(found)


def parted(book: RuleBook) -> date | None:
    """The first day on which a book asks something else of chips for China than history did; None if it never does."""
    history = RuleBook.history()
    for day in sorted({FIRST, *book.days, *history.days}):
        if _chip_law(era_of(book, day)) != _chip_law(era_of(history, day)):
            return day
    return None
