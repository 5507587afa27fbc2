"""`countermove optimise`: which US policies cannot be bettered, and which of them hold in every structure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermove.cli._answers import AsJson, Draws, Output, deliver
from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.decide.optimise import Optimum, Progress


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("optimise")(optimise)


def optimise(
    less: Annotated[
        list[str] | None, typer.Option(metavar="OUTCOME", help="An outcome of which less is wanted; may be repeated.")
    ] = None,
    more: Annotated[
        list[str] | None, typer.Option(metavar="OUTCOME", help="An outcome of which more is wanted; may be repeated.")
    ] = None,
    year: Annotated[int, typer.Option(help="Calendar year in which objectives are counted.")] = 2030,
    lever: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A lever to search; may be repeated. All by default.")
    ] = None,
    base: Annotated[str, typer.Option(metavar="SCENARIO", help="What holds until the policy begins.")] = "history",
    draws: Draws = 64,
    seed: Annotated[int, typer.Option(help="Seed of draws and search; the same seed gives the same bytes.")] = 1,
    parameters: Parameters = None,
    population: Annotated[int, typer.Option(min=4, help="Policies in each generation of the evolution.")] = 48,
    generations: Annotated[int, typer.Option(min=1, help="Generations of the evolution.")] = 20,
    climbs: Annotated[int, typer.Option(min=0, help="Weightings climbed by gradients; 0 for none.")] = 8,
    as_json: AsJson = False,
    output: Output = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Also write the figure there.")] = None,
) -> None:
    """Search US policy for stated objectives: Pareto front, then regret over the model's structures.

    By default it wants less usable compute in China and more revenue of US vendors: an example, not advice.
    """
    from countermove.cli import _figure
    from countermove.decide import levers
    from countermove.decide.optimise import Effort, objectives
    from countermove.decide.optimise import optimise as search

    _figure.check(figure)
    default = not less and not more
    wanted = objectives(more or (["us_revenue"] if default else []), less or (["total"] if default else []), year)
    used = levers.chosen(lever or [])
    effort = Effort(population, generations, climbs)
    with _progress() as report:
        found = search(wanted, levers=used, base=base, draws=draws, seed=seed, effort=effort, progress=report)
    if figure:
        from countermove.figures.front import front

        _figure.write(figure, front(found))
    deliver(found, _told, as_json=as_json, output=output)
    if output and output.is_dir() and not as_json:
        typer.echo(f"run a policy: countermove compare {output}/policy-01.yaml --against {base}")


@contextmanager
def _progress() -> Iterator[Progress]:
    """One bar for all stages, each named when it begins."""
    import sys

    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what)
            bar.update(tasks[what], completed=done, total=of)

        yield told


def _told(found: Optimum, console: Console) -> None:
    from rich.table import Table

    from countermove.answer import amount
    from countermove.cli import _decisions

    content = found.to_json()
    wanted = " and ".join(objective.title for objective in found.objectives)
    console.print(f"Wanted: {wanted}.", highlight=False)
    console.print(
        f"{content['front']['found']} policies that none of the others betters, {found.by_gradient} of them found by "
        f"gradients. Over {len(found.structures)} structures of the model, least regret: "
        + "; ".join(f"{name} {policy}" for name, policy in content["minimax_regret"].items())
        + f"; in all objectives together {content['balanced']}.",
        highlight=False,
    )
    table = Table(title="means over draws and structures; regret: most lost against the best, in any structure")
    table.add_column("policy")
    for objective in found.objectives:
        table.add_column(f"{objective.outcome.name.replace('_', ' ')}\n{objective.outcome.unit}", justify="right")
        table.add_column("regret", justify="right")
    table.add_column("no worse than\nthe base in", justify="right")
    for row in content["policies"]:
        cells = [text for name in row["values"] for text in _cells(amount, row, name)]
        table.add_row(row["name"], *cells, f"{row['satisficing']:.0%}")
    console.print(table)
    for row in content["policies"][:-1]:
        console.print(f"{row['name']}: {row['description']}", style="dim", highlight=False)
    console.print(
        f"{_decisions.caveat(found.origin)}. Objectives are assumptions, not findings.", style="dim", highlight=False
    )


def _cells(amount: Any, row: dict[str, Any], name: str) -> tuple[str, str]:
    return amount(row["values"][name]).lstrip("+"), amount(row["largest_regret"][name]).lstrip("+")
