"""The part of Truth that shows prior and posterior of every parameter, by sector or by words of its name."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import parts, state
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.parameters import Prior

SHOWN = 24
"""Panels at most; words narrow the choice down."""

INFORMED = "most informed"


@cache
def uncertain() -> tuple[Prior, ...]:
    """Parameters of the model that are not fixed, by sector and name."""
    from countermove.explore.world import world

    given = world()
    found = (prior for name, prior in given.priors.items() if name in given.model.inputs and not prior.is_fixed)
    return tuple(sorted(found, key=lambda prior: (prior.sector, prior.name)))


def sectors() -> dict[str, str]:
    """What can be chosen, words by value; the most informed only where a posterior is in use."""
    from countermove.explore.world import world

    names = sorted({prior.sector for prior in uncertain()})
    first = {INFORMED: "all sectors, most informed by the evidence first"} if world().posterior else {}
    return {**first, **{name: name.replace("_", " ") for name in names}}


def chosen(sector: str, words: str) -> list[Prior]:
    """Parameters of a sector whose name or description has the words.

    Raises:
        CountermoveError: no such sector, or no parameter has the words.
    """
    if sector not in sectors():
        raise CountermoveError("choose a sector from the list")
    among = _by_information() if sector == INFORMED else [each for each in uncertain() if each.sector == sector]
    wanted = words.casefold().replace("_", " ").split()
    found = [each for each in among if all(word in _text(each) for word in wanted)]
    if not found:
        raise CountermoveError(f"no parameter of {sectors()[sector]} has the words '{words[:40]}'")
    return found


def _text(prior: Prior) -> str:
    return f"{prior.name.replace('_', ' ')} {prior.description}".casefold()


def _by_information() -> list[Prior]:
    """Fitted parameters, that whose prior variance the evidence took most of first."""
    from countermove.explore.world import world
    from countermove.inference import posterior

    shares = posterior.read(posterior.DEFAULT).record["contraction"]
    known = {prior.name: prior for prior in uncertain()}
    most = {
        name: max(share for label, share in shares.items() if label.partition(".")[0] == name)
        for name in world().posterior
        if name in known
    }
    return [known[name] for name in sorted(most, key=lambda name: -most[name])]


def layout() -> Any:
    """The choice and the figure."""
    known = sectors()
    data = [{"value": value, "label": label} for value, label in known.items()]
    return html.Section(
        [
            dmc.Title("Prior and posterior of every parameter", order=2, size="h4", mt="md"),
            dmc.Group(
                [
                    dmc.Select(id="density-sector", label="Sector", data=data, value=next(iter(known)),
                               allowDeselect=False, flex=1, miw=220),
                    dmc.TextInput(id="density-words", label="Words of its name or description", value="",
                                  debounce=500, flex=1, miw=220),
                ],
                align="end",
            ),
            dmc.Text(id="density-says", size="sm", c="dimmed", mt=4, **parts.aria(live="polite")),
            parts.drawing("densities"),
        ],
        **parts.aria(label="Prior and posterior of every parameter"),
    )  # fmt: skip


def register(app: dash.Dash) -> None:
    """Callbacks of the part."""

    @app.callback(
        Output({"drawing": "densities"}, "data"), Output("density-says", "children"),
        Input("density-sector", "value"), Input("density-words", "value"), Input("screen", "data"),
        Input("state", "data"),
    )  # fmt: skip
    def _draw(sector: str, words: str | None, screen: str | None, now: state.State) -> tuple[Any, str]:
        own = state.draft_of(now).scenario().beliefs
        found = drawn(chosen(sector, words or ""), own, parts.screen_of(screen))
        return parts.as_data(found), said(sector, words or "")


def drawn(priors: Sequence[Prior], own: Any, screen: Any) -> Any:
    """Their densities; `own` by name are the intervals of the scenario in the app."""
    from countermove._version import version
    from countermove.explore.world import world
    from countermove.figures.densities import densities, panels

    given = world()
    believed = {
        prior.name: prior.believed(own[prior.name].low, own[prior.name].central, own[prior.name].high)
        for prior in priors
        if prior.name in own
    }
    found = panels(priors, given.posterior, believed)[:SHOWN]
    drawn_from = "no posterior counts: priors only" if not given.posterior else (
        "posterior: draws that ship, smoothed by Gaussian kernels; without one, a parameter is drawn from its prior"
    )  # fmt: skip
    return densities(
        found,
        title="What is believed of each parameter before and after the published figures",
        source=f"Source: countermove {version()}; priors from their 5, 50 and 95 % quantiles, which may differ in "
        f"width on either side of the median, 0.5 to 99.5 % shown; {drawn_from}.",
        screen=screen,
    )


def said(sector: str, words: str) -> str:
    """How many parameters there are, and how many of them are shown and fitted."""
    from countermove.explore.world import world

    found = chosen(sector, words)
    numbers = sum(len(each.elements) or 1 for each in found)
    fitted = sum(each.name in world().posterior for each in found)
    shown = f"; the first {SHOWN} are shown, words narrow them down" if numbers > SHOWN else ""
    return f"{len(found)} parameters with {numbers} numbers, {fitted} of them fitted to the published figures{shown}."
