"""Industrial policy without controls: the model finds what made the data, and leaves the rest."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from countermove.evidence import Fact
from countermove.inference.industrial import Pace, further_pace, industrial, settings


def _row(entry: dict, year: int, share: float) -> Fact:
    rows = entry["rows"]
    first, last = date(year, 1, 1), date(year, 12, 31)
    return Fact(f"{rows['quantity'][:20]}-{year}", rows["table"], rows["entity"], rows["quantity"], first, last, None,
                share, None, "share", "estimate", "made up", None, "", "yes", "")  # fmt: skip


def _grown(pace: float, start: float, years: int) -> float:
    odds = start / (1 - start) * np.exp(pace * years)
    return float(odds / (1 + odds))


def _made_up(pace: float, chips: float) -> list[Fact]:
    content = settings()
    sectors = [content["sectors"][name] for name in ("solar", "battery")]
    rows = [_row(entry, 2015 + n, _grown(pace, 0.2, n)) for entry in sectors for n in range(9)]
    # Electric cars are a quotient of two figures: give the share itself over a world of one.
    cars = content["sectors"]["vehicles"]
    for n in range(9):
        rows.append(_row(cars, 2015 + n, _grown(pace, 0.2, n)))
        rows.append(_row({"rows": cars["over"]}, 2015 + n, 1.0))
    rows += [_row(content["sectors"]["chips_before_2018"], 2010 + n, _grown(pace, 0.1, n)) for n in range(6)]
    cards = content["chips"]["cards"]
    return [*rows, _row(cards, 2020, 0.1), _row(cards, 2025, _grown(chips, 0.1, 5))]


def test_chips_that_grow_like_the_other_sectors_are_explained() -> None:
    found = industrial(_made_up(0.25, 0.25))
    assert all(each.slope == pytest.approx(0.25, abs=1e-6) for each in found.paces)
    (cards,) = [each for each in found.chips if each.name == "cards"]
    assert np.median(cards.explained) == pytest.approx(1.0, abs=0.05)


def test_chips_that_grow_faster_leave_the_rest_unexplained() -> None:
    (cards,) = [each for each in industrial(_made_up(0.25, 0.6)).chips if each.name == "cards"]
    expected = (_grown(0.25, 0.1, 5) - 0.1) / (_grown(0.6, 0.1, 5) - 0.1)
    assert np.median(cards.explained) == pytest.approx(expected, abs=0.03)
    assert np.median(cards.remainder) == pytest.approx(_grown(0.6, 0.1, 5) - _grown(0.25, 0.1, 5), abs=0.02)


def test_a_further_sector_is_as_uncertain_as_the_sectors_differ() -> None:
    """Many sectors known exactly: the population is that of their slopes, whose spread is found."""
    slopes = np.random.default_rng(1).normal(0.2, 0.1, 200)
    paces = [Pace(str(i), "", (), float(slope), 1e-3) for i, slope in enumerate(slopes)]
    drawn = further_pace(paces, seed=1)
    # Standard errors: of the mean of 200 slopes 0.007, of their spread 0.005, of 20,000 draws less.
    assert drawn.mean() == pytest.approx(slopes.mean(), abs=0.005)
    assert drawn.std() == pytest.approx(slopes.std(), abs=0.012)


def test_shipped_evidence_gives_all_sectors_and_the_cards() -> None:
    found = industrial()
    assert {each.sector for each in found.paces} == {"solar", "battery", "vehicles", "chips_before_2018"}
    (cars,) = [each for each in found.paces if each.sector == "vehicles"]
    assert len(cars.points) >= 12
    assert all(0 < point.share < 1 for each in found.paces for point in each.points)
    (chips,) = [each for each in found.paces if each.sector == "chips_before_2018"]
    assert all(point.year < 2018 for point in chips.points)
    (cards,) = [each for each in found.chips if each.name == "cards"]
    assert (cards.first.row, cards.last.row) == ("MKT-0255", "MKT-0232")
