"""The figures of the law: every chip and every measure is on them, and regions are those of the evaluator."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest

from countermove.chips import catalogue
from countermove.figures import measure_timeline, threshold_plane
from countermove.figures._label_places import offsets
from countermove.rules.table import lines


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_every_chip_of_known_density_is_a_labelled_point(screen) -> None:
    figure = threshold_plane(screen=screen)
    known = {chip.name for chip in catalogue().values() if chip.tpp is not None and chip.density is not None}
    drawn = {name for trace in figure.data for name in trace.customdata}
    assert drawn == known
    text = " ".join(note.text for note in figure.layout.annotations if note.text)
    for label in ("H100", "H800", "H20", "A800", "B30A", "RTX 4090 D", "L20", "Ascend 910C"):
        assert label in text


def test_linear_axes_name_what_lies_outside_them() -> None:
    figure = threshold_plane(scale="linear")
    assert any("Outside the axes" in (note.text or "") and "B200" in note.text for note in figure.layout.annotations)


def test_regions_are_those_of_the_evaluator() -> None:
    def covered(on: date, tpp: float, density: float) -> bool:
        shapes = threshold_plane(on).layout.shapes
        return any(s.type == "rect" and s.x0 <= tpp < s.x1 and s.y0 <= density < s.y1 for s in shapes)

    assert not covered(date(2021, 1, 1), 15_832, 19)
    assert covered(date(2023, 12, 1), 15_832, 19)
    assert covered(date(2023, 12, 1), 2_500, 2)
    assert not covered(date(2023, 12, 1), 2_300, 2)
    assert covered(date(2022, 11, 1), 4_900, 1)
    assert not covered(date(2022, 11, 1), 4_700, 20)  # only 4,800 with 600 GB/s of links counted


def test_labels_cover_neither_points_nor_each_other_where_there_is_room() -> None:
    places = [(200.0 + 9 * k, 200.0 + 5 * (k % 3)) for k in range(8)]
    labels = [f"label {k}" for k in range(8)]
    width, height = 0.56 * 10 * len(labels[0]) + 4, 13
    centres = [
        (x + dx, y + dy) for (x, y), (dx, dy) in zip(places, offsets(places, labels, (500, 400), 10), strict=True)
    ]
    for (a, b), (c, d) in combinations(centres, 2):
        assert abs(a - c) >= width or abs(b - d) >= height
    for a, b in centres:
        assert all(abs(a - x) >= width / 2 or abs(b - y) >= height / 2 for x, y in places)


def test_every_measure_has_a_row() -> None:
    found = lines()
    figure = measure_timeline(found)
    dated = [line for line in found if line.effective is not None or line.announced is not None]
    assert sum(len(trace.x) for trace in figure.data) == len(dated)
    rows = [row for trace in figure.data for row in trace.y]
    assert len(set(rows)) == len(rows)
