"""From levers, a step back, a link or a file to the state that everything on the screen follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import dash
from dash import ALL, Input, Output, State, ctx

from countermove.app import exports, parts, runs, state
from countermove.app.draft import Draft, of_link, of_yaml
from countermove.app.levers import levers, with_since
from countermove.errors import unknown

_ALL = ("against", "since", "draws")


def register(app: dash.Dash) -> None:
    """Callbacks that change the state; the controls may be on any page."""
    _register_moves(app)
    _register_steps(app)


def pulled(now: state.State, moves: Iterable[tuple[str, Any]]) -> state.State:
    """The state after levers were moved, in that order.

    Raises:
        CountermoveError: there is no such lever, or it cannot be moved there.
    """
    for lever, value in moves:
        if value is not None:
            now = state.moved(now, _moved(state.draft_of(now), lever, value), lever)
    return now


def _register_moves(app: dash.Dash) -> None:
    @app.callback(
        Output({"lever": ALL}, "value"),
        Output({"switch": ALL}, "checked"),
        Output({"shown": ALL}, "children"),
        Input("external", "data"),
        State("state", "data"),
        State({"lever": ALL}, "id"),
        State({"switch": ALL}, "id"),
        State({"shown": ALL}, "id"),
        prevent_initial_call=True,
    )
    def _show(
        _: int, now: state.State, ids: list[Any], switches: list[Any], shown: list[Any]
    ) -> tuple[list[Any], list[Any], list[str]]:
        draft = state.draft_of(now)
        beside = (levers()[each["shown"]] for each in shown)
        return (
            [_setting(draft, each["lever"]) for each in ids],
            [_setting(draft, each["switch"]) for each in switches],
            [parts.in_words(item, item.read(draft)) for item in beside],
        )


def _moved(draft: Draft, lever: str, value: Any) -> Draft:
    if lever == "since":
        return with_since(draft, str(value)) if value != draft.since else draft
    if lever == "against":
        return replace(draft, against=str(value))
    if lever == "draws":
        return replace(draft, draws=int(value))
    if lever not in levers():
        raise unknown("lever", lever[:60], levers())
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
        draft = of_yaml(exports.uploaded(contents, exports.LARGEST_FILE))
        runs.model().arm(draft.scenario())
        return stepped(state.moved(now, draft), external)
