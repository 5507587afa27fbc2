"""Training: what a run takes on two chips, in time, energy and money, and where the time goes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import parts
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.training.job import Prediction

MOST_CHIPS, MOST_TOKENS = 200_000, 100.0

SEEN = (
    Seen("model", "run-model"), Seen("chip", "run-chip"), Seen("beside", "run-other"),
    Seen("chips", "run-chips", "number"), Seen("tokens", "run-tokens", "number"),
)  # fmt: skip


def layout(_: Draft) -> Any:
    """The page."""
    from countermove.training import models
    from countermove.training.chips import catalogue

    chips = [{"value": key, "label": chip.name} for key, chip in catalogue().items()]
    keys = list(catalogue())
    names = list(models.entries())

    def like(fragment: str, among: list[str]) -> str:
        return next((each for each in among if fragment in each), among[0])

    def select(id: str, label: str, data: Any, value: str) -> Any:
        return dmc.Select(id=id, label=label, data=data, value=value, searchable=True, allowDeselect=False)

    return [
        parts.heading("Training"),
        dmc.SimpleGrid(
            [
                select("run-model", "Model", names, like("405b", names)),
                select("run-chip", "Chip", chips, like("h100_sxm", keys)),
                select("run-other", "Beside it", chips, like("910b", keys)),
                dmc.NumberInput(id="run-chips", label="Chips of each", value=16384, min=8, max=MOST_CHIPS, step=8,
                                debounce=600, thousandSeparator=","),
                dmc.NumberInput(id="run-tokens", label="Tokens of the run, 10¹²", value=15, min=0.01, max=MOST_TOKENS,
                                debounce=600),
            ],
            cols={"base": 1, "sm": 5},
            mb="sm",
        ),
        dmc.Paper(html.Div(id="run-answer", **parts.aria(live="polite")), withBorder=True, p="sm", mb="sm"),
        parts.drawing("time"),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(
        Output("run-answer", "children"), Output({"drawing": "time"}, "data"), Input("run-model", "value"),
        Input("run-chip", "value"), Input("run-other", "value"), Input("run-chips", "value"),
        Input("run-tokens", "value"), Input("screen", "data"),
    )  # fmt: skip
    def _predict(model: str, chip: str, other: str, chips: Any, tokens: Any, screen: str | None) -> tuple[Any, Any]:
        from countermove.figures.training import where_time_goes

        count, length = _within("chips", chips, 8, MOST_CHIPS), _within("tokens", tokens, 0.01, MOST_TOKENS)
        found = [_predicted(model, each, int(count), length) for each in dict.fromkeys((chip, other))]
        made = where_time_goes(found, screen=parts.screen_of(screen))
        return _table(found), parts.as_data(made)


def _within(what: str, value: Any, least: float, most: float) -> float:
    if not isinstance(value, (int, float)) or not least <= value <= most:
        raise CountermoveError(f"{what}: give a number from {least:g} to {most:,g}")
    return float(value)


@lru_cache(maxsize=128)
def _predicted(model: str, chip: str, chips: int, tokens: float) -> Prediction:
    from countermove.training import models
    from countermove.training.chips import catalogue
    from countermove.training.job import best_layout, make_job

    if model not in models.entries() or chip not in catalogue():
        raise CountermoveError("choose a model and chips from the lists")
    transformer = models.model(model)
    job = make_job(
        transformer, catalogue()[chip], chips, sequence=models.usual_sequence(transformer), batch_tokens=None,
        tokens=tokens * 1e12, bits=16, date=2026.0,
    )  # fmt: skip
    return best_layout(job)


def _table(found: list[Prediction]) -> Any:
    rows: list[tuple[str, list[str]]] = [
        ("Time of the run, 80 % interval", [_days(each) for each in found]),
        ("Step", [f"{each.seconds:.3g} s" for each in found]),
        ("Model FLOPs utilisation", [f"{each.utilisation:.1%}" for each in found]),
        ("Tokens a second and chip", [f"{each.tokens_per_second_per_chip:,.0f}" for each in found]),
        ("Energy", [f"{each.cost.energy:,.0f} MWh" for each in found]),
        ("Cost", [_money(each) for each in found]),
        ("Memory of a chip", [f"{each.memory_gigabytes:.0f} of {each.job.chip.memory:.0f} GB" for each in found]),
    ]
    head = dmc.TableTr(
        [dmc.TableTd(""), *(dmc.TableTh(f"{each.job.chips:,} × {each.job.chip.name}") for each in found)]
    )
    body = [dmc.TableTr([dmc.TableTh(name, fw=400), *(dmc.TableTd(cell) for cell in cells)]) for name, cells in rows]
    table = dmc.Table([dmc.TableThead(head), dmc.TableTbody(body)])
    note = "16-bit products, software of 2026, best layout found, usual sequence length of the model."
    return [parts.wide(table, "Time, energy and cost of the run"), dmc.Text(note, size="xs", c="dimmed")]


def _days(found: Prediction) -> str:
    low, high = (found.days * end / found.seconds for end in (found.low, found.high))
    return f"{found.days:,.0f} days ({low:,.0f} to {high:,.0f})"


def _money(found: Prediction) -> str:
    total = found.cost.total
    return "no price known" if total is None else f"{total / 1e6:,.0f} million USD"
