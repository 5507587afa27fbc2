"""Three measures of China's compute, side by side, because published figures differ only in which they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import COUNTERFACTUAL, MUTED, POLICY
from countermove.figures._sheet import Canvas, Sheet

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.results import Result

# Quantity, words, colour, dash: from the narrowest measure to the widest.
MEASURES = (
    ("china_owned", "owned", POLICY, "solid"),
    ("china_with_smuggled", "plus smuggled", COUNTERFACTUAL, "dash"),
    ("china_all", "plus offshore rental", MUTED, "dot"),
)
_HEIGHT = 320
_GAP = 74


def three_measures(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """China's compute at 31 December by three measures (million H100e, logarithmic), policy and counterfactual."""
    return three_measures_sheet(comparison, screen).figure()


def three_measures_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `three_measures`, not yet checked by Plotly."""
    beside = screen == "laptop"
    total = _HEIGHT if beside else 2 * _HEIGHT + _GAP
    figure = Sheet(
        rows=1 if beside else 2,
        cols=2 if beside else 1,
        horizontal_spacing=0.19 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
    )
    arms = ((comparison.scenario, comparison.policy), (comparison.against, comparison.counterfactual))
    stocks = [year_ends(result) for _, result in arms]
    top = max(float(_summary.quantiles(stock)[2].max()) for arm in stocks for stock in arm) * 1.6
    span = (float(np.log10(top)) - 4.5, float(np.log10(top)))
    for index, ((name, result), arm) in enumerate(zip(arms, stocks, strict=True)):
        row, column = (1, index + 1) if beside else (index + 1, 1)
        _panel(figure, arm, _summary.years_of(result), span, screen, row, column)
        _labels.panel_title(figure, name, screen=screen, row=row, column=column)
    years = _summary.years_of(comparison.policy)
    figure.update_yaxes(
        type="log",
        range=span,
        dtick=1,
        tickformat=",~g",
        exponentformat="none",
        title_text="million H100e, 31 December",
    )
    _theme.year_axis(figure, years, screen=screen)
    return _theme.finish(
        figure,
        title="Three measures of China’s compute",
        source=_summary.source_line(comparison, "H100e: dense 8-bit operations, one H100 SXM = 1."),
        description=_description(comparison, stocks[0], years),
        screen=screen,
        height=total,
        right=108 if beside else 84,
    )


def year_ends(result: Result) -> list[np.ndarray]:
    """The three measures at 31 December in million H100e, each of shape (draw, year)."""
    return [
        _summary.by_year(_summary.monthly(result, quantity), "last") / _summary.MILLION for quantity, *_ in MEASURES
    ]


def _panel(
    figure: Canvas,
    stocks: list[np.ndarray],
    years: list[int],
    span: tuple[float, float],
    screen: Screen,
    row: int,
    column: int,
) -> None:
    x = [year + 1.0 for year in years]
    labels: list[Label] = []
    for (_, words, colour, dash), stock in zip(MEASURES, stocks, strict=True):
        lines = np.maximum(_summary.quantiles(stock), 10.0 ** (span[0] - 1))
        _theme.band(
            figure,
            x,
            lines.tolist(),
            colour=colour,
            name=words,
            dash=dash,
            row=row,
            column=column,
            custom=lines.T.tolist(),
            hover="%{customdata[1]:,.3~g} (%{customdata[0]:,.3~g}–%{customdata[2]:,.3~g})",
        )
        labels.append(Label(words, colour, float(np.log10(lines[1, -1]))))
    wrap = 14 if screen == "laptop" else 12
    _labels.end_labels(
        figure, labels, x=x[-1], span=span, height=_HEIGHT, screen=screen, row=row, column=column, wrap=wrap
    )


def _description(comparison: Comparison, stocks: list[np.ndarray], years: list[int]) -> str:
    year = 2025 if 2025 in years else years[-1]
    at = years.index(year)
    values = ", ".join(
        f"{words} {_summary.significant(np.median(stock[:, at]))}"
        for (_, words, *_), stock in zip(MEASURES, stocks, strict=True)
    )
    return (
        f"Lines with bands by year. Under {comparison.scenario} at the end of {year}, million H100e, medians: {values}."
    )
