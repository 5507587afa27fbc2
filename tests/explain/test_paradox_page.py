"""The page on the paradox: its example runs, prints what the page says it prints, and has the signs that it claims."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "paradox.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


@pytest.fixture(scope="module")
def example() -> dict:
    names: dict = {"__name__": "paradox"}
    exec(compile(block("python"), str(PAGE), "exec"), names)
    return names


def test_it_prints_what_the_page_shows(capsys):
    exec(compile(block("python"), str(PAGE), "exec"), {"__name__": "paradox"})
    assert capsys.readouterr().out == block("text")


def test_output_and_compute_have_opposite_signs_for_fifteen_years(example):
    delta_d, delta_c = example["delta_d"], example["delta_c"]
    assert (delta_d > 0).all()
    first_positive = example["sign_changes"]
    assert 15 * 12 <= first_positive < 16 * 12
    assert (delta_c[:first_positive] < 0).all()
    assert (delta_c[first_positive:] > 0).all()


def test_the_flow_turns_before_the_stock(example):
    added = np.diff(example["delta_c"])
    turn = example["gap_widest"]
    assert (added[:turn] < 0).all()
    assert added[turn] > 0
    assert turn < 0.6 * example["sign_changes"]


def with_changes(example, **changes):
    values = {name: np.full(2, changes.get(name, value)) for name, (_, value) in example["NUMBERS"].items()}
    values["permit"] = np.array([1.0, 0.0])
    run = example["PROGRAM"].run(values)
    return [run[name][:, 1] - run[name][:, 0] for name in ("home_output", "usable_compute")]


def test_the_two_changes_have_the_effects_that_the_page_claims(example):
    delta_d, delta_c = with_changes(example, learning_exponent=0.0)
    assert (delta_d > 0).all()
    assert (delta_c < 0).all()
    assert np.diff(delta_c).max() < 0  # and does not turn either
    _, delta_c = with_changes(example, foreign_price=10_000.0)
    assert delta_c[359] < 0


def test_the_first_month_by_hand(example):
    """Trade: share 1/(1 + 3²) = 0.1; home 0.1·1e9/75000; abroad 0.9·1e9/25000. Denial: 1e9/75000 at home."""
    run = example["run"]
    assert run["home_output"][0] == pytest.approx([0.1e9 / 75e3, 1e9 / 75e3], rel=1e-12)
    assert run["usable_compute"][0] == pytest.approx([0.1e9 / 75e3 + 0.9e9 / 25e3, 1e9 / 75e3], rel=1e-12)


def test_experience_closes_a_reinforcing_loop_and_compute_none(example):
    from countermove.explain.polarity import links, loops, states

    given = {name: value for name, (_, value) in example["NUMBERS"].items()}
    at = range(1, 360, 12)
    found = links(example["MODEL"], states(example["MODEL"], given, 360, at), at)
    closed = loops(found, "experience", 8)
    assert {loop.names for loop in closed} == {
        ("experience", "home_price", "home_output"),
        ("experience", "home_price", "home_share", "home_output"),
    }
    assert {loop.behaviour for loop in closed} == {"reinforcing"}
    assert loops(found, "usable_compute", 8) == []
