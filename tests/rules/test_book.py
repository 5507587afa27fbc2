"""Counterfactual rule books: without a package, frozen, moved, changed, added to."""

from __future__ import annotations

from datetime import date

import pytest

from countermove.errors import CountermoveError
from countermove.rules import RuleBook, ask

BOOK = RuleBook.history()


def word(chip: str, on: date, book: RuleBook, end_user: str = "unlisted commercial", to: str = "China") -> str:
    return ask(chip, to, end_user, on, book=book).word.value


def test_history_is_one_object_and_books_with_the_same_rules_are_equal() -> None:
    assert RuleBook.history() is BOOK
    assert BOOK.without("chips") == BOOK.without("chips")
    assert BOOK.without("chips") != BOOK


def test_packages_are_disjoint_and_each_removes_its_own_domain() -> None:
    day = date(2024, 6, 1)
    chips, entity = BOOK.without("chips"), BOOK.without("entity")
    assert word("H100", day, chips) == "no"
    assert word("H100", day, entity) == "denied_in_practice"
    assert word("T4", day, chips, "Huawei") == "denied_in_practice"
    assert word("T4", day, entity, "Huawei") == "no"
    late = date(2025, 6, 1)
    assert word("HBM3 stack", late, BOOK.without("hbm")) == "no"
    assert word("HBM3 stack", late, BOOK.without("tools")) == "denied_in_practice"
    assert word("EUV scanner", late, BOOK.without("tools"), "unlisted fab") == "no"
    assert word("EUV scanner", late, BOOK.without("hbm"), "unlisted fab") == "denied_in_practice"


def test_without_all_four_packages_only_what_belongs_to_none_is_left() -> None:
    book = BOOK.only()
    for day in (date(2019, 1, 1), date(2023, 1, 1), date(2026, 3, 1)):
        assert word("H100", day, book) == "no"
        assert word("H100", day, book, "Huawei") == "no"
    assert word("H100", date(2023, 1, 1), book, to="Russia") == "denied_in_practice"
    assert word("H100", date(2023, 1, 1), book, to="Iran") == "denied_in_practice"


def test_only_one_package_answers_as_history_in_its_domain() -> None:
    book = BOOK.only("chips")
    for day in (date(2022, 9, 1), date(2023, 12, 1), date(2026, 2, 1)):
        assert word("A100", day, book) == word("A100", day, BOOK)


def test_frozen_at_the_end_of_2022_a800_and_h800_stay_legal_for_ever() -> None:
    book = BOOK.frozen_at(date(2022, 12, 31))
    for day in (date(2023, 6, 1), date(2024, 6, 1), date(2035, 12, 31)):
        assert word("A800", day, book) == "no"
        assert word("H800", day, book) == "no"
        assert word("A100", day, book) == "denied_in_practice"
    assert word("Biren GPU made at TSMC", date(2024, 6, 1), book, "Biren") == "no"


def test_frozen_leaves_the_days_before_alone() -> None:
    book = BOOK.frozen_at(date(2023, 12, 31))
    for day in (date(2019, 12, 1), date(2022, 9, 1), date(2023, 11, 20)):
        assert word("A100", day, book) == word("A100", day, BOOK)


def test_a_rule_moved_earlier_binds_earlier() -> None:
    book = BOOK.with_dates({"US-2023-10-17-ACS": date(2019, 10, 1)})
    assert word("V100", date(2020, 1, 1), book) == "no"
    assert word("A100", date(2020, 6, 1), book) == "denied_in_practice"
    assert word("A100", date(2020, 6, 1), BOOK) == "no"
    assert word("A100", date(2019, 9, 30), book) == "no"


def test_a_rule_moved_later_binds_later() -> None:
    book = BOOK.with_dates({"US-2019-05-16-HUAWEI-EL": date(2021, 1, 1)})
    assert word("T4", date(2020, 1, 1), book, "Huawei") == "no"
    assert word("T4", date(2021, 1, 1), book, "Huawei") == "denied_in_practice"


def test_another_threshold() -> None:
    rule = "US-2023-10-17-ACS"
    book = BOOK.with_changes({rule: {"3A090.b/tpp >=": 1500, "3A090.b/density >=": 1.0}})
    assert word("H20", date(2024, 6, 1), book) == "exception_notify"
    assert word("H20", date(2024, 6, 1), BOOK) == "no"


def test_a_new_rule_from_a_fragment() -> None:
    text = """\
id: US-NEW
title: Memory bandwidth line for all data-centre chips
package: chips
announced: 2026-10-01
effective: 2027-01-01
controls:
- paragraph: new line
  step: threshold
  items: [chip]
  when: {datacentre: true, dram_bandwidth: '>= 600'}
  destinations: [China]
  word: denied_in_practice
  policy: presumption of denial
"""
    book = BOOK.with_changes(fragments=[text])
    assert word("L20", date(2027, 1, 1), book) == "denied_in_practice"
    assert word("L20", date(2026, 12, 31), book) == "no"
    assert word("L2", date(2027, 1, 1), book) == "no"
    assert "US-NEW" in book.by_id


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda: BOOK.without("chip"), "did you mean 'chips'"),
        (lambda: BOOK.with_dates({"US-2023-10-17-AC": date(2020, 1, 1)}), "did you mean 'US-2023-10-17-ACS'"),
        (lambda: BOOK.with_dates({"US-2026-UAE-A5": date(2026, 1, 1)}), "no effective date"),
        (lambda: BOOK.with_changes({"US-2023-10-17-ACS": {"tpq": 1}}), "did you mean 'tpp'"),
        (lambda: BOOK.with_changes(fragments=["id: X\n"]), "a rule needs 'title'"),
    ],
)
def test_mistakes_are_named(act: object, message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        act()  # type: ignore[operator]
