"""`countermove report`: compare two scenarios and write the answer as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.scenario import Scenario


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or YAML file of a scenario.")] = "history",
    against: Annotated[str, typer.Option(help="What to hold it against.")] = "no-controls",
    draws: Annotated[int, typer.Option(help="Draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON as well.")] = False,
) -> None:
    """Write the whole answer as one HTML page that works offline."""
    from countermove.errors import CountermoveError
    from countermove.scenario import as_scenario

    if output.suffix not in (".html", ".htm"):
        raise CountermoveError(f"{output}: a report is written as .html, not '{output.suffix}'")
    policy, counterfactual = as_scenario(scenario), as_scenario(against)
    comparison = _compared(policy, counterfactual, draws, seed)
    from countermove.report import write

    write(comparison, policy, counterfactual, output)
    if as_json:
        import json

        typer.echo(json.dumps(comparison.to_json(), ensure_ascii=False, indent=1))
    else:
        _say(comparison, scenario, against, output)


def _compared(policy: Scenario, counterfactual: Scenario, draws: int, seed: int) -> Comparison:
    """The comparison with everything that the figures show, made behind a progress bar on the error stream."""
    from dataclasses import replace

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()]
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("preparing the model", total=None)
        from countermove.explore.compare import compare
        from countermove.explore.world import world
        from countermove.figures.quantities import QUANTITIES

        def advance(done: int, total: int) -> None:
            bar.update(task, description="simulating", completed=done, total=total)

        this = replace(world(), outputs=QUANTITIES)
        found = compare(policy, counterfactual, draws=draws, seed=seed, progress=advance, given=this)
        bar.update(task, description="drawing the report", total=None)
        return found


def _say(comparison: Comparison, scenario: str, against: str, output: Path) -> None:
    """Where the report is, the two-sentence answer, and what to try next."""
    from countermove.answer import headline

    for sentence in headline(comparison):
        typer.echo(sentence)
    typer.echo(
        f"\nThe report: {output.resolve()} ({output.stat().st_size / 1e6:.1f} MB, opens in any browser, offline)"
    )
    other = "tools-only" if scenario != "tools-only" else "chips-only"
    typer.echo("\nTry next:")
    for command, why in (
        (f"countermove compare {other} --against {against}", "another policy against the same counterfactual"),
        ("countermove source foreign_foundry_share", "where a number of the model comes from"),
        (f"countermove report {other} --against {scenario} --output {other}.html", "one policy against another"),
    ):
        typer.echo(f"  uv run {command:<66} {why}")
