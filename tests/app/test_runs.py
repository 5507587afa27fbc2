"""The desk: equal runs once, superseded ones not at all, bounded memory."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from countermove import figures
from countermove.answer import headline
from countermove.app import live
from countermove.app.draft import Draft, of_link
from countermove.app.recent import Recent
from countermove.app.runs import LAB, Desk, Superseded, Turn
from countermove.explore.compare import compare
from countermove.explore.outcomes import OUTCOMES


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def test_the_least_recently_used_value_goes_first() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), len(kept)) == (1, None, 2)


def test_equal_drafts_are_computed_once(desk: Desk) -> None:
    assert desk.answer(Draft(), "laptop") is desk.answer(of_link("?v=1&from=history"), "laptop")


def test_a_superseded_request_is_dropped(desk: Desk) -> None:
    first, second = (
        Draft().put(("beliefs", "frontier_growth"), {"low": 0.2, "central": c, "high": 0.5}) for c in (0.3, 0.4)
    )
    desk.answer(second, "laptop", (), "visitor", 2)
    with pytest.raises(Superseded):
        desk.answer(first, "laptop", (), "visitor", 1)
    desk.answer(first, "laptop", (), "another visitor", 1)


def test_who_is_in_a_hurry_goes_first() -> None:
    turn, order, started = Turn(), [], threading.Barrier(3)

    def take(name: str, hurried: bool) -> None:
        started.wait()
        with turn.take(hurried=hurried):
            order.append(name)

    with turn.take(hurried=True):
        waiting = [threading.Thread(target=take, args=each) for each in (("resting", False), ("dragging", True))]
        for thread in waiting:
            thread.start()
        started.wait()
        while turn._hurried == 0:
            time.sleep(0.001)
    for thread in waiting:
        thread.join()
    assert order == ["dragging", "resting"]


def test_kept_draws_parameters_and_ranks_give_the_comparison_made_at_once(desk: Desk) -> None:
    draft = of_link("?v=1&changes.hbm_permits.2027-01=1&beliefs.frontier_growth=0.2,0.3,0.4")
    desk.comparison(replace(draft, draws=250), whole=False)
    ours = desk.comparison(draft, whole=False)
    whole = compare(
        draft.scenario(), draft.counterfactual(), draws=1000, seed=1, attribution=None, given=live.outcomes_only()
    )
    assert ours.policy.origin == whole.policy.origin
    for name in OUTCOMES:
        assert (ours.annual[name].policy == whole.annual[name].policy).all()
        assert (ours.annual[name].p_hindered == whole.annual[name].p_hindered).all()
        assert ours.cumulative_deficit[name] == whole.cumulative_deficit[name]
        for one, other in zip(ours.crossings[name], whole.crossings[name], strict=True):
            assert np.array_equal(one.dates, other.dates, equal_nan=True)
    assert ours.drivers == whole.drivers
    assert headline(ours) == headline(whole)


def test_a_screen_shows_the_numbers_of_the_checked_figure(desk: Desk) -> None:
    draft = replace(Draft(), draws=250)
    shown = desk.answer(draft, "laptop", LAB).figures["paradox"]
    checked = figures.paradox(desk.comparison(draft, whole=False))
    for one, other in zip(shown["data"], checked.data, strict=True):
        assert list(one["y"]) == list(other.y)
