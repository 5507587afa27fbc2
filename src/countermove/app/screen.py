"""What every page with figures of the comparison shares: files of it, and what runs in the browser."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc

from countermove.app import exports, runs, state


def register(app: dash.Dash, desk: runs.Desk) -> None:
    """Callbacks that every page with figures of the comparison shares."""
    _register_exports(app, desk)
    _register_client(app)


def _register_exports(app: dash.Dash, desk: runs.Desk) -> None:
    @app.callback(
        Output("download", "data"), Input({"export": ALL}, "n_clicks"), State("state", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _export(_: list[int], now: state.State) -> Any:
        which = ctx.triggered_id
        if not isinstance(which, dict) or not any(trigger["value"] for trigger in ctx.triggered):
            raise dash.exceptions.PreventUpdate
        name, content = exports.export(which["export"], state.draft_of(now), desk)
        return dcc.send_bytes(content, name)


def _register_client(app: dash.Dash) -> None:
    def run(name: str, *wires: Any, **options: Any) -> None:
        app.clientside_callback(ClientsideFunction("countermove", name), *wires, **options)

    run("pull", Output("nowhere", "dir"), Input({"lever": ALL}, "value"), Input({"switch": ALL}, "checked"),
        prevent_initial_call=True)  # fmt: skip
    run("follow", Output("nowhere", "title"), Input("state", "data"), Input("screen", "data"), Input("scheme", "data"),
        Input("url", "pathname"), Input({"figure": ALL, "ghost": ALL}, "id"), Input({"answer": ALL}, "id"),
        State("dark", "data"), State("visitor", "data"))  # fmt: skip
    run("caught", Output("caught", "children"), Input({"lever": "tpp"}, "value"), Input({"lever": "density"}, "value"),
        State("catalogue", "data"))  # fmt: skip
    run("save", Output("nowhere", "lang"), Input({"save": ALL, "format": ALL}, "n_clicks"),
        State({"save": ALL, "format": ALL}, "id"), prevent_initial_call=True)  # fmt: skip
    run("copyLink", Output("copy", "children"), Input("copy", "n_clicks"), prevent_initial_call=True)
