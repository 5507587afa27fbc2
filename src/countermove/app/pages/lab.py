"""The Lab: levers on the left, what they do on the right."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, html

from countermove import scenario
from countermove.app import exports, parts, runs, state
from countermove.app.draft import DRAWS, TODAY, Draft, of_link, of_yaml
from countermove.app.levers import Lever, levers, with_since

_OPEN = ["Washington"]
_GHOST = dmc.Text("Dotted grey: the medians of the run before.", size="xs", c="dimmed")
_SINCE = [f"{year}-{month}" for year in range(2018, 2036) for month in ("01", "07")]
_ALL = ("against", "since", "draws")
LARGEST_FILE = 64_000


def layout(draft: Draft) -> Any:
    """The page for a draft."""
    return [
        parts.answer(),
        dmc.Grid(
            [
                dmc.GridCol(_controls(draft), span={"base": 12, "md": 4, "lg": 3}),
                dmc.GridCol(
                    html.Div([parts.figure("paradox"), parts.figure("probability"), _GHOST]),
                    span={"base": 12, "md": 8, "lg": 9},
                ),
            ],
            gutter="md",
        ),
    ]


def _controls(draft: Draft) -> Any:
    groups: dict[str, list[Lever]] = {}
    for item in levers().values():
        groups.setdefault(item.group, []).append(item)
    return html.Section(
        [
            _start(draft),
            _steps(),
            dmc.Accordion(
                [_group(name, items, draft) for name, items in groups.items()], multiple=True, value=_OPEN,
                variant="contained", chevronPosition="left", mt="xs",
            ),
        ],
        className="levers",
        **{"aria-label": "Levers"},
    )  # fmt: skip


def _group(name: str, items: list[Lever], draft: Draft) -> Any:
    first = [_since(draft)] if name == "Washington from a date on" else []
    return dmc.AccordionItem(
        [
            dmc.AccordionControl(dmc.Text(name, size="sm", fw=600)),
            dmc.AccordionPanel([*first, *(parts.lever(item, draft) for item in items)]),
        ],
        value=name,
    )


def _select(id: str, label: str, data: list[Any], value: str) -> Any:
    return dmc.Select(id={"lever": id}, label=label, data=data, value=value, size="xs", allowDeselect=False)


def _since(draft: Draft) -> Any:
    months = sorted({*_SINCE, draft.since, TODAY})
    return _select("since", "New measures, of either side, hold from", months, draft.since)


def _start(draft: Draft) -> Any:
    names = list(scenario.names())
    menu = dmc.Menu(
        [
            dmc.MenuTarget(dmc.Button("Start from …", size="xs", variant="light", fullWidth=True)),
            dmc.MenuDropdown(
                [dmc.MenuItem(scenario.load(name).title, id={"start": name}, n_clicks=0) for name in names]
            ),
        ],
        position="bottom-start",
    )
    return dmc.Stack(
        [
            dmc.Text(id="what", size="sm"),
            menu,
            _select("against", "Held against", names, draft.against),
            _select("draws", "Draws", [str(count) for count in DRAWS], str(draft.draws)),
        ],
        gap=6,
    )


def _steps() -> Any:
    def button(words: str, id: str) -> Any:
        return dmc.Button(words, id=id, size="compact-xs", variant="default", n_clicks=0)

    own = dmc.Menu(
        [
            dmc.MenuTarget(dmc.Button("Export", size="compact-xs", variant="default")),
            dmc.MenuDropdown(
                [dmc.MenuItem(words, id={"export": key}, n_clicks=0) for key, words in exports.FORMS.items()]
            ),
        ]
    )
    upload = dcc.Upload(button("Open YAML", "upload-button"), id="upload", accept=".yaml,.yml", max_size=LARGEST_FILE)
    return dmc.Group(
        [button("Undo", "undo"), button("Redo", "redo"), button("Reset", "reset"), own, upload,
         button("Copy link", "copy")],
        gap=4, mt="xs",
    )  # fmt: skip


def register(app: dash.Dash, desk: runs.Desk) -> None:
    """Callbacks of the Lab, and those that every page with figures of the comparison shares."""
    _register_moves(app, desk)
    _register_steps(app)
    _register_run(app, desk)
    _register_exports(app, desk)
    _register_client(app)


def _register_moves(app: dash.Dash, desk: runs.Desk) -> None:
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


def _register_run(app: dash.Dash, desk: runs.Desk) -> None:
    @app.callback(
        Output("drawn", "data"),
        Input("state", "data"),
        Input("screen", "data"),
        Input({"figure": ALL, "ghost": ALL}, "id"),
        State("visitor", "data"),
        running=[(Output("page", "className"), "busy", "")],
    )
    def _run(now: state.State, screen: runs.Screen | None, ids: list[Any], visitor: str) -> Any:
        if screen is None:
            raise dash.exceptions.PreventUpdate
        shown = tuple(each["figure"] for each in ids)
        begun = time.perf_counter()
        found = desk.answer(state.draft_of(now), screen, shown, visitor, now["request"])
        waited = 1000 * (time.perf_counter() - begun)
        return {
            "link": now["now"], "figures": found.figures, "sentences": found.sentences,
            "computed": found.milliseconds, "waited": waited,
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
    run("buttons", Output("undo", "disabled"), Output("redo", "disabled"), Input("state", "data"), Input("undo", "id"))
    run("save", Output("nowhere", "lang"), Input({"save": ALL, "format": ALL}, "n_clicks"),
        State({"save": ALL, "format": ALL}, "id"), prevent_initial_call=True)  # fmt: skip
    run("copyLink", Output("copy", "children"), Input("copy", "n_clicks"), prevent_initial_call=True)
