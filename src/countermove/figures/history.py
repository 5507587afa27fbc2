"""History against observations: what the model says of the past beside what was published about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _observed, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._observed import ObservedSeries, Point
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.figures._sheet import Canvas, Sheet, scatter

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

_HEIGHT = 210
_FIRST, _LAST = 2018, 2028
_SYMBOLS = {"reported": "circle", "official": "circle", "estimate": "diamond", "forecast": "triangle-up"}


def history_against_observations(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """Bands of the policy run beside evidence, one panel a series, each in the unit of the published figures.

    The marker tells the kind of a row: circle, reported or official; diamond, an estimate; triangle, a forecast. A
    hollow marker is a figure recalled, not read at its source (`verified` = no). Whiskers are the range a source gives.
    """
    return history_against_observations_sheet(comparison, screen).figure()


def history_against_observations_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `history_against_observations`, not yet checked by Plotly."""
    panels = _observed.observed_series()
    columns = 3 if screen == "laptop" else 1
    gap = 96
    rows = -(-len(panels) // columns)
    total = rows * _HEIGHT + (rows - 1) * gap
    figure = Sheet(
        rows=rows,
        cols=columns,
        horizontal_spacing=0.085 if columns > 1 else 0,
        vertical_spacing=gap / total if rows > 1 else 0,
    )
    for index, panel in enumerate(panels):
        row, column = index // columns + 1, index % columns + 1
        _panel(figure, comparison, panel, screen, row, column)
    shown = range(_FIRST, _LAST + 1)
    _theme.year_axis(figure, list(shown), screen="phone")
    _theme.finish(
        figure,
        title=f"History against observations ({comparison.scenario})",
        source=_summary.source_line(
            comparison,
            "Markers: ● reported or official, ◆ estimate, ▲ forecast, arrow heads: at least or at most; hollow: "
            "recalled, not read at the source. Whiskers: the source’s range. Every row is listed under Sources.",
        ),
        description=_description(panels),
        screen=screen,
        height=total,
    )
    figure.update_layout(hovermode="closest")
    return figure


def evidence_shown() -> list[str]:
    """Ids of every row that the figure shows."""
    return [row for panel in _observed.observed_series() for row in panel.rows]


def _panel(
    figure: Canvas, comparison: Comparison, panel: ObservedSeries, screen: Screen, row: int, column: int
) -> None:
    x, values = _observed.SERIES[panel.series](comparison.policy)
    chosen = [i for i, at in enumerate(x) if _FIRST <= at <= _LAST + 1]
    lines = _summary.quantiles(values)[:, chosen]
    if panel.logarithmic:
        lines = np.maximum(lines, 1e-3)
    _theme.band(
        figure,
        [round(x[i], 3) for i in chosen],
        lines.tolist(),
        colour=POLICY,
        name=comparison.scenario,
        row=row,
        column=column,
        custom=lines.T.tolist(),
        hover="%{x:.1f}: %{customdata[1]:,.3~g} (%{customdata[0]:,.3~g}–%{customdata[2]:,.3~g})<extra>model</extra>",
    )
    observed = _observed.points(panel)
    _markers(figure, observed, row, column)
    top = max([float(lines[2].max()), *(point.value + point.above for point in observed)])
    if panel.logarithmic:
        low = min(point.value - point.below for point in observed) / 10
        figure.update_yaxes(
            type="log",
            range=[np.log10(low), np.log10(top * 2)],
            dtick=1,
            tickformat=",~g",
            exponentformat="none",
            row=row,
            col=column,
        )
    else:
        figure.update_yaxes(range=[0, top * 1.08], nticks=5, tickformat=",~g", row=row, col=column)
    figure.update_yaxes(title_text=panel.unit, row=row, col=column)
    _labels.panel_title(
        figure,
        panel.title,
        screen=screen,
        row=row,
        column=column,
        note=panel.note,
        wrap=34 if screen == "laptop" else 44,
    )


def _markers(figure: Canvas, observed: list[Point], row: int, column: int) -> None:
    figure.add_trace(
        scatter(
            x=[round(point.x, 3) for point in observed],
            y=[point.value for point in observed],
            mode="markers",
            name="evidence",
            marker={
                "size": 8,
                "symbol": [symbol(point) for point in observed],
                "color": COUNTERFACTUAL,
                "line": {"color": INK, "width": 1},
            },
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [point.above for point in observed],
                "arrayminus": [point.below for point in observed],
                "color": MUTED,
                "thickness": 1.2,
                "width": 3,
            },
            customdata=[_told(point) for point in observed],
            hovertemplate="%{customdata}<extra></extra>",
        ),
        row=row,
        col=column,
    )


def symbol(point: Point) -> str:
    """The marker of a row: by its kind, hollow where it was not read at its source; bounds are arrow heads."""
    if point.bound:
        shape = "arrow-bar-up" if point.bound == "at least" else "arrow-bar-down"
    else:
        shape = _SYMBOLS.get(point.fact.kind, "circle")
    return f"{shape}-open" if point.fact.verified == "no" else shape


def _told(point: Point) -> str:
    row = point.fact
    reach = f" ({_summary.significant(point.value - point.below)}–{_summary.significant(point.value + point.above)})"
    value = f"{point.bound} {_summary.significant(point.value)}".strip()
    value += reach if point.below or point.above else ""
    read = {"yes": "read at its source", "partial": "partly derived", "no": "recalled, not read"}.get(row.verified, "")
    words = _labels.wrapped(_labels.plain(f"{row.entity}, {row.quantity}; {row.source}"), 48)
    return f"<b>{value}</b><br>{words}<br>{row.kind}, {read} [{row.id}]"


def _description(panels: tuple[ObservedSeries, ...]) -> str:
    told = "; ".join(f"{panel.title} ({panel.unit}), {len(panel.rows)} published figures" for panel in panels)
    return f"Small panels of model bands with published figures as markers: {told}."
