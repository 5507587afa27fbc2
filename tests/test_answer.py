"""The headline follows from the numbers and changes with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from countermove import answer
from countermove.explore.compare import Comparison, compared
from countermove.explore.outcomes import OUTCOMES
from countermove.results import Origin, Result, Variable


def _result(name: str, **levels: np.ndarray) -> Result:
    draws = len(next(iter(levels.values())))
    origin = Origin(name, 1, draws, "0.1.0", "abc", "prior", "2026-09-25", "The authors.")
    values = {
        o.quantity: np.repeat(levels.get(o.name, np.ones(draws))[:, np.newaxis], 240, axis=1) for o in OUTCOMES.values()
    }
    return Result(origin, {name: Variable("1", name) for name in values}, values)


def _comparison(domestic: np.ndarray, total: np.ndarray) -> Comparison:
    ones = np.ones(len(domestic))
    return compared(_result("a", domestic=domestic, total=total), _result("b", domestic=ones, total=ones))


HALF = np.where(np.arange(100) < 50, 2.0, 0.5)


@pytest.mark.parametrize(
    ("domestic", "words"),
    [
        (np.full(100, 2.0), "output of Chinese-designed chips is catalysed (probability 1.00; median +12 H100e a year"),
        (np.full(100, 0.5), "output of Chinese-designed chips is hindered (probability 1.00; median −6 H100e a year"),
        (np.full(100, 1.01), "output of Chinese-designed chips differs immaterially (probability 1.00"),
        (HALF, "output of Chinese-designed chips: undecided (catalysed 0.50, hindered 0.50, immaterial 0.00"),
    ],
)
def test_the_sentence_says_what_the_numbers_say(domestic, words):
    sentence, _ = answer.headline(_comparison(domestic, np.full(100, 3.0)))
    assert words in sentence
    assert "its usable compute is catalysed" in sentence
    assert sentence.startswith("In 2030, under a rather than b, China's ")


def test_a_sign_is_stated_from_a_probability_of_80_percent():
    for share, word in ((79, "undecided"), (80, "catalysed")):
        domestic = np.where(np.arange(100) < share, 2.0, 0.5)
        comparison = _comparison(domestic, np.ones(100))
        assert answer.verdict(comparison.annual["domestic"], 14) == word


def test_undecided_names_what_it_depends_on():
    from countermove.explore.drivers import Driver

    comparison = _comparison(HALF, np.ones(100))
    assert "depends on" not in answer.headline(comparison)[0]
    comparison = replace(comparison, drivers={"domestic": (Driver("foreign_share", -0.5), Driver("taste.huawei", 0.2))})
    assert "undecided" in answer.headline(comparison)[0]
    assert "depends on foreign share, taste of huawei" in answer.headline(comparison)[0]


@pytest.mark.parametrize(("crossing", "words"), [(2, "in fewer than 5 % of draws"), (8, "in 0.08 of draws")])
def test_a_rare_change_of_sign_is_not_told(crossing, words):
    ones, half = np.ones(100), np.full(100, 0.5)
    policy = _result("a", total=half)
    turning = policy.values["china_all"].copy()
    turning[:crossing, 120:] = 3.0
    policy = replace(policy, values={**policy.values, "china_all": turning})
    _, sentence = answer.headline(compared(policy, _result("b", total=ones)))
    assert f"for usable compute {'from hindered to catalysed ' if crossing == 8 else ''}{words}" in sentence


def test_the_caveat_is_always_said():
    for comparison in (_comparison(HALF, HALF), _comparison(np.ones(100), np.ones(100))):
        assert "prior only, uncalibrated" in answer.headline(comparison)[1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-1234, "−1.23 thousand"),
        (5.67e6, "+5.67 million"),
        (1.5e9, "+1.5 billion"),
        (0.25, "+0.25"),
        (-999, "−999"),
    ],
)
def test_amounts(value, text):
    assert answer.amount(value) == text
