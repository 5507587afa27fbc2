"""The record: when each series has figures, and of what kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from countermove.figures import _theme
from countermove.figures._labels import Screen, plain
from countermove.figures._palette import COUNTERFACTUAL, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.inference.observations import Observation

_ROW = 14
_KINDS = {"official": POLICY, "reported": POLICY, "estimate": COUNTERFACTUAL}
_SYMBOLS = {"low": "triangle-up", "high": "triangle-down"}


def record(rows: Sequence[Observation], screen: Screen = "laptop") -> go.Figure:
    """Every figure that the model is read for, by series and end of its period."""
    names = sorted(
        {each.operator.name for each in rows}, key=lambda n: min(e.last for e in rows if e.operator.name == n)
    )
    titles = {each.operator.name: each.operator.title for each in rows}
    figure = go.Figure().set_subplots(rows=1, cols=1)
    figure.add_trace(
        go.Scatter(
            x=[each.last.isoformat() for each in rows],
            y=[names.index(each.operator.name) for each in rows],
            mode="markers",
            marker={
                "size": 7,
                "symbol": [_SYMBOLS.get(each.bound or "", "circle") for each in rows],
                "color": [_KINDS.get(each.fact.kind, MUTED) for each in rows],
                "opacity": 0.8,
            },
            customdata=[
                f"{each.fact.id}: {each.value / each.factor:,.4g} {plain(each.fact.unit)}<br>{each.first} to "
                f"{each.last}, "
                f"{each.fact.kind}" for each in rows
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    wrap = 46 if screen == "laptop" else 24
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[plain(titles[name])[:wrap] for name in names],
        range=[-1, len(names)],
    )
    _theme.finish(
        figure,
        title=f"{len(rows)} published figures of {len(names)} series",
        source="Source: the evidence of countermove. Blue: official or reported, orange: estimate; ▲ at least, ▼ "
               "at most. "
               "By the end of the period that a figure is about.",
        description=f"Dots by series and date, {len(rows)} in all.",
        screen=screen,
        height=len(names) * _ROW,
        left=320 if screen == "laptop" else 170,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return figure
