"""How the rules of one day class each chip of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countermove.chips import ChipSpec, catalogue
from countermove.chips.specification import Interval
from countermove.errors import CountermoveError
from countermove.rules import items
from countermove.rules.book import RuleBook
from countermove.rules.check import check
from countermove.rules.era import era_of
from countermove.rules.matching import cases


@dataclass(frozen=True, slots=True)
class Line:
    """One chip: the figures that the rules test (`low–high` where uncertain), its class, the verdict for China."""

    id: str
    name: str
    vendor: str
    tpp: str | float | None
    density: str | float | None
    memory_bandwidth: str | float | None
    interconnect: float | None
    area: str | float | None
    area_basis: str
    data_centre: str
    classed: str
    to_china: str
    note: str
    verified: str
    source: str


def _figure(span: Interval | None) -> str | float | None:
    if span is None:
        return None
    if span.exact:
        return span.central
    digits = 2 if span.high < 100 else 0
    return f"{span.low:,.{digits}f}–{span.high:,.{digits}f}"


def classes_of(chip: ChipSpec, on: date, book: RuleBook | None = None) -> tuple[str, ...]:
    """ECCN paragraphs and letters whose limits the chip reaches on a day, in any reading of its figures."""
    rules = book or RuleBook.history()
    every = cases(items.of_chip(chip), era_of(rules, on), "United States")
    found = [
        control.family
        for case in every
        for control in case.met.controls
        if control.when and control.step in ("threshold", "letter")
    ]
    return tuple(dict.fromkeys(found))


def lines(on: date, words: tuple[str, ...] = (), book: RuleBook | None = None) -> tuple[Line, ...]:
    """The catalogue, classed; only chips whose id, name or vendor hold every word.

    Raises:
        CountermoveError: no chip holds them all.
    """
    found: list[Line] = []
    for chip in catalogue().values():
        text = f"{chip.id} {chip.name} {chip.vendor}".casefold()
        if all(word.casefold() in text for word in words):
            found.append(_line(chip, on, book))
    if not found:
        raise CountermoveError(f"no chip matches {' '.join(words)}")
    return tuple(found)


def _line(chip: ChipSpec, on: date, book: RuleBook | None) -> Line:
    verdict = check(items.of_chip(chip), "China", on=on, book=book)
    flags = [flag for flag, holds in (("near a line", verdict.near_line), ("contested", verdict.contested)) if holds]
    return Line(
        chip.id, chip.name, chip.vendor, _figure(chip.tpp), _figure(chip.density), _figure(chip.memory_bandwidth),
        chip.interconnect, _figure(chip.area), chip.area_basis, "yes" if chip.datacentre else "no",
        "; ".join(classes_of(chip, on, book)) or "none",
        verdict.word.value, ", ".join(flags), chip.verified, chip.source,
    )  # fmt: skip
