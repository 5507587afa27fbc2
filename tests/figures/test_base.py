"""Figures of the base: their evidence, Wright's law as drawn, and what the link adds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from countermove.figures import base, feeding, wright
from countermove.results import Origin, Result, Variable

DRAWS, MONTHS = 5, 240
SECTORS = ("sector", ("solar", "battery", "ev"))
VENDORS = ("vendor", ("huawei", "cambricon"))


def _run(*, output: float = 1.0) -> Result:
    """A made-up run whose prices follow Wright's law with 20 % less per doubling."""
    month = np.arange(MONTHS)
    cumulative = np.broadcast_to((2.0 ** (month / 24))[None, :, None], (DRAWS, MONTHS, 3))
    growth = np.broadcast_to((1.02**month)[None, :], (DRAWS, MONTHS))
    per_vendor = np.repeat(growth[:, :, None], 2, axis=2)
    values: dict[str, Any] = {
        "solar_output": 53 * growth, "battery_output": 60 * growth, "ev_output": 5e5 * growth,
        "sector_cumulative_output": cumulative, "sector_relative_price": cumulative ** np.log2(0.8),
        "base_index": 0.01 * growth, "base_index_felt": 0.01 * growth, "diversification_effect": growth,
        "domestic_output": output * 1e3 * per_vendor, "unit_cost": 1e3 * per_vendor, "cards_made": 1e3 * per_vendor,
        "card_compute": per_vendor,
    }  # fmt: skip
    dims = {3: (SECTORS,), 2: (VENDORS,)}
    variables = {n: Variable("1", n, dims[v.shape[2]] if v.ndim == 3 else ()) for n, v in values.items()}
    origin = Origin("history", 1, DRAWS, "0", "0", "prior", "2026-01-01", "")
    return Result(origin, variables, values)


def test_the_fall_per_doubling_is_that_of_the_law() -> None:
    sectors = wright.paths(_run())[:3]
    for path in sectors:
        assert path.fall == pytest.approx((20, 20, 20))


def test_a_published_price_stands_at_its_share_of_that_of_2016() -> None:
    drawn = wright.wrights_law(_run()).figure()
    published = [trace for trace in drawn.data if trace.name == "published"]
    assert len(published) == 2
    solar = published[0]
    assert solar.y[0] == 1  # sec-0051, the price of 2016 itself
    assert 0.110 / 0.551 in solar.y  # sec-0057


def test_every_published_figure_covers_a_year_and_the_panel_shows_it() -> None:
    drawn = base.base_history(_run(), _run()).figure()
    shown = sum(len(trace.x) for trace in drawn.data if trace.name == "evidence")
    series = ("solar_output", "battery_output", "ev_output")
    rows = [row for name in series for row in base.published()[name].rows]
    assert "sec-0018" not in rows  # one month
    assert "sec-0175" not in rows  # four months
    assert 0 < shown <= len(rows)
    assert {"sec-0016", "sec-0174", "sec-0122"} <= set(rows)


def test_what_the_link_adds_is_the_difference_of_the_runs() -> None:
    more = feeding.added(_run(output=3.0), _run(output=1.0))
    first_year = 2 * 2 * sum(1.02**month for month in range(12))
    assert more[:, 0] == pytest.approx(np.full(DRAWS, first_year))
    drawn = feeding.feeding(_run(output=3.0), _run(), "phone").figure()
    assert "with the mechanism diversification base on and off" in drawn.layout.meta["source"].replace("\n", " ")
