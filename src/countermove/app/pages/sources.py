"""Sources: of any figure of the app, the quantities, published figures, parameters and series behind its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import parts
from countermove.app.provenance import Provenance, provenance, upstream
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk

_FIRST = "paradox"

SEEN = (Seen("figure", "sourced"),)


def layout(_: Draft) -> Any:
    """The page."""
    return [
        parts.heading("Sources"),
        dmc.Text(
            "A number here is a sourced observation, a prior with its interval and sources, or a posterior; nothing "
            "else. Choose a figure to see what stands behind it.",
            size="sm", mb="xs",
        ),
        parts.choice("sourced", "Figure", {name: each.title for name, each in provenance().items()}, _FIRST),
        html.Div(id="sourced-says", **parts.aria(live="polite")),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    parts.by_address(app, "sourced", provenance)

    @app.callback(Output("sourced-says", "children"), Input("sourced", "value"))
    def _show(name: str) -> Any:
        if name not in provenance():
            raise CountermoveError("choose a figure from the list")
        return told(provenance()[name])


def told(found: Provenance) -> list[Any]:
    """What is drawn, then what it rests on."""
    shown = [dmc.Text(found.about, size="sm", my="sm")]
    if found.quantities:
        links = [[_link(name), ": ", _meaning(name)] for name in found.quantities]
        shown += _section("Quantities of the model", "equation, unit and sources behind each", links)
    if found.rows:
        title = dmc.Title("Published figures", order=2, size="h5", mt="md")
        shown += [title, parts.cited(found.rows, shown=len(found.rows))]
    return shown + (_inputs(found.quantities) if found.quantities else [])


def _inputs(quantities: tuple[str, ...]) -> list[Any]:
    """Parameters by sector, each with its interval and sources, then series and rules."""
    from countermove.app.pages.model import in_numbers
    from countermove.explore.world import world

    given = world()
    names = upstream(given.model, quantities)
    by_sector: dict[str, list[Any]] = {}
    others: list[Any] = []
    for name in names:
        if name not in given.priors:
            others.append([_link(name), ": ", given.model.inputs[name].description])
            continue
        prior = given.priors[name]
        used = given.posterior.get(name, prior)
        basis = "fixed" if prior.is_fixed else "posterior" if name in given.posterior else "prior"
        words = f": {prior.description}; {basis}: {in_numbers(used)}; sources: {', '.join(prior.sources)}"
        by_sector.setdefault(prior.sector, []).append([_link(name), words])
    count = sum(map(len, by_sector.values()))
    items = [_item(sector.replace("_", " "), lines) for sector, lines in sorted(by_sector.items())]
    items.append(_item("series from outside, rules and switches", others))
    return [
        dmc.Title("What these rest on", order=2, size="h5", mt="md"),
        dmc.Text(f"{count} parameters and {len(others)} series and switches stand upstream.", size="sm", mb="xs"),
        dmc.Accordion(items, multiple=True, variant="contained", chevronPosition="left"),
    ]


def _item(title: str, lines: Sequence[Any]) -> Any:
    return dmc.AccordionItem(
        [
            dmc.AccordionControl(dmc.Text(f"{title} ({len(lines)})", size="sm", fw=600)),
            dmc.AccordionPanel(_listed(lines)),
        ],
        value=title,
    )


def _section(title: str, words: str, lines: Sequence[Any]) -> list[Any]:
    return [
        dmc.Title(title, order=2, size="h5", mt="md"), dmc.Text(words, size="xs", c="dimmed"), _listed(lines)
    ]  # fmt: skip


def _listed(lines: Sequence[Any]) -> Any:
    return dmc.List([dmc.ListItem(dmc.Text(line, size="sm")) for line in lines], size="sm")


def _link(name: str) -> Any:
    return dmc.Anchor(name.replace("_", " "), href=f"/model#{name}", refresh=False, size="sm")


def _meaning(name: str) -> str:
    from countermove.explore.world import world

    return " ".join((world().model.quantities[name].description or "").split())
