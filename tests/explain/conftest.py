"""The states of the central run under the actual rules, which the tests of equations and of links read."""

from __future__ import annotations

import pytest

AT = range(6, 240, 6)


@pytest.fixture(scope="session")
def central():
    """(model, states at `AT`) of the central run."""
    from countermove.explain.central import central_inputs
    from countermove.explain.polarity import states
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    given = world()
    return given.model, states(given.model, central_inputs(given, as_scenario("history")), given.months, AT)
