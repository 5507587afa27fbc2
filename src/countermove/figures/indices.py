"""What decides an outcome: sensitivity indices as bars with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _decided, _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.decide.sensitivity import Sensitivity

_ROW, _GAP, _SHOWN = 30, 84, 12

# Name, value and half-widths to the left and to the right.
Bar = tuple[str, float, float, float]


def indices(found: Sensitivity, screen: Screen = "laptop") -> go.Figure:
    """First-order beside total indices (Sobol), or first-order beside Shapley effects, for each measure."""
    panels = [_bars(found, place) for place in range(len(found.measures))]
    beside = screen == "laptop" and len(panels) == 2
    rows, columns = (1, 2) if beside else (len(panels), 1)
    height = _ROW * max(3, *(len(first) for first, _ in panels))
    total = height if beside else len(panels) * height + (len(panels) - 1) * _GAP
    figure = make_subplots(
        rows=rows,
        cols=columns,
        horizontal_spacing=0.24 if beside else 0,
        vertical_spacing=0 if rows == 1 else _GAP / total,
    )
    reach = max(value + high for pair in panels for bars in pair for _, value, _, high in bars)
    for place, (first, second) in enumerate(panels):
        row, column = (1, place + 1) if beside else (place + 1, 1)
        _panel(figure, first, second, reach, screen, row, column)
        _labels.panel_title(figure, found.short_title(place), screen=screen, row=row, column=column, wrap=46)
    figure.update_xaxes(
        title_text="share of variance", tickformat=".0%", range=[min(0.0, -0.02), 1.25 * reach], nticks=6
    )
    _theme.finish(
        figure,
        title=f"What decides it: {found.words}",
        source=_decided.source_line(found.origin, found.words, _note(found), counted=_counted(found)),
        description=_description(found, panels),
        screen=screen,
        height=total,
        left=210 if screen == "laptop" else 150,
        right=24,
        titled_x=True,
        key=_key(found),
    )
    figure.update_layout(hovermode="closest", barmode="group", bargap=0.25, bargroupgap=0.0)
    figure.update_xaxes(showgrid=True, gridcolor=_palette.GRID)
    figure.update_yaxes(showgrid=False, tickfont_color=INK)
    return figure


def _bars(found: Sensitivity, measure: int) -> tuple[list[Bar], list[Bar]]:
    """First-order and second kind of index of the groups shown, strongest first."""
    from countermove.decide._sensitivity_tables import order

    first: list[Bar] = []
    second: list[Bar] = []
    if found.indices:
        each = found.indices
        for group in order(found, measure)[:_SHOWN]:
            name = _decided.label(found.groups[group][0])
            half = float(each.first_interval[measure, group]), float(each.total_interval[measure, group])
            first.append((name, float(each.first[measure, group]), half[0], half[0]))
            second.append((name, float(each.total[measure, group]), half[1], half[1]))
        return first, second
    assert found.first_order is not None
    effects = found.shapley[measure]
    for place, group in sorted(enumerate(effects.rows), key=lambda pair: -effects.value[pair[0]]):
        name = _decided.label(found.groups[group][0])
        value = float(found.first_order.value[measure, group])
        ends = float(found.first_order.low[measure, group]), float(found.first_order.high[measure, group])
        first.append((name, value, max(0.0, value - ends[0]), max(0.0, ends[1] - value)))
        share = float(effects.value[place])
        second.append((name, share, share - float(effects.low[place]), float(effects.high[place]) - share))
    return first, second


def _panel(
    figure: go.Figure, first: Sequence[Bar], second: Sequence[Bar], reach: float, screen: Screen, row: int, column: int
) -> None:
    wrap = 32 if screen == "laptop" else 22
    # Bars of a group are drawn from the bottom up on a reversed axis: the first kind comes on top.
    for bars, colour in ((first, POLICY), (second, COUNTERFACTUAL)):
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=[_labels.wrapped(name, wrap) for name, *_ in bars],
                x=[value for _, value, *_ in bars],
                error_x={
                    "type": "data",
                    "array": [high for *_, high in bars],
                    "arrayminus": [low for _, _, low, _ in bars],
                    "color": MUTED,
                    "thickness": 1.2,
                    "width": 3,
                },
                marker={"color": colour, "line": {"width": 0}},
                hovertemplate="%{y}: %{x:.1%}<extra></extra>",
            ),
            row=row,
            col=column,
        )
    for name, value, _, high in second:
        figure.add_annotation(
            text=f"{value:.0%}" if value >= 0.005 else "<1%",
            x=value + high,
            y=_labels.wrapped(name, wrap),
            xanchor="left",
            xshift=5,
            yshift=-5,
            showarrow=False,
            font={"size": _labels.size(screen, "small"), "color": INK},
            row=row,
            col=column,
        )
    figure.update_yaxes(autorange="reversed", row=row, col=column)
    _theme.zero_line(figure, row=row, column=column)


def _key(found: Sensitivity) -> list[tuple[str, str]]:
    if found.indices:
        return [("alone (first order)", POLICY), ("with all its interactions (total), labelled", COUNTERFACTUAL)]
    return [("alone (first order)", POLICY), ("fair share (Shapley), labelled", COUNTERFACTUAL)]


def _counted(found: Sensitivity) -> str:
    return "points" if found.indices else "draws"


def _note(found: Sensitivity) -> str:
    whiskers = "Whiskers: 95 % bootstrap intervals."
    if found.indices:
        return f"{whiskers} {found.indices.convergence.verdict[:1].upper()}{found.indices.convergence.verdict[1:]}."
    left = "; ".join(f"{each.unexplained:.0%}" for each in found.shapley)
    return f"{whiskers} Not explained by these parameters: {left}."


def _description(found: Sensitivity, panels: Sequence[tuple[Sequence[Bar], Sequence[Bar]]]) -> str:
    parts = [
        f"{found.title(place)}: " + ", ".join(f"{name} {value:.0%}" for name, value, *_ in second[:5])
        for place, (_, second) in enumerate(panels)
    ]
    return "Bars of sensitivity indices, strongest first. " + "; ".join(parts) + "."
