"""The verdict on one question over all dates, as spans in which it does not change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from countermove.rules.book import FIRST, LAST, RuleBook
from countermove.rules.cases import ask
from countermove.rules.items import Item
from countermove.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Span:
    """From one day to another (both included) the word and its reason stay the same."""

    start: date
    end: date
    verdict: Verdict


def asked_over_time(
    chip: str | Item,
    destination: str,
    end_user: str,
    *,
    exported_from: str | None = None,
    parent: str | None = None,
    end_use: str | None = None,
    remote_access: str | None = None,
    book: RuleBook | None = None,
) -> tuple[Span, ...]:
    """Every span from 2016 to 2035, neighbours with the same word and decisive paragraphs joined; inputs as in `ask`.

    Raises:
        CountermoveError: a chip, destination or end user that is not understood.
    """
    rules = book or RuleBook.history()
    starts = (FIRST, *rules.days)
    found: list[Span] = []
    for start, following in zip(starts, (*starts[1:], LAST + timedelta(days=1)), strict=True):
        verdict = ask(
            chip, destination, end_user, start, exported_from=exported_from, parent=parent, end_use=end_use,
            remote_access=remote_access, book=rules,
        )  # fmt: skip
        end = following - timedelta(days=1)
        if found and _same(found[-1].verdict, verdict):
            found[-1] = Span(found[-1].start, end, found[-1].verdict)
        else:
            found.append(Span(start, end, verdict))
    return tuple(found)


def _same(left: Verdict, right: Verdict) -> bool:
    return (left.word, left.contested, [step.paragraph for step in left.decisive]) == (
        right.word,
        right.contested,
        [step.paragraph for step in right.decisive],
    )
