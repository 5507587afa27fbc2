"""A comparison made of invented numbers, for tests of form only: nothing here is evidence or a result."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from countermove.explore.attribute import Attribution
from countermove.explore.compare import Comparison, compared
from countermove.explore.drivers import Driver
from countermove.results import Origin, Result, Variable

YEARS = 20
VENDORS = ("huawei", "cambricon", "kunlunxin", "t_head", "other_domestic")
OPTIONS = ("foreign_legal", "foreign_low_end", "grey", "offshore", *VENDORS)
BUYERS = ("bytedance", "alibaba", "tencent", "baidu", "state_telecom", "other")
MECHANISMS = ("direct", "denial of chips", "denial of inputs", "demand", "learning", "state", "leakage", "stocks")


def invented_result(scenario: str, tilt: float, draws: int) -> Result:
    rng = np.random.default_rng(1)
    t = np.arange(12 * YEARS) / 12
    wobble = np.exp(rng.normal(0, 0.35, (draws, 1)) * (1 + t / 12))
    slope = 0.42 + tilt * rng.normal(0.6, 0.7, (draws, 1)) * 0.06
    output = 700 * np.exp(slope * t - 0.2 * tilt) * wobble
    owned = np.cumsum(output * (3.5 + 2 * tilt), axis=1)
    split = np.array([0.5, 0.1, 0.1, 0.2, 0.1])
    start = np.array([8.0, 1.5, 2.0, 2.0, 1.0, 0.3, 0.3, 0.6, 0.4])
    growth = np.array([-0.3, 0, 0.1, 0.1, 1.0, 0.3, 0.3, 0.6, 0.4])
    origins = np.maximum(start + t[:, None] * growth, 0)
    logits = np.stack([2 - 0.2 * t, 0.2 * t, 0.5 + 0 * t, 0.05 * t]) + rng.normal(0, 0.4, (draws, 4, 1))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    values: dict[str, Any] = {
        "domestic_output": (output[..., None] * split, "H100e/month", {"vendor": VENDORS}),
        "home_made_output": (0.4 * output / (1 + tilt), "H100e/month", {}),
        "china_owned": (owned, "H100e", {}),
        "china_with_smuggled": (owned * 1.35, "H100e", {}),
        "china_all": (owned * 1.75, "H100e", {}),
        "years_behind_chip": (3 + 0.05 * t + wobble, "yr", {}),
        "cards_made": ((output / 0.4)[..., None] * split, "card/month", {"vendor": VENDORS}),
        "domestic_card_share": (np.clip(0.05 + 0.045 * t * wobble**0.3, 0, 0.95), "1", {}),
        "advanced_capacity": (3000 * t * wobble, "wafer/month", {}),
        "smuggled_compute": (1000 * np.exp(0.8 * t) * wobble, "H100e", {}),
        "nvidia_china_revenue": ((2e8 + 9e8 * np.exp(-((t - 8) ** 2) / 6)) * wobble, "USD/month", {}),
        "hbm_imports": (4e5 * np.exp(-((t - 8) ** 2) / 2) * wobble, "stack/month", {}),
        "purchases": (
            output[:, :, None, None] * origins[None, :, None, :] * np.linspace(0.5, 1.5, 6)[:, None],
            "H100e/month",
            {"buyer": BUYERS, "option": OPTIONS},
        ),
        **{
            f"binding_share_{name}": (shares[:, i], "1", {})
            for i, name in enumerate(("logic", "memory", "packaging", "demand"))
        },
    }
    origin = Origin(scenario, 1, draws, "0.0.invented", "0" * 16, "prior", "2026-11-01", "Invented, for tests only.")
    return Result(
        origin,
        {name: Variable(unit, name, tuple(named.items())) for name, (_, unit, named) in values.items()},
        {name: np.asarray(array, dtype=np.float32) for name, (array, _, _) in values.items()},
    )


def invented_comparison(
    scenario: str = "history", against: str = "no-controls", draws: int = 200, tilts: tuple[float, float] = (0.0, 1.0)
) -> Comparison:
    policy, counterfactual = (
        invented_result(name, tilt, draws) for name, tilt in zip((scenario, against), tilts, strict=True)
    )
    rng = np.random.default_rng(7)
    scale = np.linspace(-1, 1, len(MECHANISMS))[:, None, None] * 1e6
    contributions = {
        name: scale * (1 + rng.normal(0, 1, (len(MECHANISMS), draws, YEARS))) for name in ("domestic", "total")
    }
    drivers = {
        "domestic": (Driver("foreign_foundry_share", -0.39), Driver("learning_rate", 0.31)),
        "total": (Driver("price_elasticity", 0.52),),
    }
    attributed = Attribution("permutation", MECHANISMS, contributions)
    return replace(compared(policy, counterfactual), attributed=attributed, drivers=drivers)


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    return invented_comparison()
