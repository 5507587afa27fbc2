"""What knowing an assumption better is worth for a decision, and how likely it is to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _decided, _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.decide.information import Information

_ROW, _GAP, _SHOWN = 28, 84, 12
_SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def information(found: Information, screen: Screen = "laptop") -> go.Figure:
    """Expected value of knowing one parameter, and the probability that the choice changes, the most valuable first."""
    from countermove.decide._information_tables import decision

    rows = found.order[:_SHOWN]
    beside = screen == "laptop"
    height = _ROW * (max(3, len(rows)) + 1)
    total = height if beside else 2 * height + _GAP
    figure = make_subplots(
        rows=1 if beside else 2,
        cols=2 if beside else 1,
        shared_yaxes=beside,
        horizontal_spacing=0.07 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
    )
    second = (1, 2) if beside else (2, 1)
    _values(figure, found, rows, screen)
    _changes(figure, found, rows, screen, *second)
    _labels.panel_title(figure, "Expected gain from knowing it", screen=screen, row=1, column=1)
    _labels.panel_title(figure, "Probability that the choice changes", screen=screen, row=second[0], column=second[1])
    words = decision(found)
    what = f"the {found.sense} {found.objective.outcome.title} in {found.objective.year}"
    _theme.finish(
        figure,
        title=f"What better knowledge is worth where {found.scenarios[found.best]} is chosen for {what}",
        source=_decided.source_line(
            found.origin,
            words,
            "Whiskers: 95 % bootstrap intervals. Shaded: what chance explains.",
        ),
        description=" ".join(found.sentences),
        screen=screen,
        height=total,
        left=210 if screen == "laptop" else 150,
        right=40,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest", bargap=0.35)
    figure.update_xaxes(showgrid=True, gridcolor=_palette.GRID)
    figure.update_yaxes(showgrid=False, tickfont_color=INK, autorange="reversed")
    return figure


def _names(found: Information, rows: list[int], screen: Screen) -> list[str]:
    wrap = 32 if screen == "laptop" else 22
    return ["<b>everything</b>", *(_labels.wrapped(_decided.label(found.factors[r].name), wrap) for r in rows)]


def _values(figure: go.Figure, found: Information, rows: list[int], screen: Screen) -> None:
    worths = [found.perfect, *(found.partial[row] for row in rows)]
    largest = max(worth.value for worth in worths)
    divisor, word = next(((d, w) for d, w in _SCALES if largest >= d), (1.0, ""))
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=_names(found, rows, screen),
            x=[worth.value / divisor for worth in worths],
            error_x={
                "type": "data",
                "array": [max(0.0, worth.high - worth.value) / divisor for worth in worths],
                "arrayminus": [max(0.0, worth.value - worth.low) / divisor for worth in worths],
                "color": MUTED,
                "thickness": 1.2,
                "width": 3,
            },
            marker={"color": [INK, *([POLICY] * len(rows))], "line": {"width": 0}},
            hovertemplate="%{y}: %{x:.3~g}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    _theme.zone(figure, 0, found.noise / divisor, axis="x", row=1, column=1)
    _theme.zero_line(figure, row=1, column=1)
    figure.update_xaxes(title_text=f"{word} {found.objective.unit}".strip(), nticks=5, row=1, col=1)


def _changes(figure: go.Figure, found: Information, rows: list[int], screen: Screen, row: int, column: int) -> None:
    shares = [found.perfect.changes, *(found.partial[r].changes for r in rows)]
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=_names(found, rows, screen),
            x=shares,
            text=[f"{share:.0%}" for share in shares],
            textposition="outside",
            textfont={"size": _labels.size(screen, "small"), "color": INK},
            cliponaxis=False,
            marker={"color": [INK, *([COUNTERFACTUAL] * len(rows))], "line": {"width": 0}},
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        ),
        row=row,
        col=column,
    )
    figure.update_xaxes(title_text="probability", tickformat=".0%", nticks=5, rangemode="tozero", row=row, col=column)
    _theme.zero_line(figure, row=row, column=column)
