"""Training: what a run takes on a chip and on others beside it, in time, energy and money, and where the time goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import Input, Output, html

from countermove.app import code, parts
from countermove.app.view import Seen
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk
    from countermove.training.comparison import Alternative
    from countermove.training.job import Prediction

MOST_CHIPS, MOST_TOKENS, MOST_BESIDE = 200_000, 100.0, 6
FIRST_SOFTWARE, LAST_SOFTWARE = 2018, 2035
_BITS = {"16": "16 bit (BF16)", "8": "8 bit (FP8 or INT8)", "4": "4 bit"}
_MODEL, _CHIP, _BESIDE = "llama3.1-405b", "nvidia_h100_sxm", ["huawei_ascend_910b", "nvidia_h20_96gb"]
_TYPED = ("model", "chip", "beside", "chips", "tokens", "bits", "software")

SEEN = (
    Seen("model", "run-model"), Seen("chip", "run-chip"), Seen("beside", "run-beside", "choices"),
    Seen("chips", "run-chips", "number"), Seen("tokens", "run-tokens", "number"), Seen("bits", "run-bits"),
    Seen("software", "run-software", "number"),
)  # fmt: skip


def layout(_: Draft) -> Any:
    """The page."""
    from countermove.training import models
    from countermove.training.chips import catalogue

    chips = {key: chip.name for key, chip in catalogue().items()}
    data: Any = [{"value": key, "label": name} for key, name in chips.items()]

    def number(id: str, label: str, value: float, least: float, most: float, **more: Any) -> Any:
        return dmc.NumberInput(id=id, label=label, value=value, min=least, max=most, debounce=600, **more)

    return [
        parts.heading("Training"),
        dmc.SimpleGrid(
            [
                parts.choice("run-model", "Model", {name: name for name in models.entries()}, _MODEL),
                parts.choice("run-chip", "Chip", chips, _CHIP),
                number("run-chips", "Chips of each", 16384, 8, MOST_CHIPS, step=8, thousandSeparator=","),
                number("run-tokens", "Tokens of the run, 10¹²", 15, 0.01, MOST_TOKENS),
                parts.choice("run-bits", "Matrix products", _BITS, "16"),
                number("run-software", "Software of the year", 2026, FIRST_SOFTWARE, LAST_SOFTWARE),
            ],
            cols={"base": 2, "sm": 3, "lg": 6}, spacing="sm", mb="xs",
        ),
        dmc.MultiSelect(id="run-beside", label=f"Beside it, at most {MOST_BESIDE}", data=data, value=_BESIDE,
                        searchable=True, maxValues=MOST_BESIDE, hidePickedOptions=True, mb="sm"),
        dmc.Paper(html.Div(id="run-answer", **parts.aria(live="polite")), withBorder=True, p="sm", mb="sm"),
        parts.drawing("time"),
        parts.drawing("chips"),
        parts.python("run-code"),
    ]  # fmt: skip


def register(app: dash.Dash, _desk: Desk) -> None:
    """Callbacks of the page."""

    @app.callback(
        Output("run-answer", "children"), Output({"drawing": "time"}, "data"), Output({"drawing": "chips"}, "data"),
        Output("run-code", "children"), *(Input(f"run-{name}", "value") for name in _TYPED), Input("screen", "data"),
        running=[(Output("page", "className"), "busy", "")],
    )  # fmt: skip
    def _predict(
        model: str, chip: str, beside: Any, chips: Any, tokens: Any, bits: str, software: Any, screen: str | None
    ) -> tuple[Any, Any, Any, str]:
        from countermove.figures.training import chips_compared, where_time_goes

        count, length = int(_within("chips", chips, 8, MOST_CHIPS)), _within("tokens", tokens, 0.01, MOST_TOKENS)
        year = _within("software of the year", software, FIRST_SOFTWARE, LAST_SOFTWARE)
        if bits not in _BITS:
            raise CountermoveError("choose the matrix products from the list")
        others = tuple(each for each in dict.fromkeys(map(str, beside or ())) if each != chip)[:MOST_BESIDE]
        reference, found = compared(model, chip, others, count, length, int(bits), year)
        shown: Any = parts.screen_of(screen)
        runs = [reference, *(each.same_chips for each in found if each.same_chips)]
        return (
            _table(reference, found),
            parts.as_data(where_time_goes(runs, screen=shown)),
            parts.as_data(chips_compared(reference, found, screen=shown)),
            code.run(model, (chip, *others), count, length, int(bits), year),
        )


def _within(what: str, value: Any, least: float, most: float) -> float:
    if not isinstance(value, (int, float)) or not least <= value <= most:
        raise CountermoveError(f"{what}: give a number from {least:g} to {most:,g}")
    return float(value)


@lru_cache(maxsize=128)
def compared(
    model: str, chip: str, others: tuple[str, ...], chips: int, tokens: float, bits: int, software: float
) -> tuple[Prediction, tuple[Alternative, ...]]:
    """The run on as many of the first chip, and the same run on others.

    Args:
        tokens: in units of 10¹².
        bits: of the matrix products.
        software: decimal year of the software.

    Raises:
        CountermoveError: a name that is in no list; the run does not fit the chips.
    """
    from countermove.training import models
    from countermove.training.chips import catalogue
    from countermove.training.comparison import compare
    from countermove.training.job import best_layout, make_job

    if model not in models.entries() or not {chip, *others} <= set(catalogue()):
        raise CountermoveError("choose a model and chips from the lists")
    transformer = models.model(model)
    job = make_job(
        transformer, catalogue()[chip], chips, sequence=models.usual_sequence(transformer), batch_tokens=None,
        tokens=tokens * 1e12, bits=bits, date=software,
    )  # fmt: skip
    reference = best_layout(job)
    return reference, tuple(compare(reference, [catalogue()[each] for each in others]))


_ROWS: tuple[tuple[str, Callable[[Prediction], str]], ...] = (
    ("Time of the run, 80 % interval", lambda each: _days(each)),
    ("Step", lambda each: f"{each.seconds:.3g} s"),
    ("Model FLOPs utilisation (MFU)", lambda each: f"{100 * each.utilisation:.1f} %"),
    ("Tokens a second and chip", lambda each: f"{each.tokens_per_second_per_chip:,.0f}"),
    ("Energy", lambda each: f"{each.cost.energy:,.0f} MWh"),
    ("Cost", lambda each: _money(each)),
    ("Memory of a chip", lambda each: f"{each.memory_gigabytes:.0f} of {each.job.chip.memory:.0f} GB"),
    ("Spread over chips", lambda each: _spread(each)),
)


def _table(reference: Prediction, others: Sequence[Alternative]) -> Any:
    """A column for each chip, as many of each; then how many of each take the same time."""
    runs = [reference, *(each.same_chips for each in others)]
    names = [reference.job.chip.name, *(each.chip.name for each in others)]
    head = dmc.TableTr([dmc.TableTd(""), *(dmc.TableTh(f"{reference.job.chips:,} × {name}") for name in names)])
    rows = [(name, ["does not fit" if run is None else said(run) for run in runs]) for name, said in _ROWS]
    if others:
        timed = ["as above", *(_same_time(each) for each in others)]
        rows.append((f"Chips for the same {reference.days:,.0f} days", timed))
    body = [dmc.TableTr([dmc.TableTh(name, fw=400), *(dmc.TableTd(cell) for cell in cells)]) for name, cells in rows]
    table = dmc.Table([dmc.TableThead(head), dmc.TableTbody(body)], style={"minWidth": 150 * (1 + len(names))})
    job = reference.job
    replaced = [each.chip.name for each in others if each.bits != job.bits]
    instead = f" {', '.join(replaced)}: 16-bit products, as they offer no narrower ones." if replaced else ""
    note = (
        f"{job.bits}-bit products, software of {job.stack.date:g}, fastest layout found, sequences of {job.sequence:,} "
        f"tokens.{instead}"
    )
    return [parts.wide(table, "Time, energy and cost of the run"), dmc.Text(note, size="xs", c="dimmed")]


def _spread(found: Prediction) -> str:
    spread = found.layout
    ways = {"tensor": spread.tensor, "pipeline": spread.pipeline, "data": spread.data, "context": spread.context}
    return " × ".join(f"{way} {count}" for way, count in ways.items() if count > 1) or "one chip"


def _same_time(found: Alternative) -> str:
    return found.refused or "no number found" if found.same_time is None else f"{found.same_time.job.chips:,}"


def _days(found: Prediction) -> str:
    low, high = (found.days * end / found.seconds for end in (found.low, found.high))
    return f"{found.days:,.0f} days ({low:,.0f} to {high:,.0f})"


def _money(found: Prediction) -> str:
    total = found.cost.total
    return "no price known" if total is None else f"{total / 1e6:,.0f} million USD"
