"""One assumption at a time: how far each parameter alone moves an outcome over its 5–95 % interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _decided, _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, POLICY

if TYPE_CHECKING:
    from countermove.decide.sensitivity import Sensitivity

_ROW, _GAP, _SHOWN = 26, 84, 12
_SCALES = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


def tornado(found: Sensitivity, screen: Screen = "laptop") -> go.Figure:
    """For each measure the parameters with the widest range; the line is the value with all parameters central."""
    from countermove.decide._sensitivity_tables import tornado as ranked

    panels = [ranked(found, place)[:_SHOWN] for place in range(len(found.measures))]
    beside = screen == "laptop" and len(panels) == 2
    rows, columns = (1, 2) if beside else (len(panels), 1)
    height = _ROW * max(3, *(len(bars) for bars in panels))
    total = height if beside else len(panels) * height + (len(panels) - 1) * _GAP
    figure = make_subplots(
        rows=rows,
        cols=columns,
        horizontal_spacing=0.24 if beside else 0,
        vertical_spacing=0 if rows == 1 else _GAP / total,
    )
    for place, bars in enumerate(panels):
        row, column = (1, place + 1) if beside else (place + 1, 1)
        _panel(figure, found, place, bars, screen, row, column)
        none = "" if bars else ": no parameter moves it"
        _labels.panel_title(figure, f"{found.short_title(place)}{none}", screen=screen, row=row, column=column, wrap=46)
    _theme.finish(
        figure,
        title=f"One assumption at a time: {found.words}",
        source=_decided.source_line(
            found.origin,
            found.words,
            "Each parameter at the 5 % and the 95 % quantile of its prior, all others at their median; interactions "
            "are not in it. The line is the value with all at their median.",
            counted="points",
        ),
        description=_description(found, panels),
        screen=screen,
        height=total,
        left=210 if screen == "laptop" else 150,
        right=24,
        titled_x=True,
        key=[("parameter low (5 %)", COUNTERFACTUAL), ("parameter high (95 %)", POLICY)],
    )
    figure.update_layout(hovermode="closest", barmode="overlay", bargap=0.3)
    figure.update_xaxes(showgrid=True, gridcolor=_palette.GRID)
    figure.update_yaxes(showgrid=False, tickfont_color=INK)
    return figure


def _panel(
    figure: go.Figure, found: Sensitivity, place: int, bars: list[dict[str, Any]], screen: Screen, row: int, column: int
) -> None:
    measure = found.measures[place]
    size = max([0.0, *(abs(bar[key]) for bar in bars for key in ("at_low", "central", "at_high"))])
    divisor, word = next(((d, w) for d, w in _SCALES if size >= d and measure.kind == "annual"), (1.0, ""))
    central = (bars[0]["central"] if bars else found.tornado[place, 0, 1]) / divisor
    names = [_labels.wrapped(_decided.label(bar["parameter"]), 32 if screen == "laptop" else 22) for bar in bars]
    for key, colour, what in (("at_low", COUNTERFACTUAL, "low"), ("at_high", POLICY, "high")):
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=names or [""],
                base=central,
                x=[bar[key] / divisor - central for bar in bars] or [0],
                marker={"color": colour, "line": {"width": 0}},
                customdata=[bar[key] / divisor for bar in bars],
                hovertemplate=f"%{{y}} {what}: %{{customdata:.4~g}}<extra></extra>",
            ),
            row=row,
            col=column,
        )
    unit = f"{word} {measure.unit}".strip() if measure.kind == "annual" else "calendar year"
    figure.add_vline(x=central, line_width=1.5, line_color=INK, row=row, col=column)  # type: ignore[arg-type]
    figure.update_xaxes(title_text=unit, nticks=6, row=row, col=column)
    figure.update_yaxes(range=[max(len(bars), 3) - 0.5, -0.5], row=row, col=column)


def _description(found: Sensitivity, panels: list[list[dict[str, Any]]]) -> str:
    parts = [
        f"{found.title(place)}: " + (", ".join(_decided.label(bar["parameter"]) for bar in bars[:5]) or "none")
        for place, bars in enumerate(panels)
    ]
    return "Bars of the range over which one parameter moves the outcome, widest first. " + "; ".join(parts) + "."
