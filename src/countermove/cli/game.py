"""`countermove game`: which rule is best once Beijing and the allies answer it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.decide.equilibrium import Equilibrium
    from countermove.decide.game import Game, Solution


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
    draws: Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")] = 256,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Also write every payoff there.")] = None,
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
    if output:
        from countermove.cli._rows import write

        write(output, _payoffs(found))
    if figure:
        from countermove.figures.game import game as drawn

        _figure.write(figure, drawn(found))
    if as_json:
        from countermove.explore._tables import as_text

        typer.echo(as_text(summary(found)), nl=False)
    else:
        _print(found)


def summary(found: Game) -> dict[str, Any]:
    """The game as plain values."""
    from countermove.decide.menus import PLAYERS, menus

    return {
        "since": f"{found.since:%Y-%m}",
        "year": found.year,
        "base": found.base,
        "draws": found.draws,
        "seed": found.seed,
        "parameters": found.parameters,
        "model_hash": found.model_hash,
        "menus": {
            player: [{"name": a.name, "title": a.title, "changes": a.changes} for a in menus()[player].actions]
            for player in PLAYERS
        },
        "values": [_solution(each) for each in found.solutions],
        "payoffs": _payoffs(found),
    }


def _solution(each: Solution) -> dict[str, Any]:
    from countermove.decide.menus import PLAYERS, menus

    rules = menus()["washington"].names
    return {
        "name": each.values.name,
        "title": each.values.title,
        "objectives": {player: each.values.objective(player) for player in PLAYERS},
        "units": {player: each.values.unit(player) for player in PLAYERS},
        "best_if_others_go_on": rules[each.naive],
        "best_once_answered": rules[each.leading.action],
        "stability": each.stability,
        "worth_of_foresight": each.anticipation,
        "distance_of_going_on": each.distance,
        "by_rule": [
            {
                "rule": rule,
                "value": _number(each.leading.values[k]),
                "worst": _number(each.leading.worst[k]),
                "answers": [_named(found, PLAYERS[1:]) for found in each.leading.answers[k]],
            }
            for k, rule in enumerate(rules)
        ],
        "simultaneous": [_named(found, PLAYERS) for found in each.simultaneous],
    }


def _named(found: Equilibrium, players: tuple[str, ...]) -> dict[str, Any]:
    from countermove.decide.menus import menus

    strategies = {
        player: {
            name: probability
            for name, probability in zip(menus()[player].names, strategy, strict=True)
            if probability > 0
        }
        for player, strategy in zip(players, found.strategies, strict=True)
    }
    return {"strategies": strategies, "values": dict(zip(players, found.values, strict=True))}


def _number(value: float) -> float | None:
    return value if value == value else None  # nan: no equilibrium among the followers


def _payoffs(found: Game) -> list[dict[str, object]]:
    from countermove.decide.menus import PLAYERS, menus

    rows: list[dict[str, object]] = []
    for solution in found.solutions:
        for profile in found.profiles:
            row: dict[str, object] = {"value_set": solution.values.name}
            row |= {p: menus()[p].names[k] for p, k in zip(PLAYERS, profile.actions, strict=True)}
            for k, player in enumerate(PLAYERS):
                row[f"payoff_{player}"] = float(solution.payoffs[(k, *profile.actions)])
                row[f"error_{player}"] = float(solution.errors[(k, *profile.actions)])
                row[f"unit_{player}"] = solution.values.unit(player)
            rows.append(row)
    return rows


def _print(found: Game) -> None:
    from rich.console import Console
    from rich.table import Table

    from countermove.answer import amount
    from countermove.decide.menus import menus
    from countermove.figures.game import answer

    rules = menus()["washington"].names
    console = Console()
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
        f"{found.base} to {found.since:%Y-%m}; payoffs of {found.year}; {found.draws:,} draws, seed {found.seed}, "
        f"{found.parameters}; model {found.model_hash}. Value sets are assumptions, not findings.",
        style="dim",
        highlight=False,
    )
