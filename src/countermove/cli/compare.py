"""`countermove compare`: a policy against a counterfactual, on the same draws."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison


class Attribution(StrEnum):
    """How the difference is attributed to mechanisms."""

    permutation = "permutation"
    exact = "exact"
    none = "none"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    scenario: Annotated[str, typer.Argument(metavar="A", help="The policy: name of a scenario, or path of its YAML.")],
    against: Annotated[str, typer.Option(metavar="B", help="The counterfactual.")] = "no-controls",
    since: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="Both must share all history up to this month.")
    ] = None,
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    parameters: Parameters = None,
    immaterial: Annotated[
        float, typer.Option(help="A difference up to this share of the smaller of the two counts as none.")
    ] = 0.05,
    attribution: Annotated[
        Attribution, typer.Option(help="By one random order a draw, by all sets of mechanisms, or not at all.")
    ] = Attribution.permutation,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Also write CSV, JSON and NetCDF (2,048 draws at most)."),
    ] = None,
) -> None:
    """Say whether a policy hinders or catalyses, against a counterfactual, and when that changes."""
    from countermove.cli._progress import progress
    from countermove.explore import compare as explore
    from countermove.scenario import day

    with progress(f"simulating {scenario} and {against}") as report:
        comparison = explore.compare(
            scenario,
            against,
            draws=draws,
            seed=seed,
            since=day(since, "--from") if since else None,
            immaterial=immaterial,
            attribution=None if attribution == Attribution.none else attribution.value,
            progress=report,
        )
    if output:
        comparison.save(output)
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(comparison.to_json()), nl=False)
    else:
        _print(comparison, output)


def _print(comparison: Comparison, output: Path | None) -> None:
    from rich.console import Console

    from countermove import answer
    from countermove.cli import _comparison

    console = Console()
    for sentence in answer.headline(comparison):
        console.print(sentence, highlight=False)
    if not comparison.makes_no_difference:
        for table in _comparison.tables(comparison):
            console.print()
            console.print(table)
    console.print()
    for line in _comparison.notes(comparison):
        console.print(line, style="dim", highlight=False)
    if output:
        console.print(f"written: {output}")
