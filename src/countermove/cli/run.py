"""`countermove run`: one scenario, by year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from countermove.explore.record import Record


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or the path of its YAML.")],
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    parameters: Parameters = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Also write all draws (.nc) or their quantiles by month (.csv).")
    ] = None,
) -> None:
    """Simulate one scenario from 2016 to 2035 and show output, compute and distance to the frontier by year."""
    from countermove.cli._progress import progress
    from countermove.errors import CountermoveError
    from countermove.explore.record import record

    if output and output.suffix not in (".nc", ".csv"):
        raise CountermoveError(f"--output {output}: results are written as .nc (NetCDF) or .csv")
    with progress(f"simulating {scenario}") as report:
        found = record(scenario, draws=draws, seed=seed, output=output, progress=report)
    content = summary(found)
    if as_json:
        import json

        typer.echo(json.dumps(content, indent=2, ensure_ascii=False))
    else:
        _print(content, output)


def summary(found: Record) -> dict[str, Any]:
    """Quantiles of every outcome by calendar year, as plain values."""
    from countermove.explore.outcomes import OUTCOMES

    origin = found.origin
    return {
        "scenario": origin.scenario,
        "draws": origin.draws,
        "seed": origin.seed,
        "parameters": origin.parameters,
        "caveat": origin.caveat,
        "beliefs": origin.beliefs,
        "version": origin.version,
        "model_hash": origin.model_hash,
        "evidence_date": origin.evidence_date,
        "units": {name: outcome.unit for name, outcome in OUTCOMES.items()},
        "years": [
            {
                "year": year,
                **{
                    name: dict(zip(("p10", "p50", "p90"), q[:, index].tolist(), strict=True))
                    for name, q in found.quantiles.items()
                },
            }
            for index, year in enumerate(found.years)
        ],
    }


def _print(content: dict[str, Any], output: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from countermove.cli._numbers import interval

    table = Table(
        title=f"{content['scenario']}: median [10 % … 90 %] of {content['draws']:,} draws", title_justify="left"
    )
    table.add_column("year")
    for name, unit in content["units"].items():
        table.add_column(f"{name.replace('_', ' ')}\n{unit}", justify="right")
    for year in content["years"]:
        table.add_row(str(year["year"]), *(interval(**year[name]) for name in content["units"]))
    console = Console()
    console.print(table)
    if content["beliefs"]:
        console.print(f"With the analyst's own intervals (5 / 50 / 95 %): {content['beliefs']}")
    console.print(
        f"{content['caveat']}; seed {content['seed']}, countermove {content['version']}, "
        f"model {content['model_hash']}, evidence to {content['evidence_date']}",
        style="dim",
    )
    if output:
        console.print(f"written: {output}")
