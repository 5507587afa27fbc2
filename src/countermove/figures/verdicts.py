"""Claims: what code decides of each from evidence and model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import plotly.graph_objects as go

from countermove.figures import _theme
from countermove.figures._basis import basis
from countermove.figures._labels import Screen, plain, wrapped
from countermove.figures._palette import COUNTERFACTUAL, MUTED, NEUTRAL, POLICY, on

if TYPE_CHECKING:
    from countermove.inference.claims import Judgement

VERDICTS = ("supported", "contradicted", "disputed", "undecided", "not testable")
_COLOURS = dict(zip(VERDICTS, (POLICY, COUNTERFACTUAL, MUTED, NEUTRAL, NEUTRAL), strict=True))
_ROW = 38


def verdicts(judgements: Sequence[Judgement], *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """One row a claim, one column a verdict; in the cell the tests for and against."""
    count = len(judgements)
    figure = go.Figure().set_subplots(rows=1, cols=1)
    for verdict in VERDICTS:
        those = [(count - 1 - i, each) for i, each in enumerate(judgements) if each.verdict == verdict]
        figure.add_trace(
            go.Scatter(
                x=[VERDICTS.index(verdict)] * len(those), y=[y for y, _ in those], mode="markers+text", name=verdict,
                marker={"symbol": "square", "size": 28, "color": _COLOURS[verdict]},
                text=[f"{len(each.side('for'))}:{len(each.side('against'))}" for _, each in those],
                textfont={"color": on(_COLOURS[verdict]), "size": 11},
                customdata=[_told(each) for _, each in those], hovertemplate="%{customdata}<extra></extra>",
            )
        )  # fmt: skip
    wrap = 58 if screen == "laptop" else 26
    figure.update_yaxes(
        tickvals=list(range(count)), range=[-0.6, count - 0.4],
        ticktext=[_name(each, wrap, screen) for each in reversed(judgements)],
    )  # fmt: skip
    short = ("supported", "contra-<br>dicted", "disputed", "undecided", "not<br>testable")
    figure.update_xaxes(tickvals=list(range(5)), ticktext=short, range=[-0.6, 4.6], side="top")
    numbers = [(verdict, sum(each.verdict == verdict for each in judgements)) for verdict in VERDICTS]
    _theme.finish(
        figure,
        title=f"Claims: {', '.join(f'{number} {verdict}' for verdict, number in numbers if number)}",
        source=basis(draws, seed, "In each square: tests that speak for it, tests against. Decided by code from "
                                  "rows of "
                     "evidence and the model’s figures; the uncalibrated model alone decides none."),
        description="; ".join(f"{each.claim.id} {each.verdict}" for each in judgements),
        screen=screen,
        height=count * _ROW,
        left=420 if screen == "laptop" else 178,
    )  # fmt: skip
    figure.update_layout(hovermode="closest", margin_t=figure.layout.margin.t + 24, height=figure.layout.height + 24)
    return figure


def _name(each: Judgement, wrap: int, screen: Screen) -> str:
    text = each.claim.text
    limit = 2 * wrap - 8 if screen == "laptop" else 3 * wrap - 6
    short = text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + " …"
    return f"<b>{each.claim.id}</b> {wrapped(plain(short), wrap)}"


def _told(each: Judgement) -> str:
    by = f" ({each.claim.by})" if each.claim.by else ""
    return f"<b>{each.claim.id} {each.verdict}</b><br>{wrapped(plain(each.claim.text + by), 60)}"
