"""Figures about decisions: they show what was found, with units, a source line and a text alternative."""

from __future__ import annotations

import pytest
from tests.explore.conftest import small_world

from countermove.decide.discovery import discover
from countermove.decide.information import value_of_information
from countermove.decide.sensitivity import sensitivity, sensitivity_of_ensemble
from countermove.figures.boxes import boxes
from countermove.figures.indices import indices
from countermove.figures.information import information
from countermove.figures.tornado import tornado


@pytest.fixture(scope="module")
def world():
    return small_world()


@pytest.fixture(scope="module")
def sobol(world):
    return sensitivity("history", measures=["domestic:2024", "total:2024"], most=7000, tolerance=0.9, given=world)


@pytest.fixture(scope="module")
def ensemble(world):
    return sensitivity_of_ensemble("history", measures=["domestic:2024"], draws=800, given=world)


@pytest.fixture(scope="module")
def decision(world):
    return value_of_information(["history", "no-controls"], "domestic:2030", "most", draws=500, given=world)


@pytest.fixture(scope="module")
def discovery(world):
    return discover("history", "domestic:2030>0", draws=800, most_inputs=2, given=world)


@pytest.mark.parametrize("screen", ["laptop", "phone"])
@pytest.mark.parametrize(
    ("draw", "source"),
    [
        (indices, "sobol"),
        (tornado, "sobol"),
        (indices, "ensemble"),
        (information, "decision"),
        (boxes, "discovery"),
    ],
)
def test_every_figure_says_where_it_comes_from(request, draw, source, screen):
    found = request.getfixturevalue(source)
    figure = draw(found, screen)
    meta = figure.layout.meta
    assert meta["title"]
    assert "prior only, uncalibrated" in meta["source"]
    assert f"seed {found.origin.seed}" in meta["source"]
    assert len(meta["description"]) > 30
    assert figure.layout.showlegend is False  # labels stand in the figure
    axes = [axis.title.text for axis in figure.select_xaxes()]
    assert all(axes)


def test_bars_of_indices_are_the_indices(sobol):
    first, total = indices(sobol).data[:2]
    strongest = sobol.indices.total[0].argmax()
    assert total.x[0] == sobol.indices.total[0, strongest]
    assert first.x[0] == sobol.indices.first[0, strongest]
    assert total.error_x.array[0] == sobol.indices.total_interval[0, strongest]
    assert "onverged" in indices(sobol).layout.meta["source"]


def test_bars_of_a_tornado_reach_from_low_to_high(sobol):
    low, high = tornado(sobol).data[:2]
    swings = sobol.tornado[0].max(axis=1) - sobol.tornado[0].min(axis=1)
    widest = sobol.tornado[0][swings.argmax()]
    scale = widest[1] / low.base
    assert low.customdata[0] * scale == pytest.approx(widest[0])
    assert high.customdata[0] * scale == pytest.approx(widest[2])


def test_boxes_stand_within_the_prior(discovery):
    figure = boxes(discovery)
    whole, held = figure.data[:2]
    assert set(whole.x) == {1.0}
    shares = [share for box in discovery.restricted for share in box.values()]
    assert list(held.x) == pytest.approx(shares)
    assert all(base >= 0 and base + x <= 1 + 1e-9 for base, x in zip(held.base, held.x, strict=True))


def test_the_value_of_everything_comes_first(decision):
    values, changes = information(decision).data[:2]
    assert values.x[0] == max(values.x)
    assert changes.x[0] == decision.perfect.changes
