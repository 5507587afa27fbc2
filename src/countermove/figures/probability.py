"""The probability ribbon: for each year, how likely the controls catalyse, hinder, or make no material difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, NEUTRAL, PAGE, POLICY
from countermove.figures._sheet import Canvas, Sheet, bar

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

_PANELS = (("domestic", "D: output of Chinese-designed chips"), ("total", "C: usable compute"))
_HEIGHT = 250
_GAP = 70


def probability_ribbon(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """P(hindered), P(immaterial), P(catalysed) by year for D and for C, in percent; they sum to 100."""
    return probability_ribbon_sheet(comparison, screen).figure()


def probability_ribbon_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `probability_ribbon`, not yet checked by Plotly."""
    beside = screen == "laptop"
    total = _HEIGHT if beside else 2 * _HEIGHT + _GAP
    figure = Sheet(
        rows=1 if beside else 2,
        cols=2 if beside else 1,
        horizontal_spacing=0.19 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
    )
    for index, (outcome, title) in enumerate(_PANELS):
        row, column = (1, index + 1) if beside else (index + 1, 1)
        _ribbon(figure, comparison, outcome, screen, row, column)
        # On a phone a longer line would run into the labels beside the bars.
        _labels.panel_title(figure, title, screen=screen, row=row, column=column, wrap=58 if beside else 30)
    figure.update_layout(barmode="stack", bargap=0.06)
    figure.update_yaxes(range=[0, 100], title_text="probability, % of draws", dtick=25)
    _theme.year_axis(figure, comparison.years, screen=screen)
    return _theme.finish(
        figure,
        title=f"Probability by year that {comparison.scenario} hinders or catalyses, against {comparison.against}",
        source=_summary.source_line(
            comparison,
            f"Immaterial: a difference of up to {100 * comparison.immaterial:g} % of the smaller of the two.",
            bands=False,
        ),
        description=_description(comparison),
        screen=screen,
        height=total,
        right=96,
    )


def shares(comparison: Comparison, outcome: str) -> list[tuple[str, str, np.ndarray]]:
    """Name, colour and probability by year (0–1) of the three verdicts, from the bottom of the ribbon up."""
    annual = comparison.annual[outcome]
    return [
        ("hindered", COUNTERFACTUAL, np.asarray(annual.p_hindered)),
        ("immaterial", NEUTRAL, np.asarray(annual.p_immaterial)),
        ("catalysed", POLICY, np.asarray(annual.p_catalysed)),
    ]


def _ribbon(figure: Canvas, comparison: Comparison, outcome: str, screen: Screen, row: int, column: int) -> None:
    bottom = 0.0
    labels: list[Label] = []
    for name, colour, share in shares(comparison, outcome):
        percent = 100 * share
        figure.add_trace(
            bar(
                x=[year + 0.5 for year in comparison.years],
                y=percent.tolist(),
                name=name,
                marker={"color": colour, "line": {"color": PAGE, "width": 0.5}},
                hovertemplate="%{y:.0f} %",
            ),
            row=row,
            col=column,
        )
        # The neutral grey is too light for type.
        labels.append(
            Label(
                f"{name} {percent[-1]:.0f}\N{NO-BREAK SPACE}%",
                INK if colour == NEUTRAL else colour,
                bottom + float(percent[-1]) / 2,
            )
        )
        bottom += float(percent[-1])
    _labels.end_labels(
        figure,
        labels,
        x=comparison.years[-1] + 1,
        span=(0, 100),
        height=_HEIGHT,
        screen=screen,
        row=row,
        column=column,
        wrap=11,
    )


def _description(comparison: Comparison) -> str:
    parts = [
        f"{title}, {comparison.years[-1]}: "
        + ", ".join(f"{name} {100 * float(share[-1]):.0f} %" for name, _, share in shares(comparison, outcome))
        for outcome, title in _PANELS
    ]
    return "Stacked bars by year. " + "; ".join(parts) + "."
