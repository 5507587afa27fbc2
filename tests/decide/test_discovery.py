"""Discovery on a small world: events in words, boxes in units, files, refusals."""

from __future__ import annotations

import json

import numpy as np
import pytest

from countermove.decide.discovery import discover, parse_event
from countermove.decide.measures import NEVER, parse
from countermove.decide.question import ask
from countermove.errors import CountermoveError


@pytest.fixture(scope="module")
def found(world):
    return discover("history", "domestic:2030>0", draws=1500, most_inputs=2, given=world)


def test_boxes_hold_what_they_say(world, found):
    """Coverage and density, counted anew from the draws of another call."""
    question = ask("history", "no-controls", ["domestic:2030"], given=world)
    values = question.draws(1, 1500)
    cases = question.answers(question.parameters, values)[0] > 0
    assert found.share == cases.mean()
    for box in found.boxes:
        held = np.ones(1500, dtype=bool)
        for row, (low, high) in box.limits.items():
            held &= (values[row] > low) & (values[row] <= high)
        assert box.coverage == pytest.approx(cases[held].sum() / cases.sum())
        assert box.density == pytest.approx(cases[held].mean())
        assert box.density > found.share


def test_what_decides_the_small_world_is_found(found):
    """Output rises under denial by its response and falls by lost parity: nothing else can make the sign."""
    names = {found.factors[row].name for box in found.boxes for row in box.limits}
    assert names
    assert names <= {"response", "parity_closed", "perception_time"}
    assert max(found.stability.chosen.values()) > 0.8


def test_sentences_have_units_and_shares(found):
    first = found.sentences[0]
    assert first.startswith("Where ")
    assert "the difference in output of Chinese-designed chips in 2030 is above 0 H100e/yr" in first
    assert f"{found.boxes[0].density:.0%} of the draws (in {found.share:.0%} of all)" in first
    assert "random halves" in found.sentences[-1]


def test_a_tree_finds_them_too(world):
    tree = discover("history", "domestic:2030>0", method="cart", draws=1500, most_inputs=2, given=world)
    assert tree.boxes
    assert {tree.factors[row].name for box in tree.boxes for row in box.limits} <= {"response", "parity_closed"}
    assert not tree.path


def test_files(found, tmp_path):
    import pandas
    import xarray

    found.save(tmp_path)
    table = pandas.read_csv(tmp_path / "boxes.csv")
    assert len(table) == sum(len(box.limits) for box in found.boxes)
    assert json.loads((tmp_path / "discovery.json").read_text()) == json.loads(json.dumps(found.to_json()))
    with xarray.open_dataset(tmp_path / "discovery.nc", engine="h5netcdf") as dataset:
        np.testing.assert_allclose(dataset["density"].values, [box.density for box in found.boxes])
        assert np.isfinite(dataset["above"].values).sum() + np.isfinite(dataset["at_most"].values).sum() >= len(table)
    assert "<div" in (tmp_path / "boxes.html").read_text()


@pytest.mark.parametrize(("ending", "beside"), [("nc", "discovery.nc"), ("csv", "boxes.csv"), ("html", "boxes.html")])
def test_one_file_is_that_of_the_folder(found, tmp_path, ending, beside):
    """Written by the ending of its name; the same bytes, but for NetCDF, whose containers are not told to repeat."""
    found.save(tmp_path / "all")
    alone = found.save(tmp_path / f"alone.{ending}")
    assert {path.name for path in tmp_path.iterdir()} == {"all", f"alone.{ending}"}
    if ending == "nc":
        import xarray

        with xarray.open_dataset(alone) as one, xarray.open_dataset(tmp_path / "all" / beside) as other:
            assert one.identical(other)
    else:
        assert alone.read_bytes() == (tmp_path / "all" / beside).read_bytes()


def test_other_endings_are_refused(found, tmp_path):
    with pytest.raises(CountermoveError, match=r"boxes.xlsx: is written as a folder, .nc, .csv, .json or .html"):
        found.save(tmp_path / "boxes.xlsx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ("domestic:2030", r"write MEASURE<NUMBER or MEASURE>NUMBER"),
        ("domestic:2030>>1", r"write MEASURE<NUMBER"),
        ("domestic:2030>1.2.3", r"'1.2.3' is not a number"),
        ("domestik:2030>0", r"unknown outcome 'domestik': did you mean 'domestic'\?"),
        ("domestic:1999>0", r"'1999' is not a year from 2016 to 2035"),
        ("crossing:domestik<2030", r"did you mean 'domestic'"),
        ("domestic<2030", r"give OUTCOME:YEAR, such as domestic:2030"),
    ],
)
def test_events_that_are_none_are_refused(event, message):
    with pytest.raises(CountermoveError, match=message):
        parse_event(event)


def test_an_event_that_never_happens_is_refused_with_the_range(world):
    with pytest.raises(CountermoveError, match=r"happens in 0 of 400 draws: .* runs from .* to .* \(10 to 90 %\)"):
        discover("history", "domestic:2030>1e30", draws=400, given=world)


def test_dates_agree_with_the_comparison(world):
    """Crossings and first years as measures are those of `compare` draw by draw; never is the horizon's end."""
    from countermove.explore.compare import compare

    names = ["crossing:domestic", "catalysed:domestic", "hindered:total", "domestic:2030"]
    question = ask("history", "no-controls", names, given=world)
    crossing, catalysed, hindered, delta = question.answers(question.parameters, question.draws(1, 200))
    comparison = compare("history", "no-controls", draws=200, attribution=None, given=world)
    dates = comparison.crossings["domestic"][0].dates
    np.testing.assert_allclose(crossing, np.nan_to_num(dates, nan=NEVER))
    annual = comparison.annual["domestic"]
    np.testing.assert_allclose(delta, annual.delta[:, comparison.years.index(2030)])
    for year, share in zip(comparison.years, annual.p_catalysed, strict=True):
        assert (catalysed == year).mean() <= share + 1e-12
    assert (catalysed == NEVER).mean() < 1
    assert set(np.unique(hindered)) <= {float(year) for year in comparison.years} | {NEVER}


def test_a_measure_without_a_counterfactual_is_the_level(world):
    alone = ask("history", None, ["total:2030"], given=world)
    other = ask("no-controls", None, ["total:2030"], given=world)
    both = ask("history", "no-controls", ["total:2030"], given=world)
    values = both.draws(1, 50)
    levels = [q.answers(q.parameters, values)[0] for q in (alone, other)]
    np.testing.assert_allclose(both.answers(both.parameters, values)[0], levels[0] - levels[1], rtol=1e-9)
    with pytest.raises(CountermoveError, match="needs a counterfactual"):
        parse("catalysed:total", difference=False)


def test_what_the_model_lacks_is_refused(world):
    question = ask("history", None, ["us_research:2030"], given=world)
    with pytest.raises(CountermoveError, match="this model has no 'us_research'"):
        question.answers(question.parameters, question.draws(1, 10))
