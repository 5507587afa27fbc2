"""The scenarios say what they say: a few consequences of each, at the central value of every parameter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import numpy as np
import pytest

from countermove import chips, rules, scenario

WATCHED = (
    "domestic_output", "china_all", "smuggled_compute", "rental_compute", "legal_access", "tool_access", "us_tightness",
    "advanced_capacity", "purchases", "nvidia_china_revenue", "chip_denial", "memory_access", "offshore_access",
)  # fmt: skip


def month(year: float) -> int:
    return int((year - 2016) * 12)


@cache
def _run(simulate: Callable, name: str) -> dict[str, np.ndarray]:
    return simulate(name, watched=WATCHED)


@pytest.mark.parametrize("name", scenario.names())
def test_every_scenario_runs_and_stays_finite(simulate: Callable, name: str) -> None:
    assert all(np.isfinite(values).all() for values in _run(simulate, name).values())


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("tighter-2027", 2027), ("h200-open", 2026.5), ("h200-open-refused", 2026.5), ("enforced", 2026.5),
        ("allies-design-out", 2027.5), ("cloud-closed", 2027), ("chip-security", 2027.5), ("overwatch", 2026.75),
        ("tightening", 2026.5),
    ],
)  # fmt: skip
def test_scenarios_of_the_future_share_all_history(simulate: Callable, name: str, until: float) -> None:
    own, history = _run(simulate, name), _run(simulate, "history")
    for quantity in WATCHED:
        np.testing.assert_allclose(own[quantity][: month(until)], history[quantity][: month(until)], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "quantity", "year", "sign"),
    [
        ("tighter-2027", "china_all", 2030, -1),
        ("h200-open", "china_all", 2028, 1),
        ("h200-open", "nvidia_china_revenue", 2028, 1),
        ("enforced", "smuggled_compute", 2030, -1),
        ("enforced", "rental_compute", 2030, -1),
        ("no-state-response", "domestic_output", 2030, -1),
        ("allies-design-out", "domestic_output", 2028, 1),
        ("cloud-closed", "rental_compute", 2030, -1),
        ("chip-security", "smuggled_compute", 2030, -1),
        ("overwatch", "nvidia_china_revenue", 2028, -1),
        ("tightening", "us_tightness", 2030, 1),
        ("tightening", "china_all", 2032, -1),
        ("frozen-2022", "china_all", 2026, 1),
        ("early-2019", "nvidia_china_revenue", 2021, -1),
    ],
)
def test_it_differs_from_history_in_the_direction_that_it_describes(
    simulate: Callable, name: str, quantity: str, year: float, sign: int
) -> None:
    own, history = (np.sum(_run(simulate, each)[quantity][month(year)]) for each in (name, "history"))
    # Far above rounding; small because Beijing refuses most of what licences would let through in any case.
    assert sign * (own - history) > 1e-4 * abs(history)


def test_what_beijing_refuses_is_not_bought(simulate: Callable) -> None:
    refused = _run(simulate, "h200-open-refused")
    assert refused["legal_access"][month(2028)].max() < 1e-6
    assert _run(simulate, "h200-open")["legal_access"][month(2028)].max() == pytest.approx(1)


def test_under_the_rules_of_2022_a_shorter_link_makes_the_best_chip_legal() -> None:
    """Why frozen-2022 permits the arithmetic and memory of the frontier: the rule binds on the link, not on them."""
    frozen = rules.RuleBook.history().frozen_at(date(2022, 12, 31))
    day, buyer = date(2025, 6, 1), "unlisted commercial"
    assert rules.us_permits(chips.chip("nvidia_h100_sxm"), buyer, day, rules=frozen) < 0.5
    assert rules.us_permits(chips.chip("nvidia_h800_sxm"), buyer, day, rules=frozen) == pytest.approx(1)


def test_early_rules_find_allies_about_a_year_later(simulate: Callable) -> None:
    access = _run(simulate, "early-2019")["tool_access"]
    dutch = access[:, 1]
    assert access[month(2020), 0] < 0.5 < dutch[month(2020)]
    assert dutch[month(2021.5)] < 0.5
