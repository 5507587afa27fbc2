"""The figure of the game says which rule is best, and how it is answered."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.decide.game import Game, solve
from countermove.decide.menus import PLAYERS, chosen, menus
from countermove.figures.game import answer, game
from countermove.results import Origin


@pytest.fixture(scope="module")
def played():
    from datetime import date

    random = np.random.default_rng(4)
    shape = tuple(len(menus()[player].actions) for player in PLAYERS)
    outcomes = {name: random.normal(1e8, 1e6, (*shape, 20)) for name in ("total", "ally_sales")}
    values = chosen(["compute"])
    solutions = tuple(solve(each, outcomes, 1) for each in values)
    origin = Origin("history", 1, 20, "0", "abc", "prior", "2026-01-01", "")
    return Game(date(2027, 1, 1), 2030, "history", origin, (), outcomes, solutions)


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_it_names_objective_unit_draws_and_best_rule(played, screen):
    figure = game(played, screen)
    said = " ".join(note.text.replace("<br>", " ") for note in figure.layout.annotations)
    assert "less usable compute" in said
    assert "20 draws" in said
    assert "million H100e" in figure.layout.xaxis.title.text
    best = menus()["washington"].names[played.solutions[0].leading.action]
    assert best in figure.layout.meta["description"]


def test_every_rule_has_an_answer_in_words(played):
    for rule in range(len(menus()["washington"].names)):
        assert "Beijing" in answer(played.solutions[0], rule) or "mix" in answer(played.solutions[0], rule)
