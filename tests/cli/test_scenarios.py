"""The shipped scenarios and the headline results that stand beside them."""

from __future__ import annotations

import json
import math

import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import scenarios
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
