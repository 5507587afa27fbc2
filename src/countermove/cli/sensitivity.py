"""`countermove sensitivity`: which assumptions, or which mechanisms, decide an outcome."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermove.decide.sensitivity import Sensitivity


class Over(StrEnum):
    """What is varied one by one."""

    parameters = "parameters"
    mechanisms = "mechanisms"


class Method(StrEnum):
    """How the indices are found."""

    sobol = "sobol"
    given = "given"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sensitivity")(sensitivity)


def sensitivity(
    scenario: Annotated[str, typer.Argument(metavar="A", help="The policy: name of a scenario, or path of its YAML.")],
    against: Annotated[
        str, typer.Option(metavar="B", help="The counterfactual; 'none' for the outcome of A as such.")
    ] = "no-controls",
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="OUTCOME:YEAR, crossing:OUTCOME, catalysed:OUTCOME or hindered:OUTCOME; may be repeated."),
    ] = None,
    over: Annotated[
        Over, typer.Option(help="Every uncertain number, or groups of mechanisms beside all numbers together.")
    ] = Over.parameters,
    method: Annotated[
        Method | None,
        typer.Option(
            help="Sobol's indices (the default for priors, which are independent); or first-order indices and Shapley "
            "effects of an ensemble as it is (the default for a posterior)."
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Half-width of 95 % intervals at which Sobol's indices will do.")
    ] = 0.05,
    points: Annotated[int, typer.Option(help="Greatest number of points for Sobol's indices.")] = 200_000,
    draws: Annotated[int, typer.Option(help="Number of draws of the ensemble.")] = 4096,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same numbers.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write NetCDF, CSV, JSON and figures there.")
    ] = None,
) -> None:
    """Say which assumptions decide an outcome, with intervals and a verdict on convergence."""
    from countermove.cli._progress import progress
    from countermove.decide import sensitivity as decide
    from countermove.explore.world import world

    measures = outcome or decide.DEFAULT
    method = method or (Method.given if world().basis == "posterior" else Method.sobol)
    other = None if against == "none" else against
    with progress(f"simulating {scenario} at many points") as report:
        if method is Method.given:
            found = decide.sensitivity_of_ensemble(
                scenario, other, measures=measures, draws=draws, seed=seed, progress=report
            )
        else:
            found = decide.sensitivity(
                scenario,
                other,
                measures=measures,
                over=over.value,
                tolerance=tolerance,
                most=points,
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


def _print(found: Sensitivity, output: Path | None) -> None:
    from rich.console import Console

    from countermove.cli import _decisions

    console = Console()
    for table in _decisions.sensitivity(found):
        console.print(table)
        console.print()
    for line in _decisions.sensitivity_notes(found):
        console.print(line, highlight=False)
    console.print()
    for line in _decisions.glossary(_decisions.leading(found)):
        console.print(line, highlight=False)
    console.print(_decisions.caveat(found.origin), style="dim", highlight=False)
    if output:
        console.print(f"written: {output}")
