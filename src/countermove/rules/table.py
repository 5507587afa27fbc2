"""The rules as a table: what was announced, what took effect, what ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countermove.rules.book import RuleBook, within

COLUMNS = (
    "id", "jurisdiction", "package", "instrument", "title", "announced", "effective", "compliance", "ended",
    "enforced", "citation", "verified", "url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One measure, as a row; dates that are not known are None."""

    id: str
    jurisdiction: str
    package: str
    instrument: str
    title: str
    announced: date | None
    effective: date | None
    compliance: date | None
    ended: date | None
    enforced: bool
    citation: str
    verified: str
    url: str


def lines(words: tuple[str, ...] = (), on: date | None = None, book: RuleBook | None = None) -> tuple[Line, ...]:
    """Measures whose id, title, package, jurisdiction or instrument hold every word, and in force on a day if given.

    Raises:
        CountermoveError: a day outside 2016–2035.
    """
    if on is not None:
        within(on)
    found: list[Line] = []
    for rule in (book or RuleBook.history()).rules:
        text = " ".join((rule.id, rule.title, rule.package, rule.jurisdiction, rule.instrument)).casefold()
        if not all(word.casefold() in text for word in words):
            continue
        if on is not None and not (
            rule.enforced
            and rule.effective is not None
            and rule.effective <= on
            and (rule.ended is None or on < rule.ended)
        ):
            continue
        found.append(
            Line(
                rule.id, rule.jurisdiction, rule.package, rule.instrument, rule.title, rule.announced, rule.effective,
                rule.compliance, rule.ended, rule.enforced, rule.citation, rule.verified, rule.url,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda line: (line.effective or line.announced or date.max, line.id)))
