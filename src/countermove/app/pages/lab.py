"""The Lab: levers on the left, what they do on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import dcc, html

from countermove import scenario
from countermove.app import parts
from countermove.app.draft import DRAWS, TODAY, Draft
from countermove.app.levers import Lever, levers
from countermove.app.thresholds import catalogue_shown

if TYPE_CHECKING:
    import dash

    from countermove.app.runs import Desk

_OPEN = ["Washington"]
_DATES = "Dates of single measures"
_GHOST = dmc.Text("Dotted grey: the medians of the run before.", size="xs", c="dimmed")
_FROM_START = "2016-01"
_SINCE = [f"{year}-{month}" for year in range(2018, 2036) for month in ("01", "07")]
_BILLS = ("overwatch", "chip-security")


def layout(draft: Draft) -> Any:
    """The page for a draft."""
    return [
        parts.heading("Lab"),
        parts.answer(),
        dmc.Grid(
            [
                dmc.GridCol(_controls(draft), span={"base": 12, "md": 4, "lg": 3}),
                dmc.GridCol(
                    html.Div([_timeline(draft), parts.figure("paradox"), parts.figure("probability"), _GHOST]),
                    span={"base": 12, "md": 8, "lg": 9},
                ),
            ],
            gutter="md",
        ),
    ]


def _controls(draft: Draft) -> Any:
    """The levers; on a phone a sheet at the lower edge, which a button opens, so that the figures stay in sight."""
    groups: dict[str, list[Lever]] = {}
    for item in levers().values():
        if item.group != _DATES:
            groups.setdefault(item.group, []).append(item)
    section = html.Section(
        [
            _start(draft),
            dmc.Accordion(
                [_group(name, items, draft) for name, items in groups.items()], multiple=True, value=_OPEN,
                variant="contained", chevronPosition="left", mt="xs",
            ),
        ],
        id="levers",
        className="levers",
        **parts.aria(label="Levers"),
    )  # fmt: skip
    handle = html.Button("Levers", id="sheet", className="sheet", **parts.aria(controls="levers", expanded="false"))
    return html.Div([handle, section])


def _timeline(draft: Draft) -> Any:
    """The dates of single measures over one axis of years, each dragged to another month."""
    items = [item for item in levers().values() if item.group == _DATES]
    return html.Details(
        [
            html.Summary("Timeline: drag a measure to another date"),
            html.Div([parts.lever(item, draft) for item in sorted(items, key=_month_of)], className="timeline"),
        ],
        className="about",
    )


def _month_of(item: Lever) -> float:
    return float(item.read(Draft()))


def _group(name: str, items: list[Lever], draft: Draft) -> Any:
    first = {"Washington from a date on": [_since(draft)], "Thresholds for chips": [_caught()]}.get(name, [])
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
    months = [{"value": TODAY, "label": "today (July 2026)"}, {"value": _FROM_START, "label": "2016, the start"}]
    months += [{"value": each, "label": each} for each in sorted({*_SINCE, draft.since} - {TODAY, _FROM_START})]
    return _select("since", "New measures, of either side, hold from", months, draft.since)


def _caught() -> Any:
    """Which chips cross the lines, worked out in the browser while they are dragged."""
    return html.Div(
        [
            dmc.Text(
                "New lines hold from the month chosen under “Washington from a date on”, and not before November 2023.",
                size="xs", c="dimmed",
            ),
            dcc.Store(id="catalogue", data=catalogue_shown()),
            dmc.Text(id="caught", size="xs", mt=4, style={"whiteSpace": "pre-line"}, **parts.aria(live="polite")),
        ]
    )  # fmt: skip


def _start(draft: Draft) -> Any:
    names = list(scenario.names())
    menu = dmc.Menu(
        [
            dmc.MenuTarget(dmc.Button("Start from …", size="xs", variant="light", fullWidth=True)),
            dmc.MenuDropdown(
                [
                    dmc.MenuLabel("Scenarios"),
                    *(_start_item(name) for name in names if name not in _BILLS),
                    dmc.MenuLabel("Bills before Congress"),
                    *(_start_item(name) for name in _BILLS),
                ],
                className="tall",
            ),
        ],
        position="bottom-start",
    )
    return dmc.Stack(
        [
            menu,
            _select("against", "Held against", names, draft.against),
            _select("draws", f"Draws at rest ({DRAWS[0]} while a lever moves)", [str(count) for count in DRAWS],
                    str(draft.draws)),
        ],
        gap=6,
    )  # fmt: skip


def _start_item(name: str) -> Any:
    return dmc.MenuItem(scenario.load(name).title, id={"start": name}, n_clicks=0)


def register(_app: dash.Dash, _desk: Desk) -> None:
    """Its levers and figures are served by the callbacks that all pages share (`moves`, `screen`)."""
