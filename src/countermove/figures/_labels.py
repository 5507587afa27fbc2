"""Type: sizes for a laptop and for a phone, lines of text, and the labels that stand in the figure itself."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from countermove.figures._palette import INK, MUTED
from countermove.figures._sheet import Canvas

Screen = Literal["laptop", "phone"]

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


def lines_of(text: str, width: int) -> list[str]:
    """`text` broken into lines of at most `width` characters; names such as no-controls stay whole."""
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def wrapped(text: str, width: int) -> str:
    """`text` (already safe) broken into lines of at most `width` characters, in the notation of Plotly."""
    return "<br>".join(lines_of(text, width)) or text


def plain(text: str) -> str:
    """`text` without the characters that Plotly would read as mark-up."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def colour_key(entries: Sequence[tuple[str, str]], screen: Screen) -> str:
    """Words with a square of their colour before each, in lines that fit the screen."""
    width = size(screen, "source_wrap") * 0.75
    lines, room = [""], width
    for words, colour in entries:
        if len(words) + 4 > room:
            lines, room = [*lines, ""], width
        lines[-1] += f"<span style='color:{colour}'>■</span> {plain(words)}   "
        room -= len(words) + 4
    return "<br>".join(lines)


def end_labels(
    figure: Canvas,
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
    figure: Canvas, text: str, *, screen: Screen, row: int, column: int, note: str = "", wrap: int = 58
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
