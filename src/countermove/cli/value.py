"""`countermove value`: what knowing an assumption better is worth for a choice between scenarios."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
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
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 8192,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same numbers.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write NetCDF, CSV, JSON and the figure there.")
    ] = None,
) -> None:
    """Say which assumption, if known better, would change a choice between scenarios, and what that is worth."""
    from countermove.cli._progress import progress
    from countermove.decide.information import value_of_information

    with progress(f"simulating {', '.join(scenarios)}") as report:
        found = value_of_information(scenarios, objective, sense.value, draws=draws, seed=seed, progress=report)
    if output:
        found.save(output)
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(found.to_json()), nl=False)
    else:
        _print(found, output)


def _print(found: Information, output: Path | None) -> None:
    from rich.console import Console

    from countermove.cli import _decisions

    console = Console()
    for sentence in found.sentences:
        console.print(sentence, highlight=False)
    for table in _decisions.information(found):
        console.print()
        console.print(table)
    console.print()
    for line in _decisions.glossary(found.factors[row] for row in found.order[:5]):
        console.print(line, highlight=False)
    console.print(_decisions.caveat(found.origin), style="dim", highlight=False)
    if output:
        console.print(f"written: {output}")
