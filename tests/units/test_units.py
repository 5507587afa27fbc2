"""Units form a group under multiplication, with exact scales; nothing is converted silently."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.engine._measure import Measure
from countermove.engine.vocabulary import exp, floor_at, log, maximum, minimum, power, soft_minimum, where
from countermove.errors import CountermoveError
from countermove.units import BASE, MONTH, ONE, Unit

EXPONENTS = st.integers(-3, 3)
SCALES = st.fractions(Fraction(1, 1000), 1000, max_denominator=1000).filter(bool)
UNITS = st.builds(
    lambda powers, scale: Unit(
        tuple(sorted((name, Fraction(exponent)) for name, exponent in powers.items() if exponent)), Fraction(scale)
    ),
    st.dictionaries(st.sampled_from(BASE), EXPONENTS, max_size=4),
    SCALES,
)
UNSCALED = UNITS.map(lambda unit: Unit(unit.powers))


@given(UNITS, UNITS, UNITS)
def test_multiplication_is_an_abelian_group(a, b, c):
    assert a * b == b * a
    assert (a * b) * c == a * (b * c)
    assert a * ONE == a
    assert a / a == ONE
    assert a / b * b == a


@given(UNITS, EXPONENTS, EXPONENTS)
def test_powers_of_whole_number(a, m, n):
    assert a**m * a**n == a ** (m + n)
    assert (a**m) ** n == a ** (m * n)
    assert a**0 == ONE


@given(UNSCALED, st.integers(1, 6))
def test_roots_undo_powers(a, n):
    assert (a**n) ** Fraction(1, n) == a
    assert (a**n) ** (1 / n) == a


@given(UNSCALED)
def test_text_reads_back(a):
    assert Unit.parse(str(a)) == a


@given(UNITS, UNITS)
def test_equal_units_have_equal_hashes(a, b):
    assert hash(a * b) == hash(b * a)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("USD/yr", "USD/(12*month)"),
        ("yr/month", "12"),
        ("kWh", "3600000*J"),
        ("mm^2", "cm^2/100"),
        ("wafer*month^-1", "wafer/month"),
        ("million*USD", "1000*thousand*USD"),
        ("TB/second", "1000*GB/second"),
        ("quarter", "3*month"),
        ("percent", "1/100"),
        ("day*hour/(second*day)", "3600"),
        (" USD / ( card * month ) ", "USD/card/month"),
    ],
)
def test_scales_are_exact(text, same):
    assert Unit.parse(text) == Unit.parse(same)


def test_one_calendar():
    """146,097 days are 400 Gregorian years."""
    assert Unit.parse("146097*day") == Unit.parse("400*yr")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wafers", "unknown unit 'wafers': did you mean 'wafer'"),
        ("Card", "unknown unit 'Card': did you mean 'card'"),
        ("", "an empty text is not a unit"),
        ("card/", "ends too early"),
        ("(card", "a parenthesis is not closed"),
        ("card)", r"cannot read '\)'"),
        ("card card", "cannot read 'card'"),
        ("card^x", "'x' is not an exponent"),
        ("card^", "cannot read"),
        ("card+die", "cannot read '\\+die'"),
        ("1/0", "above zero, not 0"),
        ("-2*card", "above zero, not -2"),
    ],
)
def test_what_is_not_a_unit(text, message):
    with pytest.raises(CountermoveError, match=message):
        Unit.parse(text)


def test_a_scaled_unit_has_no_root():
    with pytest.raises(CountermoveError, match="cannot be raised"):
        _ = Unit.parse("yr") ** 0.5


CARD, DIE, PLAIN = Measure(Unit.parse("card")), Measure(Unit.parse("die")), Measure(ONE)


def test_sums_and_choices_need_one_unit():
    for word in (
        minimum,
        maximum,
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: where(PLAIN, a, b),
        soft_minimum,
    ):
        assert word(CARD, CARD).unit == CARD.unit
        with pytest.raises(CountermoveError, match="card and die"):
            word(CARD, DIE)
    with pytest.raises(CountermoveError, match="cannot compare card and die"):
        _ = CARD > DIE


def test_a_literal_zero_fits_any_unit_and_no_other_number_does():
    assert (CARD + 0).unit == CARD.unit
    assert maximum(0, CARD).unit == CARD.unit
    with pytest.raises(CountermoveError, match="cannot add card and 1"):
        _ = CARD + 1
    assert floor_at(CARD).unit == CARD.unit


def test_a_month_and_a_year_do_not_add():
    with pytest.raises(CountermoveError, match="cannot add month and 12\\*month"):
        _ = Measure(MONTH) + Measure(Unit.parse("yr"))


def test_exponents_and_functions_take_plain_numbers():
    assert exp(PLAIN).unit == ONE
    assert power(CARD, 0.5).unit == Unit((("card", Fraction(1, 2)),))
    assert power(PLAIN, PLAIN).unit == ONE
    for wrong in (
        lambda: exp(CARD),
        lambda: log(CARD),
        lambda: power(PLAIN, CARD),
        lambda: exp(Measure(Unit.parse("percent"))),
    ):
        with pytest.raises(CountermoveError, match="must be a plain number"):
            wrong()
    with pytest.raises(CountermoveError, match="card can be raised only to a literal power"):
        power(CARD, PLAIN)


@given(UNITS, UNITS)
def test_measures_multiply_as_their_units_do(a, b):
    assert (Measure(a) * Measure(b)).unit == a * b
    assert (Measure(a) / Measure(b)).unit == a / b
    assert (1 / Measure(a)).unit == ONE / a
    assert (-Measure(a)).unit == a
