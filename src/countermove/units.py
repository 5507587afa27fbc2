"""Units as dimension and exact scale, checked by addition and comparison, combined by multiplication.

Written here rather than taken from pint because the same vocabulary must run on units, on arrays and on symbols, and
because pint converts `wafer/month + wafer/yr` silently, which in a model with one time step is a mistake, not a wish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from countermove.errors import CountermoveError, unknown

# Countable things are units of their own: a die is not a package, a package is not a card. `value` is the use value of
# one H100, which buyers pay for; `H100e` is its dense 8-bit throughput, in which stocks of compute are counted.
BASE = (
    "month", "USD", "H100e", "value", "wafer", "die", "package", "card", "stack", "server", "chip", "tool", "person",
    "paper", "patent", "vehicle", "cell", "cm", "g", "J", "byte", "operation", "token", "utility", "event", "layer",
    "kelvin", "CNY", "EUR", "KRW", "TWD", "B300e",  # the last five only in the evidence: never converted silently
)  # fmt: skip

_DERIVED: dict[str, tuple[Fraction, str]] = {
    "1": (Fraction(1), ""),
    "percent": (Fraction(1, 100), ""),
    "thousand": (Fraction(1000), ""),
    "million": (Fraction(10**6), ""),
    "billion": (Fraction(10**9), ""),
    "yr": (Fraction(12), "month"),
    "quarter": (Fraction(3), "month"),
    # One calendar: a mean Gregorian month is 365.2425 / 12 = 48699/1600 days.
    "day": (Fraction(1600, 48699), "month"),
    "hour": (Fraction(1600, 48699) / 24, "month"),
    "second": (Fraction(1600, 48699) / 86400, "month"),
    "mm": (Fraction(1, 10), "cm"),
    "kg": (Fraction(1000), "g"),
    "tonne": (Fraction(10**6), "g"),
    "bit": (Fraction(1, 8), "byte"),
    "GB": (Fraction(10**9), "byte"),
    "TB": (Fraction(10**12), "byte"),
    "FLOP": (Fraction(1), "operation"),
    "kWh": (Fraction(3_600_000), "J"),
    "TWh": (Fraction(3_600_000) * 10**9, "J"),
    "GWh": (Fraction(3_600_000) * 10**6, "J"),
}


@dataclass(frozen=True)
class Unit:
    """A product of powers of base units times an exact scale; `Unit.parse("wafer/month")`."""

    powers: tuple[tuple[str, Fraction], ...] = ()
    scale: Fraction = Fraction(1)

    @staticmethod
    def parse(text: str) -> Unit:
        """Read `wafer/month`, `USD*card^-1`, `1/(cm^2)`, `million*USD/yr`.

        Raises:
            CountermoveError: unknown unit (with the nearest match) or text that is not a unit.
        """
        return _parse(text.strip())

    def __mul__(self, other: Unit) -> Unit:
        return _combine(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _combine(self, other, -1)

    def __pow__(self, exponent: int | float | Fraction) -> Unit:
        power = Fraction(exponent).limit_denominator(1000)
        if self.scale != 1 and power.denominator != 1:
            raise CountermoveError(f"unit {self} has a scale and cannot be raised to {power}")
        scale = self.scale ** int(power) if self.scale != 1 else Fraction(1)
        return Unit(tuple((name, exp * power) for name, exp in self.powers if exp * power), Fraction(scale))

    @property
    def is_plain(self) -> bool:
        """Dimensionless and unscaled: what exp, log and exponents accept."""
        return not self.powers and self.scale == 1

    def __str__(self) -> str:
        def side(sign: int) -> list[str]:
            return [
                name if abs(exp) == 1 else f"{name}^{abs(exp)}" for name, exp in self.powers if (exp > 0) == (sign > 0)
            ]

        above, below = side(1), side(-1)
        text = "*".join(above) or "1"
        if below:
            text += "/" + (below[0] if len(below) == 1 else f"({'*'.join(below)})")
        return text if self.scale == 1 else f"{self.scale}*{text}"


ONE = Unit()
MONTH = Unit((("month", Fraction(1)),))


def _combine(left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.powers)
    for name, exp in right.powers:
        powers[name] = powers.get(name, Fraction(0)) + sign * exp
    kept = tuple(sorted((name, exp) for name, exp in powers.items() if exp))
    return Unit(kept, left.scale * right.scale if sign > 0 else left.scale / right.scale)


_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z][A-Za-z0-9]*)|(?P<number>-?\d+)|(?P<sign>[*/^()·]))")


@lru_cache(maxsize=4096)
def _parse(text: str) -> Unit:
    tokens: list[str] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise CountermoveError(f"'{text}' is not a unit: cannot read '{text[position:]}'")
        tokens.append(match.group().strip())
        position = match.end()
    if not tokens:
        raise CountermoveError("an empty text is not a unit: write 1 for a plain number")
    unit, rest = _product(tokens, text)
    if rest:
        raise CountermoveError(f"'{text}' is not a unit: cannot read '{''.join(rest)}'")
    return unit


def _product(tokens: list[str], text: str) -> tuple[Unit, list[str]]:
    unit, tokens = _factor(tokens, text)
    while tokens and tokens[0] in "*/·":
        operator, tokens = tokens[0], tokens[1:]
        factor, tokens = _factor(tokens, text)
        unit = unit / factor if operator == "/" else unit * factor
    return unit, tokens


def _factor(tokens: list[str], text: str) -> tuple[Unit, list[str]]:
    if not tokens:
        raise CountermoveError(f"'{text}' is not a unit: it ends too early")
    head, tokens = tokens[0], tokens[1:]
    if head == "(":
        unit, tokens = _product(tokens, text)
        if not tokens or tokens[0] != ")":
            raise CountermoveError(f"'{text}' is not a unit: a parenthesis is not closed")
        tokens = tokens[1:]
    elif head.lstrip("-").isdigit():
        if int(head) <= 0:
            raise CountermoveError(f"'{text}' is not a unit: a factor is a whole number above zero, not {head}")
        unit = Unit(scale=Fraction(int(head)))
    else:
        unit = _named(head, text)
    if len(tokens) >= 2 and tokens[0] == "^":
        if not tokens[1].lstrip("-").isdigit():
            raise CountermoveError(f"'{text}' is not a unit: '{tokens[1]}' is not an exponent")
        unit, tokens = unit ** int(tokens[1]), tokens[2:]
    return unit, tokens


def _named(name: str, text: str) -> Unit:
    if name in BASE:
        return Unit(((name, Fraction(1)),))
    if name in _DERIVED:
        scale, base = _DERIVED[name]
        return Unit(((base, Fraction(1)),) if base else (), scale)
    raise unknown("unit", name, [*BASE, *_DERIVED], where=f"unit '{text}'")
