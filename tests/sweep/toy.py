"""The small world of the tests of comparison, in blocks of two draws: made by a function that workers can import."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from tests.explore.conftest import small_world

from countermove.explore.fitted import fitted
from countermove.explore.world import World
from countermove.sweep import Plan
from countermove.sweep.segment import BLOCKS

BLOCK = 2
SEGMENT = BLOCKS * BLOCK

# Six segments, the last of them not full, so that a partial block is among them.
PLAN = Plan(
    scenarios=("history", "no-controls"),
    draws=5 * SEGMENT + 13,
    against="no-controls",
    outcomes=("domestic", "total"),
    quantities=("capacity",),
)


@cache
def world() -> World:
    """The world, one a process."""
    return replace(small_world(), block=BLOCK)


POSTERIOR = 20


@cache
def fitted_world() -> World:
    """The world with a posterior of one parameter, of fewer draws than are swept."""
    given = world()
    draws = {"growth": np.linspace(0.008, 0.012, POSTERIOR)}
    return replace(given, posterior=fitted(given.priors, draws))


BROKEN = 3 * SEGMENT + 11


@cache
def broken_world() -> World:
    """The world with a posterior that is not a number in one draw of a sweep from seed 1."""
    given = world()
    values = np.linspace(0.008, 0.012, PLAN.draws)
    whole = fitted(given.priors, {"growth": values})["growth"]
    broken = np.where(values == whole.drawn(PLAN.seed, BROKEN, 1), np.nan, values)
    return replace(given, posterior={"growth": replace(whole, values=broken)})
