"""Model: every quantity with equation, unit and sources, its causal loops, and which loops dominate when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html, no_update

from countermove.app import parts
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.engine import Model
    from countermove.explain.dominance import Dominance
    from countermove.explain.quantity import Equation, Explanation, Relation

_FIRST = "advanced_experience"
_RUN = "history"
_LOOPS_SHOWN = 12
_ONE_AT_A_TIME = Lock()


def _model() -> Model:
    from countermove.explore.world import world

    return world().model


def names() -> list[str]:
    """Every quantity and input of the model."""
    return [*_model().quantities, *_model().inputs]


def layout(_: Draft) -> Any:
    """The page."""
    data = [{"value": name, "label": name.replace("_", " ")} for name in names()]
    return [
        parts.heading("Model"),
        dmc.Text(
            f"{len(_model().quantities)} quantities and {len(_model().inputs)} inputs. Choose one: its equation with "
            "units and sources, what it depends on, and the feedback loops through it.",
            size="sm", mb="xs",
        ),
        dmc.Select(id="quantity", label="Quantity", data=data, value=_FIRST, searchable=True, allowDeselect=False,
                   maxDropdownHeight=360, limit=200),
        html.Div(id="quantity-says", **{"aria-live": "polite"}),
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
        html.Div(
            parts.drawing("diagram"), className="scrolls", tabIndex=0, role="region",
            **{"aria-label": "Causal-loop diagram, scrolls sideways"},
        ),
        dmc.Title("Which loops dominate, year by year", order=2, size="h4", mt="md"),
        dmc.Text(
            "Loops That Matter, along the run of history at the medians of all parameters. The first time takes "
            "minutes.",
            size="sm",
        ),
        dmc.Button("Work it out for this quantity", id="dominate", n_clicks=0, mt="xs", size="compact-sm",
                   variant="default"),
        dmc.Text(id="dominate-wait", size="sm", c="dimmed", mt=4, **{"aria-live": "polite"}),
        parts.drawing("dominance"),
        html.Div(id="dominance-loops"),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(Output("quantity", "value"), Input("url", "hash"), State("quantity", "value"))
    def _linked(hash: str | None, shown: str) -> str:
        name = (hash or "").removeprefix("#")
        return name if name in names() else shown  # no update would leave those who wait for it waiting

    @app.callback(Output("quantity-says", "children"), Input("quantity", "value"))
    def _explain(name: str) -> Any:
        from countermove.explain.quantity import explain

        return explained(explain(_model(), name))

    @app.callback(Output("diagram-loop", "data"), Output("diagram-loop", "value"), Input("quantity", "value"))
    def _loops(name: str) -> tuple[Any, None]:
        from countermove.explain.diagram import LONGEST_LOOP
        from countermove.explain.polarity import loops

        if name not in _model().quantities:
            return [], None
        found = list(loops(measured(), name, LONGEST_LOOP))[:100]
        return [
            {"value": "→".join(loop.names), "label": f"{loop.behaviour}: {_path(loop.names)}"} for loop in found
        ], None

    @app.callback(
        Output({"drawing": "diagram"}, "data"), Input("quantity", "value"), Input("diagram-depth", "value"),
        Input("diagram-loop", "value"),
    )  # fmt: skip
    def _diagram(name: str, depth: Any, loop: str | None) -> Any:
        return drawn(name, depth, tuple(loop.split("→")) if loop else ())

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
        return parts.as_data(shares(found, _RUN, screen="phone" if screen == "phone" else "laptop")), _listed(found)


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
    return parts.as_data(causal_loops(made, frozenset(zip(loop, (*loop[1:], *loop[:1]), strict=True))))


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
    cites = [
        dmc.ListItem(
            dmc.Anchor(f"{each.title}, {each.date}", href=each.address, target="_blank", size="sm")
            if each.address.startswith("http")
            else dmc.Text(f"{each.title}" + (f": {each.statement}" if each.statement else ""), size="sm")
        )
        for each in found.sources
    ]
    return dmc.Paper(
        [
            dmc.Text(found.description, fw=600),
            dmc.Text(f"{found.kind}{unit}{where}{by}", size="sm", c="dimmed"),
            *(_equation(each) for each in found.equations),
            *_prior(found),
            *_related("Depends on", found.depends_on),
            *_related("Read by", found.used_by),
            *([dmc.Text("Sources", size="sm", fw=600, mt=8), dmc.List(cites, size="sm")] if cites else []),
        ],
        withBorder=True,
        p="sm",
        mt="sm",
    )  # fmt: skip


def _equation(each: Equation) -> Any:
    lines = [f"{letter}: {words}" for letter, words in each.where.items()]
    if each.initial:
        lines.append(f"at the start: {each.initial}")
    return html.Div(
        [
            dmc.Code(f"{each.left} = {each.right}", block=True, mt=6, style={"whiteSpace": "pre-wrap"},
                     tabIndex=0),
            *(dmc.Text(line, size="xs", c="dimmed") for line in lines),
        ]
    )  # fmt: skip


def _prior(found: Explanation) -> list[Any]:
    if found.prior is None:
        return []
    prior = found.prior
    ends = "; ".join(f"{share} %: {getattr(prior, end)}" for share, end in ((5, "low"), (50, "central"), (95, "high")))
    words = f"{prior.distribution}. {ends}" if not prior.is_fixed else f"fixed: {prior.central}"
    return [dmc.Text(f"Prior, {words}", size="sm", mt=6), dmc.Text(prior.note, size="xs", c="dimmed")]


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
