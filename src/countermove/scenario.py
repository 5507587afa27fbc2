"""A scenario: which rules hold from when, how Beijing answers, and what else is assumed. Frozen, hashable, YAML.

name: tools-only
title: Controls on chip-making tools only
description: …
extends: no-controls          # everything not stated here is as there
rules:
  packages: {tools: kept}     # chips, entity, tools, hbm: kept or removed
  frozen_at: 2022-12-31       # no rule of any kind after this day
  dates: {US-2022-10-07-ACS: 2019-10-07, US-2025-01-13-DIFFUSION: never}
  changes:                                        # other thresholds, for good or from a day on
    US-2023-10-17-ACS: {3A090.b/tpp: 1600, 3A090.a/tpp: {2027-01: 2400}}
beijing: endogenous           # or observed: its measures at their actual dates
changes:                      # dated values of any series from outside the model
  us_permits.bytedance: {2027-01: 0, 2028-01: null}    # null: back to what it was
mechanisms: {learning: off}
beliefs:                      # your own 5, 50 and 95 % in place of ours
  learning_rate: {low: 0.1, central: 0.15, high: 0.2}
variant: {learning: own}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeGuard, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictFloat, ValidationError, model_validator

from countermove import _yaml
from countermove._frozen import FrozenMapping
from countermove.errors import CountermoveError, unknown

if TYPE_CHECKING:
    from countermove.rules import RuleBook

FOLDER = Path(__file__).parent / "scenarios"
START, END = date(2016, 1, 1), date(2035, 12, 31)

Package = Literal["chips", "entity", "tools", "hbm"]


def _day(value: object) -> object:
    """A day from 2027-01-15 or, meaning the first of the month, 2027-01; inside the model's horizon."""
    if isinstance(value, str):
        month = re.fullmatch(r"(\d{4})-(\d{2})", value)
        try:
            value = date(int(month[1]), int(month[2]), 1) if month else date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"'{value}' is not a date: write YYYY-MM-DD or YYYY-MM") from None
    if not isinstance(value, date):
        raise ValueError(f"'{value}' is not a date: write YYYY-MM-DD or YYYY-MM")
    if not START <= value <= END:
        raise ValueError(f"{value} is out of range: the model runs from 2016-01 to 2035-12")
    return value


Day = Annotated[date, BeforeValidator(_day)]
RuleDate = Annotated[date | Literal["never"], BeforeValidator(lambda value: value if value == "never" else _day(value))]


class _Part(BaseModel, frozen=True):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Rules(_Part, frozen=True):
    """The law of the scenario, as changes to what was actually enacted."""

    packages: FrozenMapping[Package, Literal["kept", "removed"]] = FrozenMapping()
    frozen_at: Day | None = None
    dates: FrozenMapping[str, RuleDate] = FrozenMapping()
    changes: FrozenMapping[str, FrozenMapping[str, StrictFloat | FrozenMapping[Day, StrictFloat]]] = FrozenMapping()

    @property
    def removed(self) -> frozenset[Package]:
        """Packages of rules that do not exist in this scenario."""
        return frozenset(name for name, state in self.packages.items() if state == "removed")

    def book(self) -> RuleBook:
        """The law of the scenario for the evaluator.

        Raises:
            CountermoveError: a rule or threshold that does not exist; a change to a rule whose package is removed.
        """
        from countermove.rules import RuleBook

        book = RuleBook.history()
        for rule in (*self.dates, *self.changes):
            if rule not in book.by_id:
                raise unknown("rule", rule, book.by_id)
            if book.by_id[rule].package in self.removed:
                package = book.by_id[rule].package
                raise CountermoveError(f"rule '{rule}' is changed, but its package '{package}' is removed")
        for since, thresholds in sorted(self._thresholds().items()):
            book = book.with_changes(thresholds, since=since)
        book = book.with_dates({rule: day for rule, day in self.dates.items() if day != "never"})
        book = RuleBook(tuple(rule for rule in book.rules if self.dates.get(rule.id) != "never"))
        if self.frozen_at:
            book = book.frozen_at(self.frozen_at)
        for package in sorted(self.removed):
            book = book.without(package)
        return book

    def _thresholds(self) -> dict[date, dict[str, dict[str, float]]]:
        """New limits by the day from which they hold, rule and figure; what holds for good comes first."""
        found: dict[date, dict[str, dict[str, float]]] = {}
        for rule, limits in self.changes.items():
            for figure, given in limits.items():
                dated = given if isinstance(given, Mapping) else {date.min: given}
                for day, limit in dated.items():
                    found.setdefault(day, {}).setdefault(rule, {})[figure] = limit
        return found

    @model_validator(mode="after")
    def _consistent(self) -> Rules:
        for rule, day in self.dates.items():
            if self.frozen_at and day != "never" and day > self.frozen_at:
                raise ValueError(f"rule '{rule}' is dated {day}, but the law is frozen at {self.frozen_at}")
        return self


class Belief(_Part, frozen=True):
    """The analyst's own 5, 50 and 95 % quantiles of a parameter."""

    low: StrictFloat
    central: StrictFloat
    high: StrictFloat

    @model_validator(mode="after")
    def _ordered(self) -> Belief:
        if not self.low <= self.central <= self.high:
            raise ValueError(f"low ≤ central ≤ high does not hold: {self.low}, {self.central}, {self.high}")
        return self


class Scenario(_Part, frozen=True):
    """One world to simulate. What `extends` names is merged in when the scenario is made: mappings key by key.

    Raises:
        CountermoveError: from `load` and `parse`; pydantic's ValidationError if built in Python.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
    title: Annotated[str, Field(min_length=1)]
    description: Annotated[str, Field(min_length=1)]
    extends: str | None = None
    rules: Rules = Rules()
    beijing: Literal["observed", "endogenous"] = "endogenous"
    changes: FrozenMapping[str, FrozenMapping[Day, StrictFloat | None]] = FrozenMapping()
    mechanisms: FrozenMapping[str, Literal["on", "off"]] = FrozenMapping()
    beliefs: FrozenMapping[str, Belief] = FrozenMapping()
    variant: FrozenMapping[str, str] = FrozenMapping()

    @model_validator(mode="before")
    @classmethod
    def _with_base(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        data = cast(dict[str, Any], given)
        base = data.get("extends")
        return _merged(_inherited(base), data) if isinstance(base, str) else data

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        for path, values in self.changes.items():
            months = [(day.year, day.month) for day in values]
            if len(set(months)) < len(months):
                raise ValueError(f"changes: '{path}' has two values in one month; the model's step is the month")
        return self

    @cached_property
    def canonical(self) -> str:
        """The content as JSON with sorted keys: equal for equal scenarios, whatever they extend."""
        return json.dumps(self.model_dump(mode="json", exclude={"extends"}), sort_keys=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Scenario:
        """A copy that is compared by its own content, not by what this one remembers of its."""
        copy = super().model_copy(update=update, deep=deep)
        cast(dict[str, Any], copy.__dict__).pop("canonical", None)
        return copy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)

    def to_yaml(self) -> str:
        """YAML text from which `parse` makes an equal scenario; what is as in `extends` is left out."""
        content = self.model_dump()
        if self.extends:
            base = _inherited(self.extends)
            difference = _difference(content, base)
            if _merged(base, difference) == content:  # not so if something of the base was taken out again
                return _yaml.dump(difference)
        return _yaml.dump(self.model_dump(exclude_defaults=True, exclude={"extends"}))


def load(name_or_path: str | Path) -> Scenario:
    """A shipped scenario by name, or one of your own by the path of its YAML file.

    Raises:
        CountermoveError: no such scenario; not valid (names file, line, key and nearest match).
    """
    path = _path(str(name_or_path))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CountermoveError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    scenario = parse(text, where=_shown(path), folder=path.parent)
    if path.parent == FOLDER and scenario.name != path.stem:
        raise CountermoveError(f"{_shown(path)}: the scenario is named '{scenario.name}', unlike its file")
    return scenario


def parse(text: str, where: str = "scenario", folder: Path | None = None) -> Scenario:
    """A scenario from YAML text; errors as in `load`. A path in `extends` is relative to `folder`."""
    content = _yaml.parse(text, where)
    if not isinstance(content, dict):
        raise CountermoveError(f"{where}: a scenario is a mapping of {', '.join(Scenario.model_fields)}")
    data = cast(dict[str, Any], content)
    base = data.get("extends")
    if isinstance(base, str) and _is_path(base):
        data["extends"] = str(folder / base) if folder else base
    elif isinstance(base, str) and base not in names():
        raise unknown("scenario", base, names(), where=f"{where} line {_yaml.key_lines(text)[('extends',)]}")
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        raise _one_line(error, where, _yaml.key_lines(text)) from None
    if scenario.rules.dates or scenario.rules.changes:
        try:
            scenario.rules.book()
        except CountermoveError as error:
            raise CountermoveError(f"{where} line {_yaml.key_lines(text).get(('rules',), 1)}: {error}") from None
    return scenario


def names() -> tuple[str, ...]:
    """Names of the shipped scenarios."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def as_scenario(given: Scenario | str | Path) -> Scenario:
    """The scenario itself, or the one of that name or path."""
    return given if isinstance(given, Scenario) else load(given)


def month_of(day: date) -> int:
    """Months since the model's start, 2016-01, in which a day lies."""
    return (day.year - START.year) * 12 + day.month - START.month


def day(text: str, where: str) -> date:
    """A day of the model's horizon from YYYY-MM-DD or YYYY-MM.

    Raises:
        CountermoveError: it is none.
    """
    try:
        return cast(date, _day(text))
    except ValueError as error:
        raise CountermoveError(f"{where}: {error}") from None


def _is_path(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name


def _path(name: str) -> Path:
    if _is_path(name):
        return Path(name)
    if name not in names():
        raise unknown("scenario", name, names())
    return FOLDER / f"{name}.yaml"


def _shown(path: Path) -> str:
    return f"scenarios/{path.name}" if path.parent == FOLDER else str(path)


# What a scenario does not take over from the one it extends.
_OWN = ("name", "title", "description", "extends")

# The scenarios being read, to notice one that extends itself.
_reading: ContextVar[tuple[Path, ...]] = ContextVar("_reading", default=())


def _inherited(base: str) -> dict[str, Any]:
    """What a scenario takes over from the one it extends: all but name and words."""
    path = _path(base).resolve()
    chain = _reading.get()
    if path in chain:
        cycle = " → ".join(each.stem for each in (*chain[chain.index(path) :], path))
        raise CountermoveError(f"{_shown(path)}: scenarios extend each other in a circle: {cycle}")
    token = _reading.set((*chain, path))
    try:
        content = load(path).model_dump()
    finally:
        _reading.reset(token)
    return {key: value for key, value in content.items() if key not in _OWN}


# How deep mappings are merged; below that a value replaces the other as a whole: a dated path is one policy, an
# interval one belief, and neither is mixed with the base's.
_DEPTH = {"rules": 2}


def _merged(base: Mapping[str, Any], over: Mapping[str, Any], depth: int | None = None) -> dict[str, Any]:
    """`over` laid on `base`."""
    result = dict(base)
    for key, value in over.items():
        below, left = result.get(key), _DEPTH.get(key, 1) if depth is None else depth - 1
        result[key] = _merged(below, value, left) if left and _both_mappings(below, value) else value
    return result


def _difference(content: Mapping[str, Any], base: Mapping[str, Any], depth: int | None = None) -> dict[str, Any]:
    """What must be laid on `base` to get `content`: the inverse of `_merged`."""
    result: dict[str, Any] = {}
    for key, value in content.items():
        below, left = base.get(key), _DEPTH.get(key, 1) if depth is None else depth - 1
        if key not in base or below != value:
            result[key] = _difference(value, below, left) if left and _both_mappings(below, value) else value
    return result


def _both_mappings(below: object, value: object) -> TypeGuard[Any]:
    return isinstance(below, Mapping) and isinstance(value, Mapping)


def _one_line(error: ValidationError, where: str, lines: Mapping[tuple[str, ...], int]) -> CountermoveError:
    """The first of pydantic's complaints, with the line of the key it is about."""
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")  # a typo explains what is missing
    loc = tuple(str(step) for step in first["loc"])
    known = next((loc[:n] for n in range(len(loc), 0, -1) if loc[:n] in lines), ())
    place = f"{where} line {lines[known]}" if known else where
    kind, key = first["type"], ".".join(known) or (loc[-1] if loc else "")
    if kind == "extra_forbidden":
        return unknown("key", loc[-1], _fields(loc[:-1]), where=place)
    if kind == "missing":
        return CountermoveError(f"{place}: '{loc[-1]}' is missing")
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(first.get("ctx", {}).get("expected", "")))
        given = loc[-2] if loc[-1] == "[key]" else str(first["input"])
        return unknown(f"value of {'.'.join(loc[:1] if loc[-1] == '[key]' else known)}", given, allowed, where=place)
    message = str(first["msg"]).removeprefix("Value error, ")
    return CountermoveError(f"{place}: {key}: {message}" if key else f"{place}: {message}")


def _fields(loc: tuple[str, ...]) -> list[str]:
    if loc[:1] == ("beliefs",):
        return list(Belief.model_fields)
    return list((Rules if loc[:1] == ("rules",) else Scenario).model_fields)
