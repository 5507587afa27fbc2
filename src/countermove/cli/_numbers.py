"""Numbers of a table, each on its own scale: in a column that grows a million-fold all must be readable."""

from __future__ import annotations

_SCALES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def number(value: float, *, signed: bool = False) -> str:
    """Three significant digits with k, M, G or T, a true minus; `signed` shows the plus too."""
    size = abs(float(value))
    divisor, suffix = next(((scale, word) for scale, word in _SCALES if size >= 0.9995 * scale), (1.0, ""))
    scaled = size / divisor
    text = f"{scaled:.0f}" if scaled >= 99.95 else f"{scaled:.1f}" if scaled >= 9.995 else f"{scaled:.2f}"
    if not text.strip("0."):
        return "0"
    return ("−" if value < 0 else "+" if signed else "") + text + suffix


def interval(p10: float, p50: float, p90: float, *, signed: bool = False) -> str:
    """Median and, in brackets, the 10 and 90 % quantiles."""
    low, middle, high = (number(value, signed=signed) for value in (p10, p50, p90))
    return f"{middle} [{low} … {high}]"
