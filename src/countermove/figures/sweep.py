"""A sweep's outcomes over the years: a median and a 10–90 % band for each scenario and variant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.explore.outcomes import OUTCOMES
from countermove.figures import _labels, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, POLICY
from countermove.results import QUANTILES

if TYPE_CHECKING:
    from countermove.sweep.run import Sweep

_HEIGHT = 260
_GAP = 64
# Told apart by colour and by dashes, and named at their ends; with more cells dashes repeat.
_LINES = tuple((colour, dash) for dash in ("solid", "dash", "dot") for colour in (POLICY, COUNTERFACTUAL, INK))
_SHOWN = tuple(QUANTILES.index(q) for q in (0.1, 0.5, 0.9))


def fans(sweep: Sweep, screen: Screen = "laptop") -> go.Figure:
    """A panel for each outcome, a line with its band for each cell."""
    names = sweep.plan.outcomes
    total = _HEIGHT * len(names) + _GAP * (len(names) - 1)
    figure = make_subplots(rows=len(names), cols=1, vertical_spacing=_GAP / total if len(names) > 1 else 0)
    for row, name in enumerate(names, start=1):
        _panel(figure, sweep, name, screen, row)
        _labels.panel_title(figure, f"{OUTCOMES[name].title}, {OUTCOMES[name].unit}", screen=screen, row=row, column=1)
    _theme.year_axis(figure, sweep.years, screen=screen)
    origin = sweep.origin
    return _theme.finish(
        figure,
        title=f"{', '.join(cell.name for cell in sweep.cells)}: {origin.draws:,} draws each",
        source=f"Median and 10–90 % of draws; {origin.caveat}. {origin.citation} Evidence to {origin.evidence_date}.",
        description=_description(sweep),
        screen=screen,
        height=total,
        right=190 if screen == "laptop" else 110,
    )


def _panel(figure: go.Figure, sweep: Sweep, name: str, screen: Screen, row: int) -> None:
    x = [year + 0.5 for year in sweep.years]
    labels: list[Label] = []
    top = 0.0
    for index, cell in enumerate(sweep.cells):
        colour, dash = _LINES[index % len(_LINES)]
        quantiles = sweep.summary.outcomes[cell.name][name].quantiles[list(_SHOWN)]
        top = max(top, float(quantiles[-1].max()))
        rows = [values.tolist() for values in quantiles]
        hover = f"{cell.name}: %{{y:,.3s}}<extra></extra>"
        _theme.band(figure, x, rows, colour=colour, name=cell.name, row=row, dash=dash, hover=hover)
        labels.append(Label(cell.name, colour, float(quantiles[1, -1])))
    figure.update_yaxes(range=[0, top * 1.04], row=row, col=1)
    if top > 0:
        _labels.end_labels(
            figure,
            labels,
            x=sweep.years[-1] + 1,
            span=(0, top * 1.04),
            height=_HEIGHT,
            screen=screen,
            row=row,
            column=1,
            wrap=22 if screen == "laptop" else 12,
        )


def _description(sweep: Sweep) -> str:
    last = sweep.years[-1]
    parts = [
        f"{cell.name}, {OUTCOMES[name].title} {last}: "
        + " to ".join(f"{value:.3g}" for value in np.asarray(found.quantiles)[[_SHOWN[0], _SHOWN[2]], -1])
        for cell in sweep.cells
        for name, found in sweep.summary.outcomes[cell.name].items()
    ]
    return "Lines with bands by year. " + "; ".join(parts) + "."
