"""The paradox: output of home chips (D) and usable compute (C), with and without the controls, in one figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.figures._sheet import Canvas, Sheet, bar

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

# Outcome, panel title, unit of its axis, and where in the year its value lies: D over a year, C on 31 December.
_PANELS = (
    ("domestic", "D: output of Chinese-designed chips", "million H100e a year", 0.5),
    ("total", "C: usable compute", "million H100e, 31 December", 1.0),
)
_HEIGHTS = (270, 190, 84)
_GAP = 62


def paradox(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """D and C under the policy and the counterfactual, their ratio, and when its sign changes.

    Three panels for each of D and C: levels on a logarithmic axis (million H100e), policy as a multiple of the
    counterfactual draw by draw (above 1: catalysed; the shaded zone is immaterial), and the share of draws whose
    lasting change of sign falls in each half-year, by direction. On a laptop D stands beside C, on a phone above it.
    """
    return paradox_sheet(comparison, screen).figure()


def paradox_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `paradox`, not yet checked by Plotly."""
    beside = screen == "laptop"
    heights = _HEIGHTS if beside else _HEIGHTS * 2
    total = sum(heights) + _GAP * (len(heights) - 1)
    figure = Sheet(
        rows=len(heights),
        cols=2 if beside else 1,
        row_heights=list(heights),
        vertical_spacing=_GAP / total,
        horizontal_spacing=0.21 if beside else 0,
    )
    for index, (outcome, title, unit, offset) in enumerate(_PANELS):
        row, column = (1, index + 1) if beside else (1 + 3 * index, 1)
        x = [year + offset for year in comparison.years]
        _levels(figure, comparison, outcome, (title, unit), x, screen, row, column)
        _ratio(figure, comparison, outcome, x, screen, row + 1, column)
        _crossings(figure, comparison, outcome, screen, row + 2, column)
    _theme.year_axis(figure, comparison.years, screen=screen)
    return _theme.finish(
        figure,
        title=f"China’s home-chip output and usable compute: {comparison.scenario} against {comparison.against}",
        source=_summary.source_line(comparison, "H100e: dense 8-bit operations, one H100 SXM = 1."),
        description=_description(comparison),
        screen=screen,
        height=total,
        right=104 if beside else 92,
    )


def _levels(
    figure: Canvas,
    comparison: Comparison,
    outcome: str,
    words: tuple[str, str],
    x: list[float],
    screen: Screen,
    row: int,
    column: int,
) -> None:
    annual = comparison.annual[outcome]
    arms = (
        (comparison.scenario, _summary.quantiles(np.asarray(annual.policy)), POLICY, "solid"),
        (comparison.against, _summary.quantiles(np.asarray(annual.counterfactual)), COUNTERFACTUAL, "dash"),
    )
    top = max(float(found[2].max()) for _, found, _, _ in arms) / _summary.MILLION
    top = max(top, 1e-6) * 1.6
    floor = top * 10.0**-4.5  # smaller values are history that nobody can read on this axis
    labels: list[Label] = []
    for name, found, colour, dash in arms:
        lines = np.maximum(found / _summary.MILLION, floor / 10)
        _theme.band(
            figure,
            x,
            lines.tolist(),
            colour=colour,
            name=name,
            dash=dash,
            row=row,
            column=column,
            custom=lines.T.tolist(),
            hover="%{customdata[1]:,.3~g} (%{customdata[0]:,.3~g}–%{customdata[2]:,.3~g})",
        )
        labels.append(Label(name, colour, float(np.log10(lines[1, -1]))))
    span = (float(np.log10(floor)), float(np.log10(top)))
    figure.update_yaxes(
        type="log",
        range=span,
        title_text=words[1],
        dtick=1,
        tickformat=",~g",
        exponentformat="none",
        row=row,
        col=column,
    )
    _labels.end_labels(
        figure, labels, x=x[-1], span=span, height=_HEIGHTS[0], screen=screen, row=row, column=column, wrap=14
    )
    _labels.panel_title(figure, words[0], screen=screen, row=row, column=column)


def _ratio(
    figure: Canvas, comparison: Comparison, outcome: str, x: list[float], screen: Screen, row: int, column: int
) -> None:
    annual = comparison.annual[outcome]
    multiples = _summary.ratio(np.asarray(annual.policy), np.asarray(annual.counterfactual))
    lines = np.clip(_summary.quantiles(multiples), 1e-3, 1e3)
    deltas = _summary.quantiles(np.asarray(annual.delta)) / _summary.MILLION
    # Symmetric in logarithms, so that exchanging the two scenarios mirrors the panel.
    recent = np.abs(np.log2(lines[:, np.asarray(comparison.years) >= 2019])) if len(comparison.years) > 4 else lines
    reach = float(np.clip(np.ceil(recent.max() + 0.15), 1, 5))
    alike = 1 + comparison.immaterial
    _theme.zone(figure, 1 / alike, alike, axis="y", row=row, column=column)
    _theme.band(
        figure,
        x,
        lines.tolist(),
        colour=INK,
        name="difference",
        row=row,
        column=column,
        custom=np.vstack([lines, deltas]).T.tolist(),
        hover=(
            "×%{customdata[1]:.2f} (×%{customdata[0]:.2f} to ×%{customdata[2]:.2f})<br>Δ %{customdata[4]:+.3~g} million"
            " H100e (%{customdata[3]:+.3~g} to %{customdata[5]:+.3~g})"
        ),
    )
    exponents = np.arange(-reach, reach + 1, 1 if reach < 4 else 2)
    figure.update_yaxes(
        type="log",
        range=[-reach * np.log10(2), reach * np.log10(2)],
        tickvals=(2.0**exponents).tolist(),
        ticktext=[f"×{2**e:g}" if e >= 0 else f"×1/{2**-e:g}" for e in exponents],
        title_text="multiple",
        row=row,
        col=column,
    )
    letter = "D" if outcome == "domestic" else "C"
    _labels.panel_title(
        figure,
        f"{letter} under {comparison.scenario} as a multiple of {comparison.against}",
        screen=screen,
        row=row,
        column=column,
        wrap=46,
    )
    _theme.level_line(figure, 1, row=row, column=column)
    for text, y, anchor in (("catalysed ↑", 1, "top"), ("hindered ↓", 0, "bottom")):
        _corner(figure, text, y, anchor, screen, row, column)


def _corner(figure: Canvas, text: str, y: int, anchor: str, screen: Screen, row: int, column: int) -> None:
    figure.add_annotation(
        text=text,
        x=0,
        y=y,
        xref="x domain",
        yref="y domain",
        xanchor="left",
        yanchor=anchor,
        xshift=4,
        showarrow=False,
        font={"size": _labels.size(screen, "small"), "color": MUTED},
        row=row,
        col=column,
        exclude_empty_subplots=False,
    )


def _crossings(figure: Canvas, comparison: Comparison, outcome: str, screen: Screen, row: int, column: int) -> None:
    years = comparison.years
    edges = np.arange(years[0], years[-1] + 1.01, 0.5)
    notes: list[str] = []
    highest = 1.0
    # Axes of a panel without a trace are not drawn.
    figure.add_trace(bar(x=[years[0]], y=[0], hoverinfo="skip", name="none"), row=row, col=column)
    for crossing in comparison.crossings[outcome]:
        upward = _is_upward(crossing)
        shares = np.histogram(crossing_dates(crossing), bins=edges)[0] / comparison.draws * 100
        highest = max(highest, float(shares.max()))
        figure.add_trace(
            bar(
                x=(edges[:-1] + 0.25).tolist(),
                y=(shares if upward else -shares).tolist(),
                customdata=shares.tolist(),
                width=0.46,
                marker={"color": POLICY if upward else COUNTERFACTUAL, "line": {"width": 0}},
                name="to catalysed" if upward else "to hindered",
                hovertemplate="%{customdata:.1f} % of draws",
            ),
            row=row,
            col=column,
        )
        notes.append(f"{'up' if upward else 'down'} {100 - 100 * crossing.never:.0f} %")
    figure.update_yaxes(
        range=[-highest * 1.15, highest * 1.15],
        tickvals=[-highest, 0, highest],
        ticktext=[f"{highest:.0f}", "0", f"{highest:.0f}"],
        title_text="% of draws",
        row=row,
        col=column,
    )
    figure.update_layout(barmode="relative", bargap=0)
    _labels.panel_title(
        figure, f"Lasting changes of sign: {', '.join(notes)}", screen=screen, row=row, column=column,
        wrap=46 if screen == "laptop" else 36,
    )  # fmt: skip


def crossing_dates(crossing: Any) -> np.ndarray:
    """Decimal years of the draws that cross."""
    dates = np.asarray(crossing.dates, dtype=np.float64)
    return dates[np.isfinite(dates)]


def _is_upward(crossing: Any) -> bool:
    return str(crossing.direction).endswith("catalysed")


def _description(comparison: Comparison) -> str:
    last = comparison.years[-1]
    parts: list[str] = []
    for outcome, title, _unit, _offset in _PANELS:
        annual = comparison.annual[outcome]
        low, middle, high = _summary.quantiles(
            _summary.ratio(np.asarray(annual.policy), np.asarray(annual.counterfactual))[:, -1]
        )
        parts.append(
            f"{title}: in {last} the median is {middle:.2f} times that of {comparison.against}"
            f" (10–90 %: {low:.2f} to {high:.2f})."
        )
    return "Six panels by year. " + " ".join(parts)
