"""Scenarios simulated together, sharing draws and thresholds, give to the bit what each gives alone."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.engine import ensemble
from countermove.explore import held, together
from countermove.explore.world import program, world
from countermove.scenario import load

# With actual measures, with measures of the model's own (thresholds from what happened), with mechanisms off.
SCENARIOS = ("tools-only", "no-state-response", "history", "no-controls")


def kept(block):
    return {name: block[name][[60, 239]] for name in ("domestic_output", "china_all")}


@pytest.fixture(scope="module")
def alone():
    given = world()
    compiled = program(given, given.outputs)
    arms = [held.for_arm(given, given.arm(load(name)), 40, 1, 512) for name in SCENARIOS]
    return [ensemble.run(compiled, [arm], 40, 1, first=512, reduce=kept)[0] for arm in arms]


@pytest.mark.parametrize("chosen", [SCENARIOS, ("no-controls", "no-state-response"), ("no-controls", "history")])
def test_together_is_as_alone(alone, chosen):
    found = together.run(world(), [load(name) for name in chosen], 40, 1, first=512, reduce=kept)
    for name, values in zip(chosen, found, strict=True):
        expected = alone[SCENARIOS.index(name)]
        assert values.keys() == expected.keys()
        assert all((values[key] == expected[key]).all() for key in expected), name


def test_what_happened_is_run_once_for_all_that_need_it(monkeypatch):
    runs: list[int] = []
    passed = held._passed

    def counting(*arguments):
        runs.append(1)
        return passed(*arguments)

    monkeypatch.setattr(held, "_passed", counting)
    two = [load(name) for name in ("no-controls", "tools-only")]
    together.run(world(), two, 8, 1, reduce=kept)
    assert len(runs) == 1
    together.run(world(), [*two, load("history")], 8, 1, reduce=kept)
    assert len(runs) == 1


def test_draws_of_blocks_together_are_those_of_blocks_alone():
    given = world()
    compiled = program(given, given.outputs)
    whole = ensemble.Shared(compiled, 1, 0, 8 * given.block)
    alone = ensemble.Shared(compiled, 1, 3 * given.block, given.block)
    one = whole.parameters(given.priors, 3 * given.block)
    other = alone.parameters(given.priors, 0)
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)
