"""`countermove update`: what new or corrected figures do to the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.inference.update import Update


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("update")(update)


def update(
    file: Annotated[Path, typer.Option("--with", metavar="FILE.csv", help="Figures in the format of the evidence.")],
    scenario: Annotated[str, typer.Argument(metavar="[SCENARIO]", help="Name or YAML file of a scenario.")] = "history",
    against: Annotated[str, typer.Option(help="What to hold it against.")] = "no-controls",
    draws: Annotated[int, typer.Option(min=100, help="Number of draws of the uncertain parameters.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Write how far each parameter moved to a CSV file.")
    ] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the answer before and after.")] = None,
) -> None:
    """Weight the draws by an analyst's figures: headline, change of sign and parameters before and after.

    A row with the id of a shipped row corrects it. Where the weights cannot carry the news, it says so.
    """
    from countermove.cli import _rows
    from countermove.cli._figure import write as draw
    from countermove.cli._progress import progress
    from countermove.inference.update import as_json as plain
    from countermove.inference.update import update as run

    with progress("simulating history") as report:
        result = run(file, scenario, against, draws=draws, seed=seed, progress=report)
    content = plain(result)
    if output is not None:
        _rows.write(output, content["parameters_moved"])
    if figure is not None:
        from countermove.figures.news import before_and_after

        draw(figure, before_and_after(result))
    if as_json:
        import json

        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    _print(content, result)


def _print(content: dict[str, Any], result: Update) -> None:
    from countermove.cli._numbers import interval

    corrected = f", {len(result.corrected)} of them corrections" if result.corrected else ""
    typer.echo(f"{len(result.rows)} figures count{corrected}.")
    for left in result.left:
        typer.echo(f"not mapped: {left.fact.id}: {left.why}")
    for when in ("before", "after"):
        typer.echo(f"\n{when.capitalize()}:")
        for sentence in content["headline"][when]:
            typer.echo(f"  {sentence}")
    typer.echo(f"\nDifference in {content['year']}, median [10 … 90 %], and probability that it is catalysed:")
    for row in content["outcomes"]:
        cells = [
            f"{interval(*row[when]['difference'], signed=True)} {row[when]['p_catalysed']:.2f}"
            for when in ("before", "after")
        ]
        typer.echo(f"  {row['outcome']:14} {cells[0]:>34}  →  {cells[1]}")
    typer.echo("\nParameters that moved most, in standard deviations of what they were, and the variance left:")
    for each in result.moved[:10]:
        typer.echo(f"  {each.parameter:36} {each.shift:+.2f}  {each.variance_left:.2f}".replace("-", "−"))
    basis = "prior draws, uncalibrated" if content["parameters"] == "prior" else "posterior draws"
    typer.echo(
        f"\n{content['draws']:,} {basis}, weighted; worth {result.effective:,.0f} equal draws, k̂ {result.shape:.2f} "
        "(refused above 0.70)."
    )
