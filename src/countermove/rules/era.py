"""Spans of unchanged law: between two dates on which something changes every question has one answer."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from countermove.rules.book import FIRST, RuleBook
from countermove.rules.law import Control, Listing


@dataclass(frozen=True, slots=True, eq=False)
class Era:
    """A span of days in which no rule, listing or country group changes; compared by identity."""

    number: int
    start: date
    controls: tuple[Control, ...]
    listings: tuple[Listing, ...]
    affiliates: bool
    book: RuleBook


@lru_cache(maxsize=8192)
def era(book: RuleBook, number: int) -> Era:
    """One span of unchanged law by its number, from 0 at the start of 2016."""
    start = (FIRST, *book.days)[number]
    controls = tuple(control for control in book.controls if control.in_force(start))
    return Era(
        number,
        start,
        controls,
        tuple(entry for entry in book.listings if entry.effective <= start < entry.ended),
        any(control.buyer is not None and control.buyer.affiliate for control in controls),
        book,
    )


def era_of(book: RuleBook, on: date) -> Era:
    """The span of unchanged law that holds a day."""
    return era(book, bisect_right(book.days, on))
