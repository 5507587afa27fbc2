"""Backtests: skill by series, coverage, and where what came lies in the forecasts, for every date of forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _theme
from countermove.figures._basis import basis, lowered
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.inference.operators import operators

if TYPE_CHECKING:
    from countermove.inference.backtest import Backtest

_HEIGHT = 240
_ROW = 17
_GAP = 90
_WORST = -2.0  # skill below is drawn here: it has no lower end
_SYMBOLS = ("circle", "square", "diamond", "cross")


def skill(backtests: Sequence[Backtest], *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """CRPS skill against the best naive forecast by series (a marker a date), coverage, and PIT histograms."""
    from countermove.inference.backtest import ARMS

    scores = [each.scores[ARMS[0]] for each in backtests]
    names = sorted({name for each in scores for name in each.by_series()}, key=lambda n: _mean(scores, n))
    dates = [each.as_of.isoformat() for each in backtests]
    rows = max(len(names), 8) * (_ROW if screen == "laptop" else 2 * _ROW)
    titles = {name: _labels.wrapped(operators().series[name].title, 48 if screen == "laptop" else 22) for name in names}
    total = rows + _HEIGHT + _GAP if screen == "laptop" else rows + 2 * (_HEIGHT + _GAP)
    figure = _frame(screen, rows, total)
    for index, each in enumerate(scores):
        found = each.by_series()
        figure.add_trace(
            go.Scatter(
                x=[max(found[name], _WORST) for name in names if name in found],
                y=[titles[name] for name in names if name in found],
                mode="markers",
                name=f"from {dates[index]}",
                marker={
                    "symbol": _SYMBOLS[index % len(_SYMBOLS)],
                    "size": 8,
                    "color": [POLICY if found[name] > 0 else COUNTERFACTUAL for name in names if name in found],
                    "opacity": 0.85,
                },
                customdata=[found[name] for name in names if name in found],
                hovertemplate=f"from {dates[index]}: %{{customdata:.2f}}<extra></extra>",
            ),
            row=1,
            col=1,
        )
    _theme.zero_line(figure, row=1, column=1)
    figure.update_xaxes(
        range=[_WORST - 0.1, 1.05],
        title_text="skill" if screen == "phone" else "1 − CRPS / CRPS of the best naive forecast",
        row=1,
        col=1,
    )
    figure.update_yaxes(showgrid=True, row=1, col=1, automargin=True)
    places = ((2, 1), (2, 2)) if screen == "laptop" else ((2, 1), (3, 1))
    _coverage(figure, backtests, dates, screen, *places[0])
    _pit(figure, backtests, dates, screen, *places[1])
    told = ", ".join(f"{s} {d}" for s, d in zip(("●", "■", "◆", "✚"), dates, strict=False))
    _labels.panel_title(
        figure, "Skill by series", screen=screen, row=1, column=1,
        note=f"forecast from {told}; further left than −2 is drawn at −2", wrap=110 if screen == "laptop" else 32,
    )  # fmt: skip
    _theme.finish(
        figure,
        title="Forecasts from past dates, scored on what came",
        source=basis(draws, seed, "Later rules unknown. Parameters as of each date; naive: last value, drift, "
                     "exponential trend, local level, the best of them over the whole series."),
        description=f"Skill of {len(names)} series from {len(dates)} dates; coverage of 50, 80 and 95 % intervals; "
                    "histograms of the place of what came in the forecast.",
        screen=screen,
        height=total,
        left=300 if screen == "laptop" else 160,
        titled_x=True,
    )  # fmt: skip
    return lowered(figure, 20 if screen == "laptop" else 44)


def _frame(screen: Screen, rows: int, total: int) -> go.Figure:
    if screen == "laptop":
        return make_subplots(
            rows=2, cols=2, specs=[[{"colspan": 2}, None], [{}, {}]],
            row_heights=[rows / (rows + _HEIGHT), _HEIGHT / (rows + _HEIGHT)], vertical_spacing=_GAP / total,
            horizontal_spacing=0.1,
        )  # fmt: skip
    whole = rows + 2 * _HEIGHT
    return make_subplots(
        rows=3, cols=1, row_heights=[rows / whole, _HEIGHT / whole, _HEIGHT / whole], vertical_spacing=_GAP / total
    )


def _mean(scores: Sequence, name: str) -> float:
    return float(np.mean([max(each.by_series()[name], _WORST) for each in scores if name in each.by_series()]))


def _coverage(
    figure: go.Figure, backtests: Sequence[Backtest], dates: Sequence[str], screen: Screen, row: int, column: int
) -> None:
    from countermove.inference.backtest import ARMS

    for level, colour in ((0.5, MUTED), (0.8, POLICY), (0.95, COUNTERFACTUAL)):
        values = [each.scores[ARMS[0]].coverage(level) for each in backtests]
        figure.add_trace(
            go.Scatter(
                x=list(dates), y=[None if v is None else 100 * v for v in values], mode="lines+markers+text",
                name=f"{100 * level:.0f} %", line={"color": colour, "width": 2}, marker={"size": 7},
                text=[f"{100 * level:.0f} %", *[""] * (len(dates) - 1)], textposition="bottom right",
                textfont={"color": colour}, hovertemplate=f"{100 * level:.0f} % intervals: %{{y:.0f}} %<extra></extra>",
            ),
            row=row, col=column,
        )  # fmt: skip
        _nominal(figure, 100 * level, colour, row, column)
    figure.update_yaxes(range=[0, 102], title_text="% of figures within", row=row, col=column)
    figure.update_xaxes(
        type="category", tickangle=0, tickvals=list(dates), ticktext=[date[:7] for date in dates], row=row, col=column
    )
    _labels.panel_title(
        figure, "Coverage of intervals", screen=screen, row=row, column=column, note="dotted: nominal", wrap=30
    )


def _pit(
    figure: go.Figure, backtests: Sequence[Backtest], dates: Sequence[str], screen: Screen, row: int, column: int
) -> None:
    from countermove.inference.backtest import ARMS

    values = [r.pit for each in backtests for r in each.scores[ARMS[0]].rows if r.pit is not None]
    counts, _ = np.histogram(values, bins=10, range=(0, 1))
    share = 100 * counts / max(len(values), 1)
    figure.add_trace(
        go.Bar(
            x=[5 + 10 * i for i in range(10)], y=share.tolist(), width=9, marker={"color": POLICY},
            hovertemplate="%{y:.0f} % of figures<extra></extra>",
        ),
        row=row, col=column,
    )  # fmt: skip
    _nominal(figure, 10, INK, row, column)
    figure.update_xaxes(title_text="quantile of the forecast, %", range=[0, 100], row=row, col=column)
    figure.update_yaxes(title_text="% of figures", row=row, col=column)
    _labels.panel_title(
        figure, "Where what came lies in the forecast", screen=screen, row=row, column=column,
        note=f"all {len(dates)} dates; dotted: calibrated", wrap=44 if screen == "laptop" else 30,
    )  # fmt: skip


def _nominal(figure: Any, y: float, colour: str, row: int, column: int) -> None:
    """A dotted line where a calibrated forecast would be."""
    figure.add_hline(y=y, line_dash="dot", line_width=1, line_color=colour, row=row, col=column)
