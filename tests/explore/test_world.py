"""What a scenario does to the world, and what it may not name."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.explore.simulate import simulate
from countermove.explore.world import changed
from countermove.scenario import Scenario


def _scenario(**content: object) -> Scenario:
    return Scenario.model_validate({"name": "mine", "title": "x", "description": "x", "extends": "history", **content})


def test_a_dated_change_holds_until_the_next_and_null_gives_back_what_was(world):
    series = {"access": np.arange(240.0)}
    scenario = _scenario(changes={"access": {"2020-01": 0.5, "2021-01": 0.25, "2022-01": None}})
    found = changed(world.model, series, scenario)["access"]
    assert (found[48:60] == 0.5).all()
    assert (found[60:72] == 0.25).all()
    assert (found[:48] == np.arange(48)).all()
    assert (found[72:] == np.arange(72, 240)).all()
    assert (series["access"] == np.arange(240)).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"changes": {"acces": {"2027-01": 1}}},
            r"scenario mine: changes: unknown series 'acces': did you mean 'access'",
        ),
        ({"changes": {"growth": {"2027-01": 1}}}, r"'growth' does not vary by date; state an interval under 'beliefs'"),
        ({"changes": {"access.x": {"2027-01": 1}}}, r"'access.x' names 1 elements; 'access' has 0"),
        ({"mechanisms": {"learnin": "off"}}, r"unknown mechanism 'learnin': did you mean 'learning'\?"),
        (
            {"beliefs": {"grwth": {"low": 1, "central": 1, "high": 1}}},
            r"unknown parameter 'grwth': did you mean 'growth'",
        ),
        ({"beliefs": {"growth": {"low": -1, "central": 1, "high": 1}}}, r"scenario mine: beliefs: .*growth"),
        ({"variant": {"learning": "own"}}, r"scenario mine: unknown variant 'learning'"),
    ],
)
def test_names_the_model_does_not_have(world, content, message):
    with pytest.raises(CountermoveError, match=message):
        world.arm(_scenario(**content))


def test_results_carry_their_origin(world):
    (found,) = simulate([_scenario(beliefs={"lag": {"low": 1, "central": 2, "high": 3}})], 20, 5, given=world)
    origin = found.origin
    assert (origin.scenario, origin.seed, origin.draws, origin.parameters) == ("mine", 5, 20, "prior")
    assert origin.beliefs == "lag: 1 / 2 / 3"
    assert origin.model_hash == world.model_hash
    assert found["domestic_output"].shape == (20, 240, 2)
    assert found.variables["domestic_output"].dimensions == (("vendor", ("huawei", "other")),)


def test_only_what_is_asked_for_is_kept(world):
    (found,) = simulate([_scenario()], 10, 1, outputs=["china_all"], given=world)
    assert set(found.values) == {"china_all"}
    with pytest.raises(CountermoveError, match=r"unknown quantity 'china_al': did you mean 'china_all'\?"):
        simulate([_scenario()], 10, 1, outputs=["china_al"], given=world)


@pytest.mark.parametrize(("draws", "seed"), [(0, 1), (-3, 1), (10, -1)])
def test_meaningless_numbers(world, draws, seed):
    with pytest.raises(CountermoveError, match="is not a"):
        simulate([_scenario()], draws, seed, given=world)


def test_diversion_off_follows_the_reference_in_every_draw(world):
    """With diversion off, history buys home chips in the shares of the run without controls."""
    scenarios = [_scenario(mechanisms={"diversion": "off"}), _scenario(extends="no-controls")]
    outputs = ["spending_share", "china_owned", "domestic_output", "foreign_sales"]
    off, reference = simulate(scenarios, 30, 1, outputs=outputs, given=world)
    grown = np.diff(off["china_owned"].astype(float), axis=1)
    wanted = reference["spending_share"][:, :, 1:].sum(axis=2)
    actual = off["spending_share"][:, :, 1:].sum(axis=2)
    supplied = off["domestic_output"].sum(axis=2) + off["foreign_sales"]
    # 2e-2: differences of a stock in single precision, some thousand times its monthly growth
    np.testing.assert_allclose(grown, (supplied * wanted / actual)[:, 1:], rtol=2e-2)
