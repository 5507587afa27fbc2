"""The run of the Lab beside the evidence, what each parameter is drawn from, and tests of how far to believe it all."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html

from countermove.app import parts
from countermove.app.live import SEED
from countermove.app.pages import parameters
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash
    import plotly.graph_objects as go

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.figures._labels import Screen

    Draw = Callable[[Screen], go.Figure]

TESTED = 500
"""Draws of a section."""

WIDE = 4000
"""Draws on which parameters and differences are regressed."""

_FIRST = "industrial"

SEEN = (Seen("sector", "density-sector"), Seen("words", "density-words", "text"), Seen("test", "test"))
_ONE_AT_A_TIME = Lock()


def layout(_: Draft) -> Any:
    """The page; its first figures follow the scenario of the Lab."""
    from countermove.report.truth import sections

    data = [{"value": each["key"], "label": f"{each['short']}: {each['title']}"} for each in sections()]
    return [
        parts.heading("Against the record"),
        parts.answer(),
        parts.figure("history", ghost=False),
        parts.figure("assumptions", ghost=False),
        parameters.layout(),
        dmc.Title("How far can the model be believed?", order=2, size="h4", mt="md"),
        dmc.Group(
            [
                dmc.Select(id="test", label="Test", data=data, value=_FIRST, allowDeselect=False, flex=1, miw=240),
                dmc.Button("Run the test", id="run-test", n_clicks=0, variant="default"),
            ],
            align="end",
        ),
        dmc.Text(id="test-wait", size="sm", c="dimmed", mt=4, **parts.aria(live="polite")),
        html.Div(id="test-says", **parts.aria(live="polite")),
        parts.drawing("test"),
    ]


def register(app: dash.Dash, _desk: Desk) -> None:
    """The parameters and the tests; the first figures are drawn as those of the Lab are."""
    parameters.register(app)

    @app.callback(
        Output("test-says", "children"), Output({"drawing": "test"}, "data"), Input("run-test", "n_clicks"),
        Input("screen", "data"), State("test", "value"),
        running=[
            (Output("run-test", "disabled"), True, False),
            (Output("test-wait", "children"), f"Running on {TESTED} draws; most take minutes the first time …", ""),
        ],
    )  # fmt: skip
    def _test(_: int, screen: str | None, key: str) -> tuple[Any, Any]:
        with _ONE_AT_A_TIME:
            drawn = tested(key)
        return _words(key), parts.as_data(drawn(parts.screen_of(screen)))


def _words(key: str) -> Any:
    from countermove.inference.listing import shipped
    from countermove.report.truth import sections

    rows, left = shipped()
    filled = {"figures": len(rows), "series": len({each.operator.name for each in rows}), "left": len(left)}
    chosen = next(each for each in sections() if each["key"] == key)
    return [
        dmc.Title(chosen["title"], order=3, size="h5", mt="sm"),
        *(dmc.Text(text.format(**filled), size="sm", mt=4) for text in chosen["paragraphs"]),
    ]


@cache
def tested(key: str) -> Draw:
    """The figure of one section by screen, computed once. It takes no turn of the desk, as the tests are long.

    Raises:
        CountermoveError: no such section, or nothing to show for it yet.
    """
    makers: dict[str, Callable[[], Draw]] = {
        "skill": _skill, "fit": _fit, "facts": _facts, "claims": _claims, "industrial": _industrial,
        "posterior": _posterior, "variants": _variants, "rests": _rests,
    }  # fmt: skip
    if key not in makers:
        raise CountermoveError("choose a test from the list")
    return makers[key]()


def _skill() -> Draw:
    from countermove.figures.skill import skill
    from countermove.inference.backtest import DATES, backtest

    found = [backtest(day, draws=TESTED, seed=SEED) for day in DATES]
    return lambda screen: skill(found, draws=TESTED, seed=SEED, screen=screen)


def _fit() -> Draw:
    from countermove.figures.fit import fit
    from countermove.inference.listing import shipped
    from countermove.inference.predict import predict

    rows, _ = shipped()
    figures = predict(rows, draws=TESTED, seed=SEED)
    return lambda screen: fit(rows, figures, draws=TESTED, seed=SEED, screen=screen)


def _facts() -> Draw:
    from countermove.figures.facts import stylised_facts
    from countermove.inference.facts import compute

    found = compute(draws=TESTED, seed=SEED)
    return lambda screen: stylised_facts(found, draws=TESTED, seed=SEED, screen=screen)


def _claims() -> Draw:
    from countermove.figures.verdicts import verdicts
    from countermove.inference.claims import find, judge

    found = judge(find(""), draws=TESTED, seed=SEED)
    return lambda screen: verdicts(found, draws=TESTED, seed=SEED, screen=screen)


def _industrial() -> Draw:
    from countermove.figures.causes import industrial_policy
    from countermove.inference.industrial import industrial

    found = industrial(seed=SEED)
    return lambda screen: industrial_policy(found, seed=SEED, screen=screen)


def _posterior() -> Draw:
    from countermove.explore.world import world
    from countermove.figures.calibration import contraction
    from countermove.inference.fits import shipped

    if world().basis == "prior":
        raise CountermoveError("no calibration of this model and evidence ships: all parameters are drawn from priors")
    found = shipped()
    return lambda screen: contraction(found, screen)


def _variants() -> Draw:
    from countermove.explore.compare import quoted_year
    from countermove.figures.causes import variants
    from countermove.inference.structure import structure

    found = structure(draws=TESTED, seed=SEED)
    return lambda screen: variants(found, quoted_year(found.years), draws=TESTED, seed=SEED, screen=screen)


def _rests() -> Draw:
    from countermove.figures.causes import rests
    from countermove.inference.informed import rests_on

    found = rests_on(draws=WIDE, seed=SEED)
    return lambda screen: rests(found, draws=WIDE, seed=SEED, screen=screen)
