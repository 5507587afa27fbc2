"""Research, state, vendors, allies, diversification, market: what must follow when one thing changes.

At the central value of every parameter; each case compares a changed run with the unchanged one of its scenario.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest

from countermove.model import dimensions
from countermove.parameters import load_parameters

WATCHED = (
    "sector_relative_price", "sector_output", "sector_exports", "market_access", "fiscal_base", "fiscal_effect",
    "diversification_effect", "domestic_output", "home_made_output", "advanced_capacity", "research_rents",
    "research_subsidy", "research_spending", "knowledge", "knowledge_lead", "researcher_stock", "localisation",
    "lithography_gate", "domestic_tool_supply", "huawei_cross_finance", "huawei_research", "firm_research_effect",
    "firm_output_effect", "perceived_denial_foundry", "fund_outlay", "beijing_measure_in_force", "legal_access",
    "expected_retaliations", "expected_relaxations", "retaliation_rate", "us_tightness", "offshore_access",
    "us_research", "us_research_ratio", "frontier_shift", "world_supply", "write_down", "nvidia_china_revenue",
    "nvidia_china_revenue_headquarters", "china_inventory", "ally_sales", "ally_sales_lost", "ally_sales_gained",
    "asml_china_share", "software_maturity", "scarcity_efficiency", "model_lag", "efficient_compute",
    "effective_compute", "us_china_ratio", "smuggled_compute", "rental_compute", "die_bank", "tool_access",
    "domestic_hbm", "hbm_yield", "ai_die_yield", "excess_defect_density", "bytedance_purchases", "baidu_purchases",
    "purchases", "proxy_die_inflow", "domestic_share_of_purpose", "ascend_exports", "card_inventory", "chip_denial",
    "china_all", "phone_wafers", "hbm_imports", "home_die_need", "ally_unfilled_demand",
)  # fmt: skip


def month(year: float) -> int:
    return int((year - 2016) * 12)


def pick(dimension: str, element: str) -> tuple[int]:
    return (getattr(dimensions, dimension).elements.index(element),)


def set_from(year: float, value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(values: np.ndarray) -> np.ndarray:
        values[month(year) :] = value
        return values

    return change


@dataclass(frozen=True)
class Case:
    """One change and what `watched` does at `year`: "rises", "falls", "stays", or the number it is multiplied with."""

    says: str
    watched: str
    year: float
    expect: str | float
    parameters: dict = field(default_factory=dict)
    series: dict = field(default_factory=dict)
    mechanisms: dict = field(default_factory=dict)
    pick: tuple[int, ...] = ()
    scenario: str = "history"


DESIGN, TOOLS, MEMORY = (pick("domain", name) for name in ("design", "tools", "memory"))
ASML, TEL, SAMSUNG = (pick("ally_firm", name) for name in ("asml", "tokyo_electron", "samsung"))

CASES = (
    # diversification
    Case("no learning, the price of 2016 for ever", "sector_relative_price", 2030, "rises",
         {"solar_learning_rate": 1e-9}, pick=pick("sector", "solar")),
    Case("a higher duty abroad, less is exported", "sector_exports", 2030, "falls",
         series={"ev_duty_eu": set_from(2026, 1)}, pick=pick("sector", "ev")),
    Case("a duty on vehicles leaves solar alone", "sector_exports", 2030, "stays",
         series={"ev_duty_eu": set_from(2026, 1)}, pick=pick("sector", "solar")),
    Case("no control enters: solar is the same without any", "sector_output", 2030, "stays",
         mechanisms={"denial_of_chips": 0, "foundry_cut_off": 0, "denial_of_tools_and_memory": 0}),
    Case("no link, smaller funds", "fund_outlay", 2034, "falls", {"base_link": 0}),
    Case("the link off is the link at zero", "fiscal_base", 2034, "falls", mechanisms={"diversification_base": 0}),
    # research
    Case("no rents, nothing paid from sales", "research_rents", 2030, 0.0, mechanisms={"research_rents": 0}),
    Case("no rents, no cross-finance either", "huawei_cross_finance", 2030, 0.0, mechanisms={"research_rents": 0}),
    Case("twice the share of sales, twice the rents at first", "research_rents", 2016.1, 2.0, {"rent_share": 2},
         pick=TOOLS),
    Case("no state, no subsidy", "research_subsidy", 2030, 0.0, mechanisms={"state_response": 0}),
    Case("research exogenous, only the base", "research_subsidy", 2030, 0.0, mechanisms={"variant_research": 0}),
    Case("subsidy independent, the funds keep to plan", "fund_outlay", 2030, "falls",
         mechanisms={"variant_subsidy": 0}),
    Case("more returns to effort where effort rose, more knowledge of tools", "knowledge", 2034, "rises",
         {"returns_to_research": 1.2}, pick=TOOLS),
    Case("no loss of partners, more knowledge of design", "knowledge", 2026, "rises", mechanisms={"talent": 0},
         pick=DESIGN),
    Case("without talent's answer researchers keep to trend", "researcher_stock", 2030, "falls",
         mechanisms={"talent": 0}),
    Case("a longer lag, less knowledge of tools by 2026", "knowledge", 2026, "falls", {"research_lag": 2}, pick=TOOLS),
    Case("no denial, no localisation", "localisation", 2030, "falls",
         mechanisms={"foundry_cut_off": 0, "denial_of_tools_and_memory": 0},
         pick=pick("input_class", "etch_deposition")),
    Case("no leaks of scanners, fewer home tools find work", "domestic_tool_supply", 2027, "falls",
         {"leaked_share": 0.1}),
    Case("home scanners at last, the gate is open", "lithography_gate", 2029, "rises",
         {"domestic_lithography_date": lambda x: x - 3}),
    Case("vehicles and power pay for more of Huawei's research", "huawei_research", 2030, "rises",
         {"huawei_content_per_vehicle": 3}),
    Case("an engineer's help lifts software where few use it", "software_maturity", 2022, "rises",
         {"engineer_support": 5}),
    # state
    Case("a slower perception, less denial felt", "perceived_denial_foundry", 2021.5, "falls",
         {"denial_perception_time": 3}),
    Case("no state, gates stay open to the H20", "legal_access", 2025.8, "rises", mechanisms={"state_response": 0}),
    Case("a readiness out of reach, no measure", "beijing_measure_in_force", 2030, "falls",
         {"smallest_readiness": 100}),
    Case("no retaliation, no counter-measures", "expected_retaliations", 2026, 0.0, mechanisms={"retaliation": 0}),
    Case("no retaliation, no relaxation that it brings", "expected_relaxations", 2026, 0.0,
         mechanisms={"retaliation": 0}),
    Case("fewer counter-measures that work, fewer relaxations", "expected_relaxations", 2026, 0.5,
         {"relaxation_probability": 0.5}),
    Case("Washington closes more where it is modelled", "offshore_access", 2030, "falls",
         series={"washington_endogenous": set_from(2026.5, 1)}),
    Case("tightening off, nothing more is closed", "us_tightness", 2030, 0.0, mechanisms={"tightening": 0},
         scenario="tightening"),
    Case("counter-measures take some of it back", "us_tightness", 2032, "rises", mechanisms={"retaliation": 0},
         scenario="tightening"),
    # vendors
    Case("no denial of chips, more revenue", "nvidia_china_revenue", 2024.5, "rises",
         mechanisms={"denial_of_chips": 0}),
    Case("no denial of chips, nothing written down", "china_inventory", 2025.2, 0.0,
         mechanisms={"denial_of_chips": 0}),
    Case("research as observed, none gained from sales to China", "us_research_ratio", 2030, "falls",
         mechanisms={"vendor_revenue": 0}, scenario="no-controls"),
    Case("research that moves no frontier", "frontier_shift", 2030, 0.0, {"frontier_research_elasticity": 0}),
    Case("all lost sales redirected, world supply as observed", "world_supply", 2025, "falls",
         {"redirected_share": lambda x: 0 * x + 1}, scenario="no-controls"),
    # allies
    Case("allies off, nothing of ASML's is stopped", "ally_sales_lost", 2025.5, 0.0,
         mechanisms={"allies": 0}, pick=ASML),
    Case("allies off, Dutch tools come", "tool_access", 2025.5, "rises", mechanisms={"allies": 0}, pick=(1,)),
    Case("allies off, American tools do not", "tool_access", 2025.5, "stays", mechanisms={"allies": 0}, pick=(0,)),
    Case("no stockpiling, fewer scanners ahead of the rule", "ally_sales", 2023.5, "falls",
         mechanisms={"stockpiling": 0}, pick=ASML),
    Case("no rule on memory, Samsung loses nothing", "ally_sales_lost", 2026, 0.0,
         series={"hbm_permits": set_from(2016, 1)}, pick=SAMSUNG),
    # leakage, switch by switch
    Case("no smuggling, none smuggled", "smuggled_compute", 2028, 0.0, mechanisms={"smuggling": 0}),
    Case("no smuggling, proxies stay", "proxy_die_inflow", 2024.5, "stays", mechanisms={"smuggling": 0}),
    Case("no proxies, a smaller bank", "die_bank", 2024.5, "falls", mechanisms={"proxy_foundry": 0}),
    Case("no proxies and nothing bought ahead, no bank", "die_bank", 2024.5, 0.0,
         mechanisms={"proxy_foundry": 0, "stockpiling": 0}),
    # manufacturing
    Case("a foreign foundry open, no phone chips from home", "phone_wafers", 2025, 0.0,
         mechanisms={"foundry_cut_off": 0}),
    Case("a redesign half as long again, no phone of 2023", "phone_wafers", 2023.9, 0.0, {"phone_redesign_time": 1.5}),
    Case("twice the rush, nothing more in the month before the announcement", "hbm_imports", 2024.87, "stays",
         {"hbm_rush": 2}),
    Case("no stockpiling, no rush in the month of the announcement", "hbm_imports", 2024.95, "falls",
         mechanisms={"stockpiling": 0}),
    Case("less memory, fewer dies ordered for cards that would lack it", "home_die_need", 2026.9, "falls",
         {"hbm_wafers": 0.2}, pick=pick("vendor", "huawei")),
    Case("small funds, less capacity", "advanced_capacity", 2030, "falls", {"fund_response": 0.1}),
    Case("all demand for scanners filled, none waits", "ally_unfilled_demand", 2022.9, 0.0,
         series={"scanner_fill": set_from(2016, 1)}, pick=ASML),
    Case("rental as in 2022, less is rented", "rental_compute", 2028, "falls", mechanisms={"rental": 0}),
    Case("enforcement halves what smuggling reaches", "smuggled_compute", 2030, "falls", scenario="history",
         series={"enforcement_effect": set_from(2026, 0.5)}),
    # memory, foundry
    Case("more known of memory, better stacks", "hbm_yield", 2026.9, "rises", {"memory_lead_reference": 0.8}),
    Case("less known of memory, a later start", "domestic_hbm", 2027, "falls", {"memory_lead_reference": 1.2}),
    Case("a harder step to the next node, lower yield", "ai_die_yield", 2031, "falls", {"node_shock": 1.5}),
    Case("before the step it makes no difference", "ai_die_yield", 2026.5, "stays", {"node_shock": 1.5}),
    Case("own learning alone, more defects while the line was open", "excess_defect_density", 2024, "rises",
         mechanisms={"variant_learning": 0}),
    # market, capability
    Case("no gain from scarcity, models lag more", "model_lag", 2028, "rises", mechanisms={"scarcity_efficiency": 0}),
    Case("a higher threshold for training, less home training", "domestic_share_of_purpose", 2027, "falls",
         {"training_throughput_threshold": 1.3}, pick=(0,)),
    Case("cards sold abroad are not sold at home", "ascend_exports", 2027, "rises",
         {"ascend_export_share": 5}),
)  # fmt: skip


@cache
def _base(simulate: Callable, scenario: str) -> dict[str, np.ndarray]:
    return simulate(scenario, watched=WATCHED)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_one_change_has_the_effect_that_theory_says(case: Case, simulate: Callable) -> None:
    base = _base(simulate, case.scenario)[case.watched][month(case.year)]
    changed = simulate(
        case.scenario,
        parameters=case.parameters,
        series=case.series,
        mechanisms=case.mechanisms,
        watched=WATCHED,
    )[case.watched][month(case.year)]
    before, after = (np.sum(values[case.pick] if case.pick else values) for values in (base, changed))
    if case.expect == "rises":
        assert after > before + 1e-3 * abs(before)
    elif case.expect == "falls":
        assert after < before - 1e-3 * abs(before)
    elif case.expect == "stays":
        assert after == pytest.approx(before, rel=1e-9)
    else:
        assert after == pytest.approx(case.expect * before, rel=1e-6, abs=1e-9)


def test_doubling_output_lowers_the_price_by_the_learning_rate() -> None:
    from countermove.model.diversification import sector_relative_price

    rate = np.array([0.2, 0.224, 0.3])
    exponent = -np.log2(1 - rate)
    halved = sector_relative_price(2 * np.array([3.0, 30.0, 300.0]), 3.0, exponent)
    whole = sector_relative_price(np.array([3.0, 30.0, 300.0]), 3.0, exponent)
    np.testing.assert_allclose(halved / whole, 1 - rate, rtol=1e-12)


def test_without_the_link_the_unrestricted_sectors_change_nothing_in_chips(simulate: Callable) -> None:
    """With no link and none of Huawei's other business for chips, the three sectors may be as large as they like."""
    parameters = {"base_link": 0, "cross_finance_share": 0}
    usual = simulate(parameters=parameters, watched=WATCHED)
    grown = simulate(parameters={**parameters, "sector_adoption_growth": 1.3}, watched=WATCHED)
    then = month(2026)
    assert grown["sector_output"][then].sum() > 1.3 * usual["sector_output"][then].sum()
    for name in ("fiscal_base", "advanced_capacity", "domestic_output", "knowledge"):
        np.testing.assert_allclose(grown[name], usual[name], rtol=1e-9)


def test_purchases_of_a_buyer_are_split_by_purpose_and_lost_nowhere(simulate: Callable) -> None:
    base = _base(simulate, "history")
    for name in ("bytedance", "baidu"):
        whole = base["purchases"][:, :, dimensions.buyer.elements.index(name)]
        np.testing.assert_allclose(base[f"{name}_purchases"].sum(axis=1), whole, rtol=1e-9, atol=1e-9)


def test_the_two_bases_of_nvidias_revenue_differ_by_what_is_bought_abroad(simulate: Callable) -> None:
    base = _base(simulate, "history")
    assert np.all(base["nvidia_china_revenue_headquarters"] >= base["nvidia_china_revenue"])


def test_the_write_down_comes_with_the_loss_of_permission(simulate: Callable) -> None:
    base = _base(simulate, "history")
    loss = base["write_down"][month(2025) : month(2026)]
    assert loss.argmax() == 3  # April 2025
    assert base["china_inventory"].min() >= 0
    kept = base["china_inventory"][month(2025) + 2]  # at the end of March
    unsaleable = load_parameters()["unsaleable_share"].central
    assert 0.9 * unsaleable * kept < loss[3] <= unsaleable * kept  # listed firms, 5 % of budgets, had no permission


def test_what_washington_takes_and_gives_stays_between_none_and_all(simulate: Callable) -> None:
    for scenario in ("history", "tightening", "no-controls"):
        base = _base(simulate, scenario)
        for name in ("us_tightness", "beijing_measure_in_force", "legal_access", "offshore_access", "localisation",
                     "market_access", "lithography_gate", "chip_denial"):  # fmt: skip
            assert base[name].min() >= -1e-9, name
            assert base[name].max() <= 1 + 1e-9, name


def test_inputs_are_replaced_in_the_order_that_history_shows(simulate: Callable) -> None:
    """SF24: bulk chemicals first, etching next; photoresist, memory and lithography not within the horizon."""
    home = _base(simulate, "history")["localisation"]
    passed = [np.argmax(home[:, k] > 0.5) if (home[:, k] > 0.5).any() else len(home) + 1 for k in range(5)]
    bulk, etching, *slow = passed
    assert 0 < bulk < etching < min(slow)


def test_effort_rises_at_once_and_output_later(simulate: Callable) -> None:
    """SF17 and SF21 at central values: a year, and four years, after the shock of the panel."""
    base = _base(simulate, "history")
    start = month(load_parameters()["panel_shock_date"].central)  # type: ignore[arg-type]
    goods, entity, _ = base["firm_research_effect"][start + 12] - 1
    assert 0.10 <= entity <= 0.25
    assert goods > 0.20
    output = base["firm_output_effect"] - 1
    assert np.all(np.abs(output[start : start + 13]) <= 0.10)
    assert output[start + 48][0] > 0 > output[start + 48][1]
