"""Operators fit the model and the evidence; a mistake in them is one clear line."""

from __future__ import annotations

from typing import Any

import pytest

from countermove import _yaml, model
from countermove.errors import CountermoveError
from countermove.evidence import fact, facts
from countermove.inference.listing import listed, shipped
from countermove.inference.observations import Left, Observation, observe
from countermove.inference.operators import FILE, check_against, operators, parse
from countermove.inference.scales import backward, forward


def test_every_sector_of_the_model_is_read_by_at_least_85_series_in_all() -> None:
    found, _ = shipped()
    assert len({each.operator.name for each in found}) >= 85
    read = {name for each in found for name in each.operator.quantities}
    assert {
        "nvidia_data_center_revenue", "us_research", "nvidia_china_revenue_headquarters", "amd_china_revenue",
        "asml_china_share", "domestic_tool_revenue", "huawei_research", "model_lag", "write_down", "us_compute",
    } <= read  # fmt: skip


def test_yuan_become_dollars_at_a_rate_that_official_figures_bear_out() -> None:
    """R&D of 2023 in yuan (statistics office) over its share of GDP times GDP in dollars (World Bank), within 3 %."""
    rows = {(row.quantity, row.unit): row for row in facts() if row.table == "macro" and row.entity == "China"
            and row.period_end and row.period_end.year == 2023 and row.kind == "official"}  # fmt: skip
    spent = rows["R&D expenditure", "billion CNY"].central
    share = rows["R&D expenditure share of GDP", "percent"].central
    product = rows["GDP nominal", "trillion USD"].central
    assert spent
    assert share
    assert product
    # GDP in dollars was revised by 2.7 % after the share was published.
    assert spent / (share / 100 * product * 1000) == pytest.approx(operators().rate(2023), rel=0.03)
    found = {each.fact.id: each for each in shipped()[0]}
    assert found["mfg-0614"].value == pytest.approx(862.1e9 / 7.197)


def test_a_total_whose_parts_are_observations_does_not_count_again() -> None:
    found, left = shipped()
    told = {each.fact.id for each in left if "its parts" in each.why}
    quarters = [each for each in found if each.operator.name == "us_research" and each.first.year == 2024]
    assert len(quarters) >= 3
    assert told
    assert not told & {each.fact.id for each in found}


def test_every_row_is_either_mapped_or_has_a_reason() -> None:
    found, left = shipped()
    assert len(found) + len(left) == len(facts())
    assert all(each.why for each in left)
    assert {row["id"] for row in listed()} == {row.id for row in facts()}


def test_recalled_rows_and_forecasts_are_never_observations() -> None:
    found, _ = shipped()
    assert all(each.fact.verified != "no" and each.fact.kind not in ("forecast", "scenario") for each in found)


def test_no_figure_counts_twice() -> None:
    """IDC's count of 2025 stands in three tables."""
    found, left = shipped()
    same = [each for each in found if each.operator.name == "cards_huawei" and each.last.year == 2025]
    assert len(same) == 1
    assert {each.fact.id for each in left if each.why == f"the same figure as {same[0].fact.id}"}


def test_every_rule_matches_a_row() -> None:
    for operator in operators().series.values():
        for rule in operator.rules:
            assert any(rule.takes(row) for row in facts()), operator.name


def test_units_of_rows_are_converted() -> None:
    found = {each.fact.id: each for each in shipped()[0]}
    assert found["MKT-0279"].value == pytest.approx(37e9)
    assert found["mfg-0208"].value == pytest.approx(0.20)
    assert found["PMR063"].value == pytest.approx(2.9e6)
    assert found["sec-0016"].value == pytest.approx(588)


def test_a_share_of_another_figure_is_its_product_over_the_same_period() -> None:
    """Nvidia: 22.5 % of data-centre revenue from February 2021 to October 2023, eleven quarters of filings."""
    found = {each.fact.id: each for each in shipped()[0]}
    quarters = [fact(f"MKT-{number:04d}").central or 0.0 for number in range(77, 88)]
    assert found["MKT-0181"].value == pytest.approx(0.225 * sum(quarters) * 1e9)


def test_a_share_whose_parts_are_missing_is_no_observation() -> None:
    rows = [row for row in facts() if row.id != "MKT-0080"]
    found, left = observe([row for row in rows if row.id == "MKT-0181"], operators(), beside=rows)
    assert not found
    assert "not known for the whole period" in left[0].why


def test_a_range_widens_the_error_and_a_bound_is_one() -> None:
    found = {each.fact.id: each for each in shipped()[0]}
    assert found["PMR105"].error > found["PMR096"].error
    assert found["mfg-0193"].bound == "high"
    assert found["mfg-0313"].bound == "low"


def test_scales_return_what_they_were_given() -> None:
    for operator in operators().series.values():
        for value in (0.2, 0.7):
            assert backward(operator, forward(operator, value)) == pytest.approx(value)


def _changed(**changes: Any) -> Any:
    content = _yaml.load(FILE)
    content["series"] = {"compute_all": {**content["series"]["compute_all"], **changes}}
    return content


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model": ["china_al"]}, "unknown quantity 'china_al': did you mean 'china_all'"),
        (
            {"model": [{"quantity": "purchases", "option": "gray"}]},
            "element of option 'gray': did you mean 'grey'",
        ),
        ({"unit": "wafer"}, "the model's figure comes out in H100e, not in wafer"),
        ({"time": "some"}, "time is sum, mean, end or since DATE"),
        ({"scale": "lg"}, "unknown scale 'lg'"),
        ({"titel": "x"}, "unknown key 'titel': did you mean 'title'"),
        ({"model": ["china_all", "advanced_capacity"]}, "different units are added"),
    ],
)
def test_a_mistake_is_one_clear_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CountermoveError, match="compute_all") as caught:
        check_against(model.build(), parse(_changed(**changes), FILE.name))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_rows_of_a_user_match_whatever_their_table() -> None:
    from dataclasses import replace

    row = replace(fact("MKT-0226"), table="mine", id="x")
    mapped, _ = observe([row], operators(), any_table=True)
    assert isinstance(mapped[0], Observation)
    none, left = observe([row], operators())
    assert not none
    assert isinstance(left[0], Left)
