"""`countermove report`: compare two scenarios and write the answer as one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.scenario import Scenario

CLAIM_DRAWS = 200
"""Draws on which claims are judged: some ten scenarios must be run for them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("report")(report)


def report(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="Name or YAML file of a scenario.")] = "history",
    against: Annotated[str, typer.Option(help="What to hold it against.")] = "no-controls",
    draws: Annotated[int, typer.Option(help="Draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = 1,
    parameters: Parameters = None,
    output: Annotated[Path, typer.Option(help="HTML file to write.")] = Path("report.html"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON instead of words.")] = False,
) -> None:
    """Write the whole answer as one HTML page that works offline."""
    from countermove.errors import CountermoveError
    from countermove.scenario import as_scenario

    if output.suffix not in (".html", ".htm"):
        raise CountermoveError(f"{output}: a report is written as .html, not '{output.suffix}'")
    policy, counterfactual = as_scenario(scenario), as_scenario(against)
    comparison = _compared(policy, counterfactual, draws, seed)
    from countermove.inference.claims import find, judge
    from countermove.report import write

    write(comparison, policy, counterfactual, output, judge(find(""), draws=CLAIM_DRAWS, seed=seed))
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(comparison.to_json()), nl=False)
    else:
        _say(comparison, scenario, against, output)


def _compared(policy: Scenario, counterfactual: Scenario, draws: int, seed: int) -> Comparison:
    """The comparison with everything that the figures show."""
    from dataclasses import replace

    from countermove.cli._progress import progress
    from countermove.explore.compare import compare
    from countermove.explore.world import world
    from countermove.figures.quantities import QUANTITIES

    with progress(f"simulating {policy.name} and {counterfactual.name}") as advance:
        given = replace(world(), outputs=QUANTITIES)
        return compare(policy, counterfactual, draws=draws, seed=seed, progress=advance, given=given)


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
    for why, command in (
        ("another policy against the same counterfactual", f"compare {other} --against {against}"),
        ("one policy against another, as a report", f"report {other} --against {scenario} --output {other}.html"),
        ("where a number of the model comes from", "source foreign_foundry_share"),
    ):
        typer.echo(f"  {_program()} {command}\n      {why}")


def _program() -> str:
    """How this program was called, for a user to repeat: through uv where uv started it."""
    import os
    import shutil

    uv = os.environ.get("UV")
    if not uv:
        return "countermove"
    return f"{'uv' if shutil.which('uv') else os.path.relpath(uv)} run countermove"
