"""The look of every figure: its frame, axes and bands, for a laptop and for a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from countermove.figures._labels import Screen, colour_key, lines_of, plain, size
from countermove.figures._palette import GRID, INK, MUTED, PAGE, faint
from countermove.figures._sheet import Canvas, Drawn, scatter

FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif"


def finish(
    figure: Drawn,
    *,
    title: str,
    source: str,
    description: str,
    screen: Screen,
    height: int,
    right: int = 16,
    left: int | None = None,
    titled_x: bool = False,
    key: Sequence[tuple[str, str]] = (),
) -> Drawn:
    """Give `figure` its title, source line, margins and text alternative; returns the same figure.

    `height` is that of the panels, in pixels; title and source line come on top of it. `titled_x`: the lower axis has a
    title, which needs room above the source line. `key`: words and colours of areas, some of which may be too thin to
    carry their name.
    """
    title_lines = lines_of(plain(title), size(screen, "title_wrap"))
    source_lines = lines_of(plain(source), size(screen, "source_wrap"))
    key_text = colour_key(key, screen)
    key_space = (key_text.count("<br>") + 1) * size(screen, "line") if key else 0
    top = 18 + len(title_lines) * size(screen, "title_line") + key_space + 24
    axis_space = 58 if titled_x else 44
    bottom = axis_space + len(source_lines) * size(screen, "line") + 6
    left = left or (62 if screen == "laptop" else 54)
    figure.update_layout(
        template="none",
        font={"family": FONT, "size": size(screen, "font"), "color": INK},
        paper_bgcolor="rgba(0, 0, 0, 0)",
        plot_bgcolor="rgba(0, 0, 0, 0)",
        title=_title(title_lines, screen),
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": PAGE, "bordercolor": MUTED, "font": {"color": INK, "size": size(screen, "small")}},
        height=top + height + bottom,
        margin={"t": top, "b": bottom, "l": left, "r": right, "pad": 0},
        meta={"title": title, "source": source, "description": description},
    )
    if key:
        _margin_note(figure, key_text, top=26, left=left, screen=screen)
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


def _title(lines: Sequence[str], screen: Screen) -> dict[str, Any]:
    return {
        "text": f"<b>{'<br>'.join(lines)}</b>",
        "font": {"size": size(screen, "title"), "color": INK},
        "x": 0,
        "xref": "container",
        "xanchor": "left",
        "y": 1,
        "yref": "container",
        "yanchor": "top",
        "pad": {"t": 12 if len(lines) == 1 else 20, "l": 2},
    }


def _margin_note(figure: Canvas, text: str, *, top: int, left: int, screen: Screen) -> None:
    figure.add_annotation(
        text=text,
        xref="paper",
        yref="paper",
        x=0,
        y=1,
        xshift=-left + 2,
        yshift=top,
        xanchor="left",
        yanchor="bottom",
        align="left",
        showarrow=False,
        font={"size": size(screen, "small"), "color": INK},
    )


def _axes(figure: Canvas, screen: Screen) -> None:
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
    figure: Canvas,
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
    lower = {"x": list(x), "y": list(low), "name": f"{name}, 10 %", **edge}
    upper = {"x": list(x), "y": list(high), "name": f"{name}, 90 %", "fill": "tonexty", "fillcolor": faint(colour)}
    median = {
        "x": list(x),
        "y": list(middle),
        "name": name,
        "mode": "lines",
        "line": {"color": colour, "width": 2.4, "dash": dash},
        "customdata": None if custom is None else [list(values) for values in custom],
        "hovertemplate": hover or None,
    }
    for trace in (lower, {**upper, **edge}, median):
        figure.add_trace(scatter(**trace), row=row, col=column)


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


def year_axis(
    figure: Canvas, years: Sequence[int], *, screen: Screen, row: int | None = None, column: int | None = None
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
