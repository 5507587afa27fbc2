"""The chips on sale to China under a rule book: real ones as long as it follows history, then the vendors' designs.

Versions for China are answers to rules. Where the rules are history's, the real ones stand; from the day on which a
rule book parts from history, no further real version appears, and the design optimiser makes in their place what the
vendor could still sell: a cut of the best product then on sale, begun on the day of each new rule or new product, and
on sale after the time that real answers took.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from countermove.chips import ChipSpec
from countermove.rules import RuleBook, parties, us_permits
from countermove.rules.design import version_of
from countermove.rules.redesign import changes_of_chip_law, parted, redesign_months

LAST = date(2035, 12, 31)


@dataclass(frozen=True, slots=True)
class Market:
    """Chips that vendors offer in the world of a rule book, and the day on which it parts from history."""

    accelerators: tuple[ChipSpec, ...]
    low_end: tuple[ChipSpec, ...]
    parted: date | None

    def apart(self, day: date) -> bool:
        """Whether the rules have parted from history by a day."""
        return self.parted is not None and day >= self.parted


def market(book: RuleBook, accelerators: Sequence[ChipSpec], low_end: Sequence[ChipSpec]) -> Market:
    """What is offered under a rule book: the real chips in history's, designs once it parts from it."""
    day = parted(book)
    if day is None:
        return Market(tuple(accelerators), tuple(low_end), None)
    kept = [chip for chip in accelerators if _exists(chip, day)]
    designs = answers(book, [chip for chip in kept if not chip.china_only], day)
    return Market((*kept, *designs), tuple(chip for chip in low_end if _exists(chip, day)), day)


def _exists(chip: ChipSpec, until: date) -> bool:
    """Whether a chip comes whatever the rules, or had been made known before they parted from history."""
    return not chip.china_only or (chip.announced is not None and chip.announced < until)


def answers(book: RuleBook, flagships: Sequence[ChipSpec], since: date) -> tuple[ChipSpec, ...]:
    """The versions for China that vendors design after a day, each with the day of its first sale.

    Args:
        book: the rules.
        flagships: what vendors sell outside China, worst first.
        since: when the rules part from history.
    """
    launches = {chip.first_shipped for chip in flagships if chip.first_shipped is not None}
    starts = sorted(day for day in {since, *launches, *changes_of_chip_law(book)} if since <= day <= LAST)
    found: list[ChipSpec] = []
    for day in starts:
        best = [chip for chip in flagships if chip.first_shipped is not None and chip.first_shipped <= day][-1:]
        for flagship in best:
            design = _answer(flagship, day, book)
            if design is not None and (not found or _figures(design) != _figures(found[-1])):
                found.append(design)
    return tuple(found)


def _answer(flagship: ChipSpec, day: date, book: RuleBook) -> ChipSpec | None:
    """The version of a flagship that may be sold, or None: the flagship itself may, or no version of it may."""
    if us_permits(flagship, parties.UNLISTED, day, rules=book) == 1:
        return None
    design = version_of(flagship, day, book)
    if design is None:
        return None
    assert design.tpp is not None
    assert flagship.tpp is not None
    kept = design.tpp.central / flagship.tpp.central
    month = day.year * 12 + day.month - 1 + redesign_months()
    on_sale = date(month // 12, month % 12 + 1, 1)
    return replace(
        design,
        id=f"version_of_{flagship.id}_{day}",
        name=f"version of {flagship.name} designed from {day}",
        vendor=flagship.vendor,
        rates=tuple((precision, rate * kept) for precision, rate in flagship.rates),
        memory_type=flagship.memory_type,
        announced=day,
        first_shipped=on_sale,
    )


def _figures(chip: ChipSpec) -> tuple[object, ...]:
    return (chip.tpp, chip.memory_bandwidth, chip.interconnect)
