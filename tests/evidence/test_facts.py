from __future__ import annotations

from datetime import date

import pytest

from countermove import evidence
from countermove.errors import CountermoveError


def test_a_fact_is_read_with_its_types() -> None:
    capacity = evidence.fact("mfg-0185")
    assert (capacity.entity, capacity.central, capacity.verified) == ("SMIC", 45000.0, "yes")
    assert capacity.source_date == date(2025, 9, 8)
    assert evidence.canonical_unit(capacity.unit) == "wafer/month"


def test_a_missing_bound_is_none_not_zero() -> None:
    own_to_other = evidence.fact("par-002")
    assert own_to_other.low is None
    assert own_to_other.high is None
    assert own_to_other.central == 3


def test_a_published_model_result_carries_its_forecaster_and_period() -> None:
    result = evidence.fact("PMR105")
    assert result.source.startswith("Epoch AI")
    assert (result.period_start, result.period_end) == (date(2022, 10, 1), date(2025, 12, 31))


def test_find_needs_every_word_and_ignores_case() -> None:
    found = evidence.find("SMIC", "YIELD")
    assert found
    for fact in found:
        text = f"{fact.id} {fact.entity} {fact.quantity} {fact.source}".casefold()
        assert "smic" in text
        assert "yield" in text
    assert set(found) <= set(evidence.find("smic"))


def test_find_within_a_table() -> None:
    assert {fact.table for fact in evidence.find("table:analogues")} == {"analogues"}
    assert evidence.find() == evidence.facts()


def test_the_nearest_id_is_offered() -> None:
    with pytest.raises(CountermoveError, match=r"did you mean 'mfg-0[0-9]{3}'"):
        evidence.fact("mfg-01855")


def test_tables_of_rules_are_not_facts() -> None:
    with pytest.raises(CountermoveError, match="does not hold facts"):
        evidence.find("table:rules_timeline")


@pytest.mark.parametrize(
    ("id", "title", "address"),
    [
        ("irwin1994", "Learning-by-Doing Spillovers in the Semiconductor Industry", "https://doi.org/10.1086/261968"),
        ("nvidia_h20_96gb", "Nvidia H20", "http"),
        ("par-001", "Irwin & Klenow 1994", "http"),
        ("US-2016-03-ZTE-EL", "81 FR 12004", "http"),
        ("SF02", "Epoch AI", ""),
    ],
)
def test_anything_can_be_cited_down_to_title_and_address(id: str, title: str, address: str) -> None:
    cited = evidence.citation(id)
    assert title in cited.title
    assert cited.address.startswith(address)


def test_a_recalled_row_is_cited_as_unverified() -> None:
    assert evidence.citation("par-014").is_unverified
    assert not evidence.citation("par-001").is_unverified


def test_every_row_of_every_table_can_be_cited() -> None:
    for id in evidence.known():
        cited = evidence.citation(id)
        assert cited.id == id
        assert cited.statement


def test_the_figure_of_a_citation_shows_its_interval() -> None:
    assert "= 0.12 [0.0254, 0.2486] fraction per doubling" in evidence.citation("par-006").statement
