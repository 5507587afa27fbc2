"""Two small drawings for the validation page, as SVG text: predicted against measured, and errors by chip family."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from countermove.training.evaluate import RowResult

# Dark to light, and shape beside colour, so that families stay apart in grey.
_INK, _GRID, _MUTED = "#1a1d21", "#e1e5ea", "#545c67"
_COLOURS = ("#0b4f8a", "#a84a00", "#5b7f3a", "#7a3b8f", "#1a1d21", "#8a8f98", "#c07a00", "#2d8a8a")
_WIDTH, _HEIGHT, _MARGIN = 760, 520, 60


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 13) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{_INK}">{text}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    style = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{style}/>'


def _mark(x: float, y: float, kind: int, title: str) -> str:
    colour = _COLOURS[kind % len(_COLOURS)]
    if kind % 3 == 0:
        shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}" fill-opacity="0.75">'
        return f"{shape}<title>{title}</title></circle>"
    if kind % 3 == 1:
        shape = (
            f'<rect x="{x - 3.2:.1f}" y="{y - 3.2:.1f}" width="6.4" height="6.4" fill="{colour}" fill-opacity="0.75">'
        )
        return f"{shape}<title>{title}</title></rect>"
    points = f"{x:.1f},{y - 4:.1f} {x - 4:.1f},{y + 3:.1f} {x + 4:.1f},{y + 3:.1f}"
    return (
        f'<polygon points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"><title>{title}</title></polygon>'
    )


def _page(parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="system-ui, sans-serif">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fdfdfc"/>'
    )
    return "\n".join((head, *parts, "</svg>", ""))


def scatter(results: Sequence[RowResult], errors: Mapping[str, float]) -> str:
    """Speed of every run over the speed at its family's constant utilisation: measured across, predicted blind up."""
    low, high = math.log(0.125), math.log(2.5)
    side = _HEIGHT - 2 * _MARGIN

    def place(value: float) -> float:
        return (min(max(math.log(value), low), high) - low) / (high - low) * side

    parts = [_text(_MARGIN, 24, "Predicted (document left out) and measured speed of published runs", "start", 15)]
    for tick in (0.125, 0.25, 0.5, 1.0, 2.0):
        at = place(tick)
        parts += [_line(_MARGIN + at, _MARGIN, _MARGIN + at, _MARGIN + side, _GRID)]
        parts += [_line(_MARGIN, _MARGIN + side - at, _MARGIN + side, _MARGIN + side - at, _GRID)]
        parts += [_text(_MARGIN + at, _MARGIN + side + 18, f"{tick:g}")]
        parts += [_text(_MARGIN - 8, _MARGIN + side - at + 4, f"{tick:g}", "end")]
    for factor, dash in ((1.0, ""), (1.25, "4 4"), (0.8, "4 4")):
        shift = math.log(factor) / (high - low) * side
        ends = (max(0.0, -shift), min(side, side - shift))
        (x1, x2), (y1, y2) = ends, (ends[0] + shift, ends[1] + shift)
        parts.append(_line(_MARGIN + x1, _MARGIN + side - y1, _MARGIN + x2, _MARGIN + side - y2, _MUTED, dash))
    shown = [r for r in results if r.id in errors and r.baseline and r.measured]
    families = sorted({r.family for r in shown})
    for r in shown:
        assert r.baseline is not None
        assert r.measured is not None
        rises = r.quantity in ("step_time_s", "chip_hours", "days")
        ratio = r.measured / r.baseline
        measured, change = (1 / ratio, 1 / (1 + errors[r.id])) if rises else (ratio, 1 + errors[r.id])
        x, y = _MARGIN + place(measured), _MARGIN + side - place(measured * change)
        parts.append(_mark(x, y, families.index(r.family), f"{r.id}: {errors[r.id]:+.0%}"))
    for position, family in enumerate(families):
        y = _MARGIN + 20 + 22 * position
        parts += [_mark(_MARGIN + side + 30, y - 4, position, family), _text(_MARGIN + side + 44, y, family, "start")]
    parts.append(
        _text(_MARGIN + side / 2, _HEIGHT - 12, "measured; constant utilisation of the family = 1; dashed: ±25 %")
    )
    return _page(parts)


def strips(errors: Mapping[str, Sequence[float]]) -> str:
    """Errors in percent of measured by family: every run, with the 10, 50 and 90 % quantiles."""
    low, high, bottom = -60.0, 125.0, _HEIGHT - _MARGIN
    names, kinds = sorted(errors, key=lambda name: -len(errors[name])), sorted(errors)
    step = (_WIDTH - 2 * _MARGIN) / len(names)

    def place(value: float) -> float:
        return bottom - (min(max(100 * value, low), high) - low) / (high - low) * (bottom - _MARGIN)

    parts = [_text(_MARGIN, 24, "Errors by chip family, document left out, % of measured", "start", 15)]
    for tick in range(-50, 126, 25):
        parts.append(
            _line(_MARGIN, place(tick / 100), _WIDTH - _MARGIN, place(tick / 100), _MUTED if not tick else _GRID)
        )
        parts.append(_text(_MARGIN - 8, place(tick / 100) + 4, f"{tick:+d}", "end"))
    for position, name in enumerate(names):
        middle = _MARGIN + (position + 0.5) * step
        for index, error in enumerate(errors[name]):
            offset = ((index * 0.618) % 1.0 - 0.5) * 0.6 * step
            parts.append(_mark(middle + offset, place(error), kinds.index(name), f"{error:+.0%}"))
        p10, p50, p90 = (float(q) for q in np.quantile(errors[name], [0.1, 0.5, 0.9]))
        parts.append(_line(middle, place(p10), middle, place(p90), _INK))
        parts.append(_line(middle - 0.3 * step, place(p50), middle + 0.3 * step, place(p50), _INK))
        parts.append(_text(middle, bottom + 20, f"{name} ({len(errors[name])})", size=12))
    return _page(parts)
