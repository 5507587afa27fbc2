"""From wafer to card: what enters a stage leaves it, and the stages agree with the model's own stocks and flows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.explore import supply_flow as flows
from countermove.explore.simulate import simulate
from countermove.explore.supply_flow import FLOW, Link, supply_flow
from countermove.explore.world import world
from countermove.scenario import as_scenario

# The quantities of the page, and the stocks and totals that the flow is checked against.
CHECKED = (*FLOW, "home_die_stock", "card_inventory", "hbm_stock", "domestic_output", "home_made_output")
YEARS = (2019, 2022, 2024, 2026, 2030)

# Runs are in single precision: seven digits, and sums of some thousand terms keep five of them.
ROUNDING = 1e-4


@pytest.fixture(scope="module")
def run() -> Any:
    given = replace(world(), outputs=CHECKED)
    return simulate([as_scenario("history")], 8, 1, outputs=CHECKED, given=given)[0]


def _nodes(links: tuple[Link, ...]) -> tuple[dict[str, float], dict[str, float]]:
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for link in links:
        into[link.target] += link.value
        out[link.source] += link.value
    return into, out


@pytest.mark.parametrize("year", YEARS)
def test_what_enters_a_stage_leaves_it(run: Any, year: int) -> None:
    flow = supply_flow(run, year)
    for links, least in ((flow.chips, 20 * flows.LEAST), (flow.memory, 3 * flows.LEAST)):
        into, out = _nodes(links)
        for node in set(into) & set(out):  # links below LEAST are left out on either side
            assert into[node] == pytest.approx(out[node], rel=ROUNDING, abs=least), node


@pytest.mark.parametrize("year", YEARS)
def test_what_is_laid_by_is_the_change_of_the_stocks(run: Any, year: int) -> None:
    flow = supply_flow(run, year)
    into, out = _nodes(flow.memory)
    surplus = into["to_memory_stock"] - out["from_memory_stock"]
    ends = _ends(run, "hbm_stock", year)
    throughput = max(into["memory"], 1.0)
    assert surplus == pytest.approx(ends[1] - ends[0], rel=1e-3, abs=1e-3 * throughput)


@pytest.mark.parametrize("year", YEARS)
def test_cards_carry_the_domestic_output(run: Any, year: int) -> None:
    flow = supply_flow(run, year)
    into, _ = _nodes(flow.chips)
    months = slice(12 * (year - 2016), 12 * (year - 2015))
    whole = float(np.asarray(run["domestic_output"][:, months], dtype=np.float64).sum() / 8)
    names = flows.vendors(run)
    made = sum(link.value for link in flow.chips if link.target in names and not link.source.startswith("from_"))
    assert made == pytest.approx(whole, rel=ROUNDING, abs=10 * flows.LEAST)
    home = float(np.asarray(run["home_made_output"][:, months], dtype=np.float64).sum() / 8)
    packaged = sum(link.value for link in flow.chips if link.source == "assembled" and link.target in names)
    assert packaged >= home - 10 * flows.LEAST
    bought = np.asarray(run["purchases"][:, months], dtype=np.float64).sum() / 8
    assert into["new"] == pytest.approx(bought, rel=ROUNDING, abs=10 * flows.LEAST)


def _ends(run: Any, quantity: str, year: int) -> tuple[float, float]:
    """A stock at the ends of the year before and of the year, mean over draws."""
    values = np.asarray(run[quantity], dtype=np.float64).mean(axis=0)
    return float(values[12 * (year - 2016) - 1]), float(values[12 * (year - 2015) - 1])


def test_a_year_that_the_run_does_not_cover_is_refused(run: Any) -> None:
    with pytest.raises(CountermoveError, match="2016 to 2035"):
        supply_flow(run, 2040)
