"""`countermove sweep`: a plan of scenarios, variants and draws, streamed to disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermove.sweep import Sweep


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sweep")(sweep)


def sweep(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.yaml", help="Scenarios, draws, variants and what is kept.")],
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where all draws and the summary go; by default named as the plan."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the sweep in the folder, if one has begun.")
    ] = False,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Compute on the workers of this Dask scheduler.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Simulate scenarios × variants × any number of draws; quantiles of all, outcomes of every draw as Zarr."""
    from countermove._export import write_page
    from countermove.cli._sweep_progress import progress
    from countermove.sweep import load_plan
    from countermove.sweep import sweep as run

    folder = output or plan.with_suffix("")
    loaded = load_plan(plan)
    with progress(f"sweep {plan.name}") as report:
        found = run(loaded, folder, resume=resume, scheduler=scheduler, progress=report)
    found.save()
    write_page(folder / "figure.html", found.plot())
    if as_json:
        import json

        typer.echo(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        _print(found)


def _print(found: Sweep) -> None:
    from rich.console import Console
    from rich.table import Table

    from countermove.cli._numbers import interval
    from countermove.explore.compare import quoted_year
    from countermove.explore.outcomes import OUTCOMES
    from countermove.results import QUANTILES

    year = quoted_year(found.years)
    at = found.years.index(year)
    shown = [QUANTILES.index(q) for q in (0.1, 0.5, 0.9)]
    table = Table(title=f"{year}: median [10 % … 90 %] of {found.origin.draws:,} draws", title_justify="left")
    for name in ("scenario", "outcome", "unit", "value", "difference", "catalysed / hindered / immaterial"):
        table.add_column(name, justify="left" if name in ("scenario", "outcome", "unit") else "right")
    for cell in found.cells:
        for name, one in found.summary.outcomes[cell.name].items():
            value = interval(*one.quantiles[shown, at])
            row = [cell.name, name.replace("_", " "), OUTCOMES[name].unit, value]
            if one.difference:
                d = one.difference
                chances = " / ".join(f"{100 * p[at]:.0f} %" for p in (d.p_catalysed, d.p_hindered, d.p_immaterial))
                row += [interval(*d.quantiles[shown, at]), chances]
            table.add_row(*row)
    console = Console()
    console.print(table)
    origin = found.origin
    console.print(
        f"{origin.caveat}; seed {origin.seed}, countermove {origin.version}, model {origin.model_hash}, "
        f"evidence to {origin.evidence_date}",
        style="dim",
    )
    if found.posterior_draws is not None:
        console.print(
            f"{found.posterior_draws:,} distinct draws of the posterior; beyond these they come again, the rest anew",
            style="dim",
        )
    console.print(f"written: {found.folder}: outcomes.csv, summary.nc, summary.json, figure.html, draws.zarr")
