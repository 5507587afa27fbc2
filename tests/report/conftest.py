from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countermove.scenario import Scenario, as_scenario


@pytest.fixture(scope="session")
def invented() -> Callable[..., Any]:
    """Makes a comparison of invented numbers, as the tests of figures use."""
    return runpy.run_path(str(Path(__file__).parents[1] / "figures" / "conftest.py"))["invented_comparison"]


@pytest.fixture(scope="session")
def scenarios() -> tuple[Scenario, Scenario]:
    return as_scenario("history"), as_scenario("no-controls")
