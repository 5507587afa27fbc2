"""`countermove value`: what knowing an assumption better is worth for a choice between scenarios."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._answers import AsJson, Draws, Output, Seed, deliver, tell
from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.decide.information import Information


class Sense(StrEnum):
    """Which scenario is chosen."""

    most = "most"
    least = "least"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("value")(value)


def value(
    scenarios: Annotated[list[str], typer.Argument(metavar="A B …", help="The scenarios to choose between.")],
    objective: Annotated[str, typer.Option(help="OUTCOME:YEAR by which they are compared, such as total:2030.")],
    sense: Annotated[
        Sense, typer.Option(help="Whether the scenario with the most or the least of it is chosen, in expectation.")
    ],
    draws: Draws = 8192,
    seed: Seed = 1,
    parameters: Parameters = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Say which assumption, if known better, would change a choice between scenarios, and what that is worth."""
    from countermove.cli._progress import progress
    from countermove.decide.information import value_of_information

    with progress(f"simulating {', '.join(scenarios)}") as report:
        found = value_of_information(scenarios, objective, sense.value, draws=draws, seed=seed, progress=report)
    deliver(found, _told, as_json=as_json, output=output)


def _told(found: Information, console: Console) -> None:
    from countermove.cli import _decisions

    tell(
        console,
        sentences=found.sentences,
        tables=_decisions.information(found),
        factors=[found.factors[row] for row in found.order[:5]],
        origin=found.origin,
    )
