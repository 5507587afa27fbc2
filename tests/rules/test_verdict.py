"""What a verdict says beside its word: order, arithmetic, readings, changes, conditions, what is unchecked."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from countermove.errors import CountermoveError
from countermove.rules import Word, ask
from countermove.rules.history import asked_over_time
from countermove.rules.words import STEPS


def test_paragraphs_come_in_the_order_applied() -> None:
    verdict = ask("Ascend 910B die made at TSMC", "China", "Huawei", date(2024, 7, 1))
    places = [STEPS.index(step.step) for step in verdict.paragraphs]
    assert places == sorted(places)
    assert [step.step for step in verdict.paragraphs][:2] == ["scope", "list"]
    assert any(step.paragraph == "734.9(e)(1)" for step in verdict.paragraphs)


def test_the_arithmetic_sets_figures_against_limits() -> None:
    lines = ask("H20", "China", "unlisted commercial", date(2024, 6, 1)).arithmetic
    assert any(line.startswith("TPP 2,368 < 4,800 (3A090.a") for line in lines)
    assert any(line.startswith("performance density 2.91 < 3.2 per mm²") for line in lines)


def test_uncertain_figures_are_shown_as_ranges() -> None:
    lines = ask("MI308", "China", "unlisted commercial", date(2025, 3, 15)).arithmetic
    assert any(line.startswith("TPP 1,840–3,312 < 4,800") for line in lines)
    assert any("TPP 1,840–3,312 on both sides of 2,400" in line for line in lines)


def test_near_a_line() -> None:
    assert ask("H20", "China", "", date(2024, 6, 1)).near_line
    assert ask("L20", "China", "", date(2024, 6, 1)).near_line
    assert not ask("H100", "China", "", date(2024, 6, 1)).near_line
    assert not ask("T4", "China", "", date(2024, 6, 1)).near_line


@pytest.mark.parametrize(
    ("chip", "to", "who", "on", "words"),
    [
        ("H100", "Malaysia", "Tencent subsidiary", date(2025, 10, 1), {"denied_in_practice", "yes"}),
        ("A800", "China", "unlisted commercial", date(2026, 2, 1), {"denied_in_practice", "case_by_case"}),
        ("Ascend 910B", "third country", "cloud operator", date(2025, 4, 1), {"no", "yes"}),
        ("MI309", "China", "unlisted commercial", date(2024, 4, 1), {"yes", "denied_in_practice"}),
        ("H100", "UAE", "unlisted commercial", date(2026, 1, 15), {"no", "yes"}),
        ("B20", "China", "unlisted commercial", date(2024, 9, 1), {"no", "exception_notify", "denied_in_practice"}),
    ],
)
def test_contested_outcomes_carry_every_reading(chip: str, to: str, who: str, on: date, words: set[str]) -> None:
    verdict = ask(chip, to, who, on)
    assert verdict.contested
    assert {reading.word.value for reading in verdict.readings} == words
    assert all(reading.because for reading in verdict.readings)


def test_undisputed_neighbours_are_not_contested() -> None:
    assert not ask("L40", "Malaysia", "Tencent subsidiary", date(2025, 10, 1)).contested
    assert not ask("H100", "Malaysia", "Tencent subsidiary", date(2026, 6, 1)).contested
    assert not ask("H100", "Malaysia", "Tencent subsidiary", date(2025, 5, 12)).contested
    assert not ask("A800", "China", "unlisted commercial", date(2026, 1, 14)).contested
    assert not ask("H100", "UAE", "unlisted commercial", date(2025, 11, 25)).contested


def test_what_would_change_it_names_dates_figures_and_rules_but_no_party_or_route() -> None:
    verdict = ask("H20", "China", "unlisted commercial", date(2025, 6, 1))
    kinds = {change.kind for change in verdict.changes}
    assert kinds <= {"date", "chip", "rule"}
    says = [change.says for change in verdict.changes]
    assert "before 2025-04-09: no" in says
    assert "from 2025-08-08: case_by_case" in says
    assert "without US-2025-04-09-H20-LETTER: no" in says


def test_beijing_is_reported_beside_and_never_changes_the_word() -> None:
    before = ask("H200", "China", "ByteDance", date(2026, 1, 12))
    after = ask("H200", "China", "ByteDance", date(2026, 2, 1))
    assert before.word is Word.DENIED
    assert after.word is Word.CASE_BY_CASE
    assert "may not enter" in after.sentence
    assert ask("H20", "Japan", "", date(2025, 9, 1)).beijing == "Beijing: not concerned."


def test_a_granted_licence_is_a_condition_not_a_word() -> None:
    verdict = ask("H200", "China", "ByteDance", date(2026, 6, 1))
    assert verdict.word is Word.CASE_BY_CASE
    assert any("75,000" in condition for condition in verdict.conditions)
    assert any("25 per cent duty" in condition for condition in verdict.conditions)


def test_inputs_are_used_or_named_as_unchecked() -> None:
    bare = ask("H100", "Singapore", "unlisted commercial", date(2024, 6, 1))
    assert {"ultimate parent", "end use", "remote access"} <= set(bare.unchecked)
    told = ask("H100", "Singapore", "unlisted commercial", date(2024, 6, 1), parent="China", end_use="civil")
    assert told.word is Word.DENIED
    assert "ultimate parent" not in told.unchecked
    assert "remote access" in told.unchecked
    military = ask("T4", "China", "unlisted commercial", date(2024, 6, 1), end_use="military")
    assert military.word is Word.DENIED
    with pytest.raises(CountermoveError, match="did you mean 'military'"):
        ask("T4", "China", "", date(2024, 6, 1), end_use="militry")


def test_days_after_the_review_are_marked() -> None:
    assert ask("H100", "Japan", "", date(2026, 5, 31)).reviewed
    late = ask("H100", "Japan", "", date(2030, 1, 1))
    assert not late.reviewed
    assert any("last reviewed state" in line for line in late.unchecked)


def test_a_verdict_is_frozen() -> None:
    verdict = ask("H100", "Japan", "", date(2024, 1, 1))
    with pytest.raises(AttributeError):
        verdict.word = Word.DENIED  # type: ignore[misc]


def test_the_history_covers_every_day_once() -> None:
    spans = asked_over_time("A100", "China", "unlisted commercial")
    assert spans[0].start == date(2016, 1, 1)
    assert spans[-1].end == date(2035, 12, 31)
    assert all((right.start - left.end).days == 1 for left, right in pairwise(spans))
    assert [span.verdict.word.value for span in spans] == [
        "no", "yes", "denied_in_practice", "denied_in_practice", "denied_in_practice", "case_by_case",
    ]  # fmt: skip
