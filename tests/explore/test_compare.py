"""Comparison by the definitions: draw by draw, probabilities that sum to one, mirrored when exchanged."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from countermove import answer
from countermove.errors import CountermoveError
from countermove.explore.compare import check_shared_history, compare, compared, is_material
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.simulate import simulate
from countermove.scenario import Scenario, load

DRAWS = 300


@pytest.fixture(scope="module")
def comparison(world):
    return compare("history", "no-controls", draws=DRAWS, given=world)


@pytest.fixture(scope="module")
def mirrored(world):
    return compare("no-controls", "history", draws=DRAWS, given=world)


def test_delta_is_policy_minus_counterfactual_in_each_draw(comparison):
    output = [arm["domestic_output"].astype(float) for arm in (comparison.policy, comparison.counterfactual)]
    in_2030 = [values.sum(axis=2)[:, 14 * 12 : 15 * 12].sum(axis=1) for values in output]
    index = comparison.years.index(2030)
    np.testing.assert_allclose(comparison.annual["domestic"].delta[:, index], in_2030[0] - in_2030[1])
    stock = [arm["china_all"].astype(float)[:, 15 * 12 - 1] for arm in (comparison.policy, comparison.counterfactual)]
    np.testing.assert_allclose(comparison.annual["total"].delta[:, index], stock[0] - stock[1])


def test_before_the_rules_differ_nothing_does(comparison):
    for name, outcome in comparison.annual.items():
        assert not outcome.delta[:, : 2022 - 2016].any(), name
        assert (outcome.p_immaterial[: 2022 - 2016] == 1).all()


def test_probabilities_sum_to_one_and_quantiles_are_in_order(comparison):
    for outcome in comparison.annual.values():
        np.testing.assert_allclose(outcome.p_catalysed + outcome.p_hindered + outcome.p_immaterial, 1.0)
        assert (outcome.p10 <= outcome.p50).all()
        assert (outcome.p50 <= outcome.p90).all()


def test_more_years_behind_is_less_capability(comparison):
    behind = comparison.annual["years_behind"]
    assert (behind.delta[:, -1] > 0).all()
    assert behind.p_catalysed[-1] == 0


def test_home_made_output_rises_when_foreign_foundries_close(comparison):
    assert (comparison.annual["home_made"].p50[-5:] > 0).all()


def test_five_percent_of_the_smaller_arm():
    arms = (
        np.array([[104.9, 105.1, 100.0, 100.0, 0.0, 0.0, -100.0]]),
        np.array([[100.0, 100.0, 104.9, 105.1, 0.0, 1, 100.0]]),
    )
    assert is_material(*arms, 0.05)[0].tolist() == [False, True, False, True, False, True, True]
    assert (is_material(*arms, 0.05) == is_material(*arms[::-1], 0.05)).all()


def test_the_threshold_is_adjustable(world):
    wide = compare("history", "no-controls", draws=DRAWS, immaterial=0.9, attribution=None, given=world)
    narrow = compare("history", "no-controls", draws=DRAWS, immaterial=0.0, attribution=None, given=world)
    assert (wide.annual["domestic"].p_immaterial >= narrow.annual["domestic"].p_immaterial).all()
    assert narrow.annual["domestic"].p_immaterial[-1] == 0
    with pytest.raises(CountermoveError, match="not a share"):
        compare("history", "no-controls", immaterial=1.5, given=world)


def test_a_against_a_says_no_difference(world):
    same = compare("history", "history", draws=50, given=world)
    assert same.makes_no_difference
    assert answer.headline(same) == (
        "Between history and history there is no difference in any draw.",
        "No sign changes (50 draws, prior only, uncalibrated).",
    )
    for name, outcome in same.annual.items():
        assert (outcome.p_immaterial == 1).all(), name
        assert all(crossing.never == 1 for crossing in same.crossings[name])
    assert all(row.domestic == row.total == 0 for row in same.attribution)


def test_exchanging_mirrors_every_figure(comparison, mirrored):
    assert (mirrored.scenario, mirrored.against) == (comparison.against, comparison.scenario)
    for name, one in comparison.annual.items():
        other = mirrored.annual[name]
        np.testing.assert_array_equal(one.delta, -other.delta)
        # 1e-12: interpolation between two draws is not exactly symmetric in floating point
        np.testing.assert_allclose(one.p10, -other.p90, rtol=1e-12, atol=1e-12 * np.abs(one.delta).max())
        np.testing.assert_allclose(one.p50, -other.p50, rtol=1e-12, atol=1e-12 * np.abs(one.delta).max())
        np.testing.assert_array_equal(one.p_catalysed, other.p_hindered)
        np.testing.assert_array_equal(one.p_immaterial, other.p_immaterial)
        for crossing, opposite in zip(comparison.crossings[name], reversed(mirrored.crossings[name]), strict=True):
            np.testing.assert_array_equal(crossing.dates, opposite.dates)
            assert (crossing.p50, crossing.never) == (opposite.p50, opposite.never)
        deficit, surplus = comparison.cumulative_deficit[name], mirrored.cumulative_deficit[name]
        assert (deficit.p10, deficit.p50, deficit.p90) == pytest.approx((-surplus.p90, -surplus.p50, -surplus.p10))
    for row, opposite in zip(comparison.attribution, mirrored.attribution, strict=True):
        assert (row.mechanism, row.domestic, row.total) == (opposite.mechanism, -opposite.domestic, -opposite.total)


def _exchanged(text: str) -> str:
    pairs = (("catalysed", "hindered"), ("history", "no-controls"), ("−", "+"))
    for one, other in pairs:
        text = text.replace(one, "\0").replace(other, one).replace("\0", other)
    return text


def test_exchanging_mirrors_every_sentence(comparison, mirrored):
    """The words exchanged, and the ends of intervals and the orders of lists with them."""

    def parts(sentence: str) -> list[str]:
        for mark in ("; ", ", ", " to ", "(", ")", " and ", ": "):
            sentence = sentence.replace(mark, "|")
        return sorted(part for part in sentence.split("|") if part)

    for one, other in zip(answer.headline(comparison), answer.headline(mirrored), strict=True):
        assert parts(_exchanged(one)) == parts(other)


def test_the_same_seed_gives_the_same_answer_and_another_does_not(world, comparison):
    again = compare("history", "no-controls", draws=DRAWS, given=world)
    assert json.dumps(again.to_json()) == json.dumps(comparison.to_json())
    other = compare("history", "no-controls", draws=DRAWS, seed=2, given=world)
    assert other.annual["domestic"].p50[-1] != comparison.annual["domestic"].p50[-1]


def test_json_has_the_promised_shape(comparison):
    found = comparison.to_json()
    assert list(found) == [
        "scenario", "against", "draws", "seed", "parameters", "version", "headline", "units", "years", "crossing",
        "cumulative_deficit", "attribution",
    ]  # fmt: skip
    assert found["parameters"] == "prior"
    assert [year["year"] for year in found["years"]] == list(range(2016, 2036))
    assert set(found["years"][0]) == {
        "year", "domestic_delta", "home_made_delta", "total_delta", "owned_delta", "with_smuggled_delta",
        "p_domestic_catalysed", "p_domestic_hindered", "p_total_catalysed", "p_total_hindered",
    }  # fmt: skip
    assert set(found["years"][0]["total_delta"]) == {"p10", "p50", "p90"}
    assert set(found["crossing"]) == {"domestic", "total"}
    assert set(found["crossing"]["domestic"][0]) == {"direction", "p10", "p50", "p90", "never"}
    assert set(found["attribution"][0]) == {"mechanism", "domestic", "total", "error"}
    json.dumps(found, allow_nan=False)


def test_from_a_date(world):
    late = compare("chips-only", "no-controls", draws=50, since=date(2022, 10, 1), attribution=None, given=world)
    assert late.years == tuple(range(2022, 2036))
    assert late.annual["domestic"].delta.shape == (50, 14)
    whole = compare("chips-only", "no-controls", draws=50, attribution=None, given=world)
    np.testing.assert_array_equal(late.annual["total"].delta, whole.annual["total"].delta[:, 6:])
    with pytest.raises(CountermoveError, match=r"differ from 2022-10 on \(first in 'access'\), before 2023-01"):
        check_shared_history(world, load("chips-only"), load("no-controls"), date(2023, 1, 1))


def test_other_beliefs_share_no_history(world):
    own = Scenario(
        name="own", title="x", description="x", extends="history",
        beliefs={"growth": {"low": 0, "central": 0, "high": 0}},
    )  # fmt: skip
    with pytest.raises(CountermoveError, match="share no history: their beliefs differ"):
        check_shared_history(world, own, load("history"), date(2023, 1, 1))


def test_results_of_other_draws_are_not_compared(world):
    (one,) = simulate([load("history")], 20, 1, given=world)
    (other,) = simulate([load("no-controls")], 20, 2, given=world)
    with pytest.raises(CountermoveError, match="seed is 1 in history and 2 in no-controls"):
        compared(one, other)


def test_cumulative_deficit_is_what_the_counterfactual_has_more(comparison):
    total = -comparison.annual["total"].delta.sum(axis=1)
    assert comparison.cumulative_deficit["total"].p50 == pytest.approx(np.median(total))
    assert comparison.cumulative_deficit["total"].p50 > 0


def test_binding_input_by_quarter(comparison):
    found = comparison.binding
    assert found.quarters[0] == "2016Q1"
    assert found.quarters[-1] == "2035Q4"
    np.testing.assert_allclose(found.probability.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.share.sum(axis=1), 1.0, rtol=1e-5)  # single precision
    logic = found.inputs.index("logic")
    assert found.probability[0, logic] == 0
    assert found.probability[-1, logic] > 0


def test_saved_files(comparison, tmp_path):
    from countermove.results import load as load_result

    comparison.save(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "annual.csv", "answer.json", "counterfactual.nc", "policy.nc",
    ]  # fmt: skip
    again = compared(load_result(tmp_path / "out" / "policy.nc"), load_result(tmp_path / "out" / "counterfactual.nc"))
    for name in OUTCOMES:
        np.testing.assert_array_equal(again.annual[name].delta, comparison.annual[name].delta)
    assert json.loads((tmp_path / "out" / "answer.json").read_text()) == comparison.to_json()


def test_dataframe(comparison):
    frame = comparison.to_dataframe()
    assert len(frame) == len(OUTCOMES) * 20
    row = frame[(frame["outcome"] == "domestic") & (frame["year"] == 2030)].iloc[0]
    assert row["delta_p50"] == comparison.annual["domestic"].p50[14]
    assert row["caveat"] == "prior only, uncalibrated"


def test_beliefs_replace_our_interval_and_are_shown(world):
    own = Scenario(
        name="own", title="x", description="x", extends="history",
        beliefs={"foreign_flow": {"low": 1.0, "central": 1.0, "high": 1.0}},
    )  # fmt: skip
    found = compare(own, "history", draws=40, attribution=None, given=world)
    assert (found.annual["owned"].p50[:5] < 0).all()
    assert "foreign_flow: 1 / 1 / 1" in found.to_json()["units"]["beliefs"]
    assert "with the analyst's own intervals" in answer.headline(found)[1]


def test_drivers_are_the_parameters_that_decide(comparison):
    found = comparison.drivers["domestic"]
    assert {driver.parameter for driver in found[:3]} >= {"response", "parity_closed"}
    assert all(abs(driver.correlation) > 2 / np.sqrt(DRAWS) for driver in found)
    response = next(driver for driver in found if driver.parameter == "response")
    assert response.correlation > 0
    assert "foreign_flow" not in {driver.parameter for driver in found[:5]}
