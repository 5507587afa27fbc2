"""The tour of the first visit: four short steps in a card that blocks nothing and stays away once it was closed."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, dcc, html

from countermove.app import parts

# What each step says, and the part of the page that is outlined meanwhile.
STEPS: tuple[tuple[str, str, str], ...] = (
    (
        "Pull a lever",
        "Levers of both sides and of the world, on a phone behind the button at the lower edge. Each ? says more.",
        ".levers",
    ),
    (
        "Read the answer",
        "What the policy does to output of Chinese chips (D) and to compute that China can use (C), and when.",
        "#sentences",
    ),
    (
        "Look at the range",
        "Bands hold 80 % of the draws, lines are medians, dots the run before. 250 draws while you drag, then 1,000.",
        "[data-figure=paradox]",
    ),
    (
        "Take it with you",
        "The address carries what is shown; Export gives data, code and a report; figures say where they come from.",
        ".steps",
    ),
)


def card() -> Any:
    """The card, hidden until the browser finds that this is a first visit."""
    steps = [
        html.Div(
            [dmc.Text(f"{number} of {len(STEPS)}: {title}", fw=600, size="sm"), dmc.Text(words, size="sm", mt=4)],
            className="tour-step", hidden=True,
        )
        for number, (title, words, _) in enumerate(STEPS, start=1)
    ]  # fmt: skip
    buttons = dmc.Group(
        [
            dmc.Button("Close", id="tour-close", size="compact-sm", variant="default", n_clicks=0),
            dmc.Button("Next", id="tour-next", size="compact-sm", n_clicks=0),
        ],
        justify="flex-end", gap=6, mt="xs",
    )  # fmt: skip
    return html.Aside(
        [
            dcc.Store(id="tour-at", data=-1),
            dcc.Store(id="tour-where", data=[where for *_, where in STEPS]),
            dmc.Paper([html.Div(steps, **parts.aria(live="polite")), buttons], withBorder=True, shadow="md", p="sm"),
        ],
        id="tour", className="tour", hidden=True, **parts.aria(label="Tour"),
    )  # fmt: skip


def register(app: dash.Dash) -> None:
    """The steps are walked in the browser alone."""
    app.clientside_callback(
        ClientsideFunction("countermove", "tour"), Output("tour-at", "data"), Output("tour", "hidden"),
        Output("tour-next", "children"), Input("tour-open", "n_clicks"), Input("tour-next", "n_clicks"),
        Input("tour-close", "n_clicks"), State("tour-at", "data"), State("tour-where", "data"),
    )  # fmt: skip
