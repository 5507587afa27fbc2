"""What surrounds every page: header, navigation, the line for mistakes, and what the browser keeps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html

from countermove.app import moves, parts, screen, state, tour
from countermove.app.pages import PAGES

if TYPE_CHECKING:
    from countermove.app.runs import Desk

_THEME: Any = {
    "primaryColor": "blue",
    "primaryShade": {"light": 8, "dark": 4},
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', sans-serif",
    "defaultRadius": "sm",
    "autoContrast": True,
}


def layout() -> Any:
    """The shell, with a name of its own for each visitor whose superseded requests are dropped."""
    from countermove.figures._palette import dark_replacements

    return dmc.MantineProvider(
        id="theme",
        forceColorScheme="light",
        theme=_THEME,
        children=[
            dcc.Location(id="url", refresh="callback-nav"),
            dcc.Store(id="state", data=dict(state.fresh())),
            dcc.Store(id="visitor", data=secrets.token_hex(8)),
            dcc.Store(id="external", data=0),
            dcc.Store(id="scheme"),
            dcc.Store(id="screen"),
            dcc.Store(id="dark", data=dark_replacements()),
            html.Div(id="nowhere", hidden=True),
            dcc.Download(id="download"),
            html.A("Skip to the page", href="#page", className="skip"),
            _frame(),
            tour.card(),
        ],
    )


def _frame() -> Any:
    return dmc.AppShell(
        [
            dmc.AppShellHeader(_header()),
            dmc.AppShellNavbar(_navigation(), p="xs"),
            dmc.AppShellMain(
                [
                    html.Div(
                        dmc.Alert(
                            id="notice", title="Not possible", color="orange", withCloseButton=True, hide=True, mb="sm"
                        ),
                        role="alert",
                    ),
                    html.Div(id="page", tabIndex=-1),
                ]
            ),
        ],
        id="frame",
        header={"height": 52},
        navbar={"width": 150, "breakpoint": "md", "collapsed": {"mobile": True}},
        padding="md",
    )  # fmt: skip


def _header() -> Any:
    return dmc.Group(
        [
            dmc.Group(
                [
                    dmc.Burger(id="burger", size="sm", hiddenFrom="md", opened=False, **parts.aria(label="Navigation")),
                    dmc.Text("countermove", fw=700, size="lg"),
                    dmc.Text("pull a lever, see the countermove", size="sm", c="dimmed", visibleFrom="sm"),
                ],
                gap="sm",
            ),
            dmc.Group(
                [
                    dmc.Button("Tour", id="tour-open", variant="subtle", size="compact-sm", n_clicks=0),
                    dmc.Button("Dark", id="toggle", variant="subtle", size="compact-sm", n_clicks=0),
                ],
                gap=4,
                wrap="nowrap",
            ),
        ],
        justify="space-between",
        h="100%",
        px="md",
    )


def _navigation() -> Any:
    links = [dmc.NavLink(label=page.title, href=page.path, active="exact", refresh=False) for page in PAGES]
    return html.Nav(links, **parts.aria(label="Pages"))


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the shell."""
    _register_client(app)
    moves.register(app)
    screen.register(app, desk)
    tour.register(app)

    @app.callback(
        Output("page", "children"), Output("external", "data"), Input("url", "pathname"), State("state", "data"),
        State("external", "data"),
    )  # fmt: skip
    def _page(path: str | None, now: state.State, external: int) -> tuple[Any, Any]:
        page = next((page for page in PAGES if page.path == path), None)
        if page is None:
            return dmc.Text(f"There is no page {(path or '')[:80]} here; choose one on the left."), dash.no_update
        return page.layout(state.draft_of(now)), external + 1


def _register_client(app: dash.Dash) -> None:
    def run(name: str, *wires: Any, **options: Any) -> None:
        app.clientside_callback(ClientsideFunction("countermove", name), *wires, **options)

    run("scheme", Output("scheme", "data"), Input("toggle", "n_clicks"), State("scheme", "data"))
    run(
        "theme", Output("theme", "forceColorScheme"), Output("toggle", "children"), Input("scheme", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    run("drawPlain", Output({"plain": ALL}, "figure"), Input({"drawing": ALL}, "data"), Input("scheme", "data"),
        State("dark", "data"))  # fmt: skip
    run("screen", Output("screen", "data"), Input("url", "pathname"))
    run(
        "navigation", Output("frame", "navbar"), Output("burger", "opened"), Input("burger", "opened"),
        Input("url", "pathname"), State("frame", "navbar"), prevent_initial_call=True,
    )  # fmt: skip
