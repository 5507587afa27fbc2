"""One claim: how far each of its tests speaks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import plotly.graph_objects as go

from countermove.figures import _theme
from countermove.figures._basis import basis, lowered
from countermove.figures._labels import Screen, lines_of, plain, wrapped
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.inference.claims import Judgement

_ROW = {"laptop": 46, "phone": 62}
_SIDES = {"for": (1.0, POLICY, "triangle-right"), "open": (0.0, MUTED, "circle"),
          "against": (-1.0, COUNTERFACTUAL, "triangle-left")}  # fmt: skip


def claim(judgement: Judgement, *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """A row a test, to the left if it speaks against the claim, to the right if for it; hollow: a model figure."""
    outcomes = judgement.outcomes
    wide = screen == "laptop"
    wrap, count = (62, len(outcomes)) if wide else (27, len(outcomes))
    figure = go.Figure().set_subplots(rows=1, cols=1)
    for index, each in enumerate(outcomes):
        x, colour, shape = _SIDES[each.side]
        figure.add_trace(
            go.Scatter(
                x=[0, x], y=[count - 1 - index] * 2, mode="lines+markers", line={"color": colour, "width": 2},
                marker={"size": [0, 15], "color": colour, "symbol": f"{shape}-open" if each.is_model else shape,
                        "line": {"width": 2, "color": colour}},
                hovertemplate=f"{wrapped(plain(each.text), 60)}<extra></extra>",
            )
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(count)), range=[-0.7, max(count, 1) - 0.3], showgrid=False, tickfont_color=INK,
        ticktext=[_name(each.text, wrap) for each in reversed(outcomes)],
    )  # fmt: skip
    figure.update_xaxes(tickvals=[-1, 0, 1], ticktext=["against", "open", "for"], range=[-1.35, 1.35], side="top")
    figure.add_vline(x=0, line_width=1, line_color=MUTED)
    counts = ", ".join(f"{len(judgement.side(side))} {side}" for side in ("for", "against", "open"))
    _theme.finish(
        figure,
        title=f"{judgement.claim.id} {judgement.verdict}: {counts}",
        source=basis(draws, seed, "Filled: rows of evidence; hollow: figures of the model, which speak from a "
                                  "probability of 0.8 on and decide nothing alone."),
        description="; ".join(f"{each.side}: {each.text}" for each in outcomes) or "No test decides this claim.",
        screen=screen,
        height=max(count, 1) * _ROW[screen],
        left=430 if wide else 190,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return lowered(figure, 20)


def _name(text: str, wrap: int) -> str:
    lines = lines_of(plain(text), wrap)
    return "<br>".join([*lines[:2], lines[2] + " …"] if len(lines) > 3 else lines[:3])
