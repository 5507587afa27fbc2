"""Buyers by origin: where each named buyer's new compute comes from, year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _palette, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import PAGE
from countermove.figures._sheet import Canvas, Sheet, bar

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison

BUYERS = {
    "bytedance": "ByteDance",
    "baidu": "Baidu",
    "alibaba": "Alibaba",
    "tencent": "Tencent",
    "state_telecom": "State and telecom",
    "other": "Other buyers",
}
# Options of the model, words and colour, from the bottom of the ribbon up: home chips in blues, foreign in oranges.
ORIGINS = (
    (("huawei",), "Huawei", "#0a3560"),
    (("cambricon", "kunlunxin", "t_head", "other_domestic"), "other Chinese", "#92bfe7"),
    (("foreign_legal",), "foreign", "#7c3600"),
    (("foreign_low_end",), "foreign, low-end", "#dd9a57"),
    (("grey",), "smuggled", "#4a525c"),
    (("offshore",), "offshore rental", "#d5d9de"),
)
_HEIGHT = 190
_GAP = 62


def buyers_by_origin(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """Share of each buyer's new compute by origin under the policy: percent of H100e a year, mean over draws."""
    return buyers_by_origin_sheet(comparison, screen).figure()


def buyers_by_origin_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `buyers_by_origin`, not yet checked by Plotly."""
    shares = origin_shares(comparison)
    years = _summary.years_of(comparison.policy)
    columns = 3 if screen == "laptop" else 1
    rows = -(-len(shares) // columns)
    total = rows * _HEIGHT + (rows - 1) * _GAP
    figure = Sheet(
        rows=rows,
        cols=columns,
        horizontal_spacing=0.05 if columns > 1 else 0,
        vertical_spacing=_GAP / total,
        shared_yaxes=columns > 1,
    )
    for index, (buyer, values) in enumerate(shares.items()):
        row, column = index // columns + 1, index % columns + 1
        _ribbon(figure, years, values, screen, row, column)
        _labels.panel_title(figure, BUYERS.get(buyer, buyer), screen=screen, row=row, column=column)
        if column == 1:
            figure.update_yaxes(title_text="% of H100e bought", row=row, col=column)
    figure.update_yaxes(range=[0, 100], dtick=25)
    _theme.year_axis(figure, years, screen="phone")
    return _theme.finish(
        figure,
        title=f"Where each buyer’s new compute comes from, under {comparison.scenario}",
        source=_summary.source_line(
            comparison, "Means over draws of shares of H100e acquired in the calendar year.", bands=False
        ),
        description=_description(shares, years),
        screen=screen,
        height=total,
        key=[(words, colour) for _, words, colour in ORIGINS],
    )


def origin_shares(comparison: Comparison) -> dict[str, np.ndarray]:
    """Mean share (0–1) by buyer: shape (origin, year), in the order of ORIGINS; years without purchases are zero."""
    elements = _summary.dimensions(comparison.policy, "purchases")
    found: dict[str, np.ndarray] = {}
    for buyer in [name for name in BUYERS if name in elements["buyer"]]:
        bought = _summary.by_year(_summary.monthly(comparison.policy, "purchases", buyer=buyer), "sum")
        total = bought.sum(axis=2)
        groups = [
            bought[:, :, [elements["option"].index(name) for name in members]].sum(axis=2) for members, *_ in ORIGINS
        ]
        found[buyer] = np.stack(
            [np.where(total > 0, g / np.where(total > 0, total, 1), 0).mean(axis=0) for g in groups]
        )
    return found


def _ribbon(figure: Canvas, years: list[int], shares: np.ndarray, screen: Screen, row: int, column: int) -> None:
    x = [year + 0.5 for year in years]
    bottom = np.zeros(len(years))
    for (_, words, colour), share in zip(ORIGINS, 100 * shares, strict=True):
        figure.add_trace(
            bar(
                x=x,
                y=np.round(share, 2).tolist(),
                name=words,
                marker={"color": colour, "line": {"width": 0.4, "color": PAGE}},
                hovertemplate="%{y:.0f} %",
            ),
            row=row,
            col=column,
        )
        _name(figure, words, colour, x, bottom, share, screen, row, column)
        bottom = bottom + share
    figure.update_layout(barmode="stack", bargap=0)


def _name(
    figure: Canvas,
    words: str,
    colour: str,
    x: list[float],
    bottom: np.ndarray,
    share: np.ndarray,
    screen: Screen,
    row: int,
    column: int,
) -> None:
    """Name an origin inside its area where it stays thick for several years; else leave it to the other panels."""
    width = 270 if screen == "laptop" else 290
    at = _labels.thickest(share.tolist(), words, points_per_pixel=len(share) / width, screen=screen, least=9)
    if at is None:
        return
    figure.add_annotation(
        text=words,
        x=x[at],
        y=float(bottom[at] + share[at] / 2),
        showarrow=False,
        font={"size": _labels.size(screen, "small"), "color": _palette.on(colour)},
        row=row,
        col=column,
    )


def _description(shares: dict[str, np.ndarray], years: list[int]) -> str:
    year = 2025 if 2025 in years else years[-1]
    at = years.index(year)
    parts = [
        f"{BUYERS.get(buyer, buyer)}: "
        + ", ".join(f"{words} {100 * value:.0f} %" for (_, words, _), value in zip(ORIGINS, values[:, at], strict=True))
        for buyer, values in shares.items()
    ]
    return f"Stacked bars by year, one panel a buyer. Shares in {year}. " + "; ".join(parts) + "."
