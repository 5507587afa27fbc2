"""TPP against performance density: what the rules of one day catch, and every chip of the catalogue on that plane."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from math import log10
from typing import Literal

import plotly.graph_objects as go

from countermove.chips import ChipSpec, Interval, catalogue
from countermove.figures._label_places import merged, offsets
from countermove.figures._labels import Screen, size
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, NEUTRAL, POLICY, faint
from countermove.figures._theme import finish
from countermove.rules import LAW_REVIEWED_TO, RuleBook, Word, check, items
from countermove.rules.era import era_of

Scale = Literal["log", "linear"]

# Shades grow with strictness, so that they stay apart in grey.
SHADES = {
    Word.NO: "rgba(0, 0, 0, 0)",
    Word.EXCEPTION_NOTIFY: faint(NEUTRAL, 0.45),
    Word.YES: faint(COUNTERFACTUAL, 0.16),
    Word.CASE_BY_CASE: faint(COUNTERFACTUAL, 0.28),
    Word.DENIED: faint(COUNTERFACTUAL, 0.5),
}
NAMES = {
    Word.EXCEPTION_NOTIFY: "exception after notice",
    Word.YES: "licence",
    Word.CASE_BY_CASE: "case by case",
    Word.DENIED: "denied in practice",
}

# The shading is that of a data-centre part sold in the United States with links of 900 GB/s (so that the interconnect
# limit of 2022 is reached) and no memory to speak of (so that no letter on bandwidth is).
LINKS = 900.0


def threshold_plane(
    on: date = LAW_REVIEWED_TO,
    *,
    scale: Scale = "log",
    destination: str = "China",
    book: RuleBook | None = None,
    screen: Screen = "laptop",
) -> go.Figure:
    """The plane with regulated regions shaded for a day, every chip with known area a labelled point.

    Args:
        on: day of the rules.
        scale: `log` or `linear` axes.
        destination: country of the exact name in the country table.
        book: the rules; history if left out.
        screen: laptop or phone.
    """
    rules = book or RuleBook.history()
    chips = [chip for chip in catalogue().values() if chip.tpp is not None and chip.density is not None]
    top = (1_600_000.0, 160.0) if scale == "log" else (9_000.0, 12.0)
    low = (100.0, 0.5) if scale == "log" else (0.0, 0.0)
    shown = [chip for chip in chips if _inside(chip, low, top)]
    figure = go.Figure()
    seen = _shade(figure, on, destination, rules, low, top)
    height = 640
    _points(figure, shown, scale, low, top, (1050 if screen == "laptop" else 300, height), screen)
    figure.update_xaxes(
        type=scale, range=_range(low[0], top[0], scale), title_text="Total processing performance (TPP)"
    )
    figure.update_yaxes(type=scale, range=_range(low[1], top[1], scale), title_text="Performance density (TPP per mm²)")
    figure.update_layout(hovermode="closest")
    key = [(NAMES[word], SHADES[word]) for word in seen if word in NAMES]
    return finish(
        figure,
        title=f"What US rules of {on} catch on the way to {destination}, by TPP and performance density",
        source="Shading: the rules as evaluated for a data-centre part with 900 GB/s of links, apart from limits on "
        "memory bandwidth. Filled points: data-centre parts; open points: others. "
        f"{_beyond(chips, shown)}Sources: table of chips. Not legal advice.",
        description="A scatter of accelerators by total processing performance and performance density over shaded "
        f"regions that the rules of {on} control.",
        screen=screen,
        height=height,
        titled_x=True,
        key=key,
    )


def _beyond(chips: list[ChipSpec], shown: list[ChipSpec]) -> str:
    """The chips that lie outside the axes, by name."""
    names = dict.fromkeys(_label(chip) for chip in chips if chip not in shown)
    return f"Outside the axes: {', '.join(names)}. " if names else ""


def _range(low: float, high: float, scale: Scale) -> list[float]:
    return [log10(low), log10(high)] if scale == "log" else [low, high]


def _inside(chip: ChipSpec, low: tuple[float, float], top: tuple[float, float]) -> bool:
    assert chip.tpp is not None
    assert chip.density is not None
    return low[0] <= chip.tpp.central <= top[0] and low[1] <= chip.density.central <= top[1]


def _sample(tpp: float, density: float) -> ChipSpec:
    """A data-centre part at one point of the plane."""
    area = tpp / density
    return ChipSpec(
        id="sample", name="sample", vendor="", vendor_country="US", tpp_low=tpp, tpp_high=tpp, area_low=area,
        area_high=area, memory_bandwidth=Interval(1.0, 1.0, 1.0), interconnect=LINKS,
    )  # fmt: skip


def _cuts(on: date, figure: str, low: float, top: float, book: RuleBook) -> list[float]:
    tests = (test for control in era_of(book, on).controls for group in control.when for test in group)
    inner = {test.limit for test in tests if test.subject == figure and isinstance(test.limit, float)}
    return [low, *sorted(limit for limit in inner if low < limit < top), top]


def _shade(
    figure: go.Figure, on: date, destination: str, book: RuleBook, low: tuple[float, float], top: tuple[float, float]
) -> list[Word]:
    """One rectangle per cell between limits, coloured by the evaluator's word; returns the words that occur."""
    seen: set[Word] = set()
    for left, right in pairwise(_cuts(on, "tpp", low[0], top[0], book)):
        for bottom, upper in pairwise(_cuts(on, "density", low[1], top[1], book)):
            middle = _sample((left + right) / 2, (bottom + upper) / 2)
            word = check(items.of_chip(middle), destination, on=on, book=book).word
            seen.add(word)
            if word is not Word.NO:
                figure.add_shape(
                    type="rect", x0=left, x1=right, y0=bottom, y1=upper, line_width=0, fillcolor=SHADES[word],
                    layer="below",
                )  # fmt: skip
    return [word for word in Word if word in seen]


_VENDORS = (
    "Nvidia ", "GeForce ", "AMD Instinct ", "Intel ", "Huawei ", "Google ", "AWS ", "Cambricon ", "Baidu ", "Alibaba ",
    "Biren ", "MetaX ", "Iluvatar ", "Enflame ", "Moore Threads ",
)  # fmt: skip


def _label(chip: ChipSpec) -> str:
    name = chip.name.split("(")[0]
    for vendor in _VENDORS:
        name = name.removeprefix(vendor)
    for detail in (" SXM4", " SXM5", " SXM2", " PCIe", " SXM", " 80GB", " 40GB", " 96GB", " 141GB", " 16/32GB"):
        name = name.replace(detail, "")
    return name.strip()


def _points(
    figure: go.Figure,
    chips: list[ChipSpec],
    scale: Scale,
    low: tuple[float, float],
    top: tuple[float, float],
    pixels: tuple[int, int],
    screen: Screen,
) -> None:
    places = [_pixel(chip, scale, low, top, pixels) for chip in chips]
    labels = merged(places, [_label(chip) for chip in chips])
    for datacentre, symbol in ((True, "circle"), (False, "circle-open")):
        kept = [chip for chip in chips if chip.datacentre is datacentre]
        figure.add_trace(
            go.Scatter(
                x=[_tpp(chip).central for chip in kept],
                y=[_density(chip).central for chip in kept],
                error_x=_bars([_tpp(chip) for chip in kept]),
                error_y=_bars([_density(chip) for chip in kept]),
                mode="markers",
                marker={"symbol": symbol, "size": 7, "color": POLICY, "line": {"width": 1.5, "color": POLICY}},
                customdata=[chip.name for chip in kept],
                hovertemplate="%{customdata}<br>TPP %{x:,.0f}<br>density %{y:.2f} per mm²<extra></extra>",
            )
        )
    font = size(screen, "small") - 2
    for chip, label, shift in zip(chips, labels, offsets(places, labels, pixels, font), strict=True):
        if label:
            x, y = _tpp(chip).central, _density(chip).central
            figure.add_annotation(
                x=log10(x) if scale == "log" else x, y=log10(y) if scale == "log" else y, text=label,
                ax=shift[0], ay=-shift[1], showarrow=True, arrowhead=0, arrowwidth=0.7, arrowcolor=MUTED, standoff=4,
                font={"size": font, "color": INK}, borderpad=0,
            )  # fmt: skip


def _tpp(chip: ChipSpec) -> Interval:
    assert chip.tpp is not None
    return chip.tpp


def _density(chip: ChipSpec) -> Interval:
    assert chip.density is not None
    return chip.density


def _bars(spans: list[Interval]) -> dict[str, object]:
    """Error bars for the figures that are bounded rather than published."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [span.high - span.central for span in spans],
        "arrayminus": [span.central - span.low for span in spans],
        "color": MUTED,
        "thickness": 1,
        "width": 2,
    }


def _pixel(
    chip: ChipSpec, scale: Scale, low: tuple[float, float], top: tuple[float, float], pixels: tuple[int, int]
) -> tuple[float, float]:
    values = (_tpp(chip).central, _density(chip).central)
    found: list[float] = []
    for value, start, end, length in zip(values, low, top, pixels, strict=True):
        first, last = _range(start, end, scale)
        found.append(((log10(value) if scale == "log" else value) - first) / (last - first) * length)
    return found[0], found[1]
