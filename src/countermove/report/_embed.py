"""Figures inside the page: rounded, as JSON that cannot be mistaken for mark-up or script."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from countermove.figures import _palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Enough for a month in a decimal year and more than a screen can show; half the size of doubles.
_DIGITS = 6


def figure_data(figures: Mapping[str, Mapping[str, go.Figure]]) -> str:
    """JSON of figures by name and screen, with what to replace in them on a dark page."""
    laid_out = {name: {screen: _plain(figure) for screen, figure in each.items()} for name, each in figures.items()}
    return inert_json({"figures": laid_out, "dark": _palette.dark_replacements()})


def inert_json(content: Any) -> str:
    """JSON that stays text inside a script element: it can neither close the element nor open another."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def script_hash(script: str) -> str:
    """The source expression that allows exactly this script (W3C Content Security Policy)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _plain(figure: go.Figure) -> dict[str, Any]:
    content = figure.to_plotly_json()
    content["layout"].pop("meta", None)
    content["layout"].pop("template", None)
    return _rounded(content)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    if hasattr(value, "tolist"):
        return _rounded(value.tolist())
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return float(f"{value:.{_DIGITS}g}")
    return value
