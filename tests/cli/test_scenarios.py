"""The shipped scenarios and the headline results that stand beside them."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import scenarios
from countermove.explore.compare import compare
from countermove.explore.world import drawn_from
from countermove.scenario import names

COMPARED = [name for name in names() if name != scenarios.AGAINST]


def test_every_scenario_is_listed():
    app = typer.Typer()
    scenarios.register(app)
    found = json.loads(CliRunner().invoke(app, ["--json"]).output)
    assert [each["name"] for each in found] == list(names())
    assert all(each["title"] and each["description"] for each in found)


@pytest.mark.parametrize("name", COMPARED)
def test_headline_results_stand_beside_the_scenario(name):
    """That they are there and whole; what they say is no target."""
    (found,) = [each["expected"] for each in scenarios.listing() if each["name"] == name]
    assert (found["scenario"], found["against"], found["draws"]) == (name, scenarios.AGAINST, scenarios.DRAWS)
    assert len(found["years"]) == 20
    assert all(math.isfinite(year["domestic_delta"]["p50"]) for year in found["years"])


@pytest.mark.parametrize("name", ["history", "chips-only", "tools-only"])
def test_headline_results_are_those_of_this_model(name):
    """Made anew by `countermove scenarios --regenerate`.

    Medians within 1 % or a thousandth of the arms themselves: the difference of nearly equal arms is what rounding on
    another processor leaves of them.
    """
    (found,) = [each["expected"] for each in scenarios.listing() if each["name"] == name]
    with drawn_from(found["parameters"]):
        again = compare(name, scenarios.AGAINST, draws=scenarios.DRAWS, seed=scenarios.SEED, attribution=None)
    assert again.policy.origin.model_hash == found["model_hash"]
    for outcome in ("domestic", "total"):
        medians = [year[f"{outcome}_delta"]["p50"] for year in found["years"]]
        scale = float(np.median(again.annual[outcome].policy, axis=0).max())
        assert again.annual[outcome].p50.tolist() == pytest.approx(medians, rel=1e-2, abs=1e-3 * scale)
