"""`countermove facts`: what a model of this must reproduce, and whether it does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.cli._parameters import Parameters


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("facts")(facts)


def facts(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Facts by id, such as SF02.")] = None,
    draws: Annotated[int, typer.Option(min=2, help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    parameters: Parameters = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the facts to a CSV file.")] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Draw the facts against their tolerances.")
    ] = None,
) -> None:
    """Compute every stylised fact from the model's output: figure, tolerance, hit or miss."""
    import json

    from countermove.cli import _rows
    from countermove.cli._progress import progress
    from countermove.inference.basis import basis_in_words
    from countermove.inference.facts import as_json as plain
    from countermove.inference.facts import compute

    with progress("simulating history") as report:
        findings = compute(draws=draws, seed=seed, only=ids or (), progress=report)
    content = plain(findings)
    if output is not None:
        _rows.write(output, [{**row, "value": json.dumps(row["value"])} for row in content["facts"]])
    if figure is not None:
        from countermove.cli._figure import write as draw
        from countermove.figures.facts import stylised_facts

        draw(figure, stylised_facts(findings, draws=draws, seed=seed))
    if as_json:
        from countermove.explore.world import world

        content = {"parameters": world().basis, **content}
        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    for finding in findings:
        word = {True: "hit ", False: "MISS", None: "open"}[finding.hit]
        typer.echo(f"{finding.row['id']} {word}  {finding.row['claim']}")
        typer.echo(f"           test: {finding.row['test']}  ({finding.row['source']})")
        typer.echo(f"           model: {finding.note}")
    hits, misses = sum(f.hit is True for f in findings), sum(f.hit is False for f in findings)
    typer.echo(
        f"\n{hits} hit, {misses} missed, {len(findings) - hits - misses} open of {len(findings)}; median [10, 90 %] of "
        f"{draws:,} draws, seed {seed}; {basis_in_words()}."
    )
