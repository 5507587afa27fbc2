"""Numbers of the tables."""

from __future__ import annotations

import pytest

from countermove.cli._numbers import interval, number


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.001, "0"), (0.25, "0.25"), (9.996, "10.0"), (123.4, "123"), (999.4, "999"), (999.6, "1.00k"),
     (-1234, "−1.23k"), (56_700_000, "56.7M"), (1.5e9, "1.50G"), (2e12, "2.00T")],
)  # fmt: skip
def test_three_digits(value, text):
    assert number(value) == text


def test_signs_and_intervals():
    assert number(5.0, signed=True) == "+5.00"
    assert interval(-1500, 0, 2500, signed=True) == "0 [−1.50k … +2.50k]"
