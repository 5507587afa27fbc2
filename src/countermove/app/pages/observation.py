"""The part of Beliefs where a visitor types in an observation, and reads what it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, ctx, dcc, html, no_update

from countermove.app import news, parts, state
from countermove.app.view import Seen

if TYPE_CHECKING:
    import dash

    from countermove.app.runs import Desk
    from countermove.inference.update import Update

_SHOWN = 8
_TYPED = ("series", "first", "last", "low", "central", "high")

# Once weighed, an observation is weighed again where its link is opened, and when the scenario changes.
SEEN = (
    Seen("series", "news-series"), Seen("first", "news-first", "day"), Seen("last", "news-last", "day"),
    *(Seen(end, f"news-{end}", "number") for end in ("low", "central", "high")),
    Seen("weighed", "news-weighed", "yes", "data"),
)  # fmt: skip


def layout() -> Any:
    """The form and the place for its result."""
    known = news.series()
    names = {name: f"{each.operator.title} ({each.fact.unit})" for name, each in known.items()}
    first, like = next(iter(known.items()))
    ends = [
        dmc.NumberInput(id=f"news-{end}", label=label, w=120, hideControls=True)
        for end, label in (("low", "Low (optional)"), ("central", "Figure"), ("high", "High (optional)"))
    ]
    return html.Section(
        [
            dmc.Title("A new observation", order=2, size="h4", mt="lg", mb="xs"),
            dmc.Text(
                "Type in a figure that was published since. Every draw of the parameters is weighted by how well it "
                "fits the record with it rather than without; the answer moves with the weights.",
                size="sm", c="dimmed", mb="xs",
            ),
            parts.choice("news-series", "Series", names, first),
            dmc.Text(id="news-about", size="sm", c="dimmed", mt=4),
            dmc.Group(
                [
                    dmc.TextInput(id="news-first", label="Period begins", w=130, placeholder="2026-01-01",
                                  value=f"{like.fact.period_start}"),
                    dmc.TextInput(id="news-last", label="Period ends", w=130, placeholder="2026-06-30",
                                  value=f"{like.fact.period_end}"),
                    *ends,
                    dmc.Button("Weigh it", id="news-weigh", n_clicks=0),
                ],
                align="end", mt="xs",
            ),
            dcc.Store(id="news-weighed", data=False),
            html.Div(id="news-moved", **parts.aria(live="polite")),
        ],
        **parts.aria(label="A new observation"),
    )  # fmt: skip


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of the part."""

    @app.callback(
        Output("news-about", "children"), Output("news-first", "value"), Output("news-last", "value"),
        Input("news-series", "value"),
    )  # fmt: skip
    def _about(name: str) -> Any:
        each = news.series().get(name)
        if each is None:
            return "", "", ""
        fact, chosen = each.fact, bool(ctx.triggered_id)  # a link has its own dates
        value = f"{each.value / each.factor:,.6g} {fact.unit}"
        return (
            f"Last in the record: {fact.entity}, {fact.quantity}: {value}, {fact.period_start} to {fact.period_end}.",
            *((f"{fact.period_start}", f"{fact.period_end}") if chosen else (no_update, no_update)),
        )  # fmt: skip

    @app.callback(
        Output("news-moved", "children"), Output("news-weighed", "data"), Input("news-weigh", "n_clicks"),
        *(State(f"news-{each}", "value") for each in _TYPED), Input("state", "data"), State("news-weighed", "data"),
        running=[(Output("news-weigh", "loading"), True, False)],
    )  # fmt: skip
    def _weigh(
        _: int, name: str, first: str, last: str, low: Any, central: Any, high: Any, now: state.State, was: bool
    ) -> Any:
        if ctx.triggered_id != "news-weigh" and not was:
            return no_update, no_update
        typed = news.Typed(name, first, last, low, central, high)
        draft = state.draft_of(now)
        return _told(desk.alone(lambda: news.weigh(typed, draft))), True

    @app.callback(
        Output("news-moved", "children", allow_duplicate=True), Output("news-weighed", "data", allow_duplicate=True),
        *(Input(f"news-{each}", "value") for each in _TYPED), prevent_initial_call=True,
    )  # fmt: skip
    def _changed(*_: Any) -> Any:
        """What was found is of what stood there before."""
        return None, False


def _told(found: Update) -> list[Any]:
    from countermove.answer import headline

    def sentences(title: str, which: Any) -> Any:
        lines = [dmc.Text(line, size="sm") for line in headline(which)]
        return html.Div([dmc.Text(title, size="sm", fw=600, mt="sm"), *lines])

    rows = [
        dmc.TableTr(
            [
                dmc.TableTh(each.parameter.replace("_", " ").replace(".", ": "), fw=400),
                dmc.TableTd(f"{each.shift:+.2f}".replace("-", "−")),
                dmc.TableTd(f"{each.variance_left:.2f}"),
            ]
        )
        for each in found.moved[:_SHOWN]
    ]
    head = dmc.TableTr([dmc.TableTh(words) for words in ("Parameter", "Shift, standard deviations", "Variance left")])
    worth = f"{found.before.draws:,} draws, weighted, are worth {found.effective:,.0f} equal ones; k̂ {found.shape:.2f}."
    return [
        sentences("Before", found.before),
        sentences("After", found.after),
        dmc.Text("What moved it", size="sm", fw=600, mt="sm"),
        parts.wide(dmc.Table([dmc.TableThead(head), dmc.TableTbody(rows)]), "Parameters that moved"),
        dmc.Text(f"{worth} Above k̂ = 0.7 no answer is given.", size="xs", c="dimmed"),
    ]
