"""What surrounds every page: header, navigation, the line for mistakes, and what the browser keeps."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html
from flask import has_request_context, request

from countermove.app import mistakes, moves, parts, screen, state, tour, view
from countermove.app.draft import SEE, Draft
from countermove.app.pages import PAGES, Page
from countermove.errors import CountermoveError

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
    """The shell, with a name of its own for each visitor whose superseded requests are dropped.

    Where the browser asks for it from the first page, that page is in it already, which spares a second request.
    """
    from countermove.figures._palette import dark_replacements

    first = PAGES[0] if _asked_from() == PAGES[0].path else None
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
            dcc.Store(id="seen", data={}),
            dcc.Store(id="laid", data=first.path if first else None),
            dcc.Store(id="dark", data=dark_replacements()),
            html.Div(id="nowhere", hidden=True),
            dcc.Download(id="download"),
            html.A("Skip to the page", href="#page", className="skip"),
            _frame(_laid_out(first, Draft(), "", "") if first else None),
            tour.card(),
        ],
    )


def _asked_from() -> str | None:
    """The path of the page that asks, as far as the browser tells."""
    return urlsplit(request.referrer).path if has_request_context() and request.referrer else None


def _frame(page: Any) -> Any:
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
                    html.Div(page, id="page", tabIndex=-1),
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
                    dmc.Button("Copy link", id="copy", variant="subtle", size="compact-sm", n_clicks=0),
                    dmc.Button("Tour", id="tour-open", variant="subtle", size="compact-sm", n_clicks=0),
                    dmc.Button("Dark", id="toggle", variant="subtle", size="compact-sm", n_clicks=0),
                ],
                gap=0,
                wrap="nowrap",
                className="tools",
            ),
        ],
        justify="space-between",
        wrap="nowrap",
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
        Output("page", "children"), Output("external", "data"), Output("laid", "data"), Input("url", "pathname"),
        State("state", "data"), State("external", "data"), State("url", "search"), State("seen", "data"),
        State("laid", "data"),
    )  # fmt: skip
    def _page(
        path: str | None, now: state.State, external: int, search: str | None, kept: dict[str, str], laid: str | None
    ) -> tuple[Any, Any, Any]:
        if path == laid and SEE not in (search or ""):  # the page came with the shell, as it comes
            raise dash.exceptions.PreventUpdate
        page = next((page for page in PAGES if page.path == path), None)
        if page is None:
            nothing = dmc.Text(f"There is no page {(path or '')[:80]} here; choose one on the left.")
            return nothing, dash.no_update, path
        return _laid_out(page, state.draft_of(now), search or "", kept.get(page.path, "")), external + 1, path


def _laid_out(page: Page, draft: Draft, search: str, kept: str) -> Any:
    """A page as its link says or, where the link is of no page, as it was left; as it comes where neither can be."""
    made = page.layout(draft)
    known = dcc.Store(id="view", data={"path": page.path, "fields": view.own(made, page.seen)})
    try:
        view.show(made, page.seen, view.settings_of(search) or view.kept_settings(kept), page.title)
    except CountermoveError as error:
        mistakes.tell(error)
        made = page.layout(draft)
    return [known, *made]


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
    for page in PAGES:
        controls = [Input(each.id, each.prop) for each in page.seen]
        if controls:
            run("see", Output("seen", "data", allow_duplicate=True), *controls, State("view", "data"),
                State("seen", "data"), prevent_initial_call="initial_duplicate")  # fmt: skip
    run(
        "navigation", Output("frame", "navbar"), Output("burger", "opened"), Input("burger", "opened"),
        Input("url", "pathname"), State("frame", "navbar"), prevent_initial_call=True,
    )  # fmt: skip
