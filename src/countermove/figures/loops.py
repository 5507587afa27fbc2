"""Loop dominance over the years: stacked shares of the strongest loops."""

from __future__ import annotations

from html import escape

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.explain.dominance.loops import Dominance, LoopScore
from countermove.explain.dominance.tables import by_year, lowers, raises, years
from countermove.explore.outcomes import OUTCOMES
from countermove.figures import _labels, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import INK, MUTED, NEUTRAL, PAGE, on

# Fills that differ in lightness next to each other, so that bands stay apart in grey.
_FILLS = ("#0a3560", "#e0a35c", "#2f6fae", "#f3d9b8", "#7c3600", "#9dc3e6")
_HEIGHT = 420
# Percent from which a part of a bar carries its loop's number.
_NUMBERED = 5.0


def shares(found: Dominance, scenario: str, screen: Screen = "laptop") -> go.Figure:
    """Bars by year: above zero what the loops reinforce or raise, below zero what they balance or lower."""
    figure = make_subplots(rows=1, cols=1)
    x = [year + 0.5 for year in years(found)]
    labels: list[Label] = []
    above, below = np.zeros(len(x)), np.zeros(len(x))
    for index, (name, up, down) in enumerate(_bands(found)):
        fill = _FILLS[index] if index < len(_FILLS) else NEUTRAL
        for values, sign in ((100 * up, 1), (100 * down, -1)):
            number = [str(index + 1) if index < len(_FILLS) and value >= _NUMBERED else "" for value in values]
            figure.add_trace(
                go.Bar(
                    x=x,
                    y=(sign * values).tolist(),
                    customdata=values.tolist(),
                    name=name,
                    marker={"color": fill, "line": {"color": PAGE, "width": 0.5}},
                    text=number,
                    textposition="inside",
                    insidetextanchor="middle",
                    textangle=0,
                    textfont={"color": on(fill)},
                    hovertemplate=f"{name}: %{{customdata:.0f}} %<extra></extra>",
                )
            )
        if max(up[-1], down[-1]) > 0.02:
            upper = up[-1] >= down[-1]
            middle = above[-1] + 50 * up[-1] if upper else -(below[-1] + 50 * down[-1])
            labels.append(Label(name, INK, float(middle)))
        above, below = above + 100 * up, below + 100 * down
    figure.update_layout(barmode="relative", bargap=0.06)
    figure.update_yaxes(range=[-100, 100], title_text="share of the loops' scores, %", dtick=50)
    _labels.end_labels(
        figure,
        labels,
        x=years(found)[-1] + 1,
        span=(-100, 100),
        height=_HEIGHT,
        screen=screen,
        row=1,
        column=1,
        wrap=18,
    )
    upper, lower = directions(found)
    figure.add_hline(y=0, line_width=1, line_color=MUTED)
    _theme.year_axis(figure, years(found), screen=screen)
    return _theme.finish(
        figure,
        title=title(found, scenario),
        source=f"Above zero {upper}, below zero {lower}; numbers are those of the list of loops. Loops That Matter "
        "(Schoenberg, Davidsen and Eberlein 2020; Schoenberg, Hayward and Eberlein 2023), all parameters at their "
        "medians; strongest-path search.",
        description=_description(found),
        screen=screen,
        height=_HEIGHT,
        right=150 if screen == "laptop" else 96,
    )


def directions(found: Dominance) -> tuple[str, str]:
    """What stands above and below zero."""
    if not found.around:
        return "reinforcing", "balancing"
    less = any(outcome.quantity == found.around and not outcome.more_is_capability for outcome in OUTCOMES.values())
    words = ("hindering", "catalysing") if less else ("catalysing", "hindering")
    return f"{words[0]}: raises {found.around}", f"{words[1]}: lowers {found.around}"


def title(found: Dominance, scenario: str) -> str:
    """What the figure shows."""
    what = f"through {', '.join(found.through)}" if found.through else "of the largest group of stocks"
    return f"Feedback loops {what}: what each contributes, {scenario}"


def page(found: Dominance, scenario: str) -> str:
    """The figure and the loops in words as one HTML page that works offline."""
    body = shares(found, scenario).to_html(
        full_html=False, include_plotlyjs=True, config={"displaylogo": False}, div_id="loops"
    )
    listed = "\n".join(
        f"<li>{loop.behaviour}, {100 * loop.share.mean():.1f} %: {escape(' → '.join(loop.names))}</li>"
        for loop in found.loops[: 5 * len(_FILLS)]
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title(found, scenario))}</title>'
        f"<style>body {{ font-family: {_theme.FONT}; color: {INK}; background: {PAGE}; }}</style></head>\n"
        f"<body>\n{body}\n<h2>The loops</h2>\n<p>By mean share of the months scored.</p>\n<ol>\n{listed}\n</ol>\n"
        "</body></html>\n"
    )


def _bands(found: Dominance) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Name, share above and share below zero by year of the strongest loops, and of all others together."""
    shown = found.loops[: len(_FILLS)]
    bands = [(f"{number} {_told(loop)}", *_sides(found, loop)) for number, loop in enumerate(shown, start=1)]
    rest = [_sides(found, loop) for loop in found.loops[len(_FILLS) :]]
    if rest:
        bands.append((f"{len(rest)} others", *(np.sum(side, axis=0) for side in zip(*rest, strict=True))))
    return bands


def _sides(found: Dominance, loop: LoopScore) -> tuple[np.ndarray, np.ndarray]:
    up, down = (raises(loop), lowers(loop)) if found.around else (loop.reinforcing, loop.balancing)
    return by_year(found, up), by_year(found, down)


def _told(loop: LoopScore) -> str:
    return f"by {loop.names[0].replace('_', ' ')}" if len(loop.names) == 1 else f"of {len(loop.names)} links"


def _description(found: Dominance) -> str:
    listed = "; ".join(
        f"{number}: {loop.behaviour}, mean share {100 * loop.share.mean():.0f} %"
        for number, loop in enumerate(found.loops[: len(_FILLS)], start=1)
    )
    return f"Stacked bars by year of the shares of feedback loops. {listed}."
