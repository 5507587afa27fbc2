"""Model: every quantity with equation, unit and sources, its causal loops, and which loops dominate when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from countermove.app import code, mistakes, parts
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.engine import Model
    from countermove.explain.dominance import Dominance
    from countermove.explain.quantity import Equation, Explanation, Relation
    from countermove.parameters import Prior

_FIRST = "advanced_experience"

SEEN = (
    Seen("quantity", "quantity"), Seen("links", "diagram-depth", "number"), Seen("loop", "diagram-loop", "text"),
)  # fmt: skip

_RUN = "history"
_LOOPS_SHOWN, _LOOPS_LISTED = 12, 100
_TITLE = 14
_ONE_AT_A_TIME = Lock()


def _model() -> Model:
    from countermove.explore.world import world

    return world().model


def names() -> list[str]:
    """Every quantity and input of the model."""
    return [*_model().quantities, *_model().inputs]


def layout(_: Draft) -> Any:
    """The page."""
    known = {name: name.replace("_", " ") for name in names()}
    return [
        parts.heading("Model"),
        dmc.Text(
            f"{len(_model().quantities)} quantities and {len(_model().inputs)} inputs. Choose one: its equation with "
            "units and sources, what it depends on, and the feedback loops through it.",
            size="sm", mb="xs",
        ),
        parts.choice("quantity", "Quantity", known, _FIRST, maxDropdownHeight=360, limit=200),
        html.Div(id="quantity-says", **parts.aria(live="polite")),
        parts.python("quantity-code"),
        dmc.Title("Causes and effects", order=2, size="h4", mt="md"),
        dmc.Group(
            [
                dmc.NumberInput(id="diagram-depth", label="Links up and down", value=1, min=1, max=3, w=150,
                                allowDecimal=False),
                dmc.Select(id="diagram-loop", label="Loop to highlight", data=[], value=None, clearable=True, w=420,
                           placeholder="none", maxDropdownHeight=300),
            ],
            align="end", mb="xs",
        ),
        dmc.Text(id="diagram-says", size="sm", fw=600, mb=4),
        parts.drawing("diagram", zoomed="Causal-loop diagram"),
        dmc.Text(id="diagram-key", size="xs", c="dimmed"),
        dmc.Title("Which loops dominate, year by year", order=2, size="h4", mt="md"),
        dmc.Text(
            "Loops That Matter, along the run of history at the medians of all parameters. It takes some seconds.",
            size="sm",
        ),
        dmc.Button("Work it out for this quantity", id="dominate", n_clicks=0, mt="xs", size="compact-sm",
                   variant="default"),
        dmc.Text(id="dominate-wait", size="sm", c="dimmed", mt=4, **parts.aria(live="polite")),
        parts.drawing("dominance", asked=True),
        html.Div(id="dominance-loops"),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    parts.by_address(app, "quantity", names)

    @app.callback(Output("quantity-says", "children"), Output("quantity-code", "children"), Input("quantity", "value"))
    def _explain(name: str) -> tuple[Any, str]:
        from countermove.explain.quantity import explain

        return explained(explain(_model(), name)), code.quantity(name)

    @app.callback(
        Output("diagram-loop", "data"), Output("diagram-loop", "value"), Input("quantity", "value"),
        State("diagram-loop", "value"),
    )  # fmt: skip
    def _loops(name: str, shown: str | None) -> tuple[Any, str | None]:
        from countermove.explain.diagram import LONGEST_LOOP
        from countermove.explain.polarity import loops

        if name not in _model().quantities:
            return [], None
        found = {".".join(loop.names): loop for loop in list(loops(measured(), name, LONGEST_LOOP))[:_LOOPS_LISTED]}
        if shown and shown not in found and not ctx.triggered_id:  # nobody chose it here: a link did
            mistakes.tell(CountermoveError(f"link: see.loop: no loop through {name} goes along '{shown[:60]}'"))
        data = [{"value": key, "label": f"{loop.behaviour}: {_path(loop.names)}"} for key, loop in found.items()]
        return data, shown if shown in found else None

    @app.callback(
        Output({"drawing": "diagram"}, "data"), Output("diagram-says", "children"), Output("diagram-key", "children"),
        Input("quantity", "value"), Input("diagram-depth", "value"), Input("diagram-loop", "value"),
    )  # fmt: skip
    def _diagram(name: str, depth: Any, loop: str | None) -> tuple[Any, str, str]:
        made = drawn(name, depth, tuple(loop.split(".")) if loop else ())
        return made, made["layout"]["meta"]["title"], made["layout"]["meta"]["source"]

    @app.callback(
        Output({"drawing": "dominance"}, "data"), Output("dominance-loops", "children"),
        Input("dominate", "n_clicks"), State("quantity", "value"), State("screen", "data"),
        running=[
            (Output("dominate", "disabled"), True, False),
            (Output("dominate-wait", "children"), "Scoring every link in every cell …", ""),
        ],
        prevent_initial_call=True,
    )  # fmt: skip
    def _dominance(clicks: int, name: str, screen: str | None) -> tuple[Any, Any]:
        from countermove.figures.loops import shares

        if not clicks:
            return no_update, no_update
        with _ONE_AT_A_TIME:
            found = _dominant(name)
        return parts.as_data(shares(found, _RUN, screen=parts.screen_of(screen))), _listed(found)


@cache
def measured() -> Any:
    """The links of the model with their signs along the run of history."""
    from countermove.explain.diagram import measured as measure

    return measure(_RUN)[1]


def drawn(name: str, depth: Any, loop: Sequence[str]) -> Any:
    """The diagram around a quantity, with the links of one loop in bold where one is chosen.

    Raises:
        CountermoveError: an input, or a quantity that nothing is linked to; a depth that is not 1 to 3.
    """
    from countermove.explain.diagram import diagram
    from countermove.figures.diagram import causal_loops

    if not isinstance(depth, int) or not 1 <= depth <= 3:
        raise CountermoveError("links up and down: a whole number from 1 to 3")
    model = _model()
    around = name
    if name in model.inputs:  # inputs stand outside the loops: show the first quantity that reads it
        around = next((each.name for each in model.quantities.values() if name in each.arguments), _FIRST)
    made = diagram(model, measured(), _RUN, around, depth)
    figure = parts.as_data(causal_loops(made, frozenset(zip(loop, (*loop[1:], *loop[:1]), strict=True))))
    figure["layout"]["title"]["font"]["size"] = _TITLE  # the diagram is as wide as it is, and so is its title
    return figure


@cache
def _dominant(name: str) -> Dominance:
    from countermove.explain.dominance import yearly_dominance

    if name not in _model().quantities:
        raise CountermoveError(f"'{name}' is an input and in no loop: choose a quantity")
    return yearly_dominance(_RUN, name)


def explained(found: Explanation) -> Any:
    """One quantity or input: what it is, its equations, interval, neighbours and sources."""
    unit = f", {found.unit}" if found.unit not in ("", "1") else ", no unit"
    where = f"; sector {found.sector}" if found.sector else ""
    by = "; by " + ", ".join(found.dimensions) if found.dimensions else ""
    cites = parts.sources(found.sources, shown=len(found.sources))
    return dmc.Paper(
        [
            dmc.Text(found.description, fw=600),
            dmc.Text(f"{found.kind}{unit}{where}{by}", size="sm", c="dimmed"),
            *(_equation(each) for each in found.equations),
            *_prior(found),
            *_related("Depends on", found.depends_on),
            *_related("Read by", found.used_by),
            *([dmc.Text("Sources", size="sm", fw=600, mt=8), cites] if found.sources else []),
        ],
        withBorder=True,
        p="sm",
        mt="sm",
    )  # fmt: skip


def _equation(each: Equation) -> Any:
    """An equation typeset, and as text to copy; MathJax, which comes with Dash, sets it in the browser."""
    lines = [f"{letter} = {words}" for letter, words in each.where.items()]
    plain = "\n".join([f"{each.left} = {each.right}", *lines])
    start = [dmc.Text(f"at the start: {each.initial}", size="xs", c="dimmed")] if each.initial else []
    return html.Div(
        [
            html.Div(
                [dcc.Markdown(f"$${line}$$", mathjax=True) for line in _typeset(each)],
                className="mathematics", tabIndex=0, role="region",
                **parts.aria(label=f"Equation of {each.name}, scrolls sideways"),
            ),
            *start,
            html.Details([html.Summary("As text"), html.Pre(plain, tabIndex=0)], className="about"),
        ]
    )  # fmt: skip


def _typeset(each: Equation) -> list[str]:
    """The equation, then what its letters stand for."""
    letters = [rf"\mathrm{{{letter}}} = {text}" for letter, text in each.latex_where.items()]
    return [each.latex, *(rf"\text{{with }} {line}" for line in letters)]


def _prior(found: Explanation) -> list[Any]:
    """The interval of a parameter before the evidence and, where it is fitted, after it."""
    from countermove.explore.world import world

    if found.prior is None:
        return []
    lines = [f"Prior, {found.prior.distribution.replace('_', '-')}: {in_numbers(found.prior)}"]
    if found.name in world().posterior:
        lines.append(f"Posterior, in use: {in_numbers(world().posterior[found.name])}")
    beliefs = [] if found.prior.is_fixed or found.prior.elements else [
        dmc.Anchor("Put your own interval in its place", href=f"/beliefs#{found.name}", refresh=False, size="sm")
    ]  # fmt: skip
    return [
        *(dmc.Text(line, size="sm", mt=6) for line in lines),
        *beliefs,
        dmc.Text(found.prior.note, size="xs", c="dimmed"),
    ]


def in_numbers(prior: Prior) -> str:
    """The 5, 50 and 95 % quantiles with the unit, element by element; a single number where it is fixed."""
    unit = "" if prior.unit == "1" else f" {prior.unit}"
    columns = [value if isinstance(value, tuple) else (value,) for value in (prior.low, prior.central, prior.high)]
    said: list[str] = []
    for place, element in enumerate(prior.elements or ("",)):
        low, central, high = (f"{values[min(place, len(values) - 1)]:.4g}".replace("-", "−") for values in columns)
        numbers = f"{central}{unit}, fixed" if prior.is_fixed else f"{central}{unit} (5–95 %: {low} to {high})"
        said.append(f"{element.replace('_', ' ')} {numbers}".strip())
    return "; ".join(said)


def _related(title: str, those: Sequence[Relation]) -> list[Any]:
    if not those:
        return []
    links: list[Any] = []
    for each in those:
        unit = "" if each.unit == "1" else f" ({each.unit})"
        links += [dmc.Anchor(each.name, href=f"/model#{each.name}", refresh=False, size="sm"), f"{unit}  "]
    return [dmc.Text(title, size="sm", fw=600, mt=8), dmc.Text(links, size="sm")]


def _listed(found: Dominance) -> Any:
    items = [
        dmc.ListItem(f"{loop.behaviour}, {100 * loop.share.mean():.1f} % on average: {_path(loop.names)}")
        for loop in found.loops[:_LOOPS_SHOWN]
    ]
    return dmc.List(items, type="ordered", size="sm")


def _path(chain: Sequence[str]) -> str:
    return " → ".join(name.replace("_", " ") for name in chain)
