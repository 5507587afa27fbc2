"""The desk: equal runs once, superseded ones not at all, bounded memory."""

from __future__ import annotations

import runpy
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove import figures
from countermove.answer import headline
from countermove.app import exports, live
from countermove.app.draft import Draft, of_link
from countermove.app.live import Recent
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


def test_as_python_gives_the_sentences_on_the_screen(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = of_link("?v=1&from=history&changes.hbm_permits.2027-01=1")
    code = tmp_path / "screen.py"
    code.write_text(exports.as_python(draft), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(code))
    assert capsys.readouterr().out.strip().splitlines() == list(desk.answer(draft, "laptop").sentences)


def test_exports_open_and_carry_the_numbers_of_the_screen(desk: Desk, tmp_path: Path) -> None:
    import io

    import pandas

    from countermove import results, scenario

    draft = of_link("?v=1&from=tools-only")
    comparison = desk.comparison(draft)
    table = pandas.read_csv(io.BytesIO(exports.export("csv", draft, desk)[1]))
    assert len(table) == len(comparison.to_dataframe())
    path = tmp_path / "run.nc"
    path.write_bytes(exports.export("nc", draft, desk)[1])
    assert (results.load(path)["china_all"] == comparison.policy["china_all"]).all()
    yaml = exports.export("yaml", draft, desk)[1].decode()
    assert scenario.parse(yaml) == draft.scenario()
    assert headline(comparison)[0].split(" ")[1].rstrip(",") in exports.export("json", draft, desk)[1].decode()
