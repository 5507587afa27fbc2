"""`countermove discover`: under which assumptions a stated outcome happens."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._answers import Against, AsJson, Draws, Output, Policy, Seed, counterfactual, deliver, tell
from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.decide.discovery import Discovery


class Method(StrEnum):
    """How boxes are found."""

    prim = "prim"
    cart = "cart"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("discover")(discover)


def discover(
    scenario: Policy,
    event: Annotated[
        str, typer.Option(help="What happens: MEASURE<NUMBER or MEASURE>NUMBER, such as 'domestic:2030>0'.")
    ],
    against: Against = "no-controls",
    method: Annotated[Method, typer.Option(help="Patient rule induction, or a classification tree.")] = Method.prim,
    density: Annotated[float, typer.Option(help="Share of draws of a box in which the event must happen.")] = 0.8,
    inputs: Annotated[int, typer.Option(help="Greatest number of assumptions that a box restricts.")] = 4,
    boxes: Annotated[int, typer.Option(help="Greatest number of boxes.")] = 3,
    draws: Draws = 8192,
    seed: Seed = 1,
    parameters: Parameters = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Find the assumptions under which a stated outcome happens, as sentences with units."""
    from countermove.cli._progress import progress
    from countermove.decide.discovery import discover as decide

    with progress(f"simulating {scenario}") as report:
        found = decide(
            scenario,
            event,
            counterfactual(against),
            method=method.value,
            draws=draws,
            density=density,
            most_inputs=inputs,
            most_boxes=boxes,
            seed=seed,
            progress=report,
        )
    deliver(found, _told, as_json=as_json, output=output)


def _told(found: Discovery, console: Console) -> None:
    from countermove.cli import _decisions

    tell(
        console,
        sentences=found.sentences,
        tables=_decisions.discovery(found),
        factors=[found.factors[row] for box in found.boxes for row in box.limits],
        origin=found.origin,
    )
