"""When a figure was public."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

from countermove.evidence import fact, facts
from countermove.inference.knowable import knowable_on, known_by
from countermove.inference.operators import operators

LAGS = operators().lags


def test_a_filing_is_public_after_its_lag_though_the_table_was_copied_years_later() -> None:
    row = fact("MKT-0135")
    assert row.source_date is not None
    assert row.source_date > date(2026, 1, 1)
    assert knowable_on(row, LAGS) == date(2021, 6, 16)  # 45 days after the quarter's end


def test_an_estimate_is_public_when_it_was_made() -> None:
    assert knowable_on(fact("PMR061"), LAGS) == date(2026, 7, 1)


def test_a_remark_of_an_executive_is_no_filing() -> None:
    assert knowable_on(fact("MKT-0181"), LAGS) == fact("MKT-0181").source_date


def test_without_a_date_a_figure_is_never_known() -> None:
    row = replace(fact("PMR061"), source_date=None)
    assert knowable_on(row, LAGS) is None
    assert known_by([row], date(2099, 1, 1), LAGS) == ()


def test_what_is_known_only_grows() -> None:
    dates = [date(2020, 12, 31), date(2022, 12, 31), date(2024, 12, 31), date(2027, 1, 1)]
    sets = [{row.id for row in known_by(facts(), day, LAGS)} for day in dates]
    assert all(earlier < later for earlier, later in itertools.pairwise(sets))
