"""Mechanisms: what each contributes to the difference, as a waterfall from the direct effect to the total."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.errors import CountermoveError
from countermove.figures import _labels, _palette, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

_ROW = 30
_GAP = 84
_PANELS = (("domestic", "ΔD: home-chip output"), ("total", "ΔC: usable compute"))


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall, in million H100e; `error` is a standard error."""

    words: str
    value: float
    error: float
    is_total: bool = False


def steps(comparison: Comparison, outcome: str) -> list[Step]:
    """Direct effect, then the mechanisms from the largest to the smallest effect on D, then their sum."""
    from countermove.explore.attribute import DIRECT

    rows = comparison.attribution
    by_size = sorted(rows, key=lambda row: (row.mechanism != DIRECT, -abs(row.domestic)))
    bars = [
        Step(
            row.mechanism.replace("_", " "),
            getattr(row, outcome) / _summary.MILLION,
            getattr(row, f"{outcome}_error") / _summary.MILLION,
        )
        for row in by_size
    ]
    return [*bars, Step("sum", sum(bar.value for bar in bars), 0.0, is_total=True)]


def mechanisms(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """Waterfalls of ΔD and ΔC (million H100e): direct effect, each mechanism's Shapley share, and their sum."""
    beside = screen == "laptop"
    height = _ROW * (len(comparison.attribution) + 1)
    total = height if beside else 2 * height + _GAP
    figure = make_subplots(
        rows=1 if beside else 2,
        cols=2 if beside else 1,
        shared_yaxes=beside,
        horizontal_spacing=0.07 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
    )
    for index, (outcome, title) in enumerate(_PANELS):
        row, column = (1, index + 1) if beside else (index + 1, 1)
        _waterfall(figure, steps(comparison, outcome), screen, row, column)
        _labels.panel_title(figure, title, screen=screen, row=row, column=column)
    figure.update_xaxes(title_text="million H100e")
    left = 170 if beside else 118
    _theme.finish(
        figure,
        title=f"Contributions to {comparison.scenario} minus {comparison.against}, {year(comparison)}",
        source=_summary.source_line(
            comparison, "Shapley shares, means over draws; whiskers: two standard errors either way.", bands=False
        ),
        description=_description(comparison),
        screen=screen,
        height=total,
        left=left,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest", bargap=0.35)
    figure.update_xaxes(showgrid=True, gridcolor=_palette.GRID)
    figure.update_yaxes(showgrid=False, autorange="reversed", tickfont_color=INK)
    return figure


def year(comparison: Comparison) -> int:
    """The year to which the shares belong.

    Raises:
        CountermoveError: the comparison was made without attribution.
    """
    if comparison.attributed is None:
        raise CountermoveError("this comparison holds no attribution: compare with attribution='permutation'")
    return comparison.attributed.year


def _waterfall(figure: go.Figure, bars: list[Step], screen: Screen, row: int, column: int) -> None:
    level = 0.0
    starts: list[float] = []
    for bar in bars:
        starts.append(0.0 if bar.is_total else level)
        level = level if bar.is_total else level + bar.value
    colours = [INK if bar.is_total else POLICY if bar.value >= 0 else COUNTERFACTUAL for bar in bars]
    wrap = 26 if screen == "laptop" else 18
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=[_labels.wrapped(bar.words, wrap) for bar in bars],
            base=starts,
            x=[bar.value for bar in bars],
            marker={"color": colours, "line": {"width": 0}},
            customdata=[[bar.value, 2 * bar.error] for bar in bars],
            error_x={
                "type": "data",
                "array": [2 * bar.error for bar in bars],
                "color": MUTED,
                "thickness": 1.2,
                "width": 3,
            },
            hovertemplate="%{y}: %{customdata[0]:+.3~g} ± %{customdata[1]:.2~g} million H100e<extra></extra>",
        ),
        row=row,
        col=column,
    )
    ends = [start + bar.value for start, bar in zip(starts, bars, strict=True)]
    whiskers = [end + sign * 2 * bar.error for end, bar in zip(ends, bars, strict=True) for sign in (-1, 1)]
    reach = [0.0, *starts, *whiskers]
    span = max(reach) - min(reach) or 1.0
    for start, end, bar in zip(starts, ends, bars, strict=True):
        figure.add_annotation(
            text=signed(bar.value, span),
            x=max(start, end + 2 * bar.error),
            y=_labels.wrapped(bar.words, wrap),
            xanchor="left",
            xshift=5,
            showarrow=False,
            font={"size": _labels.size(screen, "small"), "color": INK},
            row=row,
            col=column,
        )
    figure.update_xaxes(range=[min(reach) - 0.06 * span, max(reach) + 0.24 * span], nticks=6, row=row, col=column)
    _theme.zero_line(figure, row=row, column=column)


def signed(value: float, span: float) -> str:
    """A value with its sign, to the decimal that can be seen on an axis of this span."""
    decimals = max(0, 2 - math.floor(math.log10(span)))
    text = f"{value:+,.{decimals}f}"
    return text.lstrip("+-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def _description(comparison: Comparison) -> str:
    parts: list[str] = []
    for outcome, title in _PANELS:
        bars = steps(comparison, outcome)
        words = ", ".join(f"{bar.words} {_summary.significant(bar.value, 2)}" for bar in bars)
        parts.append(f"{title}, million H100e: {words}")
    return "Waterfall. " + "; ".join(parts) + "."
