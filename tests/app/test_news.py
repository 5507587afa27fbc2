"""An observation typed in, and a chip by its figures."""

from __future__ import annotations

from datetime import date

import pytest

from countermove.app import news
from countermove.app.draft import Draft
from countermove.app.pages.rules import _FIGURES, _specified, _with_own
from countermove.errors import CountermoveError
from countermove.rules import Word, ask, items


def _typed(**given: object) -> news.Typed:
    figures = {"low": None, "central": 35.0, "high": None}
    usual = {"series": "yield_910b", "first": "2026-01-01", "last": "2026-06-30", **figures}
    return news.Typed(**{**usual, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"series": "x"}, "unknown series 'x'"),
        ({"first": "2026-13-01"}, "is not a day"),
        ({"first": "1999-01-01"}, "out of range"),
        ({"first": "2026-07-01"}, "begins on 2026-07-01 and ends on 2026-06-30"),
        ({"central": None}, "give a figure"),
        ({"central": float("nan")}, "is not a number"),
        ({"central": "=1+1"}, "is not a number"),
        ({"central": None, "low": 5.0}, "give a figure"),
    ],
)
def test_what_is_no_observation_is_refused_in_one_line(given: dict[str, object], said: str) -> None:
    with pytest.raises(CountermoveError, match=said) as caught:
        news.weigh(_typed(**given), Draft())
    assert "\n" not in str(caught.value)
    assert "/" not in str(caught.value)


@pytest.mark.slow
def test_a_higher_yield_than_expected_moves_the_answer_and_says_which_parameters_moved() -> None:
    below, above = (news.weigh(_typed(central=value), Draft()) for value in (20.0, 45.0))
    assert len(above.rows) == 1
    assert above.effective < above.before.draws
    assert abs(above.moved[0].shift) >= abs(above.moved[-1].shift) > 0
    output = [each.after.annual["domestic"].policy[:, 10].mean() for each in (below, above)]
    assert output[1] > output[0]


def test_a_chip_by_its_figures_gets_the_verdict_of_the_same_figures() -> None:
    h100 = items.of_chip(_specified((15824.0, 814.0, 1, 3350.0, 900.0), True))
    small = items.of_chip(_specified((700.0, 600.0, 1, 300.0, 64.0), True))
    day = date(2024, 6, 1)
    assert ask(h100, "China", "unlisted commercial", day).word is Word.DENIED
    assert ask(small, "China", "unlisted commercial", day).word is Word.NO


def test_figures_that_no_chip_has_are_refused() -> None:
    with pytest.raises(CountermoveError, match="scanner's field"):
        _specified((4000.0, 2000.0, 1, None, None), True)
    with pytest.raises(CountermoveError, match="give 'tpp'"):
        _specified((None, *(None for _ in _FIGURES[1:])), True)


def test_the_own_chip_stands_on_the_plane_where_its_figures_say() -> None:
    made = {"data": [], "layout": {}}
    (point,) = _with_own(made, _specified((4000.0, 800.0, 1, None, None), True))["data"]
    assert (point["x"], point["y"]) == ([4000.0], [5.0])
    assert _with_own(made, _specified((4000.0, None, 1, None, None), True))["data"] == []
