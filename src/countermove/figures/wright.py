"""Wright's law: price against cumulative output, both as multiples, on logarithmic axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.figures import _labels, _observed, _summary, _theme
from countermove.figures._labels import Screen, size
from countermove.figures._palette import COUNTERFACTUAL, INK, POLICY
from countermove.figures._sheet import Sheet, scatter
from countermove.figures.base import published, source, told

if TYPE_CHECKING:
    from countermove.figures._summary import Array
    from countermove.results import Result

_HEIGHT, _GAP = 240, 116
_NOTE = 30  # room for the notes of the first row of panels
_LAST = 2030
_LABELLED = (2016, 2020, 2025, 2030)
CHIPS_FROM = 2021
"""The year whose Ascend cards count as 1: the first of any number to speak of."""


@dataclass(frozen=True, eq=False)
class Path:
    """One line: by year (draw, year) cumulative output and price as multiples of those of the first year."""

    title: str
    note: str
    years: tuple[int, ...]
    cumulative: Array
    price: Array
    evidence: str = ""

    @property
    def fall(self) -> tuple[float, float, float]:
        """Fall of the price per doubling over the whole line, in %: 10, 50 and 90 % of draws."""
        doublings = np.log2(self.cumulative[:, -1] / self.cumulative[:, 0])
        falls = 100 * (1 - (self.price[:, -1] / self.price[:, 0]) ** (1 / doublings))
        low, middle, high = _summary.quantiles(falls)
        return float(low), float(middle), float(high)


def paths(policy: Result) -> list[Path]:
    """The three sectors, and the cost of an H100e of Ascend cards, in the last month of each year."""
    sectors = dict(policy.variables["sector_relative_price"].dimensions)["sector"]
    titles = {"solar": "Solar modules", "battery": "Lithium-ion packs", "ev": "Electric vehicles"}
    years = tuple(year for year in _summary.years_of(policy) if year <= _LAST)
    found: list[Path] = []
    for name in sectors:
        cumulative, price = (
            _summary.by_year(_summary.monthly(policy, quantity, sector=name), "last")[:, : len(years)]
            for quantity in ("sector_cumulative_output", "sector_relative_price")
        )
        evidence = f"{name}_price" if f"{name}_price" in published() else ""
        found.append(Path(titles[name], "price by the law itself", years, cumulative / cumulative[:, :1],
                          price / price[:, :1], evidence))  # fmt: skip
    return [*found, _ascend(policy, years)]


def _ascend(policy: Result, years: tuple[int, ...]) -> Path:
    cards, compute, cost = (
        _summary.monthly(policy, name, vendor="huawei") for name in ("cards_made", "card_compute", "unit_cost")
    )
    chosen = [index for index, year in enumerate(years) if year >= CHIPS_FROM]
    made = _summary.by_year(cards * compute, "sum").cumsum(axis=1)[:, chosen]
    price = _summary.by_year(cost / compute, "last")[:, chosen]
    note = f"{CHIPS_FROM} is 1; cost, not price: dies, memory, packaging"
    return Path("Ascend cards, cost of an H100e", note, tuple(years[index] for index in chosen), made / made[:, :1],
                price / price[:, :1])  # fmt: skip


def wrights_law(policy: Result, screen: Screen = "laptop") -> Sheet:
    """Four panels, log-log: medians by year with the fall per doubling, and published prices where there are any.

    A published price stands at the model's median cumulative output of its year, against the published one of 2016.
    """
    wide = screen == "laptop"
    lines = paths(policy)
    total = (2 if wide else 4) * _HEIGHT + (1 if wide else 3) * _GAP
    figure = Sheet(
        rows=2 if wide else 4, cols=2 if wide else 1, vertical_spacing=_GAP / total,
        horizontal_spacing=0.1 if wide else 0,
    )  # fmt: skip
    for index, path in enumerate(lines):
        row, column = (index // 2 + 1, index % 2 + 1) if wide else (index + 1, 1)
        _panel(figure, path, screen, row, column)
    # Three marks a decade, but on a phone, where four decades are as wide as two words, one.
    marks = "D2" if wide else 1
    figure.update_xaxes(type="log", dtick=marks, tickformat="~g", title_text="cumulative output, multiple")
    figure.update_yaxes(type="log", dtick="D2", tickformat="~g", title_text="price, multiple")
    _theme.finish(
        figure,
        title="Wright’s law: what each doubling of cumulative output does to the price",
        source=source(
            policy.origin,
            "Lines: medians at year’s end, from the first year = 1; in brackets 10–90 % of draws. The law is assumed "
            "for the sectors; for cards it is what yields, memory and the roadmap make of it. Markers: published world "
            "prices against that of 2016, at the model’s cumulative output of their year (bases of money differ).",
        ),
        description="Four log-log panels. "
        + "; ".join(f"{path.title}: {path.fall[1]:.0f} % less per doubling" for path in lines),
        screen=screen,
        height=total,
        left=66,
        titled_x=True,
    )
    margin, height = figure.layout["margin"], figure.layout["height"]
    figure.update_layout(hovermode="closest", margin_t=margin["t"] + _NOTE, height=height + _NOTE)
    return figure


def _panel(figure: Sheet, path: Path, screen: Screen, row: int, column: int) -> None:
    x, y = np.median(path.cumulative, axis=0), np.median(path.price, axis=0)
    labelled = _LABELLED if path.years[0] == _LABELLED[0] else (path.years[0], *_LABELLED[2:])
    figure.add_trace(
        scatter(
            x=x.tolist(), y=y.tolist(), mode="lines+markers+text", name=path.title,
            text=[str(year) if year in labelled else "" for year in path.years], textposition="top right",
            textfont={"size": size(screen, "small"), "color": INK}, line={"color": POLICY, "width": 2.4},
            marker={"size": 5, "color": POLICY}, customdata=list(path.years), cliponaxis=False,
            hovertemplate="%{customdata}: output ×%{x:,.3~g}, price ×%{y:.3~g}<extra>model</extra>",
        ),
        row=row, col=column,
    )  # fmt: skip
    if path.evidence:
        _prices(figure, path, row, column)
    low, middle, high = path.fall
    falls = f"{middle:.0f} % less per doubling ({low:.0f} to {high:.0f})".replace("-", "−")
    _labels.panel_title(
        figure, path.title, screen=screen, row=row, column=column, note=f"{falls}; {path.note}",
        wrap=70 if screen == "laptop" else 46,
    )  # fmt: skip


def _prices(figure: Sheet, path: Path, row: int, column: int) -> None:
    points = [point for point in _observed.points(published()[path.evidence]) if int(point.x) in path.years]
    first = next(point.value for point in points if int(point.x) == path.years[0])
    x = np.median(path.cumulative, axis=0)
    figure.add_trace(
        scatter(
            x=[float(x[path.years.index(int(point.x))]) for point in points],
            y=[point.value / first for point in points], mode="markers", name="published",
            marker={"symbol": ["diamond-open" if point.fact.verified == "no" else "diamond" for point in points],
                    "size": 8, "color": COUNTERFACTUAL, "line": {"color": INK, "width": 1}},
            customdata=[told(point) for point in points], hovertemplate="%{customdata}<extra></extra>",
        ),
        row=row, col=column,
    )  # fmt: skip
