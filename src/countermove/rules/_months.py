"""Numbers for what a book says in a month, equal for all books that say the same, so that they share what is cached.

A draft of another law mostly repeats history: a threshold that is moved from 2026 on leaves ten years as they were.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Hashable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from itertools import count

from countermove.rules.book import RuleBook
from countermove.rules.era import Era, era_of
from countermove.rules.law import FOREVER, Control

# Objects whose numbers are kept; a book has some thousand.
_MOST = 100_000

Span = tuple[date, int]
"""The first of some days under unchanged law, and their number."""


class OfBook:
    """Carries a book into a cached function whose key is the number of what the book says."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OfBook)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=65536)
def spans(book: RuleBook, month: date, extra: tuple[date, ...] = ()) -> tuple[Span, ...]:
    """The spans of unchanged law in a month.

    Args:
        month: its first day.
        extra: further days on which something changes.
    """
    after = month + timedelta(days=monthrange(month.year, month.month)[1])
    inside = book.days[bisect_right(book.days, month) : bisect_left(book.days, after)]
    starts = sorted({month, *inside, *(day for day in extra if month < day < after)})
    return tuple((start, (end - start).days) for start, end in zip(starts, [*starts[1:], after], strict=True))


@lru_cache(maxsize=65536)
def law(book: RuleBook, month: date) -> int:
    """The number of the law and of the licences in a month."""
    found = tuple((start, days, _law_of(era_of(book, start))) for start, days in spans(book, month, licence_days(book)))
    return _number((found, _licences(book)))


@lru_cache(maxsize=1024)
def licence_days(book: RuleBook) -> tuple[date, ...]:
    """Days on which licences begin and end."""
    return tuple(day for entry in book.licences for day in (entry.effective, entry.ended))


@lru_cache(maxsize=1024)
def measures(book: RuleBook) -> int:
    """The number of Beijing's measures."""
    return _number(book.measures)


@lru_cache(maxsize=1024)
def _licences(book: RuleBook) -> int:
    return _number(book.licences)


@lru_cache(maxsize=1024)
def _listings(book: RuleBook) -> int:
    return _number(tuple(_by_identity(entry) for entry in book.listings))


@lru_cache(maxsize=65536)
def _law_of(era: Era) -> int:
    """Start and law of a span. How long a control will last is no part of it: a book that ends one later says the
    same until then."""
    return _number((era.start, tuple(_by_identity(control) for control in era.controls), _listings(era.book)))


@lru_cache(maxsize=131072)
def _number(_of: Hashable) -> int:
    """Another number for each distinct value; one that was forgotten gets a new number, never that of another."""
    return next(_numbers)


_numbers = count()
_known: dict[int, tuple[object, int]] = {}


def _by_identity(entry: Hashable) -> int:
    """The number of a control or listing, which takes long to hash; held on to, so that no other has its identity."""
    found = _known.get(id(entry))
    if found is None:
        if len(_known) > _MOST:
            _known.clear()
        content = replace(entry, ended=FOREVER) if isinstance(entry, Control) else entry
        found = _known[id(entry)] = entry, _number(content)
    return found[1]
