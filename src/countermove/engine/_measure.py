"""The reading of an equation as units: every sum adds like to like, every exponent is a plain number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from countermove.engine._dimension import Dimension, find, union
from countermove.engine.vocabulary import Operand
from countermove.errors import CountermoveError
from countermove.units import ONE, Unit


class Measure(Operand):
    """A unit with named dimensions. A literal 0 fits any unit; any other literal is a plain number."""

    __slots__ = ("dimensions", "unit")

    def __init__(self, unit: Unit, dimensions: tuple[Dimension, ...] = ()) -> None:
        self.unit = unit
        self.dimensions = dimensions

    @classmethod
    def apply(cls, word: str, arguments: tuple[Any, ...], **settings: Any) -> Measure:
        return _READING[word](*arguments, **settings)


def _dimensions(*arguments: Any) -> tuple[Dimension, ...]:
    return union(*(argument.dimensions for argument in arguments if isinstance(argument, Measure)))


def _unit(argument: Any) -> Unit | None:
    """The unit of an argument, or None for a literal zero, which fits any."""
    if isinstance(argument, Measure):
        return argument.unit
    return None if argument == 0 else ONE


def _same(*arguments: Any, doing: str) -> Unit:
    units = [unit for argument in arguments if (unit := _unit(argument)) is not None]
    for unit in units[1:]:
        if unit != units[0]:
            raise CountermoveError(f"cannot {doing} {units[0]} and {unit}")
    return units[0] if units else ONE


def _plain(argument: Any, doing: str) -> None:
    unit = _unit(argument)
    if unit is not None and not unit.is_plain:
        raise CountermoveError(f"{doing} must be a plain number, not {unit}")


def _alike(doing: str) -> Any:
    def read(*arguments: Any) -> Measure:
        return Measure(_same(*arguments, doing=doing), _dimensions(*arguments))

    return read


def _compared(*arguments: Any) -> Measure:
    _same(*arguments, doing="compare")
    return Measure(ONE, _dimensions(*arguments))


def _unchanged(x: Measure, *_: Any) -> Measure:
    return x


def _unity(_: Measure) -> Measure:
    return Measure(ONE)


def _multiply(left: Any, right: Any) -> Measure:
    return Measure((_unit(left) or ONE) * (_unit(right) or ONE), _dimensions(left, right))


def _divide(left: Any, right: Any) -> Measure:
    return Measure((_unit(left) or ONE) / (_unit(right) or ONE), _dimensions(left, right))


def _power(base: Any, exponent: Any) -> Measure:
    _plain(exponent, "an exponent")
    unit = _unit(base) or ONE
    if unit.is_plain:
        return Measure(ONE, _dimensions(base, exponent))
    if not isinstance(exponent, (int, float)):
        raise CountermoveError(f"{unit} can be raised only to a literal power")
    return Measure(unit ** Fraction(exponent).limit_denominator(1000), _dimensions(base))


def _plain_function(name: str) -> Any:
    def read(x: Any) -> Measure:
        _plain(x, f"the argument of {name}")
        return Measure(ONE, _dimensions(x))

    return read


def _where(condition: Any, if_true: Any, if_false: Any) -> Measure:
    unit = _same(if_true, if_false, doing="choose between")
    return Measure(unit, _dimensions(condition, if_true, if_false))


def _reduce(x: Measure, dimension: str, element: str | None = None) -> Measure:
    removed = find(x.dimensions, dimension)
    if element is not None:
        removed.index(element)
    return Measure(x.unit, tuple(other for other in x.dimensions if other != removed))


def _part(x: Measure, dimension: str, inner: Dimension) -> Measure:
    outer = find(x.dimensions, dimension)
    outer.positions(inner)
    _once(inner, tuple(other for other in x.dimensions if other != outer))
    return Measure(x.unit, tuple(inner if other == outer else other for other in x.dimensions))


def _rename(x: Measure, dimension: str, new: Dimension) -> Measure:
    old = find(x.dimensions, dimension)
    if len(old) != len(new):
        raise CountermoveError(f"'{old.name}' has {len(old)} elements and '{new.name}' {len(new)}: not the same axis")
    _once(new, tuple(other for other in x.dimensions if other != old))
    return Measure(x.unit, tuple(new if other == old else other for other in x.dimensions))


def _shift(x: Measure, first: Any, dimension: str) -> Measure:
    shifted = find(x.dimensions, dimension)
    outer = [other for other in x.dimensions if other != shifted]
    if isinstance(first, Measure) and any(other not in outer for other in first.dimensions):
        raise CountermoveError(f"what enters a shift along '{dimension}' may have only the other dimensions of it")
    return Measure(_same(x, first, doing="shift"), x.dimensions)


def _stack(*pieces: Any, dimension: Dimension) -> Measure:
    outer = _dimensions(*pieces)
    _once(dimension, outer)
    return Measure(_same(*pieces, doing="assemble"), (dimension, *outer))


def _once(new: Dimension, others: tuple[Dimension, ...]) -> None:
    if new.name in [other.name for other in others]:
        raise CountermoveError(f"'{new.name}' would be a dimension twice: take an element or rename it first")


_READING: dict[str, Any] = {
    "add": _alike("add"), "subtract": _alike("subtract"), "minimum": _alike("take the smaller of"),
    "maximum": _alike("take the larger of"), "greater": _compared, "greater_equal": _compared,
    "negative": _unchanged, "absolute": _unchanged, "floor_at": _unchanged,
    "multiply": _multiply, "divide": _divide, "power": _power, "exp": _plain_function("exp"),
    "log": _plain_function("log"), "where": _where, "total": _reduce, "largest": _reduce, "at": _reduce,
    "part": _part, "rename": _rename, "shift": _shift, "stack": _stack,
    "unity": _unity,
}  # fmt: skip
