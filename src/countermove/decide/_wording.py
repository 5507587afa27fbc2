"""Numbers within a sentence."""

from __future__ import annotations

import math

_SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def amount(value: float) -> str:
    """Three significant digits, in thousands, millions or billions."""
    if not math.isfinite(value):
        return "unknown"
    size = abs(value)
    divisor, word = next(((scale, name) for scale, name in _SCALES if size >= 0.9995 * scale), (1.0, ""))
    scaled = value / divisor
    text = f"{scaled:.3g}" if abs(scaled) < 999.5 else f"{scaled:.0f}"
    return f"{text}{' ' if word else ''}{word}".replace("-", "−", 1)
