"""Changes of sign on paths made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from countermove.explore.crossing import HOLDS, crossings

MONTHS = 60


def _path(*spells: tuple[float, int]) -> np.ndarray:
    path = np.concatenate([np.full(months, value, dtype=float) for value, months in spells])
    return np.pad(path, (0, MONTHS - len(path)), mode="edge")


def _found(*paths: np.ndarray, material: np.ndarray | None = None):
    difference = np.stack(paths)
    up, down = crossings(difference, np.abs(difference) > 0 if material is None else material, 2016.0)
    assert (up.direction, down.direction) == ("hindered to catalysed", "catalysed to hindered")
    return up, down


def test_a_change_that_holds_is_dated_to_the_end_of_its_first_month():
    up, down = _found(_path((-1, 24), (1, 36)))
    assert up.dates[0] == pytest.approx(2016 + 25 / 12)
    assert (up.never, down.never) == (0.0, 1.0)
    assert up.p50 == pytest.approx(2016 + 25 / 12)
    assert (down.p10, down.p50, down.p90) == (None, None, None)


def test_a_change_must_hold_for_twelve_months():
    up, _ = _found(_path((-1, 24), (1, HOLDS - 1), (-1, 25)))
    assert up.never == 1.0
    up, down = _found(_path((-1, 24), (1, HOLDS), (-1, 24)))
    assert up.never == 0.0
    assert down.dates[0] == pytest.approx(2016 + (24 + HOLDS + 1) / 12)
    assert up.further == 1.0


def test_what_begins_too_late_to_be_judged_does_not_count():
    up, _ = _found(_path((-1, MONTHS - HOLDS + 1), (1, HOLDS - 1)))
    assert up.never == 1.0


def test_the_first_sign_is_no_crossing_and_a_return_to_equality_is_none():
    up, down = _found(_path((0, 20), (1, 20), (0, 20)))
    assert up.never == down.never == 1.0


def test_equality_between_two_signs_does_not_hide_the_crossing():
    up, _ = _found(_path((-1, 20), (0, 15), (1, 25)))
    assert up.dates[0] == pytest.approx(2016 + 36 / 12)


def test_a_spell_that_never_matters_is_not_a_sign():
    path = _path((1e-9, 24), (-1, 36))
    material = np.abs(path)[np.newaxis] > 0.05
    _, down = _found(path, material=material)
    assert down.never == 1.0


def test_a_crossing_is_dated_where_the_sign_turns_not_where_it_starts_to_matter():
    path = _path((1, 24), (-0.01, 10), (-1, 26))
    _, down = _found(path, material=np.abs(path)[np.newaxis] > 0.05)
    assert down.dates[0] == pytest.approx(2016 + 25 / 12)


def test_never_counts_as_later_than_every_date():
    early, late, never = _path((-1, 12), (1, 48)), _path((-1, 36), (1, 24)), _path((-1, 60))
    up, _ = _found(early, late, never, never, never)
    assert up.never == pytest.approx(0.6)
    assert up.p10 == pytest.approx(2016 + 13 / 12)
    assert (up.p50, up.p90) == (None, None)


def test_undefined_months_have_no_sign():
    path = _path((-1, 30), (1, 30))
    path[:11] = np.nan
    difference = path[np.newaxis]
    up, _ = crossings(difference, np.nan_to_num(np.abs(difference)) > 0, 2016.0)
    assert up.dates[0] == pytest.approx(2016 + 31 / 12)


@given(arrays(float, (4, MONTHS), elements=st.sampled_from([-2.0, -0.01, 0.0, 0.01, 2.0])))
def test_exchanging_the_arms_exchanges_the_directions(difference):
    material = np.abs(difference) > 0.05
    up, down = crossings(difference, material, 2016.0)
    down_again, up_again = crossings(-difference, material, 2016.0)
    for one, other in ((up, up_again), (down, down_again)):
        np.testing.assert_array_equal(one.dates, other.dates)
        assert (one.p10, one.p50, one.p90, one.never, one.further) == (
            other.p10, other.p50, other.p90, other.never, other.further,
        )  # fmt: skip


@given(arrays(float, (3, MONTHS), elements=st.sampled_from([-1.0, 0.0, 1.0])))
def test_against_a_plain_reading_of_the_definition(difference):
    up, down = crossings(difference, np.abs(difference) > 0, 2016.0)
    for draw, path in enumerate(difference):
        before, first = 0.0, {1.0: np.nan, -1.0: np.nan}
        for month in range(MONTHS - HOLDS + 1):
            sign = path[month]
            if sign != 0 and (path[month : month + HOLDS] == sign).all():
                if before == -sign and np.isnan(first[sign]):
                    first[sign] = 2016 + (month + 1) / 12
                before = sign
        np.testing.assert_allclose([up.dates[draw], down.dates[draw]], [first[1.0], first[-1.0]])
