"""Parts that several pages use: a figure with its exports, the answer, a lever with its explanation."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from countermove.app._law_levers import NEVER
from countermove.app.draft import Draft
from countermove.app.levers import Lever, Setting, of_before

_CONFIG = {"displayModeBar": False, "responsive": True}

# What stands there until the first figure comes: nothing, on the page's own ground.
_NONE: dict[str, Any] = {
    "data": [],
    "layout": {
        "paper_bgcolor": "rgba(0, 0, 0, 0)", "plot_bgcolor": "rgba(0, 0, 0, 0)", "height": 320,
        "xaxis": {"visible": False}, "yaxis": {"visible": False},
    },
}  # fmt: skip


def heading(words: str) -> Any:
    """The title of a page."""
    return dmc.Title(words, order=1, size="h3", mb="xs")


def figure(name: str, *, ghost: bool = True) -> Any:
    """A figure of the current comparison by its name in `runs.figure_makers`, with exports to SVG and PNG."""
    return html.Div(
        [
            dcc.Graph(id={"figure": name, "ghost": ghost}, figure=_NONE, config=_CONFIG, className="figure"),
            saves(name),
        ],
        **{"data-figure": name},
    )


def drawing(name: str) -> Any:
    """A figure that is not of the comparison: a callback of its page puts it into the store {"drawing": name}."""
    graph = dcc.Graph(id={"plain": name}, figure=_NONE, config=_CONFIG, className="figure")
    return html.Div([dcc.Store(id={"drawing": name}), graph, saves(name)], **{"data-figure": name})


def as_data(made: Any) -> dict[str, Any]:
    """A Plotly figure as a store keeps it."""
    data: dict[str, Any] = made.to_plotly_json()
    data["layout"].pop("template", None)
    return data


def saves(name: str) -> Any:
    """Buttons that save a figure as the browser shows it."""
    return dmc.Group(
        [
            dmc.Button(
                f"Figure as {form.upper()}", id={"save": name, "format": form}, size="compact-xs", variant="subtle",
                n_clicks=0,
            )
            for form in ("svg", "png")
        ],
        gap=4,
        justify="flex-end",
    )  # fmt: skip


def wide(table: Any, label: str) -> Any:
    """A table that may be wider than a phone: it scrolls by itself, by keyboard too."""
    return html.Div(table, className="wide", tabIndex=0, role="region", **{"aria-label": label})


def answer() -> Any:
    """The two sentences, and how they were computed; read out when they change."""
    return dmc.Paper(
        [
            html.Div(id="sentences", className="sentence", **{"aria-live": "polite"}),
            dmc.Text(id="timing", size="xs", c="dimmed", mt=4),
        ],
        id={"answer": "page"},
        withBorder=True,
        p="sm",
        mb="sm",
    )


def sentences(found: tuple[str, str]) -> Any:
    """The answer as two paragraphs."""
    return [dmc.Text(found[0], size="sm"), dmc.Text(found[1], size="sm", mt=6)]


def lever(item: Lever, draft: Draft) -> Any:
    """One lever: name, what it was, an explanation a click away, and its control."""
    return html.Div(
        [
            dmc.Group([dmc.Text(item.title, size="sm", fw=500), _explained(item)], justify="space-between", gap=4,
                      wrap="nowrap"),
            _control(item, item.read(draft)),
        ],
        className="lever",
    )  # fmt: skip


def _explained(item: Lever) -> Any:
    unit = f" {item.unit}" if item.unit not in ("", "1") else ""
    was = of_before(item)
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                dmc.ActionIcon("?", size="sm", variant="subtle", **{"aria-label": f"About: {item.title}"})
            ),
            dmc.PopoverDropdown(
                [
                    dmc.Text(item.explanation, size="sm"),
                    dmc.Text(f"By default: {was}{unit}", size="xs", c="dimmed", mt=6),
                    *(_named(item)),
                ]
            ),
        ],
        width=280,
        position="bottom-end",
        shadow="md",
    )


def _named(item: Lever) -> list[Any]:
    if item.kind not in ("parameter", "dated"):
        return []
    return [dmc.Text(["In the model: ", dmc.Code(item.target)], size="xs", c="dimmed", mt=6)]


def _control(item: Lever, setting: Setting) -> Any:
    identity = {"lever": item.id}
    if item.kind == "mechanism":
        return dmc.Switch(id={"switch": item.id}, checked=bool(setting), size="sm", **{"aria-label": item.title})
    if item.choices:
        data = [{"value": value, "label": words} for value, words in item.choices.items()]
        if len(data) <= 3:
            return dmc.SegmentedControl(
                id=identity, data=data, value=str(setting), size="xs", fullWidth=True, **{"aria-label": item.title}
            )
        return dmc.Select(
            id=identity, data=data, value=str(setting), size="xs", allowDeselect=False, **{"aria-label": item.title}
        )
    marks = [{"value": float(of_default(item)), "label": None}]
    if item.kind == "rule_date":
        marks += [{"value": 12 * (year - 2016), "label": str(year)} for year in range(2018, 2035, 4)]
    return dmc.Group(
        [
            dmc.Slider(
                id=identity, value=float(setting), min=item.least, max=item.most, step=item.step, size="sm",
                updatemode="drag", marks=marks, thumbLabel=item.title, flex=1, mx=4, precision=3,
            ),
            dmc.Text(id={"shown": item.id}, size="xs", w=96, ta="right"),
        ],
        gap=4,
        wrap="nowrap",
    )  # fmt: skip


def of_default(item: Lever) -> float:
    """Where a slider stands in the draft that nobody has changed."""
    return float(item.read(Draft()))


def in_words(item: Lever, setting: Setting) -> str:
    """A slider's setting with its unit."""
    unit = "" if item.unit == "1" else f" {item.unit}"
    number = f"{float(setting):.4g}".replace("-", "−")
    if item.kind == "rule_date":
        month = int(setting)
        return "never" if month >= NEVER else f"{2016 + month // 12}-{month % 12 + 1:02d}"
    if item.kind == "shift":
        number = "as it was" if float(setting) == 0 else f"{float(setting):+.0f}".replace("-", "−")
        unit = "" if float(setting) == 0 else unit
    return f"{number}{unit}"
