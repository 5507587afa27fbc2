"""Link scores of the whole countermove model, cell by cell, are those that pysimlin computes on the exported model."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.peers.loop_scores import cells, pysimlin_links

from countermove.explain.central import central_inputs
from countermove.explain.dominance import link_scores
from countermove.explore.world import world
from countermove.scenario import load

# Where a quantity changes by less than this share of itself the score is a ratio of roundings in either engine.
CHANGES = 1e-7


@pytest.mark.slow
def test_link_scores_agree():
    given = world()
    model, inputs = given.model, central_inputs(given, load("history"))
    at = list(range(2, given.months, 6))
    own = link_scores(model, inputs, given.months, at, model.quantities)
    theirs = pysimlin_links(model, inputs, given.months)
    named = {cell for name in model.quantities for cell in cells(model, name)}
    # An equation of which a term is written as a variable of its own has another direct link there.
    split = {target for origin, target in theirs if origin not in named}
    compared = 0
    for (cause, effect), scores in own.scores.items():
        pairs = itertools.product(enumerate(cells(model, effect)), enumerate(cells(model, cause)))
        for (i, target), (j, origin) in pairs:
            if (
                (origin, target) not in theirs
                or target in split
                or (cause != effect and effect.endswith("_in_transit"))
            ):
                continue  # links into delays are passed on from stage to stage here
            moves = _moves(own.pull[effect][:, i]) & _moves(own.change[cause][:, j])
            expected = theirs[origin, target][at][moves]
            # Of a change of 10⁻⁷ double precision leaves eight digits, of which a ratio of two loses some.
            assert scores[moves, i, j] == pytest.approx(expected, rel=1e-4, abs=1e-4), (origin, target)
            compared += int(moves.any())
    assert compared > 1000


def _moves(change: np.ndarray) -> np.ndarray:
    return np.abs(change) > CHANGES * np.abs(change).max()
