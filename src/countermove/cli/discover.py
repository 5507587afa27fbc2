"""`countermove discover`: under which assumptions a stated outcome happens."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermove.decide.discovery import Discovery


class Method(StrEnum):
    """How boxes are found."""

    prim = "prim"
    cart = "cart"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("discover")(discover)


def discover(
    scenario: Annotated[str, typer.Argument(metavar="A", help="The policy: name of a scenario, or path of its YAML.")],
    event: Annotated[
        str, typer.Option(help="What happens: MEASURE<NUMBER or MEASURE>NUMBER, such as 'domestic:2030>0'.")
    ],
    against: Annotated[
        str, typer.Option(metavar="B", help="The counterfactual; 'none' for the outcome of A as such.")
    ] = "no-controls",
    method: Annotated[Method, typer.Option(help="Patient rule induction, or a classification tree.")] = Method.prim,
    density: Annotated[float, typer.Option(help="Share of draws of a box in which the event must happen.")] = 0.8,
    inputs: Annotated[int, typer.Option(help="Greatest number of assumptions that a box restricts.")] = 4,
    boxes: Annotated[int, typer.Option(help="Greatest number of boxes.")] = 3,
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 8192,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same boxes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write NetCDF, CSV, JSON and the figure there.")
    ] = None,
) -> None:
    """Find the assumptions under which a stated outcome happens, as sentences with units."""
    from countermove.cli._progress import progress
    from countermove.decide.discovery import discover as decide

    with progress(f"simulating {scenario}") as report:
        found = decide(
            scenario,
            event,
            None if against == "none" else against,
            method=method.value,
            draws=draws,
            density=density,
            most_inputs=inputs,
            most_boxes=boxes,
            seed=seed,
            progress=report,
        )
    if output:
        found.save(output)
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(found.to_json()), nl=False)
    else:
        _print(found, output)


def _print(found: Discovery, output: Path | None) -> None:
    from rich.console import Console

    from countermove.cli import _decisions

    console = Console()
    for sentence in found.sentences:
        console.print(sentence, highlight=False)
    for table in _decisions.discovery(found):
        console.print()
        console.print(table)
    console.print()
    for line in _decisions.glossary(found.factors[row] for box in found.boxes for row in box.limits):
        console.print(line, highlight=False)
    console.print(_decisions.caveat(found.origin), style="dim", highlight=False)
    if output:
        console.print(f"written: {output}")
