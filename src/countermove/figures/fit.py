"""The history as simulated beside everything published about it, a panel a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _theme
from countermove.figures._basis import basis, lowered
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, POLICY, faint

if TYPE_CHECKING:
    from countermove.inference.observations import Observation

_HEIGHT = 150
_GAP = 92
_TITLE = 44  # room for the titles of the first row of panels, up to two lines and the unit
_UNITS = ((1e12, " ×10¹²"), (1e9, " ×10⁹"), (1e6, " ×10⁶"), (1e3, " ×10³"))
_NAMES = {"10^9*J/second": "GW", "10^18*operation/second": "EFLOP/s", "USD*second/J": "USD/W", "1": "share"}


def fit(
    rows: Sequence[Observation], figures: Mapping[str, Any], *, draws: int, seed: int, screen: Screen = "laptop"
) -> go.Figure:
    """Small multiples of series with at least two figures: model 10–90 % (bar) and median, published figure (marker).

    Each bar is the model read for exactly the figure beside it, so that periods and definitions agree; the errors of
    sources are not in it.
    """
    series = _series(rows)
    columns = 4 if screen == "laptop" else 2
    lines = -(-len(series) // columns)
    total = lines * _HEIGHT + (lines - 1) * _GAP
    figure = make_subplots(
        rows=lines, cols=columns, horizontal_spacing=0.055 if screen == "laptop" else 0.14,
        vertical_spacing=_GAP / total if lines > 1 else 0,
    )  # fmt: skip
    for index, (title, own) in enumerate(series.items()):
        row, column = index // columns + 1, index % columns + 1
        _panel(figure, title, own, figures, screen, row, column)
    _theme.finish(
        figure,
        title=f"The history beside what was published: {len(series)} series",
        source=basis(draws, seed, "Bars: 10–90 % of draws, line: median, read for the same period and definition "
                                  "as the "
                     "figure beside it (◆; ▲ at least, ▼ at most). Series with one figure are in the table."),
        description=f"{len(series)} small panels: intervals of the model and published figures by date.",
        screen=screen,
        height=total,
        left=46,
    )  # fmt: skip
    return lowered(figure, _TITLE if screen == "laptop" else _TITLE + 14)


def _series(rows: Sequence[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for each in rows:
        found.setdefault(each.operator.title, []).append(each)
    kept = {title: sorted(own, key=lambda each: each.last) for title, own in found.items() if len(own) >= 2}
    return dict(sorted(kept.items(), key=lambda item: item[1][0].operator.name))


def _panel(
    figure: go.Figure,
    title: str,
    own: Sequence[Observation],
    figures: Mapping[str, Any],
    screen: Screen,
    row: int,
    column: int,
) -> None:
    quantiles = np.array([np.quantile(figures[each.fact.id], [0.1, 0.5, 0.9]) for each in own])
    observed = np.array([each.value for each in own])
    scale, unit = _unit(own[0].operator.unit_text, float(max(observed.max(), quantiles[:, 2].max())))
    low, middle, high = quantiles.T / scale
    x = [round(each.last.year + (each.last.timetuple().tm_yday - 1) / 365.25, 2) for each in own]
    told = [
        f"{each.fact.id}, {each.first} to {each.last}<br>published {o / scale:,.3g}<br>"
        f"model {m:,.3g} ({a:,.3g}–{b:,.3g})"
        for each, o, a, m, b in zip(own, observed, low, middle, high, strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=x, y=middle.tolist(), mode="markers", marker={"symbol": "line-ew-open", "size": 8, "color": POLICY},
            error_y={"type": "data", "symmetric": False, "array": (high - middle).tolist(),
                     "arrayminus": (middle - low).tolist(), "color": faint(POLICY, 0.45), "thickness": 5, "width": 0},
            hoverinfo="skip", name="model",
        ),
        row=row, col=column,
    )  # fmt: skip
    shapes = {"low": "triangle-up", "high": "triangle-down", None: "diamond"}
    figure.add_trace(
        go.Scatter(
            x=x, y=(observed / scale).tolist(), mode="markers", name="published", customdata=told,
            marker={"symbol": [shapes[each.bound] for each in own], "size": 7, "color": COUNTERFACTUAL,
                    "line": {"color": INK, "width": 0.8}},
            hovertemplate="%{customdata}<extra></extra>",
        ),
        row=row, col=column,
    )  # fmt: skip
    step = max(1, -(-int(max(x) - min(x)) // 3))
    figure.update_xaxes(range=[min(x) - 0.4, max(x) + 0.4], dtick=step, tick0=2026, tickformat="d", row=row, col=column)
    figure.update_yaxes(nticks=4, rangemode="tozero", tickformat=",~g", row=row, col=column)
    _labels.panel_title(
        figure, title, screen=screen, row=row, column=column, note=unit, wrap=33 if screen == "laptop" else 20
    )


def _unit(text: str, largest: float) -> tuple[float, str]:
    name = _NAMES.get(text, text)
    scale, word = next(((s, w) for s, w in _UNITS if largest >= s), (1.0, ""))
    return scale, f"{name}{word}"
