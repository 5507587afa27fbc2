"""Where an outcome happens: the boxes of assumptions within the prior, and the trade of coverage against density."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _decided, _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, GRID, INK, POLICY

if TYPE_CHECKING:
    from countermove.decide.discovery import Discovery

_ROW, _GAP = 34, 96


def boxes(found: Discovery, screen: Screen = "laptop") -> go.Figure:
    """Restrictions of each box as bars within the 0–100 % of the prior; beside it the peeling trajectory, if any."""
    from countermove.decide._discovery_tables import event_words

    bars = [(place, row) for place, box in enumerate(found.boxes) for row in box.limits]
    panels = 2 if found.path else 1
    beside = screen == "laptop" and panels == 2
    height = max(240, _ROW * (len(bars) + 1))
    total = height if beside or panels == 1 else 2 * height + _GAP
    figure = make_subplots(
        rows=1 if beside or panels == 1 else 2,
        cols=2 if beside else 1,
        column_widths=[0.58, 0.42] if beside else None,
        horizontal_spacing=0.1 if beside else 0,
        vertical_spacing=_GAP / total if panels == 2 and not beside else 0,
    )
    _restrictions(figure, found, bars, screen)
    if found.path:
        _path(figure, found, screen, *((1, 2) if beside else (2, 1)))
    happens = event_words(found.event, difference=found.difference)
    how = "patient rule induction" if found.method == "prim" else "classification tree"
    _theme.finish(
        figure,
        title=f"Where {happens}",
        source=_decided.source_line(
            found.origin,
            found.words,
            f"By {how}; it happens in {found.share:.0%} of all draws. In random halves of the draws the boxes cover "
            f"{found.stability.coverage[0]:.0%} at a density of {found.stability.density[0]:.0%} of the other halves.",
        ),
        description=" ".join(found.sentences),
        screen=screen,
        height=total,
        left=250 if screen == "laptop" else 170,
        right=24,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest", barmode="overlay", bargap=0.4)
    return figure


def _restrictions(figure: go.Figure, found: Discovery, bars: list[tuple[int, int]], screen: Screen) -> None:
    wrap = 36 if screen == "laptop" else 24
    names = [_labels.wrapped(f"{place + 1}: {_decided.label(found.factors[row].name)}", wrap) for place, row in bars]
    ends = [_within_prior(found, place, row) for place, row in bars]
    figure.add_trace(
        go.Bar(orientation="h", y=names, x=[1.0] * len(bars), marker={"color": GRID}, hoverinfo="skip"), row=1, col=1
    )
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=names,
            base=[low for low, _ in ends],
            x=[high - low for low, high in ends],
            marker={"color": [(POLICY, COUNTERFACTUAL, INK)[place % 3] for place, _ in bars]},
            hovertext=[_hover(found, place, row) for place, row in bars],
            hoverinfo="text",
        ),
        row=1,
        col=1,
    )
    for name, (low, high), (place, row) in zip(names, ends, bars, strict=True):
        colour = (POLICY, COUNTERFACTUAL, INK)[place % 3]
        fits = high - low > 0.2
        figure.add_annotation(
            text=_hover(found, place, row),
            x=(low + high) / 2 if fits else low if low > 0.5 else high,
            y=name,
            xanchor="center" if fits else "right" if low > 0.5 else "left",
            showarrow=False,
            font={"size": _labels.size(screen, "small"), "color": _palette.on(colour) if fits else INK},
            row=1,
            col=1,
        )
    figure.update_xaxes(range=[0, 1], tickformat=".0%", title_text="quantile of the prior", row=1, col=1)
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont_color=INK, row=1, col=1)
    held = ", ".join(f"{box.coverage:.0%} / {box.density:.0%}" for box in found.boxes)
    held = f"Boxes (coverage / density: {held})" if held else ""
    _labels.panel_title(figure, held or "No box found", screen=screen, row=1, column=1, wrap=70)


def _within_prior(found: Discovery, place: int, row: int) -> tuple[float, float]:
    """The restriction in quantiles of the draws; exact where only one side is limited."""
    low, high = found.boxes[place].limits[row]
    share = found.restricted[place][row]
    if np.isinf(low):
        return 0.0, share
    if np.isinf(high):
        return 1.0 - share, 1.0
    below = found.below[place][row]
    return below, below + share


def _hover(found: Discovery, place: int, row: int) -> str:
    low, high = found.boxes[place].limits[row]
    unit = "" if found.factors[row].unit == "1" else f" {found.factors[row].unit}"
    if np.isinf(high):
        return f"> {low:.3g}{unit}".replace("-", "−")
    return (f"≤ {high:.3g}{unit}" if np.isinf(low) else f"{low:.3g} … {high:.3g}{unit}").replace("-", "−")


def _path(figure: go.Figure, found: Discovery, screen: Screen, row: int, column: int) -> None:
    figure.add_trace(
        go.Scatter(
            x=[box.coverage for box in found.path],
            y=[box.density for box in found.path],
            mode="lines+markers",
            line={"color": _palette.NEUTRAL, "width": 1.5},
            marker={"color": INK, "size": 4},
            hovertext=[f"{len(box.limits)} restricted" for box in found.path],
            hovertemplate="coverage %{x:.0%}, density %{y:.0%}, %{hovertext}<extra></extra>",
        ),
        row=row,
        col=column,
    )
    if found.boxes:
        box = found.boxes[0]
        figure.add_trace(
            go.Scatter(
                x=[box.coverage],
                y=[box.density],
                mode="markers+text",
                text=["box 1"],
                textposition="bottom left",
                textfont={"size": _labels.size(screen, "small"), "color": INK},
                marker={"color": POLICY, "size": 11, "symbol": "diamond"},
                hoverinfo="skip",
            ),
            row=row,
            col=column,
        )
    _theme.level_line(figure, found.wanted_density, row=row, column=column)
    figure.update_xaxes(range=[0, 1.04], tickformat=".0%", title_text="coverage", row=row, col=column)
    figure.update_yaxes(range=[0, 1.04], tickformat=".0%", title_text="density", row=row, col=column)
    _labels.panel_title(figure, "Peeling: coverage against density", screen=screen, row=row, column=column)
