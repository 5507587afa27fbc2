"""What the model must do when one thing changes, sector by sector, at the central parameters under the actual rules."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from countermove.model.dimensions import buyer, option, vendor


def month(year: float) -> int:
    return int((year - 2016) * 12)


@dataclass(frozen=True)
class Case:
    """One change and what must follow: `watched` at `year` relative to the unchanged run."""

    says: str
    watched: str
    year: float
    expect: str
    parameters: dict = field(default_factory=dict)
    series: dict = field(default_factory=dict)
    mechanisms: dict = field(default_factory=dict)
    pick: tuple = ()
    scenario: str = "history"


def from_year(year: float, value: float):
    def change(values):
        values[month(year) :] = value
        return values

    return change


CASES = (
    # foundry
    Case("twice the tools, more capacity after the build delay", "advanced_capacity", 2026, "rises", {"tool_flow": 2}),
    Case("twice the tools, no more capacity at first", "advanced_capacity", 2017.0, "stays", {"tool_flow": 2}),
    Case("a longer build delay, less capacity", "advanced_capacity", 2023, "falls", {"build_delay": 1.5}),
    Case("no learning, more defects", "defect_density", 2026, "rises", mechanisms={"learning": 0}),
    Case("open know-how, fewer defects", "defect_density", 2026, "falls", mechanisms={"lost_spillover": 0}),
    Case("smaller harvest, lower yield of AI dies", "ai_die_yield", 2025, "falls", {"harvestable_share": 0.5}),
    # memory
    Case("no Chinese memory, fewer cards once the stock is gone", "cards_made", 2029, "falls", {"hbm_wafers": 0.01}),
    Case("no stockpiling, less memory at the deadline", "hbm_stock", 2024.99, "falls", mechanisms={"stockpiling": 0}),
    Case("open memory, no shortage", "binding_share_memory", 2027, "falls", series={"hbm_permits": from_year(2016, 1)}),
    # accelerators
    Case("no dies through proxies, a smaller bank", "die_bank", 2024.5, "falls", mechanisms={"leakage": 0}),
    Case("more packaging, more Ascends", "cards_made", 2025.5, "rises", {"packaging_scale": 2}, pick=(0,)),
    Case("a faster road map, more compute a card", "domestic_output", 2030, "rises", {"roadmap_growth": 2}),
    Case("before the road map's future, none", "domestic_output", 2025, "stays", {"roadmap_growth": 2}),
    # demand
    Case("budgets up while demand binds, domestic cards up", "domestic_output", 2024, "rises", {"budget_scale": 1.3}),
    Case("more taste, more Huawei", "spending_share", 2024, "rises", {"taste_huawei": lambda x: x + 1}, pick=(4,)),
    Case("Washington permits nothing, nobody buys the best legal chip", "purchases", 2024.5, "vanishes",
         series={"us_permits": from_year(2024.25, 0)}, pick=(0,)),
    Case("Beijing permits nothing, nobody buys it either", "purchases", 2024.5, "vanishes",
         series={"beijing_permits": from_year(2024.25, 0)}, pick=(0,)),
    Case("no mandates in answer to denial, less domestic", "spending_share", 2025, "falls",
         {"mandate_response": 0}, pick=(slice(4, None),)),
    Case("Nvidia's revenue ends with the permit", "nvidia_china_revenue", 2024.9, "falls",
         series={"us_permits": from_year(2024.25, 0)}),
    # software
    Case("no adoption, immature software", "software_maturity", 2027, "falls", {"software_growth": 0.1}),
    Case("good software, more", "spending_share", 2026, "rises", {"software_growth": 3}, pick=(slice(4, None),)),
    # leakage
    Case("no leakage, nothing smuggled", "smuggled_compute", 2025.99, "vanishes", mechanisms={"leakage": 0}),
    Case(
        "half the channel, less smuggled",
        "smuggled_compute",
        2025.99,
        "falls",
        series={"enforcement_effect": from_year(2023, 0.5)},
    ),
    Case("the frontier permitted, nothing smuggled", "smuggled_compute", 2025.99, "vanishes",
         series={"frontier_permits": from_year(2016, 1)}),
    Case("no renting abroad from 2027, less of it", "rental_compute", 2030, "falls",
         series={"offshore_permits": from_year(2027, 0)}),
    Case("nothing changes before", "rental_compute", 2026.9, "stays", series={"offshore_permits": from_year(2027, 0)}),
    # policy
    Case("no denial, none perceived", "perceived_denial_chips", 2026, "vanishes", scenario="no-controls"),
    # compute
    Case("cards that live longer, more of them", "china_all", 2030, "rises", {"card_life": 1.5}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_one_change(case, simulate):
    before = simulate(case.scenario)[case.watched]
    after = simulate(case.scenario, case.parameters, case.series, case.mechanisms)[case.watched]
    at = (month(case.year), *case.pick)
    before, after = float(np.sum(before[at])), float(np.sum(after[at]))
    small = 1e-9 * max(abs(before), 1e-12)
    if case.expect == "rises":
        assert after > before + small
    elif case.expect == "falls":
        assert after < before - small
    elif case.expect == "vanishes":
        # Seeds and logits never reach zero exactly: a millionth of a card or chip is none.
        assert abs(after) < 1e-6 * max(1.0, abs(before)) + 1e-6
    else:
        # float64 rounding of a different order of operations.
        assert after == pytest.approx(before, rel=1e-9)


def test_no_permit_no_flow_within_a_month(simulate):
    cut = month(2024.25)
    bought = simulate(series={"us_permits": from_year(2024.25, 0)})["purchases"][:, 0].sum(-1)
    assert bought[cut - 1] > 0
    assert np.all(bought[cut : cut + 3] == 0)


def test_zero_learning_and_no_access_freeze_defects(simulate):
    frozen = {"learning_rate": lambda x: 0 * x + 1e-12, "catch_up": 0, "forgetting": 0}
    path = simulate(parameters=frozen)["excess_defect_density"][: month(2027)]  # the next node comes later
    # What remains is the change by a learning rate of 1e-12.
    assert path == pytest.approx(np.full_like(path, path[0]), rel=1e-9)


def test_three_measures_are_nested(simulate):
    run = simulate()
    assert np.all(run["china_owned"] <= run["china_with_smuggled"])
    assert np.all(run["china_with_smuggled"] <= run["china_all"])
    assert np.all(run["all_home_output"] <= run["home_made_output"] * (1 + 1e-12))
    assert np.all(run["home_made_output"] <= run["domestic_output"].sum(1) * (1 + 1e-12))


def test_binding_shares_are_shares(simulate):
    run = simulate()
    shares = [run[f"binding_share_{name}"] for name in ("logic", "memory", "packaging", "demand")]
    # Each is x^-12 over the same sum, so they sum to one up to rounding of the powers.
    assert sum(shares) == pytest.approx(np.ones(240), abs=1e-9)


def test_listed_firms_buy_no_legal_foreign_chip(simulate):
    bought = simulate()["purchases"]
    listed = bought[month(2019.9) :, :2, buyer.index("listed_firms")]
    assert np.all(listed == 0)
    assert bought[month(2024), option.index("huawei"), buyer.index("listed_firms")] > 0


def test_state_buyers_are_served_first(simulate):
    run = simulate()
    served = run["spending"] / np.maximum(run["spending"].sum(1, keepdims=True), 1)
    scarce = month(2025.5)
    assert served[scarce, 4:, buyer.index("state_telecom")].sum() > served[scarce, 4:, buyer.index("bytedance")].sum()


def test_vendors_are_among_the_options():
    assert option.positions(vendor) == (4, 5, 6, 7, 8)
