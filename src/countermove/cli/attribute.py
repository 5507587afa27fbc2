"""`countermove attribute`: which mechanism makes the difference between two scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.explore.attribute import Attribution


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("attribute")(attribute)


def attribute(
    scenario: Annotated[str, typer.Argument(metavar="A", help="The policy: name of a scenario, or path of its YAML.")],
    against: Annotated[str, typer.Option(metavar="B", help="The counterfactual.")] = "no-controls",
    year: Annotated[int, typer.Option(min=2016, max=2035, help="Calendar year of the difference.")] = 2030,
    exact: Annotated[bool, typer.Option("--exact", help="All sets of mechanisms instead of one random order.")] = False,
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Also write the table there.")] = None,
) -> None:
    """Say which mechanism makes the difference: Shapley's shares, which sum to it with the direct effect."""
    from dataclasses import replace

    from countermove.cli._progress import progress
    from countermove.explore import attribute as explore

    with progress(f"simulating {scenario} and {against} with mechanisms on and off") as report:
        found = explore.attribute(
            scenario, against, draws=draws, seed=seed, method="exact" if exact else "permutation", progress=report
        )
    found = replace(found, year=year)
    content = summary(found, scenario, against, draws, seed)
    if output:
        _write(content, output)
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(content), nl=False)
        return
    from rich.console import Console

    from countermove.cli._comparison import mechanisms

    Console().print(mechanisms(found))


def summary(found: Attribution, scenario: str, against: str, draws: int, seed: int) -> dict[str, Any]:
    """Direct effect and mechanisms as plain values."""
    from countermove.explore._tables import mechanisms

    return {
        "scenario": scenario,
        "against": against,
        "draws": draws,
        "seed": seed,
        "year": found.year,
        "method": found.method,
        "units": {"domestic": "H100e per calendar year", "total": "H100e on 31 December", "error": "standard error"},
        "attribution": mechanisms(found.rows),
    }


def _write(content: dict[str, Any], path: Path) -> None:
    import csv
    import io

    from countermove._atomic import write_whole

    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["scenario", "against", "year", "mechanism", "domestic", "total", "domestic_error", "total_error"])
    for row in content["attribution"]:
        numbers = [row["domestic"], row["total"], row["error"]["domestic"], row["error"]["total"]]
        rows.writerow([content["scenario"], content["against"], content["year"], row["mechanism"], *numbers])
    write_whole(path, text.getvalue())
