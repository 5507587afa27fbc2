"""Supply under the scenario of the Lab: from wafer to card, which input binds, and where new compute comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import behind, parts, state
from countermove.app.view import Seen

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.explore.supply_flow import SupplyFlow

_FIRST, _LAST, _SHOWN = 2018, 2035, 2026

SEEN = (Seen("year", "flow-year", "number"),)


def layout(_: Draft) -> Any:
    """The page; its figures follow the scenario of the Lab."""
    return [
        parts.heading("Supply"),
        parts.answer(),
        dmc.Text("Year of the flow", size="sm", fw=500),
        dmc.Slider(
            id="flow-year", min=_FIRST, max=_LAST, step=1, value=_SHOWN, updatemode="mouseup", mb="xl",
            thumbLabel="Year of the flow from wafer to card",
            marks=[{"value": year, "label": str(year)} for year in range(_FIRST, _LAST + 1, 4)],
        ),
        html.Div(id="flow-says", **parts.aria(live="polite")),
        parts.drawing("flow"),
        parts.figure("binding", ghost=False),
        parts.figure("buyers", ghost=False),
        parts.figure("measures", ghost=False),
    ]  # fmt: skip


def register(app: dash.Dash, desk: Desk) -> None:
    """The flow of the year; the other figures are drawn by the Lab's callbacks."""

    @app.callback(
        Output({"drawing": "flow"}, "data"), Output("flow-says", "children"), Input("flow-year", "value"),
        Input("state", "data"), Input("screen", "data"),
    )  # fmt: skip
    def _flow(year: int, now: state.State, screen: str | None) -> tuple[Any, Any]:
        from countermove.explore.supply_flow import supply_flow
        from countermove.figures.supply_flow import supply_flow_figure

        policy = behind.policy(state.draft_of(now), desk)
        flow = supply_flow(policy, min(max(int(year), _FIRST), _LAST))
        drawn = supply_flow_figure(flow, policy.origin, screen=parts.screen_of(screen))
        return parts.as_data(drawn), dmc.Text(said(flow), size="sm", mb="xs")


def said(flow: SupplyFlow) -> str:
    """The year in pieces: wafers, dies, cards."""
    from countermove.figures.supply_flow import in_short

    if flow.wafers < 1:
        return (
            f"In {flow.year} no AI chips are made on the advanced lines at home; {in_short(flow.cards)} cards are made."
        )
    share = 100 * flow.wafers / flow.all_wafers if flow.all_wafers else 0.0
    return (
        f"In {flow.year} AI chips take {in_short(flow.wafers)} of {in_short(flow.all_wafers)} advanced wafers at home "
        f"({share:.0f} %); {100 * flow.die_yield:.0f} % of their dies work, {in_short(flow.good_dies)} good dies; "
        f"{in_short(flow.cards)} cards are made, foreign dies included. Means over draws."
    )
