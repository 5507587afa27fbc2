"""Gradients of the whole model over the months of the record: finite, and equal to finite differences."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest

from countermove import model
from countermove.engine.gradient import gradient
from countermove.explain.central import central_inputs
from countermove.explore.world import world
from countermove.scenario import load

MONTHS = 126


def _logarithms(paths):
    """One number on which everything bears: compute, output, revenue and memory, on log scales."""
    year = slice(MONTHS - 12, MONTHS)
    return (
        jnp.log(paths["domestic_output"][year].sum())
        + jnp.log(paths["china_all"][-1])
        + jnp.log(paths["nvidia_china_revenue"][MONTHS - 30 : MONTHS].sum())
        + jnp.log(paths["hbm_stock"][MONTHS - 18])
    )


OUTPUTS = ("domestic_output", "china_all", "nvidia_china_revenue", "hbm_stock")


@pytest.fixture(scope="module")
def differentiated():
    central = central_inputs(world(), load("history"))
    kinds = {name: item.kind for name, item in model.build().inputs.items()}
    inputs = {name: value[:MONTHS] if kinds[name] in ("series", "held") else value for name, value in central.items()}
    value_and_gradient = gradient(model.build(), OUTPUTS, MONTHS, _logarithms)
    return inputs, value_and_gradient, value_and_gradient(inputs)


def test_finite_by_every_parameter(differentiated):
    _, _, (value, by) = differentiated
    assert np.isfinite(value)
    assert [name for name, array in by.items() if not np.isfinite(array).all()] == []
    assert sum(np.any(array != 0) for array in by.values()) > 60


@pytest.mark.parametrize(
    "name",
    ["learning_rate", "budget_scale", "taste_huawei", "price_elasticity", "tool_flow", "die_bank_dies",
     "packaging_scale", "smuggling_growth", "software_growth", "build_delay", "harvestable_share", "mandate_response"],
)  # fmt: skip
def test_equal_to_central_differences(differentiated, name):
    inputs, value_and_gradient, (_, by) = differentiated
    step = 1e-5 * abs(float(inputs[name]))
    ends = [value_and_gradient({**inputs, name: inputs[name] + sign * step})[0] for sign in (1, -1)]
    # Second-order error of the difference, and minima whose active argument changes within the step.
    assert float(by[name]) == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=2e-3, abs=1e-6)
