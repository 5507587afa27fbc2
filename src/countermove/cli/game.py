"""`countermove game`: which rule is best once Beijing and the allies answer it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._answers import AsJson, Draws, Output, Seed, deliver
from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.decide.game import Game


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("game")(game)


def game(
    values: Annotated[
        list[str] | None, typer.Option("--value", metavar="NAME", help="A value set; may be repeated. All by default.")
    ] = None,
    values_file: Annotated[Path | None, typer.Option(help="Your own value sets, as YAML.")] = None,
    since: Annotated[str, typer.Option("--from", metavar="DATE", help="Month from which everybody acts.")] = "2027-01",
    year: Annotated[int, typer.Option(min=2016, max=2035, help="Year in which payoffs are counted.")] = 2030,
    base: Annotated[str, typer.Option(metavar="SCENARIO", help="What holds until then.")] = "history",
    draws: Draws = 256,
    seed: Seed = 1,
    parameters: Parameters = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Also write the figure there.")] = None,
) -> None:
    """Play Washington's menu against Beijing's and the allies': payoffs, equilibria, and the best rule foreseen.

    A value set says which outcome each player wants more or less of. None of them is ours.
    """
    from countermove.cli import _figure
    from countermove.cli._progress import progress
    from countermove.decide.game import play
    from countermove.decide.menus import chosen
    from countermove.scenario import day

    _figure.check(figure)
    sets = chosen(values or [], values_file)
    with progress("simulating every combination of the menus") as report:
        found = play(sets, since=day(since, "--from"), year=year, base=base, draws=draws, seed=seed, progress=report)
    if figure:
        from countermove.figures.game import game as drawn

        _figure.write(figure, drawn(found))
    deliver(found, _told, as_json=as_json, output=output)


def _told(found: Game, console: Console) -> None:
    from rich.table import Table

    from countermove.answer import amount
    from countermove.cli import _decisions
    from countermove.decide.menus import menus
    from countermove.figures.game import answer

    rules = menus()["washington"].names
    for each in found.solutions:
        best, naive = rules[each.leading.action], rules[each.naive]
        console.print(f"[bold]{each.values.name}[/bold]: {each.values.title}", highlight=False)
        foresight = "the same as" if best == naive else f"not {naive}, which is best"
        console.print(
            f"Best rule for Washington once it is answered: {best}, {foresight} if the others go on as now "
            f"({each.stability:.0%} of resampled draws agree). Its rule of now, once answered, falls short of it by "
            f"{amount(each.distance).lstrip('+')} {each.values.unit('washington')}.",
            highlight=False,
        )
        table = Table(title=f"Washington wants {each.values.objective('washington')}", title_justify="left")
        table.add_column("rule")
        table.add_column(f"payoff once answered\n{each.values.unit('washington')}", justify="right")
        table.add_column("the answer")
        for k, rule in enumerate(rules):
            value = each.leading.values[k]
            table.add_row(rule, amount(value) if value == value else "–", answer(each, k))
        console.print(table)
        console.print()
    console.print(
        f"{found.base} to {found.since:%Y-%m}; payoffs of {found.year}; {_decisions.caveat(found.origin)}. Value sets "
        "are assumptions, not findings.",
        style="dim",
        highlight=False,
    )
