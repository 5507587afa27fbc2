"""Runs published where the fit did not look: every one predicted, nothing tuned, the coverage as it came out."""

from __future__ import annotations

import csv

import pytest

from countermove.training._elsewhere import (
    ELSEWHERE,
    chance_of_at_most,
    is_inside,
    least_covered,
    new_results,
    section,
    split,
)
from countermove.training.evaluate import RowResult, evaluate_table, summary
from countermove.training.fit import TABLE
from countermove.training.validation import document, read_table

ROWS = read_table(ELSEWHERE)
BY_ID = {row["id"]: row for row in ROWS}
RESULTS = evaluate_table(ROWS)
NEW, FURTHER = split(RESULTS, BY_ID)
DOCUMENTS = {document(BY_ID[r.id]) for r in NEW}


def test_the_table_has_the_form_of_the_evidence_and_names_its_sources() -> None:
    with TABLE.open(encoding="utf-8", newline="") as ours, ELSEWHERE.open(encoding="utf-8", newline="") as theirs:
        assert next(csv.reader(ours)) == next(csv.reader(theirs))
    assert len(BY_ID) == len(ROWS)
    assert all(row["url"].startswith("http") and row["source"] and row["measured_value"] for row in ROWS)


def test_no_run_is_in_the_fit() -> None:
    def key(row: dict[str, str]) -> tuple[str, str, float]:
        return row["chip"], row["measured_quantity"], float(row["measured_value"] or 0)

    assert {key(row) for row in ROWS} & {key(row) for row in read_table(TABLE)} == set()
    assert DOCUMENTS & {document(row) for row in read_table(TABLE)} == set()
    assert len(NEW) + len(FURTHER) == len(ROWS)
    assert {document(BY_ID[r.id]) for r in FURTHER} == {
        "ModelLink (MindSpeed-LLM) README pre-training throughput table"
    }


def test_every_run_is_predicted_and_scored() -> None:
    assert [r.id for r in RESULTS if r.refused or not r.scored] == []


def test_binomial_bounds() -> None:
    """Ten trials at 80 %: at most 5 inside in 3.3 % of cases, at most 4 in 0.6 %."""
    assert chance_of_at_most(5, 10) == pytest.approx(0.0328, abs=1e-4)
    assert chance_of_at_most(4, 10) == pytest.approx(0.0064, abs=1e-4)
    assert chance_of_at_most(10, 10) == pytest.approx(1.0)
    assert least_covered(10) == 0.5


def test_intervals_cover_no_less_than_as_many_documents_would() -> None:
    """Runs of one document share what it leaves out, so the number of independent trials is that of documents.

    Taken as independent trials, the runs would reject 80 %: the page says so, and this test that it has to.
    """
    inside = sum(map(is_inside, NEW))
    assert least_covered(len(DOCUMENTS)) <= inside / len(NEW) <= 0.95
    assert chance_of_at_most(inside, len(NEW)) < 0.025
    assert f"{inside} lie inside the 80 % interval. Were they independent" in "\n".join(section())


def test_intervals_cover_further_rows_of_a_table_that_the_fit_knows() -> None:
    inside = sum(map(is_inside, FURTHER))
    assert chance_of_at_most(inside, len(FURTHER)) >= 0.025
    assert chance_of_at_most(inside - 1, len(FURTHER)) <= 0.975


@pytest.mark.parametrize("runs", [NEW, FURTHER], ids=["new documents", "further rows"])
def test_better_than_one_utilisation_per_family(runs: list[RowResult]) -> None:
    scores = summary(runs)
    assert scores["median_abs_error"] < scores["baseline_median_abs_error"]
    for name, group in scores["by_group"].items():
        if group["rows"] >= 20:
            assert group["median_abs_error"] < group["baseline_median_abs_error"], name


def test_new_results_are_those_of_the_table() -> None:
    assert [r.id for r in new_results()] == [r.id for r in NEW]
