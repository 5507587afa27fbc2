"""Base: solar, batteries and electric vehicles against chips, Wright's law, and what feeds what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import behind, parts, state

if TYPE_CHECKING:
    import dash

    from countermove.app.behind import Base
    from countermove.app.draft import Draft
    from countermove.app.runs import Desk

_CHAIN = (
    ("sector_value_added", "Solar, batteries and electric vehicles earn value added at home"),
    ("base_index", "counted over GDP"),
    ("base_index_felt", "felt years later"),
    ("diversification_effect", "by budgets and by the supply of engineers"),
    ("fiscal_base", "so Beijing can fund more of an answer to denial"),
    ("researcher_wage", "and engineers cost less than they would"),
)


def layout(_: Draft) -> Any:
    """The page; its figures follow the scenario of the Lab, 250 draws."""
    return [
        parts.heading("Base"),
        parts.answer(),
        dmc.Text(
            "No control on chips touches these sectors. They matter here in two ways: as the record of what industrial "
            "policy did where nothing was denied, and as the base of budgets and engineers that chips draw on.",
            size="sm", mb="sm",
        ),
        html.Div(id="base-says", **parts.aria(live="polite")),
        parts.drawing("base-history"),
        parts.drawing("base-wright"),
        parts.drawing("base-feeding"),
        _chain(),
    ]  # fmt: skip


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(
        Output({"drawing": "base-history"}, "data"), Output({"drawing": "base-wright"}, "data"),
        Output({"drawing": "base-feeding"}, "data"), Output("base-says", "children"),
        Input("state", "data"), Input("screen", "data"), running=[(Output("page", "className"), "busy", "")],
    )  # fmt: skip
    def _draw(now: state.State, screen: str | None) -> tuple[Any, Any, Any, Any]:
        from countermove.figures.base import base_history
        from countermove.figures.feeding import feeding
        from countermove.figures.wright import wrights_law

        runs = behind.base(state.draft_of(now), desk)
        on: Any = parts.screen_of(screen)
        return (
            base_history(runs.policy, runs.counterfactual, on).to_plotly_json(),
            wrights_law(runs.policy, on).to_plotly_json(),
            feeding(runs.policy, runs.unlinked, on).to_plotly_json(),
            dmc.Text(said(runs), size="sm", mb="sm"),
        )


def said(runs: Base) -> str:
    """What the link from the base adds, in a sentence."""
    from countermove.explore.compare import quoted_year
    from countermove.figures import _summary
    from countermove.figures.feeding import added

    years = _summary.years_of(runs.policy)
    year = quoted_year(tuple(years))
    more = _quoted(added(runs.policy, runs.unlinked), years, year)
    low, middle, high = (_summary.significant(each, 2) for each in more)
    share = 100 * _summary.by_year(_summary.monthly(runs.policy, "base_index"), "mean")
    percent = _summary.significant(_quoted(share, years, year)[1], 2)
    return (
        f"In {year} the three sectors are worth {percent} % of GDP in value added (median). The link from them adds "
        f"{middle} thousand H100e to that year’s output of chips of Chinese design (80 % of draws: {low} to {high})."
    )


def _quoted(values: Any, years: list[int], year: int) -> tuple[float, float, float]:
    from countermove.figures import _summary

    low, middle, high = _summary.quantiles(values[:, years.index(year)])
    return float(low), float(middle), float(high)


def _chain() -> Any:
    items = [
        dmc.ListItem(
            dmc.Text(
                [f"{words} ", dmc.Anchor(dmc.Code(name), href=f"/model#{name}", refresh=False, size="sm")], size="sm"
            )
        )
        for name, words in _CHAIN
    ]
    return html.Section(
        [
            dmc.Title("The chain in the model", order=2, size="h5", mt="sm"),
            dmc.List(items, type="ordered", size="sm"),
            dmc.Text("Equations, units and sources of each are on the page Model.", size="xs", c="dimmed"),
        ]
    )
