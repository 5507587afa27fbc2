"""`countermove optimise`: which US policies cannot be bettered, and which of them hold in every structure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
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
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 64,
    seed: Annotated[int, typer.Option(help="Seed of draws and search; the same seed gives the same bytes.")] = 1,
    population: Annotated[int, typer.Option(min=4, help="Policies in each generation of the evolution.")] = 48,
    generations: Annotated[int, typer.Option(min=1, help="Generations of the evolution.")] = 20,
    climbs: Annotated[int, typer.Option(min=0, help="Weightings climbed by gradients; 0 for none.")] = 8,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also write front.csv and each policy as a scenario there.")
    ] = None,
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
    content = summary(found)
    if output:
        _save(found, content, output)
    if figure:
        from countermove.figures.front import front

        _figure.write(figure, front(found))
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(content), nl=False)
    else:
        _print(found, content, output)


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


def summary(found: Optimum) -> dict[str, Any]:
    """The front and its robustness as plain values."""
    names = [objective.outcome.name for objective in found.objectives]
    signs = [objective.sign for objective in found.objectives]
    last = len(found.policies) - 1
    return {
        "objectives": [
            {
                "outcome": each.outcome.name,
                "wanted": "more" if each.more else "less",
                "year": each.year,
                "unit": each.outcome.unit,
            }
            for each in found.objectives
        ],
        "levers": [lever.model_dump(mode="json") for lever in found.levers],
        "base": found.base,
        "draws": found.draws,
        "seed": found.seed,
        "parameters": found.parameters,
        "model_hash": found.model_hash,
        "front": {
            "found": len(found.front.points),
            "by_gradient": found.by_gradient,
            "by_evolution": found.by_evolution,
            "values": [
                {name: float(sign * v) for name, sign, v in zip(names, signs, row, strict=True)}
                for row in found.front.objectives
            ],
        },
        "structures": list(found.structures),
        "policies": [
            {
                "name": policy.name,
                "description": policy.description if k < last else "the base as it is",
                "values": {name: float(found.values[k, j].mean()) for j, name in enumerate(names)},
                "largest_regret": {name: float(found.judged.regret[k, j]) for j, name in enumerate(names)},
                "satisficing": float(found.judged.satisficing[k]),
            }
            for k, policy in enumerate(found.policies)
        ],
        "minimax_regret": {name: found.policies[k].name for name, k in zip(names, found.judged.minimax, strict=True)},
        "balanced": found.policies[found.judged.balanced].name,
    }


def _save(found: Optimum, content: dict[str, Any], folder: Path) -> None:
    """front.csv, and each policy as a scenario that every other command takes."""
    import yaml

    from countermove._atomic import write_whole
    from countermove.cli._rows import write
    from countermove.decide.levers import begins

    rows = [
        {
            **{lever.name: float(lever.value(x)) for lever, x in zip(found.levers, point[:-1], strict=True)},
            "begins": f"{begins(float(point[-1])):%Y-%m}",
            **values,
        }
        for point, values in zip(found.front.points, content["front"]["values"], strict=True)
    ]
    write(folder / "front.csv", rows)
    for policy in found.policies[:-1]:
        data = policy.model_dump(mode="json", exclude_defaults=True)
        write_whole(
            folder / f"{policy.name}.yaml", yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
        )


def _print(found: Optimum, content: dict[str, Any], output: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from countermove.answer import amount

    console = Console()
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
        f"{found.draws:,} draws, seed {found.seed}, {found.parameters}; model {found.model_hash}. Objectives are "
        "assumptions, not findings.",
        style="dim",
        highlight=False,
    )
    if output:
        console.print(
            f"written: {output} (run a policy: countermove compare {output}/policy-01.yaml --against {found.base})"
        )


def _cells(amount: Any, row: dict[str, Any], name: str) -> tuple[str, str]:
    return amount(row["values"][name]).lstrip("+"), amount(row["largest_regret"][name]).lstrip("+")
