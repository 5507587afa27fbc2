"""Rules: what the law of a day catches, and the verdict on a chip, buyer and day with its paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, html

from countermove.app import code, parts
from countermove.app.view import FIRST_YEAR, Seen
from countermove.chips import catalogue
from countermove.chips.custom import from_mapping
from countermove.errors import CountermoveError
from countermove.figures._palette import INK
from countermove.rules import LAW_REVIEWED_TO, Verdict, Word, ask, items
from countermove.rules.verdict import NOT_ADVICE

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.chips import ChipSpec

_LAST = (LAW_REVIEWED_TO.year - FIRST_YEAR) * 12 + LAW_REVIEWED_TO.month - 1
LONGEST = 200


def layout(_: Draft) -> Any:
    """The page."""
    chips = {each.id: each.name for each in catalogue().values()}
    return [
        parts.heading("Rules"),
        dmc.SimpleGrid(
            [
                parts.choice("rule-chip", "Chip", chips, "nvidia_h20_96gb"),
                dmc.TextInput(id="rule-buyer", label="Buyer", value="ByteDance", debounce=600),
                dmc.TextInput(id="rule-country", label="Destination", value="China", debounce=600),
            ],
            cols={"base": 1, "sm": 3},
        ),
        _own(),
        dmc.Text("Month of export (first day)", size="sm", fw=500, mt="sm"),
        dmc.Slider(
            id="rule-month", min=0, max=_LAST, step=1, value=_LAST, updatemode="mouseup", thumbLabel="Month of export",
            marks=[{"value": 12 * (year - FIRST_YEAR), "label": str(year)} for year in range(2016, 2027, 2)], mb="xl",
            label=None,
        ),
        dmc.Paper(
            html.Div(id="verdict", **parts.aria(live="polite")), withBorder=True, p="sm", mb="sm"
        ),
        parts.python("verdict-code"),
        parts.drawing("plane"),
        dmc.Title("Measures over time", order=2, size="h4", mt="md"),
        parts.drawing("timeline"),
    ]  # fmt: skip


_FIGURES = (
    ("tpp", "TPP (TOPS × bits)", 4000.0),
    ("die_area_mm2", "Area of logic dies, mm²", 800.0),
    ("dies", "Logic dies", 1.0),
    ("memory_bandwidth", "Memory bandwidth, GB/s", 4000.0),
    ("interconnect", "Links, both ways, GB/s", 900.0),
)


SEEN = (
    Seen("chip", "rule-chip"), Seen("buyer", "rule-buyer", "text"), Seen("destination", "rule-country", "text"),
    Seen("month", "rule-month", "month"), Seen("own", "own", "yes", "checked"),
    *(Seen(f"own.{name}", f"own-{name}", "number") for name, *_ in _FIGURES),
    Seen("own.datacentre", "own-datacentre", "yes", "checked"),
)  # fmt: skip


def _own() -> Any:
    """A chip by its figures instead of one from the list."""
    inputs = [
        dmc.NumberInput(id=f"own-{name}", label=label, value=value, min=0, debounce=600, thousandSeparator=",")
        for name, label, value in _FIGURES
    ]
    return html.Div(
        [
            dmc.Switch(id="own", label="My own chip, by its figures", checked=False, mt="sm", size="sm"),
            dmc.Collapse(
                dmc.SimpleGrid(
                    [*inputs, dmc.Switch(id="own-datacentre", label="For data centres", checked=True, mt="lg")],
                    cols={"base": 2, "sm": 6},
                ),
                id="own-form", opened=False, mt="xs",
            ),
        ]
    )  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(
        Output("verdict", "children"), Output("verdict-code", "children"), Input("rule-chip", "value"),
        Input("rule-buyer", "value"), Input("rule-country", "value"), Input("rule-month", "value"),
        Input("own", "checked"),
        Input("own-datacentre", "checked"), *(Input(f"own-{name}", "value") for name, *_ in _FIGURES),
    )  # fmt: skip
    def _verdict(
        chip: str, buyer: str, country: str, month: int, own: bool, centre: bool, *figures: Any
    ) -> tuple[Any, str]:
        if max(len(str(each)) for each in (chip, buyer, country)) > LONGEST:
            raise CountermoveError(f"names are at most {LONGEST} characters long")
        what = items.of_chip(_specified(figures, centre)) if own else chip
        asked = country or "", buyer or "", _day(month)
        return _shown(ask(what, *asked)), code.verdict(_given(figures, centre) if own else chip, *asked)

    @app.callback(Output({"drawing": "timeline"}, "data"), Input("rule-month", "value"), Input("screen", "data"))
    def _timeline(month: int, screen: str | None) -> Any:
        return _timeline_until(_day(month), parts.screen_of(screen))

    app.clientside_callback(
        ClientsideFunction("countermove", "same"), Output("own-form", "opened"), Input("own", "checked")
    )

    @app.callback(
        Output({"drawing": "plane"}, "data"), Input("rule-month", "value"), Input("screen", "data"),
        Input("own", "checked"), Input("own-datacentre", "checked"),
        *(Input(f"own-{name}", "value") for name, *_ in _FIGURES),
    )  # fmt: skip
    def _plane(month: int, screen: str | None, own: bool, centre: bool, *figures: Any) -> Any:
        made = _plane_on(_day(month), parts.screen_of(screen))
        return _with_own(made, _specified(figures, centre)) if own else made


@lru_cache(maxsize=4)
def _timeline_until(day: date, screen: Any) -> dict[str, Any]:
    """Measures of all sides, with a line at the month of export."""
    from countermove.figures.measure_timeline import measure_timeline

    made = measure_timeline(screen=screen)
    made.add_vline(x=f"{day}", line_width=1, line_dash="dot", line_color=INK)
    return parts.as_data(made)


@lru_cache(maxsize=64)
def _plane_on(day: date, screen: Any) -> Any:
    from countermove.figures.threshold_plane import threshold_plane

    return parts.as_data(threshold_plane(day, screen=screen))


def _specified(figures: Sequence[Any], datacentre: bool) -> ChipSpec:
    """The chip of the form."""
    return from_mapping(_given(figures, datacentre), where="your chip")


def _given(figures: Sequence[Any], datacentre: bool) -> dict[str, Any]:
    """Its figures; what is left empty is not known."""
    given = {name: value for (name, *_), value in zip(_FIGURES, figures, strict=True) if value not in (None, "")}
    return {**given, "name": "your chip", "datacentre": bool(datacentre)}


def _with_own(made: dict[str, Any], chip: ChipSpec) -> dict[str, Any]:
    """The plane with the chip on it, if its figures say where."""
    tpp, density = chip.tpp, chip.density
    if tpp is None or density is None:
        return made
    own = {
        "type": "scatter", "mode": "markers+text", "x": [tpp.central], "y": [density.central], "text": ["<b>yours</b>"],
        "textposition": "top center", "marker": {"symbol": "star", "size": 16, "color": INK},
        "textfont": {"color": INK},
        "hovertemplate": "your chip: %{x:,.0f} TPP, %{y:.2f} TPP per mm²<extra></extra>", "showlegend": False,
    }  # fmt: skip
    return {**made, "data": [*made["data"], own]}


def _day(month: int) -> date:
    bounded = min(max(int(month), 0), _LAST)
    return date(FIRST_YEAR + bounded // 12, bounded % 12 + 1, 1)


def _shown(verdict: Verdict) -> Any:
    asked = f"{_named(verdict.item)} → {verdict.destination}, {verdict.end_user}, {verdict.on}"
    contested = [dmc.Badge("contested", color="orange", variant="light")] if verdict.contested else []
    return [
        dmc.Group([dmc.Badge(verdict.word.value.replace("_", " "), variant="light"), *contested]),
        dmc.Text(verdict.sentence, mt=6),
        dmc.Text(asked, size="sm", c="dimmed"),
        html.Div(
            [
                *_listed("Paragraphs in the order applied", [str(step) for step in verdict.paragraphs]),
                *_listed("Arithmetic", verdict.arithmetic),
                *_listed("Readings", [f"{each.word.value}: {each.because}" for each in verdict.readings]),
                *_listed("Conditions", verdict.conditions),
                *_listed("What would change it", [f"{each.kind}: {each.says}" for each in verdict.changes]),
                *_listed("Not checked", verdict.unchecked),
            ],
            className="columns",
        ),
        dmc.Text(f"Law reviewed to {verdict.law_reviewed_to}; {NOT_ADVICE}.", size="xs", c="dimmed", mt=6),
    ]


def _named(item: str) -> str:
    """A chip of the catalogue by its name, anything else as it was asked for."""
    return catalogue()[item].name if item in catalogue() else item


def _plainly(line: str) -> str:
    """A line without the underscores of the verdicts' own words."""
    for word in Word:
        line = line.replace(word.value, word.value.replace("_", " "))
    return line


def _listed(title: str, lines: Any) -> list[Any]:
    if not lines:
        return []
    heading = dmc.Text(title, size="sm", fw=600, mt=8)
    listed = dmc.List([dmc.ListItem(dmc.Text(_plainly(line), size="sm")) for line in lines], size="sm")
    return [html.Div([heading, listed], className="part")]
