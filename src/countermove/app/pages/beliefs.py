"""Beliefs: any parameter's interval replaced by the visitor's own, and what that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, html, no_update

from countermove.app import parts, state
from countermove.app.pages import observation
from countermove.errors import CountermoveError
from countermove.parameters import Prior, load_parameters

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.figures._labels import Screen

_ENDS = ("low", "central", "high")
_FIRST = "learning_rate"


def single() -> dict[str, Prior]:
    """Uncertain parameters of the model that have one interval."""
    from countermove.explore.world import world

    used = world().model.inputs
    return {
        name: prior
        for name, prior in load_parameters().items()
        if name in used and not prior.is_fixed and not prior.elements
    }


def layout(_: Draft) -> Any:
    """The page."""
    names = [{"value": name, "label": f"{prior.description} ({name})"} for name, prior in single().items()]
    return [
        parts.heading("Beliefs"),
        parts.answer(),
        dmc.Select(id="belief", label="Parameter", data=names, value=_FIRST, searchable=True, allowDeselect=False),
        html.Div(id="belief-about"),
        dmc.Group(
            [
                *(
                    dmc.NumberInput(id=f"belief-{end}", label=f"{share} %", w=120, hideControls=True)
                    for end, share in zip(_ENDS, (5, 50, 95), strict=True)
                ),
                dmc.Button("Use my interval", id="believe", n_clicks=0),
                dmc.Button("Back to ours", id="disbelieve", variant="default", n_clicks=0),
            ],
            align="end",
            mt="xs",
        ),
        html.Div(id="belief-moved", **parts.aria(live="polite")),
        parts.drawing("belief"),
        observation.layout(),
    ]


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the page."""
    observation.register(app, desk)

    @app.callback(Output("belief", "value"), Input("url", "hash"), State("belief", "value"))
    def _linked(hash: str | None, shown: str) -> str:
        name = (hash or "").removeprefix("#")
        return name if name in single() else shown

    @app.callback(
        *(Output(f"belief-{end}", "value") for end in _ENDS), Output("belief-about", "children"),
        Output({"drawing": "belief"}, "data"), Output("belief-moved", "children"),
        Input("belief", "value"), Input("state", "data"), Input("screen", "data"),
    )  # fmt: skip
    def _show(name: str, now: state.State, screen: str | None) -> Any:
        prior = _prior(name)
        draft = state.draft_of(now)
        own = draft.scenario().beliefs.get(name)
        shown = [getattr(own or _in_use(name), end) for end in _ENDS]
        drawing = parts.as_data(_densities(prior, own, parts.screen_of(screen)))
        return *shown, _about(prior), drawing, _moved(draft, name, desk) if own else ""

    @app.callback(
        Output("state", "data", allow_duplicate=True), Output("notice", "hide", allow_duplicate=True),
        Input("believe", "n_clicks"), Input("disbelieve", "n_clicks"), State("belief", "value"),
        *(State(f"belief-{end}", "value") for end in _ENDS), State("state", "data"), prevent_initial_call=True,
    )  # fmt: skip
    def _believe(yes: int, no: int, name: str, low: Any, central: Any, high: Any, now: state.State) -> Any:
        if not (yes or no):
            return no_update, no_update
        prior, draft = _prior(name), state.draft_of(now)
        if ctx.triggered_id == "disbelieve":
            return state.moved(now, draft.put(("beliefs", name), None)), True
        given = (low, central, high)
        if not all(isinstance(each, (int, float)) for each in given):
            raise CountermoveError(f"{name}: give three numbers")
        prior.believed(*(float(each) for each in given))
        interval = dict(zip(_ENDS, (float(each) for each in given), strict=True))
        return state.moved(now, draft.put(("beliefs", name), interval)), True


def _prior(name: str) -> Prior:
    known = single()
    if name not in known:
        raise CountermoveError(f"unknown parameter '{str(name)[:60]}'")
    return known[name]


def _in_use(name: str) -> Prior:
    """What the parameter is drawn from unless the visitor says otherwise: its posterior where it has one."""
    from countermove.explore.world import world

    return world().posterior.get(name) or _prior(name)


def _about(prior: Prior) -> Any:
    """Note, unit, basis and sources of a parameter."""
    from countermove.explore.world import world

    unit = "no unit" if prior.unit == "1" else prior.unit
    basis = "posterior, fitted to the published figures" if prior.name in world().posterior else "prior, not fitted"
    return [
        dmc.Text(f"{prior.note} Unit: {unit}. Drawn from: {basis}.", size="sm", c="dimmed"),
        html.Details([html.Summary(f"Sources ({len(prior.sources)})"), parts.cited(prior.sources)], className="about"),
    ]


def _moved(draft: Draft, name: str, desk: Desk) -> Any:
    """What the own interval changes, all else equal."""
    from countermove.answer import amount
    from countermove.explore.compare import quoted_year
    from countermove.explore.outcomes import OUTCOMES

    now, before = desk.comparison(draft), desk.comparison(draft.put(("beliefs", name), None))
    year = quoted_year(now.years)
    index = now.years.index(year)
    lines: list[str] = []
    for outcome in ("domestic", "total"):
        one, other = before.annual[outcome], now.annual[outcome]
        lines.append(
            f"{OUTCOMES[outcome].title} in {year}: the median difference goes from {amount(one.p50[index])} to "
            f"{amount(other.p50[index])} {OUTCOMES[outcome].unit}; P(hindered) from {one.p_hindered[index]:.2f} to "
            f"{other.p_hindered[index]:.2f}, P(catalysed) from {one.p_catalysed[index]:.2f} to "
            f"{other.p_catalysed[index]:.2f}."
        )
    title = dmc.Text("What your interval moves, all else equal:", size="sm", fw=600, mt="sm")
    return [title, *(dmc.Text(line, size="sm") for line in lines)]


def _densities(prior: Prior, own: Any, screen: Screen) -> Any:
    """Prior, posterior and the own interval as densities over one axis."""
    from countermove.explore.world import world
    from countermove.figures.densities import densities, panels

    believed = {prior.name: prior.believed(own.low, own.central, own.high)} if own else {}
    return densities(
        panels([prior], world().posterior, believed),
        title=prior.description,
        source="Prior and own interval from their 5, 50 and 95 % quantiles, 0.5 to 99.5 % shown; posterior: draws, "
        "smoothed by Gaussian kernels.",
        screen=screen,
        columns=1,
    )
