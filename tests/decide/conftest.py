"""The small world of the tests of `explore`, in which answers can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.explore.conftest import world

__all__ = ["calm_world", "world"]


@pytest.fixture(scope="session")
def calm_world(world):
    """The same with narrower priors of growth, whose exponential has tails too long for a small sample."""
    narrow = {
        "growth": (0.009, 0.01, 0.011),
        "response": (0.002, 0.004, 0.006),
        "start_capacity": ((80.0, 32.0), (100.0, 40.0), (125.0, 50.0)),
    }
    priors = {
        name: replace(world.priors[name], low=low, central=central, high=high)
        for name, (low, central, high) in narrow.items()
    }
    return replace(world, priors={**world.priors, **priors})
