"""Stylised facts: every figure against its tolerance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _theme
from countermove.figures._basis import basis
from countermove.figures._labels import Screen, lines_of, plain
from countermove.figures._palette import COUNTERFACTUAL, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.inference.facts import Figure, Finding

_ROW = 19
_END = 3.5


def stylised_facts(findings: Sequence[Finding], *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """Medians and 10–90 % of every part of every fact, on a scale on which the tolerance reaches from −1 to 1."""
    parts = [(finding.row["id"], figure) for finding in findings for figure in finding.figures]
    count = len(parts)
    figure = go.Figure()
    figure = go.Figure(figure).set_subplots(rows=1, cols=1)
    wrap = 44 if screen == "laptop" else 24
    names: list[str] = []
    for index, (id, part) in enumerate(parts):
        names.append(f"{id}  {lines_of(plain(part.part.name), wrap)[0]}")
        y = count - 1 - index
        zone = _zone(part)
        figure.add_shape(
            type="rect", x0=zone[0], x1=zone[1], y0=y - 0.4, y1=y + 0.4, line_width=0,
            fillcolor="rgba(84, 92, 103, 0.16)", layer="below",
        )  # fmt: skip
        if part.met is not None:
            _mark(figure, part, y)
        else:
            figure.add_annotation(x=0, y=y, text="not computed", showarrow=False, font={"color": MUTED, "size": 11})
    figure.update_yaxes(tickvals=list(range(count)), ticktext=names[::-1], range=[-0.7, count - 0.3], showgrid=False)
    figure.update_xaxes(
        range=[-_END, _END], tickvals=[-3, -2, -1, 0, 1, 2, 3], title_text="half-widths of the tolerance"
    )
    hits = sum(each.hit is True for each in findings)
    misses = sum(each.hit is False for each in findings)
    _theme.finish(
        figure,
        title=f"Stylised facts: {hits} hit, {misses} missed, {len(findings) - hits - misses} open of {len(findings)}",
        source=basis(draws, seed, "Grey: the tolerance, which no result may move; one-sided ones end at the "
                                  "edge. Marker: "
                     "median, bar: 10–90 % of draws; blue met, orange missed. A fact is hit if all its parts are met."),
        description=f"{count} figures of {len(findings)} facts against their tolerances.",
        screen=screen,
        height=count * _ROW,
        left=330 if screen == "laptop" else 190,
        titled_x=True,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return figure


def _mark(figure: go.Figure, part: Figure, y: int) -> None:
    low, middle, high = (_placed(part, value) for value in (part.low, part.median, part.high))
    colour = POLICY if part.met else COUNTERFACTUAL
    figure.add_trace(
        go.Scatter(
            x=[middle], y=[y], mode="markers",
            marker={"color": colour, "size": 9, "symbol": "circle" if part.met else "x"},
            error_x={"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                     "color": colour, "thickness": 1.6, "width": 0},
            customdata=[f"{part.median:.3g} ({part.low:.3g} to {part.high:.3g}) {part.part.unit}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip


def _bounds(part: Figure) -> tuple[float, float]:
    """Lower and upper end of the tolerance; of a figure that must lie within the draws the draws' own 80 %."""
    if part.part.within is not None:
        half = max((part.high - part.low) / 2, 1e-12)
        return part.part.within - half, part.part.within + half
    return part.part.low, part.part.high


def _half(part: Figure) -> float:
    low, high = _bounds(part)
    if np.isfinite(low) and np.isfinite(high):
        return (high - low) / 2
    end = low if np.isfinite(low) else high
    own = (part.high - part.low) / 2 if np.isfinite(part.high) else 1.0
    return abs(end) / 2 if end else max(own, 1e-12)


def _placed(part: Figure, value: float) -> float:
    """The value on the scale of the tolerance, held at the ends of the axis."""
    low, high = _bounds(part)
    if np.isfinite(low) and np.isfinite(high):
        place = (value - (low + high) / 2) / _half(part)
    elif np.isfinite(low):
        place = (value - low) / _half(part) - 1
    else:
        place = (value - high) / _half(part) + 1
    return float(np.clip(place, -_END + 0.1, _END - 0.1))


def _zone(part: Figure) -> tuple[float, float]:
    low, high = _bounds(part)
    return (-1.0 if np.isfinite(low) else -_END, 1.0 if np.isfinite(high) else _END)
