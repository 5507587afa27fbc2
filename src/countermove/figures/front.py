"""Policies that cannot be bettered in one objective without loss in another, and how each sets the levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, NEUTRAL, PAGE, POLICY

if TYPE_CHECKING:
    from countermove.decide.optimise import Objective, Optimum

_SCATTER, _ROW, _GAP = 330, 26, 190
_NAMES = 88  # room above the panel for the names of the levers


def front(found: Optimum, screen: Screen = "laptop") -> go.Figure:
    """The first two objectives of every point of the front, then the levers of the numbered ones."""
    told = len(found.shown)
    height = _SCATTER + _GAP + _ROW * told
    figure = make_subplots(
        rows=2, cols=1, row_heights=[_SCATTER / (height - _GAP), 1 - _SCATTER / (height - _GAP)],
        vertical_spacing=_GAP / height,
    )  # fmt: skip
    _points(figure, found, screen)
    _levers(figure, found, screen)
    (first, second), origin = found.objectives[:2], found.origin
    _theme.finish(
        figure,
        title=f"No policy found has {first.title} and {second.title} without giving up one of them",
        source=(
            f"Source: countermove; {found.base}, then the levers from a month of 2026-07 to 2029-07; {origin.draws:,} "
            f"draws, seed {origin.seed}, {origin.caveat}; means over draws in the default structure. Cross: "
            f"{found.base}. Which point is best depends on what is wanted; none is ours."
        ),
        description=_description(found),
        screen=screen,
        height=height,
        left=110 if screen == "laptop" else 84,
        right=30,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest")
    return figure


def _points(figure: go.Figure, found: Optimum, screen: Screen) -> None:
    signs = np.array([each.sign for each in found.objectives])
    values = found.front.objectives * signs
    base = found.values[-1][:, -1]  # in the default structure, as the front
    size, word = zip(*(_summary.scale(np.append(values[:, k], base[k])) for k in range(2)), strict=True)
    shown = list(found.shown)
    figure.add_trace(
        go.Scatter(
            x=values[:, 0] / size[0],
            y=values[:, 1] / size[1],
            mode="markers",
            marker={"size": 7, "color": NEUTRAL},
            hoverinfo="skip",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=values[shown, 0] / size[0],
            y=values[shown, 1] / size[1],
            mode="markers+text",
            text=[str(k) for k in range(1, len(shown) + 1)],
            textposition="top center",
            textfont={"size": _labels.size(screen, "small"), "color": INK},
            marker={"size": 9, "color": POLICY},
            customdata=[policy.description for policy in found.policies[:-1]],
            hovertemplate="%{x:,.3~g}, %{y:,.3~g}<br>%{customdata}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    figure.add_trace(
        go.Scatter(
            x=[base[0] / size[0]],
            y=[base[1] / size[1]],
            mode="markers+text",
            text=[found.base],
            textposition="bottom center",
            textfont={"size": _labels.size(screen, "small"), "color": COUNTERFACTUAL},
            marker={"size": 11, "symbol": "x", "color": COUNTERFACTUAL},
            hovertemplate="%{x:,.3~g}, %{y:,.3~g}<extra></extra>",
        ),
        row=1,
        col=1,
    )
    figure.update_xaxes(title_text=_axis(found.objectives[0], word[0]), row=1, col=1)
    figure.update_yaxes(tickformat=",~g", row=1, col=1)
    _labels.panel_title(figure, _axis(found.objectives[1], word[1]), screen=screen, row=1, column=1)


def _levers(figure: go.Figure, found: Optimum, screen: Screen) -> None:
    points = found.front.points[list(found.shown)]
    names = [*(lever.name for lever in found.levers), "begins"]
    figure.add_trace(
        go.Heatmap(
            z=points,
            x=names,
            y=[str(k) for k in range(1, len(points) + 1)],
            zmin=0,
            zmax=1,
            colorscale=[[0, POLICY], [0.5, PAGE], [1, COUNTERFACTUAL]],
            showscale=False,
            xgap=2,
            ygap=2,
            hovertemplate="policy %{y}, %{x}: %{z:.2f} of its range<extra></extra>",
        ),
        row=2,
        col=1,
    )
    figure.update_yaxes(autorange="reversed", title_text="policy", showgrid=False, dtick=1, row=2, col=1)
    figure.update_xaxes(tickangle=-60, side="top", row=2, col=1)
    figure.add_annotation(
        text=f"<b>{_labels.wrapped('Levers of each policy: blue closed or early, orange open or late', 40)}</b>",
        x=0, y=1, xref="x2 domain", yref="y2 domain", xanchor="left", yanchor="bottom", yshift=_NAMES, align="left",
        showarrow=False, font={"size": _labels.size(screen, "font"), "color": INK},
    )  # fmt: skip


def _axis(objective: Objective, word: str) -> str:
    return f"{objective.outcome.title} in {objective.year}, {word}{objective.outcome.unit}"


def _description(found: Optimum) -> str:
    parts = [f"policy {k}: {policy.description}" for k, policy in enumerate(found.policies[:-1], 1)]
    return "Points of the front. " + " ".join(parts)
