"""The model in a view: the same equations, with its series and priors, in arms that span the error of growth."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from countermove.explore.world import World, prior_world
from countermove.inference._reading import month_index
from countermove.inference.asof import View
from countermove.model.policy_series import monthly
from countermove.rules import RuleBook
from countermove.scenario import Rules, Scenario, as_scenario

# Members of the ensemble by growth of what comes from outside: quantiles at the middle of as many equal parts.
GROUPS = 4

_EVENTS = ("tool_rule_ahead", "hbm_rule_ahead", "hbm_rule_notice")
_RATES = ("rule_changes",)
_RATE_MEMORY = 36  # months of the past by which the rate of later events is judged


def asof_scenario(given: View) -> Scenario:
    """History without the rules that were announced later; Beijing as observed."""
    never = dict.fromkeys(given.unknown_rules, "never")
    history = as_scenario("history")
    return history.model_copy(update={"name": f"known-{given.as_of}", "rules": Rules(dates=never)})  # type: ignore[arg-type]


def asof_world(given: View, group: int, *, later_rules: bool) -> World:
    """The model as of the view.

    Beijing's measures stay as observed up to the date: what the model has them answer to is abduced from measures that
    came later.

    Args:
        group: which part of the distribution of growth, 0 to GROUPS − 1.
        later_rules: give the rules that came later, as they came; everything else stays as of the date.
    """
    outside = {name: _carried(given, name, group) for name in given.series}

    def series(scenario: Scenario, months: int) -> Mapping[str, np.ndarray]:
        book = RuleBook.history() if later_rules else scenario.rules.book()
        policy = monthly(book, months)
        if not later_rules:
            policy = {name: _held(name, array, given) for name, array in policy.items()}
        plain = {name: array[:months] for name, array in outside.items()}
        return {**plain, **policy, "beijing_endogenous": np.zeros(months)}

    return replace(prior_world(), priors=given.priors, series=series)


def _held(name: str, array: np.ndarray, given: View) -> np.ndarray:
    """A policy series as known: as it was up to the date, then unchanged; no further events but at their past rate."""
    now = month_index(given.as_of)
    held = np.array(array, dtype=np.float64)
    if name in _EVENTS:
        return held  # a rule announced by then may still be to come; later ones are not in the book
    held[now + 1 :] = held[max(0, now - _RATE_MEMORY + 1) : now + 1].mean(axis=0) if name in _RATES else held[now]
    return held


def _carried(given: View, name: str, group: int) -> np.ndarray:
    """A series from outside by month, with the error of its growth beyond the last known knot."""
    values = given.series[name].monthly()
    error = given.growth_error[name]
    if error == 0:
        return values
    ahead = np.maximum(2016 + (np.arange(len(values)) + 0.5) / 12 - max(given.last_known[name], 0.0), 0.0)
    return values * np.exp(error * _score(name, group) * np.minimum(ahead, LIMIT))


LIMIT = 5.0
"""Years over which the error of growth keeps adding up: growth that differs for longer is beyond what is scored."""


def _score(name: str, group: int) -> float:
    """Normal score of a group; each series has the groups in an order of its own, so that series are independent."""
    from statistics import NormalDist

    order = sorted(range(GROUPS), key=lambda g: hashlib.blake2b(f"{name}/{g}".encode()).digest())
    return NormalDist().inv_cdf((order[group] + 0.5) / GROUPS)


__all__ = ["GROUPS", "asof_scenario", "asof_world"]
