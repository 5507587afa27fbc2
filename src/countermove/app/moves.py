"""From a lever, a step back, a link or a file to the state that everything on the screen follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx

from countermove.app import exports, runs, state
from countermove.app.draft import Draft, of_link, of_yaml
from countermove.app.levers import levers, with_since

LARGEST_FILE = 64_000
"""Bytes of a scenario that somebody opens."""

_ALL = ("against", "since", "draws")


def register(app: dash.Dash) -> None:
    """Callbacks that change the state; the controls may be on any page."""
    _register_moves(app)
    _register_steps(app)


def _register_moves(app: dash.Dash) -> None:
    @app.callback(
        Output("state", "data", allow_duplicate=True),
        Output("notice", "hide", allow_duplicate=True),
        Input({"lever": ALL}, "value"),
        Input({"switch": ALL}, "checked"),
        State("state", "data"),
        prevent_initial_call=True,
    )
    def _move(_values: list[Any], _checked: list[Any], now: state.State) -> tuple[Any, Any]:
        draft, lever = state.draft_of(now), ""
        for identity, value in _triggered():
            draft, lever = _moved(draft, identity, value), identity
        after = state.moved(now, draft, lever)
        return (dash.no_update, dash.no_update) if after is now else (after, True)

    @app.callback(
        Output({"lever": ALL}, "value"),
        Output({"switch": ALL}, "checked"),
        Input("external", "data"),
        State("state", "data"),
        State({"lever": ALL}, "id"),
        State({"switch": ALL}, "id"),
        prevent_initial_call=True,
    )
    def _show(_: int, now: state.State, ids: list[Any], switches: list[Any]) -> tuple[list[Any], list[Any]]:
        draft = state.draft_of(now)
        return [_setting(draft, each["lever"]) for each in ids], [_setting(draft, each["switch"]) for each in switches]


def _triggered() -> list[tuple[str, Any]]:
    """Levers that moved, with where they are now."""
    found: list[tuple[str, Any]] = []
    for trigger in ctx.triggered:
        identity = ctx.triggered_prop_ids.get(trigger["prop_id"])
        if identity and trigger["value"] is not None:
            found.append((str(identity.get("lever") or identity.get("switch")), trigger["value"]))
    return found


def _moved(draft: Draft, lever: str, value: Any) -> Draft:
    if lever == "since":
        return with_since(draft, str(value)) if value != draft.since else draft
    if lever == "against":
        return replace(draft, against=str(value))
    if lever == "draws":
        return replace(draft, draws=int(value))
    return levers()[lever].write(draft, value)


def _setting(draft: Draft, lever: str) -> Any:
    if lever in _ALL:
        return str(getattr(draft, lever))
    return levers()[lever].read(draft)


def _register_steps(app: dash.Dash) -> None:
    outputs = (
        Output("state", "data", allow_duplicate=True),
        Output("external", "data", allow_duplicate=True),
        Output("notice", "hide", allow_duplicate=True),
    )

    def stepped(after: state.State, external: int) -> tuple[state.State, int, bool]:
        return after, external + 1, True

    @app.callback(*outputs, Input("undo", "n_clicks"), Input("redo", "n_clicks"), Input("reset", "n_clicks"),
                  Input({"start": ALL}, "n_clicks"), State("state", "data"), State("external", "data"),
                  prevent_initial_call=True)  # fmt: skip
    def _step(_u: int, _r: int, _0: int, _s: list[int], now: state.State, external: int) -> tuple[Any, Any, Any]:
        which = ctx.triggered_id
        if not any(trigger["value"] for trigger in ctx.triggered):
            raise dash.exceptions.PreventUpdate
        if which == "undo":
            return stepped(state.undone(now), external)
        if which == "redo":
            return stepped(state.redone(now), external)
        base = which["start"] if isinstance(which, dict) else state.draft_of(now).base
        kept = state.draft_of(now)
        return stepped(state.moved(now, Draft(base=base, against=kept.against, draws=kept.draws)), external)

    @app.callback(*outputs, Input("url", "search"), State("state", "data"), State("external", "data"),
                  prevent_initial_call="initial_duplicate")  # fmt: skip
    def _open(search: str | None, now: state.State, external: int) -> tuple[Any, Any, Any]:
        draft = of_link(search or "")
        if not search or draft.link() == now["now"]:
            raise dash.exceptions.PreventUpdate
        runs.model().arm(draft.scenario())  # refuses names that the model does not have
        return stepped(state.moved(now, draft), external)

    @app.callback(*outputs, Input("upload", "contents"), State("state", "data"), State("external", "data"),
                  prevent_initial_call=True)  # fmt: skip
    def _upload(contents: str | None, now: state.State, external: int) -> tuple[Any, Any, Any]:
        if not contents:
            raise dash.exceptions.PreventUpdate
        draft = of_yaml(exports.uploaded(contents, LARGEST_FILE))
        runs.model().arm(draft.scenario())
        return stepped(state.moved(now, draft), external)
