"""Observations: rows of the evidence with the operator, the error and the date that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import NormalDist
from typing import Literal

import numpy as np

from countermove.errors import CountermoveError
from countermove.evidence import Fact, canonical_unit
from countermove.inference.knowable import knowable_on
from countermove.inference.operators import Operator, Operators
from countermove.inference.scales import backward, forward, holds
from countermove.units import Unit

FIRST, LAST = date(2016, 1, 1), date(2035, 12, 31)
_DOLLAR_PER_YUAN = Unit.parse("USD/CNY")


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure to be set beside the model's.

    Attributes:
        value: in the unit of the operator; where the source gives an interval alone, its middle on the scale.
        factor: from the row's own number to `value`.
        error: standard deviation on the scale, of the source's own error and of the difference in definition.
        bound: "low" where the truth is at least `value`, "high" where it is at most.
        group: figures of one group share part of their error.
        knowable_on: None where that cannot be derived; such a row has no place in anything dated.
    """

    fact: Fact
    operator: Operator
    value: float
    factor: float
    error: float
    bound: Literal["low", "high"] | None
    group: str
    knowable_on: date | None

    @property
    def first(self) -> date:
        """First day of the period."""
        assert self.fact.period_start is not None
        return self.fact.period_start

    @property
    def last(self) -> date:
        """Last day of the period."""
        assert self.fact.period_end is not None
        return self.fact.period_end

    @property
    def on_scale(self) -> float:
        """The value on the scale of the operator."""
        return float(forward(self.operator, self.value))


@dataclass(frozen=True, slots=True)
class Left:
    """A row that is not an observation, and why."""

    fact: Fact
    why: str
    needs: str = ""


def observe(
    rows: Iterable[Fact], given: Operators, *, any_table: bool = False, beside: Iterable[Fact] = ()
) -> tuple[list[Observation], list[Left]]:
    """Sort rows into observations and those that are none.

    Args:
        any_table: match rows by entity, quantity and unit alone, as for a file that a user brings.
        beside: further rows from which shares of another figure are made up (`share_of`), besides `rows`.

    Every row given is in one of the two lists.
    """
    rows = list(rows)
    others = [*rows, *beside]
    found: list[Observation] = []
    left: list[Left] = []
    for fact in rows:
        result = _observation(fact, given, others, any_table)
        if isinstance(result, Observation):
            found.append(result)
        else:
            left.append(result)
    return found, left


def distinct(observations: Iterable[Observation]) -> tuple[list[Observation], list[Left]]:
    """The observations without those that say nothing new of their series.

    Left out are rows that repeat a figure (same period, within 1 %), and totals and averages whose parts are all there.
    """
    given = list(observations)
    kept: list[Observation] = []
    left: list[Left] = []
    for each in given:
        same = next((other for other in kept if _repeats(each, other)), None)
        if same is None:
            kept.append(each)
        else:
            left.append(Left(each.fact, f"the same figure as {same.fact.id}"))
    told = [each for each in kept if _told_by_parts(each, kept)]
    left.extend(Left(each.fact, "its parts are observations of their own") for each in told)
    return [each for each in kept if each not in told], left


def _repeats(one: Observation, two: Observation) -> bool:
    same_place = one.operator.name == two.operator.name and (one.first, one.last) == (two.first, two.last)
    return same_place and one.bound == two.bound and abs(one.value - two.value) <= 0.01 * abs(two.value)


def _told_by_parts(whole: Observation, rows: Sequence[Observation]) -> bool:
    """Whether shorter periods with figures of the same series make up the whole of its period, end to end."""
    if whole.operator.time not in ("sum", "mean") or whole.bound is not None:
        return False
    parts = sorted(
        (row.first, row.last)
        for row in rows
        if row.operator.name == whole.operator.name
        and row.bound is None
        and whole.first <= row.first
        and row.last <= whole.last
        and (row.first, row.last) != (whole.first, whole.last)
    )
    reached = {whole.first}
    for first, last in parts:
        if first in reached:
            reached.add(last + timedelta(days=1))
    return whole.last + timedelta(days=1) in reached


def _observation(fact: Fact, given: Operators, others: list[Fact], any_table: bool) -> Observation | Left:
    operator = given.find(fact, any_table=any_table)
    if operator is None:
        for unread in given.unread:
            if unread.rule.takes(fact, any_table=any_table):
                return Left(fact, unread.why, unread.needs)
        return Left(fact, "no operator reads the model for this entity, quantity and unit")
    why = _unfit(fact)
    if why:
        return Left(fact, why)
    assert fact.period_start is not None
    if operator.time in ("sum", "mean") and fact.period_start < FIRST:
        return Left(fact, "its period begins before the model's, in 2016")
    try:
        share = operator.share_of is not None
        unit = _shared_total(fact, operator, others, given) if share else _factor(fact, operator, given)
        value, bound, error = _figure(fact, operator, given, unit)
    except CountermoveError as refusal:
        return Left(fact, str(refusal))
    day = knowable_on(fact, given.lags)
    if operator.share_of is not None and day is not None:
        days = [knowable_on(row, given.lags) for row in _parts(fact, operator, others)]
        day = max([day, *(part for part in days if part)]) if all(days) else None
    return Observation(fact, operator, value, unit, error, bound or operator.bound, _group(fact), day)


def _unfit(fact: Fact) -> str:
    if fact.verified == "no":
        return "recalled, not read at its source: carries no weight"
    if fact.kind in ("forecast", "scenario"):
        return f"a {fact.kind}, not an observation"
    if fact.period_start is None or fact.period_end is None:
        return "no period"
    if fact.period_end < FIRST or fact.period_end > LAST or fact.period_start > fact.period_end:
        return "period not within the model's, 2016 to 2035"
    if fact.central is None and fact.low is None and fact.high is None:
        return "no number"
    return ""


def _factor(fact: Fact, operator: Operator, given: Operators) -> float:
    """From the row's unit to the operator's; money at the rate of the year in which the period ends."""
    written = canonical_unit(fact.unit)
    if written is None:
        raise CountermoveError(f"'{fact.unit}' is not a unit of measurement")
    unit = Unit.parse(written)
    if "CNY" in dict(unit.powers) and "USD" in dict(operator.unit.powers):
        assert fact.period_end is not None
        per_dollar = Fraction(given.rate(fact.period_end.year)).limit_denominator(10**6)
        unit = unit * _DOLLAR_PER_YUAN * Unit(scale=1 / per_dollar)
    ratio = unit / operator.unit
    if not ratio.powers:
        return float(ratio.scale)
    counted = None if operator.counted_as is None else operator.counted_as / operator.unit
    if counted is None or counted.powers:
        raise CountermoveError(f"in {fact.unit}, which does not convert into {operator.unit_text}")
    return float(unit.scale * counted.scale)


def _parts(fact: Fact, operator: Operator, others: list[Fact]) -> list[Fact]:
    assert operator.share_of is not None
    assert fact.period_start is not None
    assert fact.period_end is not None
    return [
        row
        for row in others
        if operator.share_of.takes(row)
        and row.verified != "no"
        and row.central is not None
        and row.period_start is not None
        and row.period_end is not None
        and fact.period_start <= row.period_start
        and row.period_end <= fact.period_end
    ]


def _shared_total(fact: Fact, operator: Operator, others: list[Fact], given: Operators) -> float:
    """The figure of which the row is a share, in the unit of the operator: the sum of its parts over the period."""
    parts = _parts(fact, operator, others)
    assert fact.period_start is not None
    assert fact.period_end is not None
    covered = sum((row.period_end - row.period_start).days + 1 for row in parts if row.period_end and row.period_start)
    if covered != (fact.period_end - fact.period_start).days + 1:
        raise CountermoveError("the figure of which it is a share is not known for the whole period")
    plain = Unit.parse(canonical_unit(fact.unit) or "1")
    if plain.powers:
        raise CountermoveError(f"in {fact.unit}, not a share")
    whole = sum(row.central * _factor(row, operator, given) for row in parts if row.central is not None)
    return float(plain.scale) * whole


def _figure(
    fact: Fact, operator: Operator, given: Operators, unit: float
) -> tuple[float, Literal["low", "high"] | None, float]:
    """Value, whether it is a bound, and the standard deviation on the scale."""
    low, central, high = (None if number is None else number * unit for number in (fact.low, fact.central, fact.high))
    for number in (low, central, high):
        if number is not None and not holds(operator, number):
            raise CountermoveError(f"{number:g} {operator.unit_text} has no place on a {operator.scale} scale")
    bound: Literal["low", "high"] | None = None
    if central is None and (low is None) != (high is None):
        bound = "low" if low is not None else "high"
    kind = given.errors.by_kind.get(fact.kind, given.errors.by_kind["estimate"])
    own = kind * _per_log(operator, central if central is not None else low if low is not None else high)
    if low is not None and high is not None and low < high and central not in (low, high):
        own = max(own, (_on(operator, high) - _on(operator, low)) / _width(given))
    if central is None:
        known = [_on(operator, number) for number in (low, high) if number is not None]
        middle = sum(known) / len(known)
        central = float(backward(operator, middle))
    if fact.verified == "partial":
        own = float(np.hypot(own, given.errors.partial))
    return central, bound, float(np.hypot(own, operator.definition_error))


def _per_log(operator: Operator, value: float | None) -> float:
    """How far one unit of the logarithm of a figure reaches on the scale of the operator."""
    assert value is not None
    if operator.scale == "log":
        return value / (value + operator.floor) if value > 0 else 1.0
    return 1 / (1 - value) if operator.scale == "logit" else abs(value)


def _on(operator: Operator, value: float) -> float:
    return float(forward(operator, value))


def _width(given: Operators) -> float:
    """Standard deviations from one end of a published range to the other."""
    low, high = given.errors.range_quantiles
    return NormalDist().inv_cdf(high) - NormalDist().inv_cdf(low)


def _group(fact: Fact) -> str:
    """Whose error it is: the source without what it is quoted by and without the date of the copy."""
    name = fact.source.split(" via ")[0].split(" (")[0].split(";")[0]
    return " ".join(name.split()).casefold()
