"""The binding-input ribbon: which input limits Ascend output, quarter by quarter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _palette, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import PAGE
from countermove.figures._sheet import Canvas, Sheet, scatter

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

# Input, words, colour: from the bottom of the ribbon up, dark beside light so that neighbours differ in grey.
INPUTS = (
    ("logic", "logic dies", "#0a3560"),
    ("memory", "memory (HBM)", "#dd9a57"),
    ("packaging", "packaging", "#2d6ca8"),
    ("demand", "demand", "#c6def3"),
)
_HEIGHT = 300
OUTPUT = 1000


def binding_input(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """Elasticity of Ascend output to each input under the policy, in percent, mean over draws; sums to 100.

    It is the normalised shadow price: 100 % for one input means that only more of it would give more cards. The figure
    begins with the first quarter of any output to speak of, before which there is nothing to bind.
    """
    return binding_input_sheet(comparison, screen).figure()


def binding_input_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `binding_input`, not yet checked by Plotly."""
    first = first_quarter(comparison)
    shares = quarterly_shares(comparison)[:, first:]
    start = _summary.first_year(comparison.policy) + first / 4
    years = [year for year in _summary.years_of(comparison.policy) if year >= int(start)]
    x = [start + (quarter + 0.5) / 4 for quarter in range(shares.shape[1])]
    figure = Sheet()
    bottom = np.zeros(shares.shape[1])
    for (_, words, colour), share in zip(INPUTS, 100 * shares, strict=True):
        figure.add_trace(
            scatter(
                x=x,
                y=np.round(share, 2).tolist(),
                name=words,
                stackgroup="inputs",
                mode="lines",
                line={"width": 0.8, "color": PAGE},
                fillcolor=colour,
                hovertemplate="%{y:.0f} %",
            )
        )
        _inside(figure, words, colour, x, bottom, share, screen)
        bottom += share
    figure.update_yaxes(range=[0, 100], title_text="share of the constraint, %", dtick=25)
    _theme.year_axis(figure, years, screen=screen)
    return _theme.finish(
        figure,
        title=f"Which input binds Ascend output, by quarter, under {comparison.scenario}",
        source=_summary.source_line(
            comparison,
            f"Means over draws of the elasticity of output to each input; from {OUTPUT:,} cards a quarter (median) on.",
            bands=False,
        ),
        description=_description(shares, start),
        screen=screen,
        height=_HEIGHT,
        key=[(words, colour) for _, words, colour in INPUTS],
    )


def first_quarter(comparison: Comparison) -> int:
    """Index of the first quarter in which the median of Ascend cards made reaches `OUTPUT`; 0 if none does."""
    cards = _summary.by_quarter(_summary.monthly(comparison.policy, "cards_made", vendor="huawei"), "sum")
    return int((np.median(cards, axis=0) >= OUTPUT).argmax())


def quarterly_shares(comparison: Comparison) -> np.ndarray:
    """Mean over draws of the binding share, 0–1: shape (input, quarter)."""
    found = comparison.binding
    return np.stack([found.share[:, found.inputs.index(name)] for name, _, _ in INPUTS])


def quarter_name(start: float, quarter: int) -> str:
    """Such as 2025 Q3, `quarter` quarters after the decimal year `start`."""
    year, rest = divmod(round(start * 4) + quarter, 4)
    return f"{year} Q{rest + 1}"


def _inside(
    figure: Canvas, words: str, colour: str, x: list[float], bottom: np.ndarray, share: np.ndarray, screen: Screen
) -> None:
    """Name an area where it is thickest."""
    width = 940 if screen == "laptop" else 290
    at = _labels.thickest(share.tolist(), words, points_per_pixel=len(share) / width, screen=screen, least=9)
    if at is None:
        return
    figure.add_annotation(
        text=words,
        x=x[at],
        y=float(bottom[at] + share[at] / 2),
        showarrow=False,
        font={"size": _labels.size(screen, "small") + 1, "color": _palette.on(colour)},
    )


def _description(shares: np.ndarray, start: float) -> str:
    leading = shares.argmax(axis=0)
    spells: list[str] = []
    for quarter, index in enumerate(leading):
        if quarter == 0 or index != leading[quarter - 1]:
            spells.append(f"{INPUTS[index][1]} from {quarter_name(start, quarter)}")
    return "Stacked areas by quarter. The largest share belongs to " + ", ".join(spells) + "."
