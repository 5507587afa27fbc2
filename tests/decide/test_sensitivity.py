"""Sensitivity on a small world: indices against those computed directly, mechanisms, tornado, files."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from countermove.decide import factors
from countermove.decide.question import ask
from countermove.decide.sensitivity import OTHERS, PARAMETERS, sensitivity, sensitivity_of_ensemble
from countermove.errors import CountermoveError
from countermove.scenario import Scenario


@pytest.fixture(scope="module")
def found(calm_world):
    return sensitivity("history", measures=["domestic:2030", "total:2030"], given=calm_world, most=80_000)


def test_draws_are_those_of_every_command(world):
    """Listed one by one, the draws give what the same draws give when the engine makes them."""
    from countermove.explore.simulate import simulate
    from countermove.scenario import load

    question = ask("history", None, ["total:2030"], given=world)
    found = question.answers(question.parameters, question.draws(7, 64))[0]
    (result,) = simulate([load("history")], 64, 7, given=world)
    np.testing.assert_array_equal(found, question.measures[0].outcome.annual(result["china_all"].astype(float))[:, 14])


def test_values_and_switches_of_factors(world):
    question = ask("history", "no-controls", ["total:2030"], given=world)
    names = [factor.name for factor in question.parameters]
    assert "start_capacity.huawei" in names
    assert "card" not in names  # it is fixed
    u = np.full((len(names), 2), 0.5)
    u[:, 1] = 0.95
    values = question.at(question.parameters, u)
    for factor, row in zip(question.parameters, values, strict=True):
        assert row == pytest.approx([factor.central, factor.high])
    mechanisms = factors.of_mechanisms(replace(world, groups={"home": ("response", "learning")}))
    on = factors.values(mechanisms, {}, np.array([[0.2, 0.7]]))
    assert factors.switches(mechanisms, on).keys() == {"mechanism_response", "mechanism_learning"}
    np.testing.assert_array_equal(on, [[0.0, 1.0]])


def test_indices_sum_as_they_must(found):
    each = found.indices
    assert (each.first.sum(axis=1) <= 1 + each.first_interval.sum(axis=1)).all()
    assert (each.total >= each.first - each.first_interval - each.total_interval).all()
    assert each.convergence.met


def test_what_has_no_bearing_has_no_index(found):
    """Compute held by smugglers is not output: `smuggled` moves nothing."""
    names = [name for name, _ in found.groups]
    for name in ("smuggled", "lag", "open_share", "foreign_flow"):
        place = names.index(name) if name in names else names.index(OTHERS)
        assert found.indices.total[0, place] < 0.01


def test_a_first_order_index_is_the_variance_of_conditional_means(calm_world, found):
    """Against brute force: for fifty values of one parameter the mean over draws of all others."""
    question = ask("history", "no-controls", ["domestic:2030"], given=calm_world)
    names = [factor.name for factor in question.parameters]
    row = names.index("response")
    inner, outer = 256, 50
    u = np.random.default_rng(1).random((len(names), inner * outer))
    u[row] = np.repeat((np.arange(outer) + 0.5) / outer, inner)
    y = question.answers(question.parameters, question.at(question.parameters, u))[0].reshape(outer, inner)
    noise = y.var(axis=1, ddof=1).mean() / inner  # what the means vary by because they are of few draws
    expected = (y.mean(axis=1).var() - noise) / y.var()
    place = [name for name, _ in found.groups].index("response")
    assert found.indices.first[0, place] == pytest.approx(expected, abs=found.indices.first_interval[0, place] + 0.03)


def test_mechanisms_as_factors(calm_world):
    found = sensitivity("history", measures=["domestic:2030"], over="mechanisms", given=calm_world, most=12_000)
    names = [name for name, _ in found.groups]
    assert names == ["response", "learning", "diversion", PARAMETERS]
    total = dict(zip(names, found.indices.total[0], strict=True))
    assert total["diversion"] == 0  # diversion moves purchases, not output
    assert total["response"] > 0.05
    assert total[PARAMETERS] > 0.05


def test_a_tornado_holds_the_ends_of_each_interval(calm_world, found):
    """Recomputed by a scenario in which the analyst believes the ends."""
    row = [factor.name for factor in found.factors].index("response")
    low, central, high = found.tornado[0, row]
    assert low < central < high
    assert found.tornado[0, [factor.name for factor in found.factors].index("smuggled")] == pytest.approx([central] * 3)


def test_an_ensemble_as_it_is(calm_world, found):
    given = sensitivity_of_ensemble("history", measures=["domestic:2030"], draws=3000, given=calm_world)
    names = [factor.name for factor in given.factors]
    for name, (rows,) in ((n, r) for n, r in found.groups if n in ("response", "parity_closed")):
        sobol = found.indices.first[0, [n for n, _ in found.groups].index(name)]
        assert given.first_order.value[0, rows] == pytest.approx(
            sobol, abs=0.08
        )  # both have intervals of ±0.03 to 0.05
        assert names[rows] == name
    effects = given.shapley[0]
    assert effects.value.sum() + effects.unexplained == pytest.approx(1)


def test_dependence_between_parameters_is_taken_into_account(calm_world):
    """A parameter without any bearing that goes with one that has it: half of the Shapley effect, none of the cause."""
    question = ask("history", "no-controls", ["domestic:2030"], given=calm_world)
    names = [factor.name for factor in question.parameters]
    values = question.draws(1, 3000)
    order = np.argsort(np.argsort(values[names.index("response")]))
    values[names.index("smuggled")] = np.sort(values[names.index("smuggled")])[order]
    found = sensitivity_of_ensemble("history", measures=["domestic:2030"], listed=values, given=calm_world)
    effects = dict(zip((names[row] for row in found.shapley[0].rows), found.shapley[0].value, strict=True))
    assert effects["smuggled"] == pytest.approx(effects["response"], rel=0.05)
    alone = sensitivity_of_ensemble("history", measures=["domestic:2030"], draws=3000, given=calm_world)
    before = dict(zip((names[row] for row in alone.shapley[0].rows), alone.shapley[0].value, strict=True))
    place = alone.shapley[0].rows.index(names.index("response"))
    interval = float(alone.shapley[0].high[place] - alone.shapley[0].low[place])
    assert effects["smuggled"] + effects["response"] == pytest.approx(before["response"], abs=interval)
    assert before.get("smuggled", 0.0) < 0.005


def test_draws_of_a_posterior_keep_their_dependence(calm_world):
    """Two parameters that the posterior ties together; Sobol's indices, which would untie them, are refused."""
    from countermove.explore.fitted import fitted

    z = np.random.default_rng(1).normal(size=(2, 800))
    joint = {"growth": 0.01 * np.exp(0.05 * z[0]), "foreign_flow": 600 * np.exp(0.2 * (0.9 * z[0] + 0.3 * z[1]))}
    this = replace(calm_world, posterior=fitted(calm_world.priors, joint))
    question = ask("history", "no-controls", ["total:2030"], given=this)
    names = [factor.name for factor in question.parameters]
    growth, flow = (question.draws(1, 800)[names.index(name)] for name in ("growth", "foreign_flow"))
    expected = np.corrcoef(joint["growth"], joint["foreign_flow"])[0, 1]
    assert np.corrcoef(growth, flow)[0, 1] == pytest.approx(expected)  # each draw of the posterior comes once
    with pytest.raises(CountermoveError, match=r"independent of each other.*--method given"):
        sensitivity("history", given=this)
    found = sensitivity_of_ensemble("history", measures=["total:2030"], draws=800, given=this)
    assert found.origin.parameters == "posterior"


@pytest.mark.parametrize("method", ["sobol", "given"])
def test_files(calm_world, found, method, tmp_path):
    import pandas
    import xarray

    this = found if method == "sobol" else sensitivity_of_ensemble("history", draws=1200, given=calm_world)
    this.save(tmp_path)
    table = pandas.read_csv(tmp_path / "indices.csv")
    assert len(table) == len(this.measures) * len(this.groups)
    assert set(table["caveat"]) == {"prior only, uncalibrated"}
    written = json.loads((tmp_path / "sensitivity.json").read_text())
    assert written == json.loads(json.dumps(this.to_json()))
    assert written["measures"][0]["unit"] == "H100e/yr"
    with xarray.open_dataset(tmp_path / "sensitivity.nc", engine="h5netcdf") as dataset:
        name, expected = ("total", this.indices.total) if this.indices else ("first_value", this.first_order.value)
        np.testing.assert_allclose(dataset[name].values, expected)
        np.testing.assert_allclose(dataset["tornado"].values, this.tornado)
    for page in ("indices.html", "tornado.html"):
        assert "What decides it" in (tmp_path / page).read_text() or page == "tornado.html"


def test_the_same_seed_gives_the_same_numbers(calm_world):
    runs = [
        sensitivity("history", measures=["total:2030"], given=calm_world, most=8_000, tolerance=0.5) for _ in range(2)
    ]
    assert runs[0].to_json() == runs[1].to_json()


def test_different_beliefs_are_refused(world):
    believer = Scenario(
        name="believer", title="x", description="x", extends="history",
        beliefs={"growth": {"low": 0.01, "central": 0.02, "high": 0.03}},
    )  # fmt: skip
    with pytest.raises(CountermoveError, match="believer and no-controls hold different beliefs"):
        sensitivity(believer, given=world)
    same = Scenario(
        name="same", title="x", description="x", extends="no-controls",
        beliefs={"growth": {"low": 0.01, "central": 0.02, "high": 0.03}},
    )  # fmt: skip
    question = ask(believer, same, ["total:2030"], given=world)
    growth = next(factor for factor in question.parameters if factor.name == "growth")
    assert (growth.low, growth.central, growth.high) == (0.01, 0.02, 0.03)
