"""Stylised facts: every row is computed, measures find what is put into synthetic trajectories, misses stay misses."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from countermove import model
from countermove.cli import commands
from countermove.evidence import table
from countermove.inference import facts
from countermove.inference._measures import MEASURES, NEVER, QUANTITIES, Paths, first_date, month

MONTHS, DRAWS = 240, 200
TIME = np.arange(MONTHS)[:, np.newaxis] / 12


def _paths(**values: np.ndarray) -> Paths:
    built = model.build()
    full = {}
    for name, array in values.items():
        sizes = tuple(len(dimension) for dimension in built.dimensions(name))
        full[name] = np.broadcast_to(array, (MONTHS, *sizes, array.shape[-1]))
    return Paths(built, full, {})


def test_every_row_of_the_table_has_a_computation_and_every_quantity_exists() -> None:
    assert list(facts.specs()) == [row["id"] for row in table("stylised_facts")]
    assert set(QUANTITIES) <= set(model.build().quantities)


def test_bounds_are_those_of_the_rows() -> None:
    """Each bound is a number of the row's test, or made of one by the tolerance the test states."""
    factors = (1, 1e6, 1e9, 0.5, 2, 0.8, 1.2, 0.8e6, 1.2e6, 1e-2)
    for row in table("stylised_facts"):
        if row["id"] in ("SF10", "SF12", "SF13", "SF22", "SF24", "SF15", "SF06"):
            continue  # quarters, signs, orders and roundings, which no number states
        text = row["test"].replace(",", "") if row["id"] in ("SF02", "SF05") else row["test"]
        numbers = [abs(float(found)) for found in re.findall(r"\d+\.?\d*", text)]
        allowed = {round(n * f, 9) for n in numbers for f in factors}
        allowed |= {round(abs(a + sign * b), 9) for a in numbers for b in numbers for sign in (1, -1)}
        for part in facts.specs()[row["id"]].parts:
            for bound in (part.low, part.high, part.within):
                # 7 % is what a test at 5 % exceeds once in many among 200 draws; "no effect" states no number.
                if bound is None or not np.isfinite(bound) or part.measure == "placebo" or bound in (0.0, 1.0):
                    continue
                assert any(abs(abs(bound) - a) <= 0.01 * a for a in allowed), (row["id"], part.name, bound)


def test_a_kink_is_found_where_and_as_large_as_it_is() -> None:
    us = np.exp(0.9 * TIME)
    china = np.exp(0.9 * TIME - 0.5 * np.maximum(TIME - 7.75, 0))
    paths = _paths(us_compute=us, china_owned=china)
    np.testing.assert_allclose(MEASURES["kink_2023"](paths), -0.5, atol=1e-9)
    assert abs(MEASURES["kink_2022"](paths)[0]) < 0.3  # its window reaches into the first year of the other


def test_a_date_is_the_first_month_and_never_is_2036() -> None:
    reached = np.zeros((MONTHS, 2), dtype=bool)
    reached[month(2024.5) :, 0] = True
    np.testing.assert_allclose(first_date(reached), [2024.5, NEVER])


def test_the_lag_of_an_exponential_response_is_recovered() -> None:
    rng = np.random.default_rng(1)
    retaliation = rng.uniform(0.01, 0.2, (MONTHS, 1))
    relaxation = np.zeros((MONTHS, 1))
    for m in range(MONTHS - 1):  # a stock: the value kept is as of the end of the month
        before = relaxation[m - 1] if m else 0.0
        relaxation[m] = before + (0.4 * retaliation[m] - before) / 2.5
    lag = MEASURES["relaxation_lag"](_paths(retaliation_rate=retaliation, relaxation_rate=relaxation))
    np.testing.assert_allclose(lag, 2.5, rtol=1e-6)


def test_the_placebo_keeps_its_size_and_finds_a_real_effect() -> None:
    growth = np.full((MONTHS, DRAWS), 0.03)
    none = MEASURES["placebo"](_paths(solar_output=np.exp(np.cumsum(growth, axis=0)))).mean()
    # Three standard errors of a share of 200 at 5 %.
    assert none == pytest.approx(0.05, abs=0.047)
    growth[month(2018) : month(2023)] += 0.05
    found = MEASURES["placebo"](_paths(solar_output=np.exp(np.cumsum(growth, axis=0)))).mean()
    assert found > 0.9


def test_inference_that_never_comes_does_not_lead() -> None:
    share = np.full((MONTHS, 1), 0.001)
    paths = _paths(
        effective_domestic=share[:, np.newaxis],
        effective_compute=np.ones((MONTHS, 1, 1)),
    )
    assert MEASURES["inference_lead"](paths)[0] < 0


def test_the_command_gives_the_documented_form() -> None:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["facts", "--draws", "64", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)["facts"]
    assert [row["id"] for row in found] == [row["id"] for row in table("stylised_facts")]
    for row in found:
        assert set(row) == {"id", "value", "unit", "test", "hit", "note"}
        assert row["hit"] in (True, False, None)
        assert row["note"]
        if row["hit"] is False:
            assert "missed" in row["note"]
        if row["hit"] is None:
            assert "not computed" in row["note"]
