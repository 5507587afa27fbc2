"""Causal honesty: industrial policy alone, structural variants, and what the differences rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _summary, _theme
from countermove.figures._basis import basis, lowered
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.inference.informed import INFORMED

if TYPE_CHECKING:
    from countermove.explore.annual import AnnualOutcome
    from countermove.inference.industrial import Industrial
    from countermove.inference.informed import Rests
    from countermove.inference.structure import Structure

_ROW = 30
_GAP = 96
_PARAMETERS = 12
_TITLES = {
    "domestic": "Δ output of Chinese-designed chips, H100e a year",
    "home_made": "Δ output of chips made in China, H100e a year",
    "total": "Δ usable compute, H100e",
}


def industrial_policy(found: Industrial, *, seed: int, screen: Screen = "laptop") -> go.Figure:
    """Shares of chips: first figure after 2019, last figure, and what other supported sectors would let one expect."""
    names = [each.title for each in found.chips][::-1]
    wrap = 34 if screen == "laptop" else 22
    figure = go.Figure().set_subplots(rows=1, cols=1)
    for y, each in enumerate(reversed(found.chips)):
        low, middle, high = (100 * float(q) for q in np.quantile(each.expected, [0.1, 0.5, 0.9]))
        figure.add_trace(
            go.Scatter(
                x=[middle], y=[y], mode="markers", marker={"symbol": "line-ns-open", "size": 14, "color": POLICY},
                error_x={"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                         "color": POLICY, "thickness": 5, "width": 0},
                hovertemplate=f"expected {middle:.0f} % ({low:.0f}–{high:.0f})<extra></extra>",
            )
        )  # fmt: skip
        for point, symbol, colour, side in (
            (each.first, "circle-open", INK, "top"), (each.last, "diamond", COUNTERFACTUAL, "bottom"),
        ):  # fmt: skip
            figure.add_trace(
                go.Scatter(
                    x=[100 * point.share], y=[y], mode="markers+text", text=[f"{point.year:.0f}"],
                    textposition=f"{side} center", textfont={"size": 11, "color": MUTED},
                    marker={"symbol": symbol, "size": 10, "color": colour},
                    hovertemplate=f"{point.year:.1f}: {100 * point.share:.0f} % [{point.row}]<extra></extra>",
                )
            )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=[_labels.wrapped(name, wrap) for name in names],
        range=[-0.6, len(names) - 0.3],
    )  # fmt: skip
    figure.update_xaxes(title_text="share, %", rangemode="tozero")
    _theme.finish(
        figure,
        title="What industrial policy without controls would let one expect of chips",
        source=basis(len(found.pace), seed, "○ first and ◆ last published share; bar: 10–90 %, expected at the "
                                            "last date "
                     "from the first at the pace of solar modules, batteries, electric cars and chips before "
                     "2018. These "
                     "sectors are known to have succeeded, so the expectation is high rather than low."),
        description="Published and expected shares of chips by measure.",
        screen=screen,
        height=len(names) * 64,
        left=260 if screen == "laptop" else 150,
        titled_x=True,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return figure


def variants(found: Structure, year: int, *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """The differences of a year under every structural variant, and under their mixture by weight."""
    index = found.years.index(year)
    labels = [_labels.wrapped(f"{', '.join(each.choices.values())} ({100 * each.weight:.0f} %){'*' * each.own_fit}",
                              60 if screen == "laptop" else 24) for each in found.variants]  # fmt: skip
    names = ["all, by weight", *labels]
    beside = screen == "laptop"
    panels = list(_TITLES)
    tall = len(names) * (_ROW if beside else 48)
    total = tall if beside else 3 * tall + 2 * _GAP
    figure = make_subplots(
        rows=1 if beside else 3, cols=3 if beside else 1, shared_yaxes=beside, horizontal_spacing=0.04,
        vertical_spacing=0 if beside else _GAP / total,
    )  # fmt: skip
    for number, name in enumerate(panels):
        row, column = (1, number + 1) if beside else (number + 1, 1)
        answers = [found.stacked[name], *(each.annual[name] for each in found.variants)]
        for y, answer in enumerate(answers):
            _interval(figure, answer, index, len(names) - 1 - y, y == 0, row, column)
        _theme.zero_line(figure, row=row, column=column)
        _labels.panel_title(figure, _TITLES[name], screen=screen, row=row, column=column, wrap=30)
        figure.update_xaxes(title_text="million", tickformat=",~g", nticks=5, row=row, col=column)
        figure.update_yaxes(
            tickvals=list(range(len(names))), ticktext=names[::-1], range=[-0.6, len(names) - 0.4], showgrid=False,
            showticklabels=not beside or column == 1, row=row, col=column,
        )  # fmt: skip
    _theme.finish(
        figure,
        title=f"{year} under every structural variant: {found.scenario} minus {found.against}",
        source=basis(draws, seed, "Choices: " + ", ".join(found.variants[0].choices) + ". Marker: median, bar: "
                                                                                       "10–90 % of "
                     "draws, number: probability that it is catalysed. In "
                     "brackets the weight of a variant by how well it predicts the figures after 2023 from those "
                     "before; "
                     "variants that fit the history alike cannot be told apart so. Parameters: *from a fit of the "
                     "variant itself, else those of the default."),
        description="Differences by structural variant.",
        screen=screen,
        height=total,
        left=320 if beside else 170,
        titled_x=True,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return lowered(figure, 26)


def _interval(
    figure: go.Figure, answer: AnnualOutcome, index: int, y: int, stacked: bool, row: int, column: int
) -> None:
    low, middle, high = (float(q[index]) / _summary.MILLION for q in (answer.p10, answer.p50, answer.p90))
    colour = INK if stacked else POLICY if middle > 0 else COUNTERFACTUAL
    figure.add_trace(
        go.Scatter(
            x=[middle], y=[y], mode="markers+text", text=[f"{float(answer.p_catalysed[index]):.2f}"],
            textposition="top center", textfont={"size": 11, "color": colour},
            marker={"size": 9, "color": colour, "symbol": "diamond" if stacked else "circle"},
            error_x={"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                     "color": colour, "thickness": 2, "width": 0},
            hovertemplate=f"{middle:+,.3g} ({low:+,.3g} to {high:+,.3g}) million<extra></extra>",
        ),
        row=row, col=column,
    )  # fmt: skip


def rests(found: Sequence[Rests], *, draws: int, seed: int, screen: Screen = "laptop") -> go.Figure:
    """First-order shares of the variance of ΔD and ΔC by parameter, informed by the record or not."""
    beside = screen == "laptop"
    tall = _PARAMETERS * 22
    count = len(found)
    total = tall if beside else count * tall + (count - 1) * _GAP
    figure = make_subplots(
        rows=1 if beside else count, cols=count if beside else 1, horizontal_spacing=0.28,
        vertical_spacing=0 if beside or count == 1 else _GAP / total,
    )  # fmt: skip
    for number, each in enumerate(found):
        row, column = (1, number + 1) if beside else (number + 1, 1)
        shown = each.shares[:_PARAMETERS][::-1]
        figure.add_trace(
            go.Bar(
                x=[100 * one.share for one in shown],
                y=[one.parameter.replace("_", " ").replace(".", ": ") for one in shown],
                orientation="h",
                marker={"color": [POLICY if one.contraction >= INFORMED else COUNTERFACTUAL for one in shown]},
                customdata=[100 * one.contraction for one in shown],
                hovertemplate="%{x:.1f} % of the variance; the record takes %{customdata:.0f} % of its own"
                              "<extra></extra>",
            ),
            row=row, col=column,
        )  # fmt: skip
        _labels.panel_title(
            figure, f"Var({'ΔD' if each.outcome == 'domestic' else 'ΔC'}), {each.year}", screen=screen, row=row,
            column=column, wrap=44, note=f"{100 * each.uninformed:.0f} % on what the record does not inform",
        )  # fmt: skip
        figure.update_xaxes(title_text="first-order share, %", row=row, col=column)
        figure.update_yaxes(showgrid=False, row=row, col=column)
    _theme.finish(
        figure,
        title="What the differences rest on, and whether the record informs it",
        source=basis(draws, seed, f"Orange: the published figures take less than {100 * INFORMED:.0f} % of the "
                                  "parameter’s "
                     "variance; blue: more. Shares are of single parameters; what they do together is not in them."),
        description="Bars of first-order shares by parameter.",
        screen=screen,
        height=total,
        left=210 if beside else 180,
        titled_x=True,
        key=(("informed by the record", POLICY), ("not informed", COUNTERFACTUAL)),
    )  # fmt: skip
    return lowered(figure, 22)
