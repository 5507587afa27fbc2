"""Small models give the same trajectories here, in pysimlin and in PySD."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.classics import CASES, market, teacup
from tests.peers.agreement import agree


@pytest.mark.parametrize("name", CASES)
def test_peers_agree(name):
    case = CASES[name]()
    if case.months > 1000:  # PySD needs about a second per thousand steps; the comparison loses nothing
        case = type(case)(case.model, case.inputs, 400)
    agree(case.model, case.inputs, case.months)


def test_a_deviation_is_found():
    case = teacup()

    def warmer(path):
        from tests.peers.agreement import run_pysimlin

        frame = run_pysimlin(path)
        frame["teacup_temperature"] = frame["teacup_temperature"] * (1 + 2e-4)
        return frame

    with pytest.raises(AssertionError, match="teacup_temperature in month"):
        agree(case.model, case.inputs, case.months, {"pysimlin": warmer})


def test_a_value_that_is_not_finite_is_found():
    case = market()
    with pytest.raises(AssertionError, match="not finite"):
        agree(case.model, {**case.inputs, "life": np.nan}, case.months, {})
