"""Gradients are finite and equal to central differences, for every parameter."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from tests.engine.classics import CASES, market, predator_prey, sir, teacup

from countermove.engine import Input, build, stock, variable
from countermove.engine.gradient import ensemble_gradient, gradient
from countermove.engine.vocabulary import logistic, power, soft_minimum
from countermove.errors import CountermoveError
from countermove.units import ONE


def last_sum(outputs):
    return lambda kept: sum(jnp.sum(kept[name][-1]) for name in outputs)


def central(evaluate, inputs, name, index, step):
    def moved(by):
        array = np.array(inputs[name], dtype=float)
        array[index] += by
        return evaluate({**inputs, name: array})[0]

    return (moved(step) - moved(-step)) / (2 * step)


@pytest.mark.parametrize("name", ["teacup", "SIR", "predator–prey", "ageing chain", "market"])
def test_equals_central_differences(name):
    case = CASES[name]()
    months = min(case.months, 300)
    outputs = list(case.model.quantities)
    inputs = {
        key: np.asarray(array, dtype=float)[:months] if case.model.inputs[key].kind == "series" else array
        for key, array in case.inputs.items()
    }
    if name == "market":  # away from the kink that the root of an empty stock is
        inputs["owned_at_start"] = np.maximum(inputs["owned_at_start"], 0.4)
    evaluate = gradient(case.model, outputs, months, last_sum(outputs))
    _, slopes = evaluate(inputs)
    assert set(slopes) == {key for key, item in case.model.inputs.items() if item.kind == "parameter"}
    for key, slope in slopes.items():
        assert np.isfinite(slope).all()
        assert slope.shape == np.shape(inputs[key])
        for index in np.ndindex(slope.shape):
            step = 1e-5 * max(abs(float(np.asarray(inputs[key])[index])), 1e-2)
            # A central difference in double precision is good to about (step² + 1e-16/step): 1e-6 relative is safe.
            expected = central(evaluate, inputs, key, index, step)
            assert slope[index] == pytest.approx(expected, rel=2e-6, abs=1e-6 * float(np.abs(slope).max()))


def test_teacup_closed_form():
    """T = room + (start − room) (1 − 1/τ)^n."""
    case = teacup()
    evaluate = gradient(case.model, ["teacup_temperature"], 240, lambda kept: kept["teacup_temperature"][-1])
    value, slopes = evaluate(case.inputs)
    left = (1 - 1 / 80) ** 240
    assert value == pytest.approx(70 + 110 * left, rel=1e-12)
    assert slopes["temperature_at_start"] == pytest.approx(left, rel=1e-10)
    assert slopes["room_temperature"] == pytest.approx(1 - left, rel=1e-10)
    assert slopes["characteristic_time"] == pytest.approx(110 * 240 * (1 - 1 / 80) ** 239 / 80**2, rel=1e-10)


def test_by_a_series():
    case = market()
    evaluate = gradient(case.model, ["owned"], case.months, lambda kept: jnp.sum(kept["owned"][-1]), by=["budget"])
    _, slopes = evaluate(case.inputs)
    assert slopes["budget"].shape == case.inputs["budget"].shape
    expected = central(evaluate, case.inputs, "budget", (50, 1), 1e-2)
    assert slopes["budget"][50, 1] == pytest.approx(expected, rel=1e-6)


def test_finite_at_zero_and_in_the_tails():
    """A power of an empty stock, a limit of nothing and a saturated switch have finite slopes."""

    @stock(unit="1", initial="start_value", source="identity")
    def held(held, entering):
        return entering * power(held, 0.3) + power(held, 0.5) - held**1.7

    @variable(unit="1", source="identity")
    def shown(held, entering):
        return soft_minimum(held, entering, 0 * held) + logistic(900 * (entering - 1)) + logistic(900 - held)

    @stock(unit="1", initial=0.0, source="identity")
    def gathered(shown, one_month):
        return shown / one_month

    rates = [Input("entering", "parameter", ONE), Input("start_value", "parameter", ONE)]
    model = build([held, shown, gathered], rates, check_units=False)
    evaluate = gradient(model, ["gathered", "held"], 5, lambda kept: kept["gathered"][-1] + kept["held"][-1])
    value, slopes = evaluate({"entering": 0.0, "start_value": 0.0})
    assert np.isfinite(value)
    assert all(np.isfinite(slope).all() for slope in slopes.values())


def test_says_what_is_wrong():
    case = sir()
    with pytest.raises(CountermoveError, match="did you mean 'infectious'"):
        gradient(case.model, ["infectous"], 10, last_sum([]))
    with pytest.raises(CountermoveError, match="did you mean 'duration'"):
        gradient(case.model, ["infectious"], 10, last_sum([]), by=["durations"])
    with pytest.raises(CountermoveError, match="'duration' is missing"):
        gradient(case.model, ["infectious"], 10, last_sum(["infectious"]))(
            {"total_population": 1000.0, "contact_infectivity": 0.3}
        )
    with pytest.raises(CountermoveError, match=r"must give one number, not an array of shape \(10,\)"):
        gradient(case.model, ["infectious"], 10, lambda kept: kept["infectious"])(case.inputs)
    prey = predator_prey()
    lonely = build(
        [*prey.model.quantities.values(), _alone],
        [*prey.model.inputs.values(), Input("unread", "parameter", ONE)],
    )
    with pytest.raises(CountermoveError, match="no asked-for output depends on 'unread'"):
        gradient(lonely, ["prey"], 10, last_sum(["prey"]), by=["unread"])


@variable(unit="1", source="identity")
def _alone(unread):
    return unread


def test_the_gradient_of_a_mean_over_draws_is_the_mean_of_gradients():
    case = CASES["predator–prey"]()
    outputs, months = list(case.model.quantities), 60
    name = next(key for key, item in case.model.inputs.items() if item.kind == "parameter")
    draws = [{**case.inputs, name: np.asarray(case.inputs[name], dtype=float) * factor} for factor in (0.9, 1.0, 1.05)]
    one = gradient(case.model, outputs, months, last_sum(outputs), [name])
    expected = [one(each) for each in draws]

    def mean(kept, weight):
        return weight * sum(jnp.mean(kept[each][-1]) for each in outputs)

    together = ensemble_gradient(case.model, outputs, months, mean, [name])
    inputs = {key: np.stack([np.asarray(each[key], dtype=float) for each in draws], axis=-1) for key in case.inputs}
    value, slopes = together(inputs, 2.0)
    assert value == pytest.approx(2 * np.mean([number for number, _ in expected]))
    np.testing.assert_allclose(slopes[name] * 3 / 2, [slope[name] for _, slope in expected], rtol=1e-9)
