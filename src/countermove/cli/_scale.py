"""Numbers of a table on one scale, so that columns can be read down."""

from __future__ import annotations

from collections.abc import Iterable

_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "))


def scale(values: Iterable[float]) -> tuple[float, str]:
    """Divisor and its word for values of which the largest should have one to three digits before the point."""
    largest = max((abs(value) for value in values), default=0.0)
    return next(((divisor, word) for divisor, word in _SCALES if largest >= divisor), (1.0, ""))


def number(value: float, divisor: float = 1.0, *, signed: bool = False) -> str:
    """Three significant digits, a true minus; `signed` shows the plus too."""
    scaled = value / divisor
    size = abs(scaled)
    text = f"{size:,.0f}" if size >= 100 else f"{size:.1f}" if size >= 10 else f"{size:.2f}"
    if not text.strip("0.,"):
        return "0"
    return ("−" if scaled < 0 else "+" if signed else "") + text


def interval(p10: float, p50: float, p90: float, divisor: float, *, signed: bool = False) -> str:
    """Median and, in brackets, the 10 and 90 % quantiles."""
    low, middle, high = (number(value, divisor, signed=signed) for value in (p10, p50, p90))
    return f"{middle} [{low} … {high}]"
