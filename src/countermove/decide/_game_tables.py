"""A game as rows, as plain values, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._export import Array, Files, plain, provenance
from countermove.decide.measures import ASKABLE
from countermove.decide.menus import PLAYERS, menus

if TYPE_CHECKING:
    from countermove.decide.equilibrium import Equilibrium
    from countermove.decide.game import Game, Solution


def answer(found: Game) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "since": f"{found.since:%Y-%m}",
        "year": found.year,
        "base": found.base,
        "parameters": found.origin.parameters,
        "menus": {
            player: [{"name": a.name, "title": a.title, "changes": a.changes} for a in menus()[player].actions]
            for player in PLAYERS
        },
        "values": [_solution(each) for each in found.solutions],
        "payoffs": rows(found),
        **provenance(found.origin),
    }


def _solution(each: Solution) -> dict[str, Any]:
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
                "value": plain(each.leading.values[k]),
                "worst": plain(each.leading.worst[k]),
                "answers": [_named(found, PLAYERS[1:]) for found in each.leading.answers[k]],
            }
            for k, rule in enumerate(rules)
        ],
        "simultaneous": [_named(found, PLAYERS) for found in each.simultaneous],
    }


def _named(found: Equilibrium, players: tuple[str, ...]) -> dict[str, Any]:
    strategies = {
        player: {
            name: probability
            for name, probability in zip(menus()[player].names, strategy, strict=True)
            if probability > 0
        }
        for player, strategy in zip(players, found.strategies, strict=True)
    }
    return {"strategies": strategies, "values": dict(zip(players, found.values, strict=True))}


def rows(found: Game) -> list[dict[str, object]]:
    """A row for each value set and combination of actions, with every player's payoff."""
    table: list[dict[str, object]] = []
    for solution in found.solutions:
        for profile in found.profiles:
            row: dict[str, object] = {"value_set": solution.values.name}
            row |= {p: menus()[p].names[k] for p, k in zip(PLAYERS, profile.actions, strict=True)}
            for k, player in enumerate(PLAYERS):
                row[f"payoff_{player}"] = float(solution.payoffs[(k, *profile.actions)])
                row[f"error_{player}"] = float(solution.errors[(k, *profile.actions)])
                row[f"unit_{player}"] = solution.values.unit(player)
            table.append(row)
    return table


def files(found: Game) -> Files:
    """Every payoff in every form, with the figure."""
    from countermove.figures.game import game

    return Files(
        name="game",
        table="payoffs",
        rows=rows(found),
        content=answer(found),
        arrays=_arrays(found),
        coordinates={
            "value_set": [each.values.name for each in found.solutions],
            "player": PLAYERS,
            **{player: menus()[player].names for player in PLAYERS},
        },
        figures={"game": lambda: game(found)},
        origin=found.origin,
    )


def _arrays(found: Game) -> dict[str, Array]:
    """Payoffs by value set, their errors, and the outcomes of every draw of which they are made."""
    solutions = found.solutions
    payoff = ("value_set", "player", *PLAYERS)
    rule = ("value_set", PLAYERS[0])
    arrays: dict[str, Array] = {
        "payoff": (payoff, np.stack([each.payoffs for each in solutions]), "of the payoff"),
        "error": (payoff, np.stack([each.errors for each in solutions]), "of the payoff"),
        "answered": (rule, np.array([each.leading.values for each in solutions]), "of Washington's payoff"),
        "stability": (("value_set",), [each.stability for each in solutions], "1"),
    }
    for name, values in found.outcomes.items():
        arrays[f"outcome_{name}"] = ((*PLAYERS, "draw"), values, ASKABLE[name].unit)
    return arrays
