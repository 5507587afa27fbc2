"""A rule before and after the answer: what it brings Washington if the others go on as now, and once they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY

if TYPE_CHECKING:
    from countermove.decide.game import Game, Solution

_ROW = 34
_GAP = 86


def game(found: Game, screen: Screen = "laptop") -> go.Figure:
    """One panel a value set, one row a rule: hollow if the others go on as now, filled once they answer."""
    from countermove.decide.menus import menus

    rules = menus()["washington"].names
    panels = len(found.solutions)
    height = panels * len(rules) * _ROW + (panels - 1) * _GAP
    figure = make_subplots(rows=panels, cols=1, vertical_spacing=_GAP / height if panels > 1 else 0)
    for row, solution in enumerate(found.solutions, start=1):
        _panel(figure, solution, row, screen)
    origin = found.origin
    _theme.finish(
        figure,
        title=f"What each rule brings Washington in {found.year}, before and after the answer",
        source=(
            f"Source: countermove; {found.base} to {found.since:%Y-%m}, then each player's menu; {origin.draws:,} "
            f"draws, seed {origin.seed}, {origin.caveat}; means over draws, whiskers two standard errors of the "
            "difference from everybody going on as now. Hollow: the "
            "others go on as now. Filled: Beijing and the allies answer. Dotted: everybody goes on as now. "
            "Each panel names its own objective; none is ours."
        ),
        description=_description(found),
        screen=screen,
        height=height,
        left=118 if screen == "laptop" else 96,
        right=350 if screen == "laptop" else 20,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest")
    return figure


def _panel(figure: go.Figure, solution: Solution, row: int, screen: Screen) -> None:
    from countermove.decide.menus import PLAYERS, menus

    menu = menus()
    rules = list(menu["washington"].names)
    others = tuple(menu[player].now_index for player in PLAYERS[1:])
    before, errors = solution.payoffs[(0, slice(None), *others)], solution.errors[(0, slice(None), *others)]
    after = np.asarray(solution.leading.values)
    size, word = _summary.scale(np.concatenate([before, after[np.isfinite(after)]]))
    places = list(range(len(rules)))[::-1]
    for place, start, end in zip(places, before / size, after / size, strict=True):
        if np.isfinite(end):
            figure.add_trace(_line([start, end], place), row=row, col=1)
    whiskers = {"type": "data", "array": 2 * errors / size, "color": MUTED, "thickness": 1, "width": 3}
    figure.add_trace(
        go.Scatter(
            x=before / size,
            y=places,
            mode="markers",
            marker={"symbol": "circle-open", "size": 10, "color": POLICY, "line": {"width": 2}},
            error_x=whiskers,
            hovertemplate="others as now: %{x:,.3~g}<extra></extra>",
        ),
        row=row,
        col=1,
    )
    best = [COUNTERFACTUAL if k == solution.leading.action else POLICY for k in range(len(rules))]
    labels = [answer(solution, k) for k in range(len(rules))]
    figure.add_trace(
        go.Scatter(
            x=after / size,
            y=places,
            mode="markers",
            marker={"symbol": "circle", "size": 11, "color": best},
            customdata=labels,
            hovertemplate="answered: %{x:,.3~g}<br>%{customdata}<extra></extra>",
        ),
        row=row,
        col=1,
    )
    figure.add_vline(x=solution.now / size, line={"color": INK, "width": 1, "dash": "dot"}, row=row, col=1)  # type: ignore[arg-type]
    if screen == "laptop":
        for place, label in zip(places, labels, strict=True):
            figure.add_annotation(
                x=1, xref="x domain" if row == 1 else f"x{row} domain", y=place, yref="y" if row == 1 else f"y{row}",
                text=label, showarrow=False, xanchor="left", xshift=12, align="left",
                font={"size": _labels.size(screen, "small"), "color": MUTED},
            )  # fmt: skip
    figure.update_yaxes(
        tickvals=places,
        ticktext=[_labels.plain(name) for name in rules],
        range=[-0.6, len(rules) - 0.4],
        row=row,
        col=1,
    )
    unit = f"{word}{solution.values.unit('washington')}"
    figure.update_xaxes(title_text=f"payoff to Washington, {unit}", row=row, col=1)
    title = f"{solution.values.name}: Washington wants {solution.values.objective('washington')}"
    _labels.panel_title(figure, title, screen=screen, row=row, column=1)


def _line(x: list[float], y: float) -> go.Scatter:
    return go.Scatter(x=x, y=[y, y], mode="lines", line={"color": MUTED, "width": 1.5}, hoverinfo="skip")


def answer(solution: Solution, rule: int) -> str:
    """How the others answer a rule, in words."""
    from countermove.decide.menus import PLAYERS, menus

    found = solution.leading.answers[rule]
    if not found:
        return "no answer in pure strategies"
    first = found[0]
    if not first.is_pure:
        return "the others mix"
    words = [menus()[player].names[action] for player, action in zip(PLAYERS[1:], first.actions, strict=True)]
    more = f" (or {len(found) - 1} more)" if len(found) > 1 else ""
    return f"Beijing: {words[0]}; allies: {words[1]}{more}"


def _description(found: Game) -> str:
    from countermove.decide.menus import menus

    names = menus()["washington"].names
    parts = [
        f"For {each.values.name}, the best rule is {names[each.naive]} if the others go on as now and "
        f"{names[each.leading.action]} once they answer."
        for each in found.solutions
    ]
    return " ".join(parts)
