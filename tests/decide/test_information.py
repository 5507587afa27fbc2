"""The value of information: closed forms of a two-action problem, and what must hold whatever the problem."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from countermove.decide.information import value_of_information, worths
from countermove.errors import CountermoveError

DRAWS = 8192


def _worth(mean, deviation):
    """E max(0, N(mean, deviation)) − max(0, mean): Raiffa and Schlaifer's unit normal loss."""
    ratio = mean / deviation
    return deviation * norm.pdf(ratio) + mean * norm.cdf(ratio) - max(0.0, mean)


@pytest.fixture(scope="module")
def linear_normal():
    """Action 0 gives nothing, action 1 gives −0.5 + X0 + 2 X1; X2 to X5 have no bearing."""
    x = np.random.default_rng(11).normal(size=(6, DRAWS))
    gains = np.stack([np.zeros(DRAWS), -0.5 + x[0] + 2 * x[1]])
    return worths(gains, x, 1)


def test_perfect_information_has_its_closed_form(linear_normal):
    best, perfect, _, _ = linear_normal
    assert best == 0
    assert perfect.low <= _worth(-0.5, np.sqrt(5)) <= perfect.high
    assert perfect.changes == pytest.approx(norm.cdf(-0.5 / np.sqrt(5)), abs=0.02)  # three standard errors


def test_partial_information_has_its_closed_form(linear_normal):
    _, _, partial, noise = linear_normal
    for row, deviation in ((0, 1.0), (1, 2.0)):
        assert partial[row].low <= _worth(-0.5, deviation) <= partial[row].high
        assert partial[row].value > noise
        assert partial[row].changes == pytest.approx(
            norm.cdf(-0.5 / deviation), abs=0.05
        )  # the fit's slope is uncertain
    assert all(each.value <= max(noise, 0.01) for each in partial[2:])


def test_knowing_more_is_never_worth_less(linear_normal):
    _, perfect, partial, _ = linear_normal
    assert all(0 <= each.value <= perfect.value for each in partial)


def test_nothing_is_worth_knowing_where_one_choice_is_always_best():
    x = np.random.default_rng(1).random((3, 1000))
    best, perfect, partial, _ = worths(np.stack([x[0], x[0] + 5 + x[1]]), x, 1)
    assert best == 1
    assert perfect.value == 0
    assert perfect.changes == 0
    assert all(each.value == 0 for each in partial)


def test_a_decision_in_a_small_world(world):
    found = value_of_information(["history", "no-controls"], "total:2030", "most", draws=600, given=world)
    totals = dict(zip(found.scenarios, found.means, strict=True))
    assert found.scenarios[found.best] == max(totals, key=totals.__getitem__)
    assert found.each_best.sum() == pytest.approx(1)
    assert found.sentences[0].startswith("The choice between history, no-controls by the most usable compute in 2030")
    least = value_of_information(["history", "no-controls"], "total:2030", "least", draws=600, given=world)
    assert found.best != least.best
    np.testing.assert_allclose(found.means, least.means)
    assert found.to_json()["parameters"][0]["value"] >= found.to_json()["parameters"][-1]["value"]


def test_files_hold_what_was_found(world, tmp_path):
    import json

    import pandas
    import xarray

    found = value_of_information(["history", "no-controls"], "total:2030", "most", draws=400, given=world)
    found.save(tmp_path)
    table = pandas.read_csv(tmp_path / "information.csv")
    assert list(table["value"]) == sorted((worth.value for worth in found.partial), reverse=True)
    assert set(table["caveat"]) == {"prior only, uncalibrated"}
    with xarray.open_dataset(tmp_path / "information.nc", engine="h5netcdf") as dataset:
        np.testing.assert_allclose(dataset["value"].values, [worth.value for worth in found.partial])
        assert dataset["value"].units == "H100e"
    assert json.loads((tmp_path / "information.json").read_text()) == json.loads(json.dumps(found.to_json()))
    assert "What better knowledge is worth" in (tmp_path / "information.html").read_text()


@pytest.mark.parametrize(
    ("scenarios", "objective", "sense", "message"),
    [
        (["history"], "total:2030", "most", "at least two scenarios"),
        (["history", "history"], "total:2030", "most", "a scenario is named twice"),
        (["history", "no-controls"], "total:2030", "best", "sense: 'best' is neither 'most' nor 'least'"),
        (["history", "no-controls"], "crossing:total", "most", "needs a counterfactual"),
        (["history", "no-control"], "total:2030", "most", "did you mean 'no-controls'"),
    ],
)
def test_what_makes_no_sense_is_refused(world, scenarios, objective, sense, message):
    with pytest.raises(CountermoveError, match=message):
        value_of_information(scenarios, objective, sense, draws=300, given=world)
