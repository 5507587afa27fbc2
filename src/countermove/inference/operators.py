"""Observation operators: which published figures say what about which quantity of the model.

They are data (operators.yaml); this module reads and checks them. A mistake there, or a quantity that the model no
longer has, is an error that names the series and the nearest match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.units import MONTH, ONE, Unit

if TYPE_CHECKING:
    from countermove.engine import Model
    from countermove.evidence import Fact

FILE = Path(__file__).parent / "operators.yaml"

Scale = Literal["log", "logit", "linear"]
Time = Literal["sum", "mean", "end", "since"]
Function = Literal["exp", "one_minus"]

_SERIES_KEYS = (
    "title", "rows", "model", "times", "over", "function", "factor", "time", "unit", "counted_as", "scale", "floor",
    "bound", "definition_error", "note", "share_of",
)  # fmt: skip
_RULE_KEYS = ("table", "entity", "quantity", "unit")


@dataclass(frozen=True, slots=True)
class Rule:
    """Rows of the evidence by table, entity, quantity and unit; () stands for any."""

    tables: tuple[str, ...]
    entities: tuple[str, ...]
    quantities: tuple[str, ...]
    units: tuple[str, ...]

    def takes(self, fact: Fact, *, any_table: bool = False) -> bool:
        """Whether the row is meant. `any_table` leaves the table aside: rows that a user brings have none."""
        if any_table and not self.entities and not self.quantities:
            return False
        return (
            (any_table or not self.tables or fact.table in self.tables)
            and (not self.entities or fact.entity in self.entities)
            and (not self.quantities or fact.quantity in self.quantities)
            and (not self.units or fact.unit in self.units)
        )


@dataclass(frozen=True, slots=True)
class Term:
    """A quantity and, by dimension, the elements of it that count; what is not named is summed over."""

    quantity: str
    elements: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """One series: how its figures are read off the model; keys as explained at the top of operators.yaml.

    `factor` is in `factor_unit`; `definition_error` is a standard deviation on `scale`; `floor` is in `unit`.
    """

    name: str
    title: str
    rules: tuple[Rule, ...]
    terms: tuple[Term, ...]
    times: tuple[Term, ...]
    over: tuple[Term, ...]
    function: Function | None
    factor: float
    factor_unit: Unit
    time: Time
    since: date | None
    unit: Unit
    unit_text: str
    counted_as: Unit | None
    scale: Scale
    floor: float
    bound: Literal["low", "high"] | None
    definition_error: float
    share_of: Rule | None
    note: str

    @property
    def quantities(self) -> tuple[str, ...]:
        """Every quantity of the model that is read."""
        return tuple(dict.fromkeys(term.quantity for term in (*self.terms, *self.times, *self.over)))


@dataclass(frozen=True, slots=True)
class Unread:
    """Rows that the model cannot be read for; `needs` is the quantity that would be required, "" if none would do."""

    rule: Rule
    why: str
    needs: str


@dataclass(frozen=True, slots=True)
class Errors:
    """Measurement error by class of source; standard deviations on the log scale."""

    by_kind: Mapping[str, float]
    partial: float
    shared_share: float
    range_quantiles: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lags:
    """Days from the end of a period until its figure is public, by kind; of filings by entity and quantity."""

    by_kind: Mapping[str, int]
    filings: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Operators:
    """The content of operators.yaml."""

    series: Mapping[str, Operator]
    unread: tuple[Unread, ...]
    errors: Errors
    lags: Lags
    exchange: Mapping[int, float]

    def rate(self, year: int) -> float:
        """CNY per USD, average of the year; outside the years that are known, of the nearest."""
        return self.exchange[min(max(year, min(self.exchange)), max(self.exchange))]

    def find(self, fact: Fact, *, any_table: bool = False) -> Operator | None:
        """The series that a row belongs to."""
        for operator in self.series.values():
            if any(rule.takes(fact, any_table=any_table) for rule in operator.rules):
                return operator
        return None


@cache
def operators() -> Operators:
    """The shipped operators.

    Raises:
        CountermoveError: unknown key, missing key, a unit that cannot be read.
    """
    return parse(_yaml.load(FILE), FILE.name)


def parse(content: Any, where: str) -> Operators:
    """Operators from the content of a file; errors as in `operators`."""
    errors, lags = content["errors"], content["lags"]
    filings = {
        (entity, quantity): int(group["days"])
        for group in lags["filings"]
        for entity in _many(group["entity"])
        for quantity in _many(group["quantity"])
    }
    low, high = errors["range_quantiles"]
    return Operators(
        series={name: _operator(name, entry, where) for name, entry in content["series"].items()},
        unread=tuple(
            Unread(_rule(entry["rows"], where), str(entry["why"]), str(entry.get("needs", "")))
            for entry in content["unmapped"]
        ),
        errors=Errors(
            {kind: float(errors[kind]) for kind in ("official", "reported", "estimate")},
            float(errors["partial"]),
            float(errors["shared_share"]),
            (float(low), float(high)),
        ),
        lags=Lags({kind: int(lags[kind]) for kind in ("reported", "official")}, filings),
        exchange={int(year): float(rate) for year, rate in content["exchange"].items()},
    )


def _operator(name: str, entry: dict[str, Any], where: str) -> Operator:
    place = f"{where}: {name}"
    for key in entry:
        if key not in _SERIES_KEYS:
            raise unknown("key", key, _SERIES_KEYS, where=place)
    for key in ("title", "rows", "model", "time", "unit", "scale", "definition_error"):
        if key not in entry:
            raise CountermoveError(f"{place}: '{key}' is missing")
    time, since = _time(str(entry["time"]), place)
    factor = entry.get("factor", {"value": 1.0, "unit": "1"})
    return Operator(
        name=name,
        title=str(entry["title"]),
        rules=tuple(_rule(rule, place) for rule in _many(entry["rows"])),
        terms=_terms(entry["model"], place),
        times=_terms(entry.get("times", ()), place),
        over=_terms(entry.get("over", ()), place),
        function=_one_of("function", entry.get("function"), get_args(Function), place),
        factor=float(factor["value"]),
        factor_unit=Unit.parse(str(factor["unit"])),
        time=time,
        since=since,
        unit=Unit.parse(str(entry["unit"])),
        unit_text=str(entry["unit"]),
        counted_as=Unit.parse(str(entry["counted_as"])) if "counted_as" in entry else None,
        scale=_one_of("scale", entry["scale"], get_args(Scale), place) or "log",
        floor=float(entry.get("floor", 0.0)),
        bound=_one_of("bound", entry.get("bound"), ("low", "high"), place),
        definition_error=float(entry["definition_error"]),
        share_of=_rule(entry["share_of"], place) if "share_of" in entry else None,
        note=str(entry.get("note", "")),
    )


def _one_of(key: str, given: Any, allowed: tuple[str, ...], where: str) -> Any:
    if given is not None and given not in allowed:
        raise unknown(key, str(given), allowed, where=where)
    return given


def _time(text: str, where: str) -> tuple[Time, date | None]:
    word, _, rest = text.partition(" ")
    if word not in get_args(Time) or (word == "since") != bool(rest):
        raise CountermoveError(f"{where}: time is sum, mean, end or since DATE, not '{text}'")
    try:
        return cast(Time, word), date.fromisoformat(rest) if rest else None
    except ValueError:
        raise CountermoveError(f"{where}: '{rest}' is not a date") from None


def _many(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list) else [given]


def _rule(given: dict[str, Any], where: str) -> Rule:
    for key in given:
        if key not in _RULE_KEYS:
            raise unknown("key", key, _RULE_KEYS, where=f"{where}: rows")
    chosen = (tuple(str(value) for value in _many(given.get(key, []))) for key in _RULE_KEYS)
    return Rule(*chosen)


def _terms(given: Any, where: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    for item in given:
        if isinstance(item, str):
            terms.append(Term(item))
        elif isinstance(item, dict) and "quantity" in item:
            chosen = {key: value for key, value in item.items() if key != "quantity"}
            terms.append(Term(item["quantity"], tuple((d, tuple(_many(e))) for d, e in chosen.items())))
        else:
            raise CountermoveError(f"{where}: a term is a quantity or {{quantity: …, dimension: elements}}")
    return tuple(terms)


def check_against(model: Model, given: Operators) -> None:
    """Refuse an operator that does not fit the model.

    Raises:
        CountermoveError: a quantity, dimension or element that the model does not have; a figure whose unit does not
            come out as the operator says.
    """
    for operator in given.series.values():
        place = f"{FILE.name}: {operator.name}"
        for term in (*operator.terms, *operator.times, *operator.over):
            if term.quantity not in model.quantities:
                raise unknown("quantity", term.quantity, model.quantities, where=place)
            dimensions = {dimension.name: dimension for dimension in model.dimensions(term.quantity)}
            for name, elements in term.elements:
                if name not in dimensions:
                    raise unknown(f"dimension of '{term.quantity}'", name, dimensions, where=place)
                for element in elements:
                    if element not in dimensions[name].elements:
                        raise unknown(f"element of {name}", element, dimensions[name].elements, where=place)
        read_unit(model, operator)


def read_unit(model: Model, operator: Operator) -> float:
    """Factor from the model's numbers, as added up, to the operator's unit.

    Raises:
        CountermoveError: the units do not have the same dimension.
    """
    place = f"{FILE.name}: {operator.name}"
    unit = _common(model, operator.terms, place)
    for term in operator.times:
        unit = unit * _unit(model, term.quantity)
    if operator.over:
        unit = unit / _common(model, operator.over, place)
    elif operator.time in ("sum", "since"):
        unit = unit * MONTH
    if operator.function:
        if not unit.is_plain:
            raise CountermoveError(f"{place}: {operator.function} of a figure in {unit}")
        unit = ONE
    ratio = unit * operator.factor_unit / operator.unit
    if ratio.powers:
        raise CountermoveError(f"{place}: the model's figure comes out in {unit}, not in {operator.unit_text}")
    return float(ratio.scale)


def _unit(model: Model, quantity: str) -> Unit:
    unit = model.quantities[quantity].unit
    return unit if isinstance(unit, Unit) else Unit.parse(str(unit))


def _common(model: Model, terms: tuple[Term, ...], place: str) -> Unit:
    units = {_unit(model, term.quantity) for term in terms}
    if len(units) != 1:
        raise CountermoveError(f"{place}: quantities of different units are added: {', '.join(map(str, units))}")
    return units.pop()
