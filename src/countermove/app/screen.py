"""From the state to what is shown: the run, the two sentences, the words at the levers, files, the browser's part."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc

from countermove import scenario
from countermove.app import exports, parts, runs, state
from countermove.app.draft import DRAWS, Draft
from countermove.app.levers import levers


def register(app: dash.Dash, desk: runs.Desk) -> None:
    """Callbacks that every page with figures of the comparison shares."""
    _register_run(app, desk)
    _register_exports(app, desk)
    _register_client(app)


def _register_run(app: dash.Dash, desk: runs.Desk) -> None:
    @app.callback(
        Output("drawn", "data"),
        Input("state", "data"),
        Input("screen", "data"),
        Input("rested", "data"),
        Input({"figure": ALL, "ghost": ALL}, "id"),
        Input({"answer": ALL}, "id"),
        State("visitor", "data"),
        running=[(Output("page", "className"), "busy", "")],
    )
    def _run(
        now: state.State,
        screen: runs.Screen | None,
        rested: int | None,
        ids: list[Any],
        answers: list[Any],
        visitor: str,
    ) -> Any:
        if screen is None or not (ids or answers):  # a page that does not show the run
            raise dash.exceptions.PreventUpdate
        shown = tuple(each["figure"] for each in ids)
        draft, at_rest = state.draft_of(now), rested == now["request"]
        begun = time.perf_counter()
        asked = draft if at_rest else replace(draft, draws=DRAWS[0])
        found = desk.answer(asked, "phone" if screen == "phone" else "laptop", shown, visitor, now["request"])
        waited = 1000 * (time.perf_counter() - begun)
        return {
            "link": now["now"], "figures": found.figures, "sentences": found.sentences,
            "computed": found.milliseconds, "waited": waited, "at_rest": at_rest,
        }  # fmt: skip

    @app.callback(
        Output("sentences", "children"), Output("timing", "children"), Input("drawn", "data"), Input("sentences", "id")
    )
    def _say(drawn: dict[str, Any] | None, _: str) -> tuple[Any, str]:
        if not drawn:
            return dmc.Text("Computing …", size="sm", c="dimmed"), ""
        took = f"computed in {drawn['computed']:.0f} ms" + (
            "" if drawn["waited"] > 0.9 * drawn["computed"] else f", kept: {drawn['waited']:.0f} ms"
        )
        return parts.sentences(drawn["sentences"]), f"{took}"

    @app.callback(
        Output({"shown": ALL}, "children"), Output("what", "children"), Input("state", "data"),
        State({"shown": ALL}, "id"), Input("what", "id"),
    )  # fmt: skip
    def _label(now: state.State, ids: list[Any], _: str) -> tuple[list[str], Any]:
        draft = state.draft_of(now)
        items = [levers()[each["shown"]] for each in ids]
        return [parts.in_words(item, item.read(draft)) for item in items], _what(draft)


def _what(draft: Draft) -> Any:
    changed = [item.title for item in levers().values() if item.read(draft) != item.read(replace(draft, content={}))]
    title = scenario.load(draft.base).title
    if not draft.content:
        return title
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    named = "; ".join(changed[:3]) or "beliefs"
    return [title, dmc.Text(f"changed: {named}{more}", size="xs", c="dimmed")]


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

    figure = {"figure": ALL, "ghost": ALL}
    run("draw", Output(figure, "figure"), Input("drawn", "data"), Input("scheme", "data"), State("dark", "data"),
        State(figure, "id"))  # fmt: skip
    run("settle", Output("nowhere", "dir"), Input("state", "data"))
    run("caught", Output("caught", "children"), Input({"lever": "tpp"}, "value"), Input({"lever": "density"}, "value"),
        State("catalogue", "data"))  # fmt: skip
    run("buttons", Output("undo", "disabled"), Output("redo", "disabled"), Input("state", "data"), Input("undo", "id"))
    run("save", Output("nowhere", "lang"), Input({"save": ALL, "format": ALL}, "n_clicks"),
        State({"save": ALL, "format": ALL}, "id"), prevent_initial_call=True)  # fmt: skip
    run("copyLink", Output("copy", "children"), Input("copy", "n_clicks"), prevent_initial_call=True)
