"""The law under every threshold is worked out ahead, and the cache stays within its bounds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import countermove.model
from countermove import _cache
from countermove.app import ahead
from countermove.app.draft import Draft
from countermove.app.levers import levers
from countermove.scenario import Scenario


def test_every_position_of_a_threshold_is_reached_nearest_to_the_law_first() -> None:
    drafts = list(ahead.positions())
    for item in (each for each in levers().values() if each.kind in ("threshold", "shift")):
        enacted = float(item.read(Draft()))
        moved = [float(item.read(draft)) for draft in drafts]
        reached = [value for value in moved if value != enacted]
        positions = round((item.most - item.least) / item.step) + 1
        assert len(set(moved)) == positions
        assert abs(reached[0] - enacted) == pytest.approx(item.step)
        assert [min(moved), max(moved)] == pytest.approx([item.least, item.most])


def test_a_browser_asks_for_the_same_scenarios() -> None:
    drafts = {draft.scenario() for draft in ahead.positions()}
    assert levers()["density"].write(Draft(), 1.6).scenario() in drafts
    assert levers()["density"].write(Draft(), 0.48 + 0.16 * 100).scenario() in drafts  # as a slider adds up
    assert levers()["tpp"].write(Draft(), 4000).scenario() in drafts
    assert levers()["tools"].write(Draft(), "removed").scenario() in drafts
    assert levers()["chips_shift"].write(Draft(), -12.0).scenario() in drafts


def test_it_stops_with_the_process_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Scenario] = []
    parents = iter([7, 7, 7, 1])
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))
    monkeypatch.setattr(countermove.model, "scenario_series", asked.append)
    ahead.work()
    assert len(asked) == 2


def test_the_files_used_last_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERMOVE_CACHE", str(tmp_path))
    for age, name in enumerate(("new.npz", "used.npz", "old.npz", "oldest.npz")):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    os.utime(tmp_path / "used.npz", (2e9, 0))  # written long ago, read just now
    (tmp_path / "other.executable").write_bytes(b"")
    _cache.keep_latest(".npz", 2)
    assert {path.name for path in tmp_path.iterdir()} == {"new.npz", "used.npz", "other.executable"}
