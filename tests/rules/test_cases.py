"""The verdicts: every known outcome that is not contested, cases from the law's own text, and the table's form."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.errors import CountermoveError
from countermove.evidence import table
from countermove.rules import Word
from countermove.rules.cases import answer, answer_all, as_json, read

PUBLISHED = table("verdict_cases")
EXTRA = read(Path(__file__).parent / "extra_cases.csv")
OWN = read(Path(__file__).parent / "own_cases.csv")
AUDIT = read(Path(__file__).parent / "audit_cases.csv")


@pytest.mark.parametrize("row", PUBLISHED, ids=[row["id"] for row in PUBLISHED])
def test_known_outcomes(row: dict[str, str]) -> None:
    answered = answer(row)
    assert answered.verdict is not None, answered.refused
    if row["note"].startswith("CONTESTED"):
        assert answered.verdict.contested
        assert row["licence_required"] in {reading.word.value for reading in answered.verdict.readings}
        assert not answered.scored
    else:
        assert answered.verdict.word.value == row["licence_required"], answered.verdict.reason
        assert not answered.verdict.contested


@pytest.mark.parametrize("row", EXTRA, ids=[row["id"] for row in EXTRA])
def test_cases_from_the_text_of_the_law(row: dict[str, str]) -> None:
    answered = answer(row)
    assert answered.verdict is not None, answered.refused
    assert answered.verdict.word.value == row["licence_required"], answered.verdict.reason


@pytest.mark.parametrize("row", [*OWN, *AUDIT], ids=[row["id"] for row in (*OWN, *AUDIT)])
def test_cases_written_before_the_evaluator_was_asked(row: dict[str, str]) -> None:
    """Outcomes put down from the regulation, its guidance and the press, each with its paragraph."""
    assert row["citation"]
    answered = answer(row)
    assert answered.verdict is not None, answered.refused
    assert answered.verdict.word.value == row["licence_required"], answered.verdict.reason
    assert answered.verdict.contested is row["note"].startswith("CONTESTED")
    if answered.verdict.contested:
        assert len({reading.word for reading in answered.verdict.readings}) > 1


@pytest.mark.parametrize("rows", [OWN, AUDIT], ids=["own", "audit"])
def test_our_own_cases_cover_every_kind_of_question(rows: list[dict[str, str]]) -> None:
    def asked(table: list[dict[str, str]]) -> set[tuple[str, ...]]:
        return {
            tuple(row[column].casefold() for column in ("chip", "destination", "end_user", "date")) for row in table
        }

    assert len(rows) >= 60
    assert {row["licence_required"] for row in rows} == {word.value for word in Word}
    assert len(asked(rows)) == len(rows)
    others = [table for table in (PUBLISHED, EXTRA, OWN, AUDIT) if table is not rows]
    assert not asked(rows) & {question for table in others for question in asked(table)}


def test_our_own_cases_cover_every_year() -> None:
    assert {int(row["date"][:4]) for row in OWN} >= set(range(2016, 2027))


def test_the_score_and_the_shape_of_the_json() -> None:
    result = as_json(answer_all(PUBLISHED))
    scored = [row for row in PUBLISHED if not row["note"].startswith("CONTESTED")]
    assert result["score"] == {"scored": len(scored), "right": len(scored), "wrong": []}
    keys = {"id", "verdict", "paragraphs", "reason", "citations", "near_line", "contested", "refused"}
    assert all(set(case) == keys for case in result["cases"])
    assert all(case["paragraphs"] or case["verdict"] == "no" for case in result["cases"])


def test_without_outcomes_there_is_no_score() -> None:
    row = {"id": "A", "chip": "H100", "destination": "Japan", "end_user": "", "date": "2024-01-01"}
    assert "score" not in as_json([answer(row)])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"chip": "H101"}, "unknown chip"),
        ({"destination": "Chna"}, "did you mean 'China'"),
        ({"end_user": "Zhejiang Foobar Ltd"}, "unknown end user 'Zhejiang Foobar Ltd'"),
        ({"date": "2015-12-31"}, "out of range"),
        ({"date": "31.12.2024"}, "YYYY-MM-DD"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(changed: dict[str, str], why: str) -> None:
    row = {"id": "A", "chip": "H100", "destination": "China", "end_user": "ByteDance", "date": "2024-01-01"}
    answered = answer({**row, **changed, "licence_required": "no"})
    assert answered.verdict is None
    assert why in (answered.refused or "")
    result = as_json([answered])
    assert result["score"] == {"scored": 1, "right": 0, "wrong": ["A"]}
    assert result["cases"][0]["verdict"] is None


def test_a_name_that_we_do_not_list_is_never_called_unlisted() -> None:
    row = {"id": "A", "chip": "H100", "destination": "China", "end_user": "Lenovo", "date": "2024-01-01"}
    verdict = answer(row).verdict
    assert verdict is not None
    assert any("list status of Lenovo" in line for line in verdict.unchecked)
    assert "unlisted" not in verdict.sentence


def test_a_table_with_a_missing_column_or_an_unknown_word(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("id,chip,destnation,end_user,date\n", encoding="utf-8")
    with pytest.raises(CountermoveError, match=r"column 'destination' is missing .found 'destnation'"):
        read(path)
    path.write_text("id,chip,destination,end_user,date,licence_required\nA,H100,China,,2024-01-01,maybe\n", "utf-8")
    with pytest.raises(CountermoveError, match="row 1: 'maybe' is not a verdict"):
        read(path)
    path.write_text("id,chip,destination,end_user,date\nA,H100\n", encoding="utf-8")
    with pytest.raises(CountermoveError, match="row 1: has more or fewer cells"):
        read(path)


def test_the_order_of_strictness() -> None:
    assert [word.value for word in sorted(Word, key=lambda word: word.strictness)] == [
        "no", "exception_notify", "yes", "case_by_case", "denied_in_practice",
    ]  # fmt: skip
