"""Parts that several pages use: a figure with its exports, the answer, a lever with its explanation."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html

from countermove.app import exports
from countermove.app._law_levers import NEVER
from countermove.app.draft import Draft
from countermove.app.levers import Lever, Setting, of_before

if TYPE_CHECKING:
    import dash

    from countermove.evidence import Citation
    from countermove.figures._labels import Screen

_CONFIG: Any = {"displayModeBar": False, "responsive": True}

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
    """A figure of the current comparison by its name in `runs.figure_makers`, with its files and sources."""
    graph = dcc.Graph(id={"figure": name, "ghost": ghost}, figure=_NONE, config=_CONFIG, className="figure")
    return html.Div([graph, _beside(name)], className="awaited", **_names(name))


def drawing(name: str, *, asked: bool = False, zoomed: str = "") -> Any:
    """A figure that is not of the comparison: a callback of its page puts it into the store {"drawing": name}.

    Args:
        asked: whether it comes only when the visitor asks for it; until then it takes no room.
        zoomed: what it is, if it may be larger than its place and can be zoomed (assets/zoom.js).
    """
    graph = dcc.Graph(id={"plain": name}, figure=_NONE, config=_CONFIG, className="figure")
    placed = _zoomable(graph, zoomed) if zoomed else [graph]
    return html.Div(
        [dcc.Store(id={"drawing": name}), *placed, _beside(name)], className="asked" if asked else "awaited",
        **_names(name),
    )  # fmt: skip


def _zoomable(graph: Any, title: str) -> list[Any]:
    """Buttons, and the figure in a region that scrolls and is zoomed by keys, wheel and fingers."""
    buttons = [
        html.Button(sign, className=f"zoom-{which}", **aria(label=words))
        for which, sign, words in (("out", "−", "Zoom out"), ("in", "+", "Zoom in"), ("reset", "Reset", "Reset zoom"))
    ]
    hint = html.Span("Keys + − 0, Ctrl and wheel, or two fingers; drag to move", className="hint")
    label = f"{title}; the keys + and − zoom, 0 resets, arrows scroll"
    return [
        html.Div([*buttons, html.Output("100 %", **aria(live="polite")), hint], className="zoom"),
        html.Div(graph, className="zoomable", tabIndex=0, role="region", **aria(label=label)),
    ]


def python(id: str) -> Any:
    """Where a page writes the code that computes what it shows (`code`)."""
    return html.Details(
        [
            html.Summary("As Python"),
            html.Pre(id=id, tabIndex=0, role="region", **aria(label="Python code of what is shown")),
        ],
        className="about",
    )


def as_data(made: Any) -> dict[str, Any]:
    """A Plotly figure as a store keeps it."""
    data: dict[str, Any] = made.to_plotly_json()
    data["layout"].pop("template", None)
    return data


def _names(name: str) -> dict[str, Any]:
    """The attribute by which the browser and the tests find a figure."""
    return {"data-figure": name}


def _beside(name: str) -> Any:
    """Where the numbers of a figure come from, and buttons that save it, or its numbers, as the browser shows it."""
    buttons = [
        html.Button(form.upper(), id={"save": name, "format": form}, n_clicks=0, **aria(label=words))
        for form, words in (("svg", "Figure as SVG"), ("png", "Figure as PNG"), ("csv", "Numbers of the figure as CSV"))
    ]
    origin = dmc.Anchor("Where the numbers come from", href=f"/sources#{name}", refresh=False)
    return html.Div([origin, *buttons], className="beside")


def choice(id: str, label: str, options: Mapping[str, str], value: str, **more: Any) -> Any:
    """A list to choose one from, by typing too; options are words by value."""
    data: Any = [{"value": each, "label": words} for each, words in options.items()]
    return dmc.Select(id=id, label=label, data=data, value=value, searchable=True, allowDeselect=False, **more)


def by_address(app: dash.Dash, id: str, known: Callable[[], Container[str]]) -> None:
    """Choose from a list what the address names after its #, if it is known."""

    @app.callback(Output(id, "value"), Input("url", "hash"), State(id, "value"))
    def _named(hash: str | None, shown: str) -> str:
        name = (hash or "").removeprefix("#")
        return name if name in known() else shown  # no update would leave those who wait for it waiting


def cited(ids: Sequence[str], shown: int = 8) -> Any:
    """Rows of the evidence and works of the literature by id, each with title, date, statement and a link."""
    from countermove.evidence import citation, exists

    return sources([citation(id) for id in ids if exists(id)], shown)


def sources(rows: Sequence[Citation], shown: int = 8) -> Any:
    """Citations, one a line; of more than `shown` the number of the others is told."""
    more = len(rows) - shown
    left = [dmc.Text(f"and {more} more", size="xs", c="dimmed")] if more > 0 else []
    return html.Div([*(_source(row) for row in rows[:shown]), *left])


def _source(row: Citation) -> Any:
    words = f"[{row.id}] {row.title}" + (f", {row.date}" if row.date else "")
    title: Any = words
    if row.address.startswith(("https://", "http://")):
        title = dmc.Anchor(words, href=row.address, target="_blank", size="xs", className="long")
    said = f": {row.statement}" if row.statement else ""
    recalled = " (recalled, not read at the source)" if row.is_unverified else ""
    return dmc.Text([title, said, recalled], size="xs")


def aria(**words: str) -> dict[str, Any]:
    """ARIA attributes by their names without `aria-`; a component takes them as `**aria(label="Levers")`."""
    return {f"aria-{name}": said for name, said in words.items()}


def screen_of(data: str | None) -> Screen:
    """For which screen to draw, of what the browser has put into the store `screen`."""
    return "phone" if data == "phone" else "laptop"


def wide(table: Any, label: str) -> Any:
    """A table that may be wider than a phone: it scrolls by itself, by keyboard too."""
    return html.Div(table, className="wide", tabIndex=0, role="region", **aria(label=label))


def answer() -> Any:
    """The scenario, the two sentences, how they were computed, and what can be done with them.

    The browser writes the words, and they are read out when they are new.
    """
    return dmc.Paper(
        [
            html.Div(id="what", className="what"),
            html.Div(id="sentences", className="sentence", **aria(live="polite")),
            html.Div([_steps(), dmc.Text(id="timing", size="xs", c="dimmed")], className="under"),
        ],
        id={"answer": "page"},
        withBorder=True,
        p="sm",
        mb="sm",
    )


def _steps() -> Any:
    """Steps back and forth, and files, on every page that follows the scenario."""

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
    upload = dcc.Upload(
        button("Open YAML", "upload-button"), id="upload", accept=".yaml,.yml", max_size=exports.LARGEST_FILE
    )
    return dmc.Group(
        [button("Undo", "undo"), button("Redo", "redo"), button("Reset", "reset"), own, upload],
        gap=4, className="steps",
    )  # fmt: skip


def lever(item: Lever, draft: Draft) -> Any:
    """One lever: its name, which opens to what it was and an explanation, and its control.

    Of few components: Dash goes through all of a page's at every change.
    """
    return html.Div([_explained(item), *_control(item, item.read(draft))], className="lever")


def _explained(item: Lever) -> Any:
    unit = f" {item.unit}" if item.unit not in ("", "1") else ""
    named = f"\nIn the model: {item.target}" if item.kind in ("parameter", "dated") else ""
    drawn = "\nMoved, its interval keeps its width; Beliefs sets both ends." if item.kind == "parameter" else ""
    return html.Details(
        [
            html.Summary(item.title, **aria(label=f"About: {item.title}")),
            f"{item.explanation}\nBy default: {of_before(item)}{unit}{drawn}{named}",
        ]
    )


def _control(item: Lever, setting: Setting) -> list[Any]:
    identity = {"lever": item.id}
    if item.kind == "mechanism":
        return [dmc.Switch(id={"switch": item.id}, checked=bool(setting), size="sm", **aria(label=item.title))]
    if item.choices:
        data = [{"value": value, "label": words} for value, words in item.choices.items()]
        common: dict[str, Any] = {"id": identity, "data": data, "value": str(setting), "size": "xs"}
        if len(data) <= 3:
            return [dmc.SegmentedControl(**common, fullWidth=True, **aria(label=item.title))]
        return [dmc.Select(**common, allowDeselect=False, **aria(label=item.title))]
    marks: list[Any] = [{"value": float(of_default(item)), "label": None}]
    if item.kind == "rule_date":
        marks += [{"value": 12 * (year - 2016), "label": str(year)} for year in range(2018, 2035, 4)]
    return [
        dmc.Slider(
            id=identity, value=float(setting), min=item.least, max=item.most, step=item.step, size="sm",
            updatemode="drag", marks=marks, thumbLabel=item.title, mx=4, precision=3, inverted=item.kind == "rule_date",
        ),
        html.Span(in_words(item, setting), id={"shown": item.id}, className="shown"),
    ]  # fmt: skip


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
