"""The look of every figure: type, colours, bands, labels and the source line, for a laptop and for a phone.

Colours come in pairs, on a light and on a dark page, and differ in lightness so that they stay apart in grey and
for colour-blind readers (blue against orange; after Okabe and Ito, Color Universal Design, 2008). Text colours reach a
contrast of 4.5 to 1 on either page.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

Screen = Literal["laptop", "phone"]

INK, MUTED, GRID, PAGE = "#1a1d21", "#545c67", "#e1e5ea", "#fdfdfc"
POLICY, COUNTERFACTUAL, NEUTRAL = "#0b4f8a", "#a84a00", "#c9ced4"

# Domestic origins in blues, foreign ones in oranges; the lightness tells the members of a family apart.
DOMESTIC = ("#0a3560", "#2d6ca8", "#5d9ad2", "#92bfe7", "#c6def3")
FOREIGN = ("#7c3600", "#b9661f", "#dd9a57", "#f3cfa4")

# Type inside filled areas, which keep their own lightness on either page.
ON_LIGHT, ON_DEEP = "#111418", "#fcfcfb"

# What each colour becomes on a dark page.
ON_DARK: dict[str, str] = {
    INK: "#eceef0",
    MUTED: "#a9b1bc",
    GRID: "#363c45",
    PAGE: "#14171b",
    POLICY: "#74b4f0",
    COUNTERFACTUAL: "#f0a35c",
    NEUTRAL: "#59616b",
    "#0a3560": "#2f6fae",
    "#2d6ca8": "#4f8fcb",
    "#5d9ad2": "#79b0e2",
    "#7c3600": "#a8570f",
    "#b9661f": "#c97a33",
}

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"

# Pixels; the widths are those of the page for which the figure is laid out.
_SIZES: dict[str, dict[str, int]] = {
    "laptop": {
        "font": 13,
        "title": 17,
        "small": 12,
        "line": 16,
        "title_line": 22,
        "title_wrap": 105,
        "source_wrap": 165,
    },
    "phone": {"font": 12, "title": 15, "small": 11, "line": 15, "title_line": 20, "title_wrap": 38, "source_wrap": 58},
}


@dataclass(frozen=True, slots=True)
class Label:
    """A direct label at the right end of a line: its text, colour and the value it stands at."""

    text: str
    colour: str
    value: float


def size(screen: Screen, what: str) -> int:
    """A size of the theme in pixels, or a width in characters."""
    return _SIZES[screen][what]


def faint(colour: str, opacity: float = 0.18) -> str:
    """`colour` with this opacity, in the notation that `dark` and the report know how to translate."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def dark_replacements() -> dict[str, str]:
    """What to replace in the text of a figure to put it on a dark page: plain colours and the stem of faint ones."""
    stems = {faint(a, 0).rsplit(",", 1)[0]: faint(b, 0).rsplit(",", 1)[0] for a, b in ON_DARK.items()}
    return ON_DARK | stems


def on(colour: str) -> str:
    """The colour of type, dark or light, that reads best on a filled area (W3C relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return ON_LIGHT if luminance > 0.18 else ON_DEEP


def wrapped(text: str, width: int) -> str:
    """`text` (already safe) broken into lines of at most `width` characters, in the notation of Plotly."""
    return "<br>".join(textwrap.wrap(text, width, break_long_words=False)) or text


def plain(text: str) -> str:
    """`text` without the characters that Plotly would read as mark-up."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def finish(
    figure: go.Figure,
    *,
    title: str,
    source: str,
    description: str,
    screen: Screen,
    height: int,
    right: int = 16,
    left: int | None = None,
    titled_x: bool = False,
) -> go.Figure:
    """Give `figure` its title, source line, margins and text alternative; returns the same figure.

    `height` is that of the panels, in pixels; title and source line come on top of it. `titled_x`: the lower axis has a
    title, which needs room above the source line.
    """
    title_lines = textwrap.wrap(plain(title), size(screen, "title_wrap"))
    source_lines = textwrap.wrap(plain(source), size(screen, "source_wrap"), break_long_words=False)
    top = 18 + len(title_lines) * size(screen, "title_line") + 24
    axis_space = 58 if titled_x else 44
    bottom = axis_space + len(source_lines) * size(screen, "line") + 6
    left = left or (62 if screen == "laptop" else 54)
    figure.update_layout(
        template="none",
        font={"family": FONT, "size": size(screen, "font"), "color": INK},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        title={
            "text": f"<b>{'<br>'.join(title_lines)}</b>",
            "font": {"size": size(screen, "title"), "color": INK},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12 if len(title_lines) == 1 else 20, "l": 2},
        },
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": PAGE, "bordercolor": MUTED, "font": {"color": INK, "size": size(screen, "small")}},
        height=top + height + bottom,
        margin={"t": top, "b": bottom, "l": left, "r": right, "pad": 0},
        meta={"title": title, "source": source, "description": description},
    )
    figure.add_annotation(
        text="<br>".join(source_lines),
        xref="paper",
        yref="paper",
        x=0,
        y=0,
        xshift=-left + 2,
        yshift=-axis_space,
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={"size": size(screen, "small") - 1, "color": MUTED},
        name="source",
    )
    _axes(figure, screen)
    return figure


def _axes(figure: go.Figure, screen: Screen) -> None:
    small = {"size": size(screen, "small"), "color": MUTED}
    common = {"tickfont": small, "zeroline": False, "automargin": False, "fixedrange": True}
    figure.update_xaxes(
        showgrid=False,
        linecolor=MUTED,
        linewidth=1,
        showline=True,
        ticks="outside",
        tickcolor=MUTED,
        ticklen=4,
        title_font=small,
        title_standoff=4,
        **common,
    )
    figure.update_yaxes(showgrid=True, gridcolor=GRID, showline=False, title_font=small, title_standoff=6, **common)


def band(
    figure: go.Figure,
    x: Sequence[float],
    quantiles: Sequence[Sequence[float]],
    *,
    colour: str,
    name: str,
    row: int = 1,
    column: int = 1,
    dash: str = "solid",
    hover: str = "",
    custom: Sequence[Sequence[float]] | None = None,
) -> None:
    """Draw the 10–90 % band and the median line of `quantiles` (low, median, high, each as long as `x`).

    `hover` is the template of the median's hover text; `custom` holds what it refers to, one sequence per point.
    """
    low, middle, high = quantiles
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_trace(go.Scatter(x=list(x), y=list(low), name=f"{name}, 10 %", **edge), row=row, col=column)
    figure.add_trace(
        go.Scatter(x=list(x), y=list(high), name=f"{name}, 90 %", fill="tonexty", fillcolor=faint(colour), **edge),
        row=row,
        col=column,
    )
    figure.add_trace(
        go.Scatter(
            x=list(x),
            y=list(middle),
            name=name,
            mode="lines",
            line={"color": colour, "width": 2.4, "dash": dash},
            customdata=None if custom is None else [list(values) for values in custom],
            hovertemplate=hover or None,
        ),
        row=row,
        col=column,
    )


def zero_line(figure: Any, *, row: int, column: int) -> None:
    """A thin line where x is zero."""
    figure.add_vline(x=0, line_width=1, line_color=MUTED, row=row, col=column)


def level_line(figure: Any, y: float, *, row: int, column: int) -> None:
    """A thin line at `y`, behind the data."""
    figure.add_hline(y=y, line_width=1, line_color=MUTED, layer="below", row=row, col=column)


def zone(figure: Any, low: float, high: float, *, axis: Literal["x", "y"], row: int, column: int) -> None:
    """A shaded zone from `low` to `high` of an axis, behind the data."""
    add = figure.add_vrect if axis == "x" else figure.add_hrect
    ends = {f"{axis}0": low, f"{axis}1": high}
    add(**ends, fillcolor=faint(MUTED, 0.22), line_width=0, layer="below", row=row, col=column)


def end_labels(
    figure: go.Figure,
    labels: Sequence[Label],
    *,
    x: float,
    span: tuple[float, float],
    height: int,
    screen: Screen,
    row: int = 1,
    column: int = 1,
    wrap: int = 16,
) -> None:
    """Write labels to the right of `x`, pushed apart so that none covers another.

    `span` is the range of the axis, in the units of the values (for a logarithmic axis: logarithms), over `height`
    pixels.
    """
    lines = [wrapped(plain(label.text), wrap) for label in labels]
    low, high = span
    need = [(text.count("<br>") + 1) * size(screen, "line") for text in lines]
    wanted = [(min(max(label.value, low), high) - low) / (high - low) * height for label in labels]
    for label, text, place in zip(labels, lines, spread(wanted, need, height), strict=True):
        figure.add_annotation(
            text=text,
            x=x,
            y=low + place / height * (high - low),
            xanchor="left",
            yanchor="middle",
            xshift=6,
            align="left",
            showarrow=False,
            font={"color": label.colour, "size": size(screen, "small")},
            row=row,
            col=column,
        )


def spread(wanted: Sequence[float], need: Sequence[float], height: float) -> list[float]:
    """Centres as near as possible to `wanted`, in its order, for things `need` tall that must not overlap.

    They are moved apart from the bottom up and, where they then leave [0, height], back down.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    places = list(wanted)
    floor = -float("inf")
    for i in order:
        places[i] = max(places[i], floor + need[i] / 2)
        floor = places[i] + need[i] / 2
    ceiling = float(height) + max(need, default=0) / 2
    for i in reversed(order):
        places[i] = min(places[i], ceiling - need[i] / 2)
        ceiling = places[i] - need[i] / 2
    return places


def thickest(share: Sequence[float], text: str, *, points_per_pixel: float, screen: Screen, least: float) -> int | None:
    """Where along an area its name fits best: the index at which the area stays thick over the width of the text.

    None where it is nowhere as thick as `least`; near the edges, where the name would be cut, nothing is chosen.
    """
    half = max(1, math.ceil(len(text) * 0.72 * size(screen, "small") / 2 * points_per_pixel))
    if len(share) <= 2 * half:
        return None
    thinnest = {i: min(share[i - half : i + half + 1]) for i in range(half, len(share) - half)}
    best = max(thinnest, key=lambda i: thinnest[i])
    return best if thinnest[best] >= least else None


def panel_title(
    figure: go.Figure, text: str, *, screen: Screen, row: int, column: int, note: str = "", wrap: int = 58
) -> None:
    """Write the title of one panel, and a note under it, above its plotting area."""
    note = f"<br><span style='color:{MUTED}'>{wrapped(plain(note), wrap)}</span>" if note else ""
    figure.add_annotation(
        text=f"<b>{wrapped(plain(text), wrap)}</b>{note}",
        x=0,
        y=1,
        xref="x domain",
        yref="y domain",
        xanchor="left",
        yanchor="bottom",
        yshift=4,
        align="left",
        showarrow=False,
        font={"size": size(screen, "font"), "color": INK},
        row=row,
        col=column,
        exclude_empty_subplots=False,
    )


def year_axis(
    figure: go.Figure, years: Sequence[int], *, screen: Screen, row: int | None = None, column: int | None = None
) -> None:
    """Ticks in the middle of every other year (every fourth on a phone); the axis covers whole years."""
    step = 2 if screen == "laptop" else 4
    shown = [year for year in years if (year - years[-1]) % step == 0]
    figure.update_xaxes(
        range=[years[0], years[-1] + 1],
        tickvals=[year + 0.5 for year in shown],
        ticktext=[str(year) for year in shown],
        hoverformat=".1f",
        row=row,
        col=column,
    )
