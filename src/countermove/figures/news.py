"""The answer before and after an analyst's figures: the difference by year, and the parameters that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.explore.outcomes import OUTCOMES
from countermove.figures import _labels, _summary, _theme
from countermove.figures._basis import lowered
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.inference.update import Update

_HEIGHT = 300
_GAP = 80
_FIRST = 2020
_PARAMETERS = 12
_SHOWN = ("domestic", "total")


def before_and_after(update: Update, screen: Screen = "laptop") -> go.Figure:
    """Differences of D and C by year (million H100e) before and after, and shifts of parameters in their deviations."""
    beside = screen == "laptop"
    count = len(_SHOWN) + 1
    total = _HEIGHT if beside else count * _HEIGHT + (count - 1) * _GAP
    figure = make_subplots(
        rows=1 if beside else count,
        cols=count if beside else 1,
        horizontal_spacing=0.11 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
        column_widths=[0.3, 0.3, 0.4] if beside else None,
    )
    years = [year for year in update.before.years if year >= _FIRST]
    at = [update.before.years.index(year) for year in years]
    for index, name in enumerate(_SHOWN):
        row, column = (1, index + 1) if beside else (index + 1, 1)
        for words, comparison, colour, dash in (
            ("before", update.before, MUTED, "dash"), ("after", update.after, POLICY, "solid"),
        ):  # fmt: skip
            annual = comparison.annual[name]
            lines = np.array([annual.p10, annual.p50, annual.p90])[:, at] / _summary.MILLION
            _theme.band(
                figure, [year + 0.5 for year in years], lines.tolist(), colour=colour, name=words, dash=dash, row=row,
                column=column, custom=lines.T.tolist(),
                hover=words + ": %{customdata[1]:+,.3~g} (%{customdata[0]:+,.3~g} to %{customdata[2]:+,.3~g})",
            )  # fmt: skip
        _theme.level_line(figure, 0, row=row, column=column)
        _labels.panel_title(figure, f"Δ {OUTCOMES[name].title}", screen=screen, row=row, column=column, wrap=32)
        figure.update_yaxes(title_text="million H100e", tickformat=",~g", row=row, col=column)
        _theme.year_axis(figure, years, screen="phone", row=row, column=column)
    _moved(figure, update, screen, *((1, count) if beside else (count, 1)))
    return _finished(figure, update, screen, total)


def _moved(figure: go.Figure, update: Update, screen: Screen, row: int, column: int) -> None:
    shown = update.moved[:_PARAMETERS][::-1]
    figure.add_trace(
        go.Bar(
            x=[each.shift for each in shown],
            y=[each.parameter.replace("_", " ").replace(".", ": ") for each in shown],
            orientation="h",
            marker={"color": [POLICY if each.shift > 0 else COUNTERFACTUAL for each in shown]},
            customdata=[each.variance_left for each in shown],
            hovertemplate="%{x:+.2f}, variance left %{customdata:.2f}<extra></extra>",
        ),
        row=row,
        col=column,
    )
    _theme.zero_line(figure, row=row, column=column)
    _labels.panel_title(figure, "Parameters that moved most", screen=screen, row=row, column=column, wrap=32)
    figure.update_xaxes(title_text="standard deviations", row=row, col=column)
    figure.update_yaxes(showgrid=False, row=row, col=column)


def _finished(figure: go.Figure, update: Update, screen: Screen, total: int) -> go.Figure:
    told = f"{len(update.rows)} figures of a file"
    worth = f"Weighted draws worth {update.effective:,.0f} equal ones, k̂ {update.shape:.2f}."
    _theme.finish(
        figure,
        title=f"What {told} do to the answer",
        source=_summary.source_line(update.before, worth),
        description=f"Differences by year before (grey, dashed) and after (blue) {told}; shifts of parameters.",
        screen=screen,
        height=total,
        left=62 if screen == "laptop" else 150,
        titled_x=True,
        key=(("before", MUTED), ("after", POLICY)),
    )
    if screen == "laptop":
        figure.update_yaxes(automargin=True, row=1, col=3)
    return lowered(figure, 22)
