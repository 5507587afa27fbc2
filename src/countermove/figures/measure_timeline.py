"""The measures of all sides over time: one line each, from announcement through effect to end, grouped by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from countermove.figures._labels import Screen, size
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.figures._theme import finish
from countermove.rules import LAW_REVIEWED_TO
from countermove.rules.table import Line, lines

# One row per side and package, each with its colour and symbol: apart in grey by symbol.
LANES = {
    "chips": ("US: chips", POLICY, "circle"),
    "entity": ("US: lists and foundries", POLICY, "square"),
    "tools": ("US and allies: tools", POLICY, "diamond"),
    "hbm": ("US: memory", POLICY, "triangle-up"),
    "beijing": ("Beijing", COUNTERFACTUAL, "x"),
    "none": ("other", MUTED, "circle-open"),
}
ROW: dict[Screen, int] = {"laptop": 13, "phone": 26}
"""Pixels of a row; on a phone the words stand above the line, which takes the whole width."""


def measure_timeline(found: Sequence[Line] | None = None, *, screen: Screen = "laptop") -> go.Figure:
    """Every measure as a point at its effective date, a thin line back to its announcement, a thick one to its end.

    Args:
        found: measures, as `rules.table.lines` gives them; all if left out.
        screen: laptop or phone.
    """
    order = list(LANES)
    chosen = lines() if found is None else tuple(found)
    dated = [line for line in chosen if line.effective is not None or line.announced is not None]
    dated.sort(key=lambda line: (order.index(line.package), _start(line), line.id), reverse=True)
    rows = _rows(dated)
    figure = go.Figure()
    for row, line in zip(rows, dated, strict=True):
        _draw(figure, row, line)
    _starts(figure, rows, dated)
    heads = {row: line.package for row, line in zip(rows, dated, strict=True)}  # the last row of a lane is its topmost
    tops = {package: row + 1 for row, package in heads.items()}
    figure.update_yaxes(
        tickvals=[*rows, *tops.values()],
        ticktext=[*map(_short, dated), *(f"<b>{LANES[package][0]}</b>" for package in tops)],
        tickfont={"size": size(screen, "small") - (2 if screen == "laptop" else 1), "color": INK},
        ticklabelposition="outside" if screen == "laptop" else "inside top",
        showgrid=False,
        range=[-1, max(rows, default=0) + 2],
    )
    figure.update_xaxes(range=["2016-01-01", "2027-01-01"])
    figure.update_layout(hovermode="closest")
    if screen == "phone":
        figure.update_xaxes(tickvals=[f"{year}-01-01" for year in range(2018, 2027, 4)], tickformat="%Y")
    return finish(
        figure,
        title="Measures on chips, memory and tools: announced, in force, ended",
        source=f"Rule texts and reports, each cited in the table of measures; reviewed to {LAW_REVIEWED_TO}. Thin "
        "line: announced, not yet in force. Dates and citations: countermove timeline.",
        description="A chart with one row for each measure of the United States, allies and China, in order of effect.",
        screen=screen,
        height=max(160, ROW[screen] * (max(rows, default=0) + 3)),
        left=350 if screen == "laptop" else 12,
        key=[("United States and allies", POLICY), ("Beijing", COUNTERFACTUAL), ("other", MUTED)],
    )


def _rows(dated: Sequence[Line]) -> list[int]:
    """Row of every measure from below; above each lane one row is left for its name."""
    rows: list[int] = []
    for number, line in enumerate(dated):
        new_lane = number > 0 and line.package != dated[number - 1].package
        rows.append(rows[-1] + (2 if new_lane else 1) if rows else 0)
    return rows


def _short(line: Line) -> str:
    return line.title if len(line.title) <= 50 else line.title[:49] + "…"


def _start(line: Line) -> date:
    start = line.effective or line.announced
    assert start is not None
    return start


def _draw(figure: go.Figure, row: int, line: Line) -> None:
    _, colour, _ = LANES[line.package]
    start, end = _start(line), line.ended or date(2026, 12, 31)
    if line.announced is not None and line.announced < start:
        figure.add_shape(
            type="line", x0=str(line.announced), x1=str(start), y0=row, y1=row, line={"color": MUTED, "width": 1}
        )
    if line.effective is not None and line.enforced:
        figure.add_shape(
            type="line", x0=str(max(start, date(2016, 1, 1))), x1=str(end), y0=row, y1=row,
            line={"color": colour, "width": 3}, opacity=0.45,
        )  # fmt: skip


def _starts(figure: go.Figure, rows: list[int], dated: list[Line]) -> None:
    for package, (name, colour, symbol) in LANES.items():
        kept = [(row, line) for row, line in zip(rows, dated, strict=True) if line.package == package]
        if kept:
            figure.add_trace(
                go.Scatter(
                    x=[str(max(_start(line), date(2016, 1, 1))) for _, line in kept],
                    y=[row for row, _ in kept],
                    mode="markers",
                    name=name,
                    marker={"symbol": symbol, "size": 7, "color": colour},
                    customdata=[[line.title, line.citation, str(line.effective or "not in force")] for _, line in kept],
                    hovertemplate="%{customdata[0]}<br>in force %{customdata[2]}<br>%{customdata[1]}<extra></extra>",
                )
            )
