"""Everything dated that a scenario gives the model: policy from its rule book, and the series from outside."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from countermove.model.policy_series import monthly
from countermove.parameters import load_series
from countermove.rules import RuleBook
from countermove.scenario import Scenario

Floats = NDArray[np.float64]


def scenario_series(scenario: Scenario, months: int = 240) -> dict[str, Floats]:
    """Series of a scenario by name, each (months, *dimensions), before the scenario's own dated changes.

    Raises:
        CountermoveError: the scenario dates a rule that does not exist.
    """
    outside = {name: series.monthly(np.arange(months)) for name, series in load_series().items()}
    return {**outside, **monthly(rule_book(scenario), months)}


def rule_book(scenario: Scenario) -> RuleBook:
    """The rules of a scenario.

    Beijing's measures against foreign chips answer the rules on chips: where that package is removed they do not
    exist, elsewhere they stand at their observed dates.
    """
    law = scenario.rules
    return _book(tuple(sorted(law.removed)), law.frozen_at, tuple(sorted(law.dates.items())))


@lru_cache(maxsize=64)
def _book(removed: tuple[str, ...], frozen_at: object, dates: tuple[tuple[str, object], ...]) -> RuleBook:
    book = RuleBook.history()
    moved = {name: day for name, day in dates if day != "never"}
    if moved:
        book = book.with_dates(moved)  # pyright: ignore[reportArgumentType]
    never = {name for name, day in dates if day == "never"}
    if never:
        book = RuleBook(tuple(rule for rule in book.rules if rule.id not in never))
    for package in removed:
        book = book.without(package)
    if "chips" in removed:
        book = book.without("beijing")
    if frozen_at is not None:
        book = book.frozen_at(frozen_at)  # pyright: ignore[reportArgumentType]
    return book
