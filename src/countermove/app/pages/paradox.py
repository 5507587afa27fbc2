"""The paradox: which mechanism makes the difference, as a waterfall, with the mechanisms switchable beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import parts, state
from countermove.app.draft import DRAWS
from countermove.app.levers import levers
from countermove.app.live import SEED, Recent
from countermove.app.view import Seen

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.explore.compare import Comparison
    from countermove.scenario import Scenario

_FIRST, _LAST, _YEAR = 2020, 2035, 2030

SEEN = (Seen("year", "shares-year", "number"),)
_KEPT: Recent[tuple[Scenario, Scenario], Comparison] = Recent(12)


def layout(draft: Draft) -> Any:
    """The page for a draft."""
    items = [item for item in levers().values() if item.kind == "mechanism"]
    switches = html.Section(
        [parts.lever(item, draft) for item in items], className="switches", **parts.aria(label="Mechanisms")
    )
    return [
        parts.heading("The paradox"),
        parts.answer(),
        parts.figure("paradox"),
        parts.figure("probability"),
        dmc.Title("Why: mechanism by mechanism", order=2, size="h4", mt="sm"),
        dmc.Text("Year of the shares", size="sm", fw=500),
        dmc.Slider(
            id="shares-year", min=_FIRST, max=_LAST, step=1, value=_YEAR, updatemode="mouseup", mb="xl",
            thumbLabel="Year of the shares",
            marks=[{"value": year, "label": str(year)} for year in range(_FIRST, _LAST, 5)],
        ),
        dmc.Grid(
            [
                dmc.GridCol(
                    [
                        dmc.Text("Switch a mechanism off, in both arms", size="sm", fw=600),
                        switches,
                    ],
                    span={"base": 12, "md": 4, "lg": 3},
                ),
                dmc.GridCol(parts.drawing("mechanisms"), span={"base": 12, "md": 8, "lg": 9}),
            ],
            gutter="md",
        ),
    ]  # fmt: skip


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the page; its switches are levers, and serve as those of the Lab do."""

    @app.callback(
        Output({"drawing": "mechanisms"}, "data"), Input("shares-year", "value"), Input("state", "data"),
        Input("screen", "data"), running=[(Output("page", "className"), "busy", "")],
    )  # fmt: skip
    def _waterfall(year: int, now: state.State, screen: str | None) -> Any:
        from countermove.figures.mechanisms import mechanisms

        found = attributed(state.draft_of(now), desk)
        assert found.attributed is not None
        chosen = replace(found, attributed=replace(found.attributed, year=min(max(int(year), _FIRST), _LAST)))
        return parts.as_data(mechanisms(chosen, screen=parts.screen_of(screen)))


def attributed(draft: Draft, desk: Desk) -> Comparison:
    """The comparison of a draft on 250 draws with Shapley's shares of its mechanisms."""
    from countermove.app.live import outcomes_only
    from countermove.explore.attribute import attribute

    small = replace(draft, draws=DRAWS[0])
    arms = small.scenario(), small.counterfactual()
    found = _KEPT.get(arms)
    if found:
        return found
    comparison = desk.comparison(small, whole=False)
    shares = desk.alone(lambda: attribute(*arms, draws=DRAWS[0], seed=SEED, given=outcomes_only()))
    return _KEPT.put(arms, replace(comparison, attributed=shares))
