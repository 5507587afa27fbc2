"""Draws simulated a segment at a time are the same draws, and the files of many draws are those of all of them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from countermove.explore import record as recording
from countermove.explore import segments
from countermove.explore.compare import compare
from countermove.explore.simulate import simulate
from countermove.results import load as load_result
from countermove.scenario import load

DRAWS = 90


@pytest.fixture
def small(monkeypatch, world):
    """Segments of 32 draws, and the small world as the model."""
    monkeypatch.setattr(segments, "SEGMENT", 32)
    monkeypatch.setattr(recording, "SEGMENT", 32)
    monkeypatch.setattr("countermove.explore.simulate.world", lambda: world)


def test_segments_cover_all_draws_once():
    found = list(segments.segments(5000))
    assert [first for first, _ in found] == [0, 2048, 4096]
    assert sum(count for _, count in found) == 5000


def test_later_draws_can_be_simulated_alone(world):
    (whole,) = simulate([load("history")], DRAWS, 3, given=world)
    (later,) = simulate([load("history")], 30, 3, first=60, given=world)
    for name, values in whole.values.items():
        np.testing.assert_array_equal(later[name], values[60:])


def test_a_comparison_by_segments_says_the_same(small, world, monkeypatch):
    parts = compare("history", draws=DRAWS, given=world)
    monkeypatch.undo()
    whole = compare("history", draws=DRAWS, given=world)
    assert parts.policy.origin.draws == 32  # its trajectories are those of the first segment
    assert parts.attributed is not None
    assert parts.attributed.draws == 32
    for name, outcome in whole.annual.items():
        np.testing.assert_array_equal(parts.annual[name].delta, outcome.delta)
        np.testing.assert_array_equal(parts.annual[name].p50, outcome.p50)
    assert parts.cumulative_deficit == whole.cumulative_deficit
    assert parts.to_json()["crossing"] == whole.to_json()["crossing"]


def test_arrays_of_more_than_a_segment_are_on_disk_and_stay_as_they_are(small):
    column = segments.DrawColumns(70, 3)
    rows = np.arange(210.0).reshape(70, 3)
    for first, count in segments.segments(70):
        column.put(first, rows[first : first + count])
    assert isinstance(column.array, np.memmap)
    np.testing.assert_array_equal(column.array, rows)


def test_a_file_that_grew_holds_what_one_run_holds(small, world, tmp_path):
    (whole,) = simulate([load("history")], DRAWS, 1, given=world)
    found = recording.record("history", draws=DRAWS, output=tmp_path / "grown.nc")
    assert found.origin == whole.origin
    grown = load_result(tmp_path / "grown.nc")
    assert grown.origin == whole.origin
    assert grown.dataset["draw"].values.tolist() == list(range(DRAWS))
    for name, values in whole.values.items():
        np.testing.assert_array_equal(grown[name], values)
    assert [path.name for path in tmp_path.iterdir()] == ["grown.nc"]


def test_quantiles_of_many_draws_are_those_of_all(small, world, tmp_path):
    (whole,) = simulate([load("history")], DRAWS, 1, given=world)
    recording.record("history", draws=DRAWS, output=tmp_path / "grown.csv")
    whole.save(tmp_path / "whole.csv")
    assert (tmp_path / "grown.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert len(list(csv.reader((tmp_path / "grown.csv").open()))) > 100
