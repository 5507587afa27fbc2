"""An ensemble gives the same numbers whatever the blocks, and holds a block and the results only."""

from __future__ import annotations

import sys
import tracemalloc

import numpy as np
import pytest

from countermove.engine import Input, build, ensemble, stock, variable
from countermove.engine.compile import Program
from countermove.errors import CountermoveError
from countermove.parameters import Prior
from countermove.units import Unit

MONTHS = 36


@stock(unit="card", initial=1.0, source="identity")
def level(level, growth, push, mechanism_growth):
    """Grows by a rate drawn, and is pushed."""
    return level * growth * mechanism_growth + push


@variable(unit="card", source="identity")
def with_path(level, path):
    """Level and a path that is held."""
    return level + path


@variable(unit="1", source="identity")
def broken(level, push):
    """Not finite once the push reaches one."""
    return level / (1 - push)


PRIORS = {"growth": Prior("growth", "s", "1/month", "growth", "lognormal", 0.001, 0.01, 0.03, ("judgement",))}


def _program(*outputs: str, block: int = 256) -> Program:
    inputs = [
        Input("growth", "parameter", Unit.parse("1/month")),
        Input("push", "series", Unit.parse("card/month")),
        Input("mechanism_growth", "mechanism", Unit.parse("1")),
        Input("path", "held", Unit.parse("card")),
    ]
    model = build([level, with_path, broken], inputs, name="small", check_units=False)
    return Program(model, outputs, MONTHS, block=block)


def _arm(draws: int, push: float = 0.0, **mechanisms: object) -> ensemble.Arm:
    path = np.arange(draws, dtype=np.float64) * np.ones((MONTHS, 1))
    return ensemble.Arm(PRIORS, {"push": np.full(MONTHS, push)}, mechanisms, {"path": path})


def test_blocks_do_not_matter():
    runs = [
        ensemble.run(_program("level", "with_path", block=block), [_arm(70), _arm(70, push=0.5)], 70, 1)
        for block in (16, 64, 256)
    ]
    for other in runs[1:]:
        for arm, same in zip(runs[0], other, strict=True):
            for name in ("level", "with_path"):
                # one unit in the last place a month: vectors of another width may round otherwise
                np.testing.assert_allclose(arm[name], same[name], rtol=MONTHS * np.finfo(np.float32).eps)


def test_more_draws_keep_the_first():
    program = _program("level", block=32)
    few, many = (ensemble.run(program, [_arm(n)], n, 3)[0]["level"] for n in (20, 90))
    assert (many[:, :20] == few).all()


def test_arms_share_their_draws_and_held_paths_go_to_their_draw():
    one, other = ensemble.run(_program("level", "with_path", block=32), [_arm(50), _arm(50)], 50, 1)
    assert (one["level"] == other["level"]).all()
    # A variable is as of the month, a stock as of its end. 1e-5: single precision of numbers up to 50.
    added = one["with_path"][1:] - one["level"][:-1]
    np.testing.assert_allclose(added, np.arange(50) * np.ones((MONTHS - 1, 1)), atol=1e-5)


def test_a_mechanism_may_be_off_in_some_draws():
    switch = (np.arange(40) % 2).astype(float)
    (arm,) = ensemble.run(_program("level", block=16), [_arm(40, mechanism_growth=switch)], 40, 1)
    assert (arm["level"][-1, ::2] == 1.0).all()
    assert (arm["level"][-1, 1::2] > 1.0).all()


def test_a_reducer_sees_every_draw_once():
    program = _program("level", block=32)
    (whole,) = ensemble.run(program, [_arm(75)], 75, 1)
    (last,) = ensemble.run(program, [_arm(75)], 75, 1, reduce=lambda outputs: {"last": outputs["level"][-1]})
    assert (last["last"] == whole["level"][-1]).all()


def test_progress_ends_at_all_runs():
    seen: list[tuple[int, int]] = []
    ensemble.run(_program("level", block=32), [_arm(70)] * 2, 70, 1, progress=lambda *at: seen.append(at))
    assert seen[-1] == (140, 140)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_what_is_not_finite_is_reported_with_its_draw_and_month():
    arm = ensemble.Arm(PRIORS, {"push": np.where(np.arange(MONTHS) == 7, 1.0, 0.0)}, held=_arm(5).held)
    with pytest.raises(CountermoveError, match=r"'broken' is not finite at position 7 of draw 0"):
        ensemble.run(_program("broken", block=16), [arm], 5, 1)


def test_a_missing_series_and_no_draws_are_refused():
    with pytest.raises(CountermoveError, match="input 'push' is missing"):
        ensemble.run(_program("level", block=16), [ensemble.Arm(PRIORS)], 5, 1)
    with pytest.raises(CountermoveError, match="at least 1"):
        ensemble.run(_program("level", block=16), [_arm(1)], 0, 1)


def test_an_interruption_leaves_at_once():
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensemble.run(_program("level", block=16), [_arm(64)], 64, 1, progress=stop)


@pytest.mark.skipif(sys.implementation.name != "cpython", reason="tracemalloc counts CPython's allocations")
def test_memory_is_bounded_by_a_block_and_the_results():
    program = _program("level", block=64)
    program.warm()
    arm = ensemble.Arm(PRIORS, {"push": np.zeros(MONTHS)})

    def peak(draws: int) -> int:
        tracemalloc.start()
        ensemble.run(program, [arm], draws, 1, reduce=lambda outputs: {"last": outputs["level"][-1]})
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(64)
    whole = MONTHS * 6400 * 4
    assert peak(6400) - peak(640) < whole / 4  # the trajectories of all draws would be `whole` bytes
