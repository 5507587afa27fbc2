"""Beliefs: any parameter's interval replaced by the visitor's own, and what that moves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
import numpy as np
from dash import Input, Output, State, ctx, html, no_update

from countermove.app import parts, state
from countermove.app._model_levers import in_use
from countermove.app.pages import observation
from countermove.app.view import Seen
from countermove.errors import CountermoveError
from countermove.parameters import Prior, load_parameters

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.figures._labels import Screen

_ENDS = ("low", "central", "high")
_LABELS = {"low": "Low end (5 %)", "central": "Middle (50 %)", "high": "High end (95 %)"}
_FIRST = "learning_rate"
_STEPS = 200

SEEN = (Seen("parameter", "belief"), *observation.SEEN)


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
    names = {name: f"{prior.description} ({name})" for name, prior in single().items()}
    return [
        parts.heading("Beliefs"),
        parts.answer(),
        parts.choice("belief", "Parameter", names, _FIRST),
        html.Div(id="belief-about"),
        dmc.Text("Your interval: drag its ends, or type them", size="sm", fw=500, mt="xs"),
        dmc.RangeSlider(
            id="belief-range", value=[0, 1], min=0, max=1, updatemode="mouseup", size="sm", mx=8, minRange=0,
            label=None, precision=10, thumbFromLabel="Low end of your interval",
            thumbToLabel="High end of your interval",
        ),
        dmc.Group(
            [
                *(dmc.NumberInput(id=f"belief-{end}", label=label, w=130, hideControls=True)
                  for end, label in _LABELS.items()),
                dmc.Button("Use my interval", id="believe", n_clicks=0),
                dmc.Button("Back to ours", id="disbelieve", variant="default", n_clicks=0),
            ],
            align="end",
            mt="xs",
        ),
        dmc.Text(
            "The middle may be left empty: it is then half-way, on the scale on which the parameter is normal.",
            size="xs", c="dimmed", mt=4,
        ),
        html.Div(id="belief-moved", **parts.aria(live="polite")),
        parts.drawing("belief"),
        observation.layout(),
    ]  # fmt: skip


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the page."""
    observation.register(app, desk)

    parts.by_address(app, "belief", single)

    @app.callback(
        *(Output(f"belief-{end}", "value") for end in _ENDS), Output("belief-about", "children"),
        *(Output("belief-range", each) for each in ("value", "min", "max", "step")),
        Output({"drawing": "belief"}, "data"),
        Input("belief", "value"), Input("state", "data"), Input("screen", "data"),
    )  # fmt: skip
    def _show(name: str, now: state.State, screen: str | None) -> Any:
        prior = _prior(name)
        draft = state.draft_of(now)
        own = draft.scenario().beliefs.get(name)
        interval = shown(name, own)
        drawing = parts.as_data(_densities(prior, own, parts.screen_of(screen)))
        return *interval, _about(prior), *_range(prior, interval), drawing

    @app.callback(Output("belief-moved", "children"), Input("belief", "value"), Input("state", "data"))
    def _say(name: str, now: state.State) -> Any:
        draft = state.draft_of(now)
        return _moved(draft, _prior(name).name, desk) if name in draft.scenario().beliefs else ""

    @app.callback(
        Output("state", "data", allow_duplicate=True), Output("notice", "hide", allow_duplicate=True),
        Input("believe", "n_clicks"), Input("disbelieve", "n_clicks"), Input("belief-range", "value"),
        State("belief", "value"), *(State(f"belief-{end}", "value") for end in _ENDS), State("state", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def _believe(
        yes: int, no: int, ends: list[float], name: str, low: Any, central: Any, high: Any, now: state.State
    ) -> Any:
        draft = state.draft_of(now)
        before = shown(name, draft.scenario().beliefs.get(name))
        if ctx.triggered_id == "belief-range":
            if tuple(ends) == (before[0], before[2]):  # it was set to what is shown
                return no_update, no_update
            interval = believed(name, ends[0], None, ends[1])
        elif not (yes or no):
            return no_update, no_update
        else:
            interval = None if ctx.triggered_id == "disbelieve" else believed(name, low, central, high)
        return state.moved(now, draft.put(("beliefs", name), interval)), True


def believed(name: str, low: Any, central: Any, high: Any) -> dict[str, float]:
    """Somebody's own interval; its middle is half-way on the scale of the parameter's distribution if none is given.

    Raises:
        CountermoveError: an end is missing; the interval is none that the parameter can have.
    """
    prior = _prior(name)
    ends = [each for each in (low, high) if isinstance(each, (int, float))]
    if len(ends) < 2:
        raise CountermoveError(f"{name}: give both ends of the interval")
    if not isinstance(central, (int, float)):
        central = half_way(prior, *map(float, ends))
    interval = {end: float(f"{each:.6g}") for end, each in zip(_ENDS, (low, central, high), strict=True)}
    prior.believed(**interval)
    return interval


def half_way(prior: Prior, low: float, high: float) -> float:
    """The middle between two ends on the scale on which the parameter is normal; of ends that have none, their mean."""
    from countermove.parameters._prior import _scale

    forward, backward = _scale(prior.distribution)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = float(backward(forward(np.array([low, high])).mean(keepdims=True))[0])
    return float(f"{middle if math.isfinite(middle) else (low + high) / 2:.4g}")


def shown(name: str, own: Any) -> tuple[float, float, float]:
    """The interval in the fields: the visitor's own as it is, else ours in four figures."""
    if own:
        return own.low, own.central, own.high
    low, central, high = (float(f"{getattr(in_use(name), end):.4g}") for end in _ENDS)
    return low, central, high


def _range(prior: Prior, interval: tuple[float, float, float]) -> tuple[list[float], float, float, float]:
    """Value, least, most and step of the slider: as far as prior, posterior and the interval in the fields reach."""
    reach = [*interval, *(float(each) for p in (prior, in_use(prior.name)) for each in p.quantile([0.005, 0.995]))]
    step = 10 ** math.floor(math.log10((max(reach) - min(reach)) / _STEPS))
    least = max(prior.bounds[0], step * math.floor(min(reach) / step))
    most = min(prior.bounds[1], step * math.ceil(max(reach) / step))
    return [interval[0], interval[2]], float(f"{least:.6g}"), float(f"{most:.6g}"), step


def _prior(name: str) -> Prior:
    known = single()
    if name not in known:
        raise CountermoveError(f"unknown parameter '{str(name)[:60]}'")
    return known[name]


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

    without = draft.put(("beliefs", name), None)
    now, before = (desk.comparison(each, whole=False) for each in (draft, without))
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
