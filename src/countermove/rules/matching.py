"""Which controls an item meets, whoever the buyer and wherever the place: the tests on the item itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from countermove.rules.era import Era
from countermove.rules.items import Item
from countermove.rules.law import Control, Group, Test
from countermove.rules.readings import Reading, near_readings, readings


def compare(value: float, operator: str, limit: float) -> bool:
    """Whether a value stands to a limit as the operator says."""
    if operator == ">=":
        return value >= limit
    if operator == "<":
        return value < limit
    return value > limit if operator == ">" else value <= limit


def _fixed(test: Test, item: Item, era: Era, exported_from: str) -> bool | None:
    """The outcome of a test that does not depend on a figure; None where it does."""
    limit = test.limit
    if isinstance(limit, bool):
        return (test.subject in item.traits) is limit
    if not isinstance(limit, tuple) or test.subject == "meets":
        return None
    if test.subject == "designed_by_footnote":
        return any(
            entry.party == item.designer and entry.footnote is not None and str(entry.footnote) in limit
            for entry in era.listings
        )
    value = {
        "named": item.id, "origin": item.origin, "made_in": item.made_in or "", "exported_from": exported_from
    }[test.subject]  # fmt: skip
    return (value in limit) is (test.operator == "in")


def _residual(groups: tuple[Group, ...], item: Item, era: Era, exported_from: str) -> tuple[Group, ...] | bool:
    """What remains to be tested on figures; True or False where nothing does."""
    left: list[Group] = []
    for group in groups:
        outcomes = [(test, _fixed(test, item, era, exported_from)) for test in group]
        if any(outcome is False for _, outcome in outcomes):
            continue
        open_tests = tuple(test for test, outcome in outcomes if outcome is None)
        if not open_tests:
            return True
        left.append(open_tests)
    return tuple(left) if left else False


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The controls in force that an item could meet, each with the tests on figures that are left (None: met)."""

    controls: tuple[tuple[Control, tuple[Group, ...] | None], ...]
    families: dict[str, list[tuple[Group, ...] | None]]
    figures: tuple[Test, ...]


_Settled = tuple[Control, tuple[Group, ...] | bool]


@lru_cache(maxsize=8192)
def _settled(item: Item, exported_from: str) -> dict[int, _Settled]:
    """What was settled for an item so far, by identity of the control (which is kept, so that it stays unique)."""
    return {}


def _left(
    control: Control, item: Item, era: Era, exported_from: str, known: dict[int, _Settled]
) -> tuple[Group, ...] | bool:
    """The tests on figures that a control leaves open for an item; True if it is met, False if it cannot be."""
    if (found := known.get(id(control))) is not None:
        return found[1]
    if control.step == "condition" or (control.items and item.kind not in control.items):
        left: tuple[Group, ...] | bool = False
    else:
        left = _residual(control.when, item, era, exported_from) if control.when else True
    if all(test.subject != "designed_by_footnote" for group in control.when for test in group):
        known[id(control)] = (control, left)
    return left


@lru_cache(maxsize=32768)
def prepared(item: Item, era: Era, exported_from: str) -> Prepared:
    """Settle once per item and era every test that depends on no figure."""
    known = _settled(item, exported_from)
    met = [(control, _left(control, item, era, exported_from, known)) for control in era.controls]
    return _prepared(item, exported_from, tuple((id(c), left) for c, left in met if left is not False), _Kept(met))


class _Kept:
    """Carries controls into a cached function without being part of its key."""

    def __init__(self, met: list[tuple[Control, tuple[Group, ...] | bool]]) -> None:
        self.met = met

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=32768)
def _prepared(
    item: Item, exported_from: str, key: tuple[tuple[int, tuple[Group, ...] | bool], ...], kept: _Kept
) -> Prepared:
    """The same object for every era in which an item could meet the same controls."""
    found = tuple((c, None if left is True else left) for c, left in kept.met if not isinstance(left, bool) or left)
    families: dict[str, list[tuple[Group, ...] | None]] = {}
    for control, rest in found:
        if control.step == "threshold":
            families.setdefault(control.family, []).append(rest)
    tests = tuple(t for _, rest in found if rest for group in rest for t in group if isinstance(t.limit, float))
    return Prepared(found, families, tests)


def _met(groups: tuple[Group, ...], reading: Reading, families: dict[str, list[tuple[Group, ...] | None]]) -> bool:
    return any(all(_holds(test, reading, families) for test in group) for group in groups)


def _holds(test: Test, reading: Reading, families: dict[str, list[tuple[Group, ...] | None]]) -> bool:
    limit = test.limit
    if isinstance(limit, float):
        value = reading.get(test.subject)
        return value is not None and compare(value, test.operator, limit)
    assert isinstance(limit, tuple)  # only `meets` is left open beside figures
    return any(rest is None or _met(rest, reading, families) for name in limit for rest in families.get(name, ()))


def matched(item: Item, reading: Reading, era: Era, exported_from: str) -> tuple[Control, ...]:
    """Every control in force whose conditions on the item hold, in one exact reading."""
    return _meeting(prepared(item, era, exported_from), reading)


def _meeting(ready: Prepared, reading: Reading) -> tuple[Control, ...]:
    return tuple(control for control, rest in ready.controls if rest is None or _met(rest, reading, ready.families))


_Outcome = tuple[Reading, tuple[Control, ...]]


@lru_cache(maxsize=32768)
def _split(item: Item, ready: Prepared) -> tuple[list[_Outcome], list[_Outcome]]:
    """Distinct outcomes over the readings that uncertainty leaves, and further ones 5 % away."""
    seen: dict[tuple[int, ...], tuple[Reading, tuple[Control, ...]]] = {}
    near: dict[tuple[int, ...], tuple[Reading, tuple[Control, ...]]] = {}
    for reading in readings(item, ready.figures):
        controls = _meeting(ready, reading)
        seen.setdefault(tuple(map(id, controls)), (reading, controls))
    for reading in near_readings(item, ready.figures):
        controls = _meeting(ready, reading)
        key = tuple(map(id, controls))
        if key not in seen:
            near.setdefault(key, (reading, controls))
    return list(seen.values()), list(near.values())


def fulfils(groups: tuple[Group, ...], case: Case) -> bool:
    """Whether any group of conditions holds for a case."""
    left = _residual(groups, case.item, case.era, case.exported_from)
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
    controls: tuple[Control, ...]


@lru_cache(maxsize=65536)
def cases(item: Item, era: Era, exported_from: str) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """The distinct cases that the uncertain figures leave, central first, and further ones 5 % away."""
    seen, near = _split(item, prepared(item, era, exported_from))
    return (
        tuple(Case(item, reading, era, exported_from, controls) for reading, controls in seen),
        tuple(Case(item, reading, era, exported_from, controls) for reading, controls in near),
    )
