"""Which controls an item meets, whoever the buyer and wherever the place: the tests on the item itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from countermove.rules.book import RuleBook
from countermove.rules.era import Era
from countermove.rules.items import Item
from countermove.rules.law import Control, Group, Listing, Test
from countermove.rules.readings import Reading, near_readings, readings


def compare(value: float, operator: str, limit: float) -> bool:
    """Whether a value stands to a limit as the operator says."""
    if operator == ">=":
        return value >= limit
    if operator == "<":
        return value < limit
    return value > limit if operator == ">" else value <= limit


def _fixed(test: Test, item: Item, listings: tuple[Listing, ...], exported_from: str) -> bool | None:
    """The outcome of a test that does not depend on a figure; None where it does."""
    limit = test.limit
    if isinstance(limit, bool):
        return (test.subject in item.traits) is limit
    if not isinstance(limit, tuple) or test.subject == "meets":
        return None
    if test.subject == "designed_by_footnote":
        return any(
            entry.party == item.designer and entry.footnote is not None and str(entry.footnote) in limit
            for entry in listings
        )
    value = {
        "named": item.id, "origin": item.origin, "made_in": item.made_in or "", "exported_from": exported_from
    }[test.subject]  # fmt: skip
    return (value in limit) is (test.operator == "in")


def _residual(
    groups: tuple[Group, ...], item: Item, listings: tuple[Listing, ...], exported_from: str
) -> tuple[Group, ...] | bool:
    """What remains to be tested on figures; True or False where nothing does."""
    left: list[Group] = []
    for group in groups:
        outcomes = [(test, _fixed(test, item, listings, exported_from)) for test in group]
        if any(outcome is False for _, outcome in outcomes):
            continue
        open_tests = tuple(test for test, outcome in outcomes if outcome is None)
        if not open_tests:
            return True
        left.append(open_tests)
    return tuple(left) if left else False


HOME = "United States"


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What some controls can tell settings apart by: the countries and groups that they name as destinations and as
    headquarters, and the parties, traits and listing rules that they name."""

    places: frozenset[str]
    homes: frozenset[str]
    who: frozenset[str]


def _sight(controls: Iterable[Control]) -> Sight:
    places: set[str] = {HOME}
    homes: set[str] = set()
    who: set[str] = set()
    for control in controls:
        for reach, buyer in ((control.reach, control.buyer), *((line.reach, line.buyer) for line in control.review)):
            if reach is not None:
                places.update(reach.destinations, reach.outside)
                homes.update(reach.headquarters)
            if buyer is not None:
                homes.update(buyer.headquarters)
                who.update(buyer.parties, buyer.traits, () if buyer.listed_by is None else (buyer.listed_by,))
    return Sight(frozenset(places), frozenset(homes), frozenset(who))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The controls in force that an item could meet, each with the tests on figures that are left (None: met)."""

    controls: tuple[tuple[Control, tuple[Group, ...] | None], ...]
    families: dict[str, list[tuple[Group, ...] | None]]
    figures: tuple[Test, ...]
    sight: Sight
    disputes: bool


_Left = tuple[Group, ...] | bool


@lru_cache(maxsize=8192)
def _settled(item: Item, exported_from: str, book: RuleBook) -> tuple[tuple[Control, _Left | None], ...]:
    """The controls of a book that an item may meet, with the tests on figures left; None where the era decides."""
    found: list[tuple[Control, _Left | None]] = []
    for control in book.controls:
        if control.step == "condition" or (control.items and item.kind not in control.items):
            continue
        if any(test.subject == "designed_by_footnote" for group in control.when for test in group):
            found.append((control, None))
            continue
        left = _residual(control.when, item, (), exported_from) if control.when else True
        if left is not False:
            found.append((control, left))
    return tuple(found)


@lru_cache(maxsize=65536)
def _without_figures(item: Item) -> Item:
    return Item(item.id, "", item.kind, item.origin, (), item.traits, designer=item.designer, made_in=item.made_in)


@lru_cache(maxsize=65536)
def prepared(item: Item, era: Era, exported_from: str) -> Prepared:
    """Settle once per era, for all items that differ in figures alone, every test that depends on no figure."""
    return _prepared_in(_without_figures(item), era, exported_from)


@lru_cache(maxsize=65536)
def _prepared_in(item: Item, era: Era, exported_from: str) -> Prepared:
    start = era.start
    met: list[tuple[int, _Left | None]] = []
    for number, (control, settled) in enumerate(_settled(item, exported_from, era.book)):
        if control.effective <= start < control.ended:
            if settled is not None:
                met.append((number, None))
            elif (left := _residual(control.when, item, era.listings, exported_from)) is not False:
                met.append((number, left))
    return _prepared(item, exported_from, era.book, tuple(met))


@lru_cache(maxsize=32768)
def _prepared(item: Item, exported_from: str, book: RuleBook, met: tuple[tuple[int, _Left | None], ...]) -> Prepared:
    """The same object for every era in which an item could meet the same controls."""
    every = _settled(item, exported_from, book)
    settled = ((every[number][0], every[number][1] if left is None else left) for number, left in met)
    found = tuple((control, None if isinstance(left, bool) else left) for control, left in settled)
    families: dict[str, list[tuple[Group, ...] | None]] = {}
    for control, rest in found:
        if control.step == "threshold":
            families.setdefault(control.family, []).append(rest)
    tests = tuple(t for _, rest in found if rest for group in rest for t in group if isinstance(t.limit, float))
    sight = _sight(control for control, _ in found)
    disputes = any(control.step == "dispute" for control, _ in found)
    return Prepared(found, families, tests, sight, disputes)


def _met(groups: tuple[Group, ...], reading: Reading, families: dict[str, list[tuple[Group, ...] | None]]) -> bool:
    return any(all(_holds(test, reading, families) for test in group) for group in groups)


def _holds(test: Test, reading: Reading, families: dict[str, list[tuple[Group, ...] | None]]) -> bool:
    limit = test.limit
    if isinstance(limit, float):
        value = reading.get(test.subject)
        return value is not None and compare(value, test.operator, limit)
    assert isinstance(limit, tuple)  # only `meets` is left open beside figures
    return any(rest is None or _met(rest, reading, families) for name in limit for rest in families.get(name, ()))


@dataclass(frozen=True, slots=True, eq=False)
class Met:
    """The controls that an item meets, in the order of the rules, and sorted by what they do."""

    controls: tuple[Control, ...]
    deciding: tuple[Control, ...]
    bringing: tuple[Control, ...]
    reviews: tuple[Control, ...]
    lifting: tuple[Control, ...]
    disputes: tuple[Control, ...]


@lru_cache(maxsize=32768)
def _sorted(ready: Prepared, numbers: tuple[int, ...]) -> Met:
    controls = tuple(ready.controls[number][0] for number in numbers)

    def of(*steps: str) -> tuple[Control, ...]:
        return tuple(control for control in controls if control.step in steps)

    return Met(
        controls,
        deciding=of("embargo", "list", "letter", "threshold"),
        bringing=of("direct product"),
        reviews=of("review"),
        lifting=of("exclusion", "exception"),
        disputes=of("dispute"),
    )


def _meeting(ready: Prepared, reading: Reading) -> tuple[int, ...]:
    """Numbers of the prepared controls whose conditions hold in one exact reading."""
    return tuple(
        [
            number
            for number, (_, rest) in enumerate(ready.controls)
            if rest is None or _met(rest, reading, ready.families)
        ]
    )


def matched(item: Item, reading: Reading, era: Era, exported_from: str) -> Met:
    """Every control in force whose conditions on the item hold, in one exact reading."""
    ready = prepared(item, era, exported_from)
    return _sorted(ready, _meeting(ready, reading))


_Outcomes = dict[tuple[int, ...], Reading]


@lru_cache(maxsize=32768)
def _outcomes(item: Item, ready: Prepared) -> _Outcomes:
    """Distinct sets of controls met over the readings that uncertainty leaves, the central one first."""
    found: _Outcomes = {}
    for reading in readings(item, ready.figures):
        found.setdefault(_meeting(ready, reading), reading)
    return found


@lru_cache(maxsize=32768)
def _near_outcomes(item: Item, ready: Prepared) -> _Outcomes:
    """Further sets that are met 5 % away."""
    found: _Outcomes = {}
    for reading in near_readings(item, ready.figures):
        found.setdefault(_meeting(ready, reading), reading)
    return {numbers: reading for numbers, reading in found.items() if numbers not in _outcomes(item, ready)}


def fulfils(groups: tuple[Group, ...], case: Case) -> bool:
    """Whether any group of conditions holds for a case."""
    left = _residual(groups, case.item, case.era.listings, case.exported_from)
    if isinstance(left, bool):
        return left
    return _met(left, case.reading, prepared(case.item, case.era, case.exported_from).families)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One exact reading of an item in one era, with the controls that it meets."""

    item: Item
    reading: Reading
    era: Era
    exported_from: str
    met: Met


@lru_cache(maxsize=65536)
def cases(item: Item, era: Era, exported_from: str) -> tuple[Case, ...]:
    """The distinct cases that the uncertain figures leave, central first."""
    ready = prepared(item, era, exported_from)
    return _made(item, era, exported_from, ready, _outcomes(item, ready))


@lru_cache(maxsize=65536)
def near_cases(item: Item, era: Era, exported_from: str) -> tuple[Case, ...]:
    """The further cases that lie 5 % away."""
    ready = prepared(item, era, exported_from)
    return _made(item, era, exported_from, ready, _near_outcomes(item, ready))


def _made(item: Item, era: Era, exported_from: str, ready: Prepared, outcomes: _Outcomes) -> tuple[Case, ...]:
    return tuple(
        Case(item, reading, era, exported_from, _sorted(ready, numbers)) for numbers, reading in outcomes.items()
    )
