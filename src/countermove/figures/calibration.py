"""What a calibration learned, and whether its machinery is right: contraction by parameter, histograms of ranks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import INK, MUTED, NEUTRAL, POLICY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from countermove.inference.posterior import Posterior

INFORMED = 0.1
"""Share of the prior variance from which a parameter counts as informed; as in `inference.informed`."""

_ROW = 18
_BINS = 8


def contraction(of: Posterior, screen: Screen = "laptop") -> go.Figure:
    """Bars of 1 − posterior over prior variance, most informed first, with the shift of the mean in words."""
    from countermove._version import version

    shares = sorted(of.record["contraction"].items(), key=lambda item: item[1])
    names = [_labels.wrapped(_words(name), 40 if screen == "laptop" else 26) for name, _ in shares]
    shifts = [float(of.record["shift"][name]) for name, _ in shares]
    figure = go.Figure(
        go.Bar(
            orientation="h",
            y=names,
            x=[max(share, 0.0) for _, share in shares],
            marker={"color": [POLICY if share >= INFORMED else NEUTRAL for _, share in shares], "line": {"width": 0}},
            text=[f"{shift:+.1f}".replace("-", "−") for shift in shifts],
            textposition="outside",
            textfont={"color": MUTED},
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.0%}, mean moved by %{text} standard deviations<extra></extra>",
        )
    )
    plan, informed = of.record["plan"], sum(share >= INFORMED for _, share in shares)
    _theme.finish(
        figure,
        title="What the published figures say about each fitted parameter",
        source=f"Source: countermove {version()}; posterior {of.target}, {plan['chains']} chains of {plan['draws']} "
        f"draws, seed {plan['seed']}; {of.record['figures']} figures and {of.record['bounds']} bounds. Behind a bar: "
        "by how many prior standard deviations the mean moved.",
        description=f"{informed} of {len(shares)} fitted parameters lose at least 10 % of their prior variance; most: "
        f"{', '.join(_words(name) for name, _ in shares[::-1][:3])}.",
        screen=screen,
        height=_ROW * len(shares),
        left=270 if screen == "laptop" else 170,
        right=36,
        titled_x=True,
        key=(("informed", POLICY), ("less than 10 %", NEUTRAL)),
    )
    figure.update_layout(hovermode="closest", bargap=0.25)
    figure.update_xaxes(title_text="share of the prior variance taken away", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(showgrid=False, tickfont_color=INK)
    return figure


def ranks(found: NDArray[np.int64], labels: Sequence[str], draws: int, screen: Screen = "laptop") -> go.Figure:
    """A histogram of ranks (fits, labels) for each parameter; grey: 99 % of what uniform ranks give."""
    from scipy.stats import binom

    from countermove.inference.sbc import histograms

    counts, fits = histograms(found, draws, _BINS), len(found)
    low, high = (float(binom.ppf(q, fits, 1 / _BINS)) for q in (0.005, 0.995))
    columns = 6 if screen == "laptop" else 2
    rows = -(-len(labels) // columns)
    figure = make_subplots(
        rows=rows, cols=columns, shared_yaxes=True, shared_xaxes=True, vertical_spacing=0.45 / rows,
        horizontal_spacing=0.02,
    )  # fmt: skip
    for place, (label, row) in enumerate(zip(labels, counts, strict=True)):
        line, column = place // columns + 1, place % columns + 1
        figure.add_trace(
            go.Scatter(
                x=[0, 1, 1, 0], y=[low, low, high, high], fill="toself", mode="lines", line={"width": 0},
                fillcolor=_palette.faint(NEUTRAL, 0.5), hoverinfo="skip",
            ),
            row=line, col=column,
        )  # fmt: skip
        figure.add_trace(
            go.Bar(
                x=[(b + 0.5) / _BINS for b in range(_BINS)],
                y=row.tolist(),
                width=0.9 / _BINS,
                marker={"color": POLICY, "line": {"width": 0}},
                hovertemplate=f"{_words(label)}: %{{y}}<extra></extra>",
            ),
            row=line,
            col=column,
        )
        wrap = 24 if screen == "laptop" else 28
        _labels.panel_title(figure, _words(label), screen=screen, row=line, column=column, wrap=wrap)
    outside = float(((counts < low) | (counts > high)).mean())
    _theme.finish(
        figure,
        title="Simulation-based calibration: ranks of what was drawn among the draws of its posterior",
        source=f"{fits} data sets simulated from the model's own prior; {draws} draws of each posterior. Grey: 99 % of "
        f"counts if ranks are uniform; {outside:.1%} of the bars end outside it.",
        description=f"Histograms of ranks of {len(labels)} parameters over {fits} fits to simulated data.",
        screen=screen,
        height=110 * rows,
        left=40,
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(showticklabels=False, ticks="", range=[0, 1])
    figure.update_yaxes(gridcolor=_palette.GRID, nticks=3)
    return figure


def _words(label: str) -> str:
    name, _, element = label.partition(".")
    return name.replace("_", " ") + (f" of {element.replace('_', ' ')}" if element else "")
