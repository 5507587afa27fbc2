"""Rows of a file, each against its forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _theme
from countermove.figures._basis import basis
from countermove.figures._labels import Screen, plain
from countermove.figures._palette import COUNTERFACTUAL, POLICY, faint

if TYPE_CHECKING:
    from countermove.inference.score import Scores

_ROW = 18
_END = 3.0


def scored(scores: Scores, *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """Every row in half-widths of its 80 % interval from the median: within −1 to 1 it is covered."""
    count = len(scores.rows)
    figure = go.Figure().set_subplots(rows=1, cols=1)
    figure.add_vrect(x0=-1, x1=1, fillcolor=faint(POLICY, 0.14), line_width=0, layer="below")
    places = [_place(row.observed, row.low, row.median, row.high) for row in scores.rows]
    figure.add_trace(
        go.Scatter(
            x=places,
            y=list(range(count))[::-1],
            mode="markers",
            marker={
                "size": 9,
                "symbol": [{"low": "triangle-up", "high": "triangle-down"}.get(row.observation.bound or "", "diamond")
                           for row in scores.rows],
                "color": [POLICY if row.covered[0.8] else COUNTERFACTUAL for row in scores.rows],
            },
            customdata=[
                f"{row.observed:,.4g} against {row.median:,.4g} ({row.low:,.4g} to {row.high:,.4g}) "
                f"{plain(row.observation.fact.unit)}" for row in scores.rows
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    wrap = 52 if screen == "laptop" else 24
    names = [f"{row.observation.fact.id}  {row.observation.operator.title}"[:wrap] for row in scores.rows]
    figure.update_yaxes(tickvals=list(range(count)), ticktext=[plain(name) for name in names[::-1]], range=[-1, count])
    figure.update_xaxes(range=[-_END, _END], title_text="half-widths of the 80 % interval from the median")
    covered = scores.coverage(0.8)
    told = "" if covered is None else f": 80 % intervals cover {100 * covered:.0f} %"
    _theme.finish(
        figure,
        title=f"{count} rows scored{told}",
        source=basis(draws, seed, "Blue: within the 80 % interval, orange: not; ▲ at least, ▼ at most."),
        description=f"{count} rows against their forecasts.",
        screen=screen,
        height=max(count, 4) * _ROW,
        left=330 if screen == "laptop" else 170,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest")
    return figure


def _place(observed: float, low: float, median: float, high: float) -> float:
    half = (high - median) if observed > median else (median - low)
    place = 0.0 if observed == median else (observed - median) / max(half, 1e-300)
    return float(np.clip(place, -_END + 0.05, _END - 0.05))
