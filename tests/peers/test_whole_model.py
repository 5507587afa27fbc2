"""The countermove model, exported to XMILE, runs to the same trajectories in pysimlin and in PySD.

Every quantity, every cell, every month from 2016 to 2035, in double precision.
"""

from __future__ import annotations

import pytest
from tests.peers.agreement import PEERS, agree

from countermove.explain.central import central_inputs
from countermove.explore.world import world
from countermove.scenario import load


@pytest.mark.parametrize("scenario", ["history", "no-controls"])
@pytest.mark.parametrize("peer", PEERS)
def test_peers_agree(peer, scenario):
    given = world()
    agree(given.model, central_inputs(given, load(scenario)), given.months, {peer: PEERS[peer]})


def test_a_switched_off_mechanism_agrees_too():
    """With paths held from the run without controls."""
    given = world()
    off = dict.fromkeys(given.mechanisms, "off")
    scenario = load("history").model_copy(update={"mechanisms": off})
    inputs = central_inputs(given, scenario)
    assert all(inputs[name].any() for name in given.held)
    agree(given.model, inputs, given.months, {"pysimlin": PEERS["pysimlin"]})
