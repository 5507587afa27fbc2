"""The words in which equations are written.

An equation uses these functions and the operators + − × ÷, never an array library. The same function then runs on
arrays (`_field`), on units (`_measure`) and on symbols (`_symbol`): simulated, checked and exported from one text.
Plain numbers and NumPy arrays are accepted too, so that an equation can be tried at the prompt.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from countermove.engine._dimension import Dimension
from countermove.errors import CountermoveError

# The exponent of the smooth minimum: at 12 two equal inputs give 0.94 of either, inputs a factor 1.5 apart 0.999.
SOFTNESS = 12
# Below this a rate of inputs counts as none; it keeps ratios finite.
TINY = 1e-9
# A general power reads its base as at least this, so that it and its gradient stay finite at zero.
SMALLEST_BASE = 1e-30
# Up to here a power with a literal whole exponent is repeated multiplication: exact at zero and for negative bases.
LARGEST_WHOLE_POWER = 16


class Operand:
    """Base of the three readings. `apply` is the one place where a reading gives its meaning to a word."""

    __array_ufunc__ = None  # NumPy scalars on the left defer to the methods below.

    @classmethod
    def apply(cls, word: str, arguments: tuple[Any, ...], **settings: Any) -> Any:
        raise NotImplementedError(word)

    def __add__(self, other: Any) -> Any:
        return self.apply("add", (self, other))

    def __radd__(self, other: Any) -> Any:
        return self.apply("add", (other, self))

    def __sub__(self, other: Any) -> Any:
        return self.apply("subtract", (self, other))

    def __rsub__(self, other: Any) -> Any:
        return self.apply("subtract", (other, self))

    def __mul__(self, other: Any) -> Any:
        return self.apply("multiply", (self, other))

    def __rmul__(self, other: Any) -> Any:
        return self.apply("multiply", (other, self))

    def __truediv__(self, other: Any) -> Any:
        return self.apply("divide", (self, other))

    def __rtruediv__(self, other: Any) -> Any:
        return self.apply("divide", (other, self))

    def __pow__(self, other: Any) -> Any:
        return self.apply("power", (self, other))

    def __rpow__(self, other: Any) -> Any:
        return self.apply("power", (other, self))

    def __neg__(self) -> Any:
        return self.apply("negative", (self,))

    def __gt__(self, other: Any) -> Any:
        return self.apply("greater", (self, other))

    def __ge__(self, other: Any) -> Any:
        return self.apply("greater_equal", (self, other))

    def __lt__(self, other: Any) -> Any:
        return self.apply("greater", (other, self))

    def __le__(self, other: Any) -> Any:
        return self.apply("greater_equal", (other, self))

    def __bool__(self) -> bool:
        raise CountermoveError("an equation cannot branch with `if`, `and` or `or`: use where(condition, a, b)")


def _say(word: str, *arguments: Any, **settings: Any) -> Any:
    for argument in arguments:
        if isinstance(argument, Operand):
            return argument.apply(word, arguments, **settings)
    return _plain(word, arguments, settings)


def _plain(word: str, arguments: tuple[Any, ...], settings: dict[str, Any]) -> Any:
    elementwise: dict[str, Any] = {
        "minimum": np.minimum, "maximum": np.maximum, "exp": np.exp, "log": np.log, "power": _plain_power,
        "where": np.where, "absolute": np.abs, "floor_at": np.maximum,
    }  # fmt: skip
    if word not in elementwise:
        raise CountermoveError(f"'{word}' needs named dimensions; a plain number has none")
    return elementwise[word](*arguments)


def _plain_power(base: Any, exponent: Any) -> Any:
    if isinstance(exponent, (int, float)) and exponent == int(exponent) and 1 <= exponent <= LARGEST_WHOLE_POWER:
        return np.power(np.asarray(base, dtype=float), int(exponent))
    return np.power(np.maximum(base, SMALLEST_BASE), exponent)


def minimum(first: Any, second: Any, *more: Any) -> Any:
    """The smallest, element by element."""
    result = _say("minimum", first, second)
    return minimum(result, *more) if more else result


def maximum(first: Any, second: Any, *more: Any) -> Any:
    """The largest, element by element."""
    result = _say("maximum", first, second)
    return maximum(result, *more) if more else result


def where(condition: Any, if_true: Any, if_false: Any) -> Any:
    """Choose element by element. Not for conditions on states: gradients do not see through a condition."""
    return _say("where", condition, if_true, if_false)


def exp(x: Any) -> Any:
    """e to the power x; x must be a plain number."""
    return _say("exp", x)


def log(x: Any) -> Any:
    """Natural logarithm; x must be a plain number above zero."""
    return _say("log", x)


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent for base ≥ 0; the exponent is a plain number, and a literal if the base has a unit.

    A literal whole exponent from 1 to 16 multiplies; any other reads the base as at least SMALLEST_BASE.
    """
    return _say("power", base, exponent)


def absolute(x: Any) -> Any:
    """|x|."""
    return _say("absolute", x)


def floor_at(x: Any, floor: float = TINY) -> Any:
    """x, but never below `floor` of its own unit: keeps a divisor away from zero."""
    return _say("floor_at", x, float(floor))


def since(date: Any, start: float) -> Any:
    """Years (or months) since a literal date in the unit of `date`; negative before it."""
    return date - floor_at(date * 0, start)


def total(x: Any, dimension: str) -> Any:
    """Sum over a named dimension."""
    return _say("total", x, dimension=dimension)


def largest(x: Any, dimension: str) -> Any:
    """Largest value along a named dimension."""
    return _say("largest", x, dimension=dimension)


def at(x: Any, dimension: str, element: str) -> Any:
    """The value at one element of a named dimension."""
    return _say("at", x, dimension=dimension, element=element)


def part(x: Any, dimension: str, inner: Dimension) -> Any:
    """The elements of a contained dimension (the vendors among the options), now along that dimension."""
    return _say("part", x, dimension=dimension, inner=inner)


def shift(x: Any, dimension: str, first: Any) -> Any:
    """Each element takes the value of the one before it; the first takes `first`. For cohorts and delay chains."""
    return _say("shift", x, first, dimension=dimension)


def assemble(dimension: Dimension, /, default: Any = None, **pieces: Any) -> Any:
    """Build a named dimension from pieces: keywords are elements, or contained dimensions with all their elements.

    Raises:
        CountermoveError: an element is missing (and there is no `default`), named twice or unknown.
    """
    filled: dict[str, tuple[Any, str | None]] = {}
    inner = {contained.name: contained for contained in dimension.contains}
    inner.setdefault(dimension.name, dimension)
    for name, value in pieces.items():
        elements = inner[name].elements if name in inner and name not in dimension.elements else (name,)
        for element in elements:
            dimension.index(element)
            if element in filled:
                raise CountermoveError(f"dimension '{dimension.name}': element '{element}' is given twice")
            filled[element] = (value, name if name in inner and name not in dimension.elements else None)
    missing = [element for element in dimension.elements if element not in filled]
    if missing and default is None:
        raise CountermoveError(f"dimension '{dimension.name}': no value for {', '.join(missing)}")
    chosen: list[Any] = []
    for element in dimension.elements:
        value, inner_name = filled.get(element, (default, None))
        chosen.append(at(value, inner_name, element) if inner_name and isinstance(value, Operand) else value)
    if not any(isinstance(value, Operand) for value in chosen):
        raise CountermoveError(
            f"dimension '{dimension.name}': at least one piece must be a quantity, or use `constant`"
        )
    return _say("stack", *chosen, dimension=dimension)


def indicator(like: Any, dimension: Dimension, *elements: str) -> Any:
    """1 at the named elements, 0 elsewhere; `like` is any quantity of the equation."""
    for element in elements:
        dimension.index(element)
    one = like * 0 if not isinstance(like, Operand) else _say("unity", like)
    return _say(
        "stack", *(one if element in elements else one * 0 for element in dimension.elements), dimension=dimension
    )


def rename(x: Any, dimension: str, new: Dimension) -> Any:
    """The same values along another dimension with as many elements (origin for option)."""
    return _say("rename", x, dimension=dimension, new=new)


def soft_minimum(*inputs: Any) -> Any:
    """Smooth minimum of several limiting inputs, all ≥ 0 and in one unit.

    m (Σ (m / x_i)^12)^(−1/12) with m the least input: scaled so that it cannot overflow in single precision.
    Two equal inputs give 0.944 of either; the value never exceeds the least input.
    """
    floored = [floor_at(x) for x in inputs]
    least = minimum(*floored) if len(floored) > 1 else floored[0]
    summed: Any = 0
    for x in floored:
        summed = summed + power(least / x, SOFTNESS)
    return least * power(summed, -1.0 / SOFTNESS)


def binding_share(candidate: Any, *others: Any) -> Any:
    """Share of the limit owed to `candidate`: x^−12 over the sum of x_i^−12, its normalised shadow price (0 to 1).

    Equals the elasticity of `soft_minimum` to that input.
    """
    floored = [floor_at(x) for x in (candidate, *others)]
    least = minimum(*floored) if len(floored) > 1 else floored[0]
    summed: Any = 0
    for x in floored:
        summed = summed + power(least / x, SOFTNESS)
    return power(least / floored[0], SOFTNESS) / summed


def logistic(x: Any) -> Any:
    """1 / (1 + e^−x), with −x no more than 60 so that the gradient stays finite."""
    return 1 / (1 + exp(minimum(-x, 60.0)))
