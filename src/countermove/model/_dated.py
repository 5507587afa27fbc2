"""Everything dated that a scenario gives the model: policy from its rule book, and the series from outside."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from countermove.model.policy_series import monthly
from countermove.parameters import load_series
from countermove.rules import RuleBook
from countermove.scenario import Rules, Scenario

Floats = NDArray[np.float64]


def scenario_series(scenario: Scenario, months: int = 240) -> dict[str, Floats]:
    """Series of a scenario by name, each (months, *dimensions), before the scenario's own dated changes.

    Raises:
        CountermoveError: the scenario dates a rule that does not exist.
    """
    outside = {name: series.monthly(np.arange(months)) for name, series in load_series().items()}
    endogenous = np.full(months, float(scenario.beijing == "endogenous"))
    return {**outside, **monthly(rule_book(scenario), months), "beijing_endogenous": endogenous}


def rule_book(scenario: Scenario) -> RuleBook:
    """The rules of a scenario; Beijing's measures at their observed dates only where the scenario says so."""
    observed = scenario.beijing == "observed" and "chips" not in scenario.rules.removed
    return _book(scenario.rules, observed)


@lru_cache(maxsize=64)
def _book(law: Rules, observed: bool) -> RuleBook:
    book = law.book()
    return book if observed else book.without("beijing")
