"""The part of Beliefs where a visitor types in an observation, and reads what it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, State, html

from countermove.app import news, parts, state

if TYPE_CHECKING:
    import dash

    from countermove.app.runs import Desk
    from countermove.inference.update import Update

_SHOWN = 8


def layout() -> Any:
    """The form and the place for its result."""
    known = news.series()
    names = [{"value": name, "label": f"{each.operator.title} ({each.fact.unit})"} for name, each in known.items()]
    first = next(iter(known))
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
            dmc.Select(id="news-series", label="Series", data=names, value=first, searchable=True, allowDeselect=False),
            dmc.Text(id="news-about", size="sm", c="dimmed", mt=4),
            dmc.Group(
                [
                    dmc.TextInput(id="news-first", label="Period begins", w=130, placeholder="2026-01-01"),
                    dmc.TextInput(id="news-last", label="Period ends", w=130, placeholder="2026-06-30"),
                    *ends,
                    dmc.Button("Weigh it", id="news-weigh", n_clicks=0),
                ],
                align="end", mt="xs",
            ),
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
        fact = each.fact
        value = f"{each.value / each.factor:,.6g} {fact.unit}"
        return (
            f"Last in the record: {fact.entity}, {fact.quantity}: {value}, {fact.period_start} to {fact.period_end}.",
            f"{fact.period_start}", f"{fact.period_end}",
        )  # fmt: skip

    @app.callback(
        Output("news-moved", "children"), Input("news-weigh", "n_clicks"), State("news-series", "value"),
        *(State(f"news-{each}", "value") for each in ("first", "last", "low", "central", "high")),
        State("state", "data"), prevent_initial_call=True,
        running=[(Output("news-weigh", "loading"), True, False)],
    )  # fmt: skip
    def _weigh(_: int, name: str, first: str, last: str, low: Any, central: Any, high: Any, now: state.State) -> Any:
        typed = news.Typed(name, first, last, low, central, high)
        draft = state.draft_of(now)
        return _told(desk.alone(lambda: news.weigh(typed, draft)))


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
