"""The behaviour of a sector as a picture for its page: small panels with bands, as SVG text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from countermove.explain.behaviour import MADE
from countermove.figures._labels import lines_of, spread
from countermove.figures._palette import COUNTERFACTUAL, GRID, INK, MUTED, PAGE, POLICY
from countermove.figures._summary import scale

if TYPE_CHECKING:
    from countermove.explain.behaviour import Behaviour, Panel

Floats = NDArray[np.floating[Any]]

# Pixels: a panel with its title above and its years below; the plot within it.
_WIDTH, _HEIGHT = 440, 214
_LEFT, _TOP, _PLOT_WIDTH, _PLOT_HEIGHT = 56, 44, 296, 136
_EDGE, _LINE = 8, 14
_COLUMNS = 2
_TICKS = 4
# Of the distance between ticks.
_UNSEEN = 0.01
_YEARS_APART = 4
# Width of a character of the source line.
_CHARACTER = 5.6
_COLOURS = (POLICY, COUNTERFACTUAL)
_DASHES = ("", ' stroke-dasharray="5 3"')
_BOTH = "both alike"


@dataclass(frozen=True)
class _Axis:
    """What a vertical axis shows, in values divided by `divisor` (their logarithms, where it is logarithmic)."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    divisor: float
    word: str
    logarithmic: bool
    floor: float

    def height(self, values: Floats) -> Floats:
        """Heights in pixels above the lower edge."""
        shown = np.log10(np.maximum(values, self.floor)) if self.logarithmic else values / self.divisor
        return np.clip((shown - self.low) / (self.high - self.low), 0, 1) * _PLOT_HEIGHT


def pictures(found: Behaviour, source: str) -> dict[str, str]:
    """A picture for each sector, by the name of its file."""
    return {
        f"{name}.svg": svg(panels, title=f"Behaviour of {name.replace('_', ' ')}", source=source, start=found.start)
        for name, panels in found.panels.items()
    }


def svg(panels: Sequence[Panel], *, title: str, source: str, start: str) -> str:
    """The panels, two in a row.

    Args:
        title: what the picture shows, for those who cannot see it.
        source: what a reader needs to find the numbers again; a line under the panels.
        start: first month, such as 2016-01.
    """
    rows = math.ceil(len(panels) / _COLUMNS)
    width = _WIDTH * min(len(panels), _COLUMNS) + 2 * _EDGE
    lines = lines_of(source, round(width / _CHARACTER))
    height = rows * _HEIGHT + _LINE * (len(lines) + 1)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        MADE,
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="system-ui, sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{PAGE}"/>',
    ]
    for index, panel in enumerate(panels):
        x, y = _EDGE + index % _COLUMNS * _WIDTH, index // _COLUMNS * _HEIGHT
        parts += [f'<g transform="translate({x},{y})">', *_panel(panel, int(start[:4])), "</g>"]
    for index, line in enumerate(lines):
        parts.append(_text(_EDGE, rows * _HEIGHT + _LINE * (index + 1), line, colour=MUTED, size=11))
    return "\n".join((*parts, "</svg>", ""))


def _panel(panel: Panel, first_year: int) -> Iterator[str]:
    axis = _axis(panel)
    bands = dict(panel.bands)
    first, *others = bands.values()
    if all(np.array_equal(first, other) for other in others):
        bands = {_BOTH: first}
    yield _text(0, 16, panel.shown.title, bold=True)
    unit = "" if panel.shown.unit == "1" else panel.shown.unit
    yield _text(0, 31, f"{axis.word}{unit}" + (", logarithmic" if axis.logarithmic else ""), colour=MUTED, size=11)
    yield from _grid(axis, first_year, first.shape[1])
    drawn = list(zip(bands.items(), _COLOURS, _DASHES, strict=False))
    for (_, band), colour, _ in reversed(drawn):
        yield _area(axis, band, colour)
    for (_, band), colour, dash in reversed(drawn):
        yield _median(axis, band, colour, dash)
    ends = [float(axis.height(band[1])[-1]) for band in bands.values()]
    for place, ((name, _), colour, _) in zip(spread(ends, [_LINE] * len(ends), _PLOT_HEIGHT), drawn, strict=True):
        yield _text(_LEFT + _PLOT_WIDTH + 5, _TOP + _PLOT_HEIGHT - place + 4, name, colour=colour, size=11)


def _axis(panel: Panel) -> _Axis:
    if panel.is_logarithmic:
        # At least one decade, whole ones at the ends.
        high = math.ceil(math.log10(panel.highest))
        low = min(math.floor(math.log10(panel.lowest)), high - 1)
        ticks = tuple((float(power), _power(power)) for power in range(low, high + 1))
        return _Axis(low, high, ticks, 1.0, "", True, 10.0**low)
    divisor, word = scale(np.array([panel.highest, panel.lowest]))
    low, high = min(panel.lowest / divisor, 0.0), max(panel.highest / divisor, 0.0)
    step = _step((high - low) or 1.0)
    # What is beyond a tick by less than can be seen needs no further tick.
    first = math.floor(low / step + _UNSEEN)
    last = max(math.ceil(high / step - _UNSEEN), first + 1)
    ticks = tuple((k * step, f"{k * step:.6g}".replace("-", "−")) for k in range(first, last + 1))
    return _Axis(first * step, last * step, ticks, divisor, word, False, 0.0)


def _step(span: float) -> float:
    """A round distance of ticks: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(span / _TICKS))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power * _TICKS >= span * (1 - 1e-9))


def _power(power: int) -> str:
    if 0 <= power <= 3:
        return str(10**power)
    if -3 <= power < 0:
        return f"{10.0**power:g}"
    return "10" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] if d.isdigit() else "⁻" for d in str(power))


def _grid(axis: _Axis, first_year: int, quarters: int) -> Iterator[str]:
    bottom, right = _TOP + _PLOT_HEIGHT, _LEFT + _PLOT_WIDTH
    for value, label in axis.ticks:
        y = bottom - (value - axis.low) / (axis.high - axis.low) * _PLOT_HEIGHT
        yield f'<path d="M{_LEFT},{y:.1f}H{right}" stroke="{GRID}"/>'
        yield _text(_LEFT - 6, y + 4, label, colour=MUTED, size=11, anchor="end")
    yield f'<path d="M{_LEFT},{bottom}H{right}" stroke="{MUTED}"/>'
    for year in range(first_year, first_year + quarters // 4, _YEARS_APART):
        x = _LEFT + (year - first_year) * 4 / quarters * _PLOT_WIDTH
        yield f'<path d="M{x:.1f},{bottom}v4" stroke="{MUTED}"/>'
        yield _text(x, bottom + 17, str(year), colour=MUTED, size=11, anchor="middle")


def _points(axis: _Axis, line: Floats) -> list[str]:
    count = len(line)
    return [
        f"{_LEFT + (index + 0.5) / count * _PLOT_WIDTH:.1f},{_TOP + _PLOT_HEIGHT - height:.1f}"
        for index, height in enumerate(axis.height(line))
    ]


def _area(axis: _Axis, band: Floats, colour: str) -> str:
    outline = [*_points(axis, band[0]), *reversed(_points(axis, band[-1]))]
    return f'<path d="M{"L".join(outline)}Z" fill="{colour}" fill-opacity="0.16"/>'


def _median(axis: _Axis, band: Floats, colour: str, dash: str) -> str:
    return f'<path d="M{"L".join(_points(axis, band[1]))}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def _text(
    x: float, y: float, text: str, *, colour: str = INK, size: int = 12, anchor: str = "start", bold: bool = False
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )
