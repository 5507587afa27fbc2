"""Everything dated that a scenario gives the model: policy from its rule book, and the series from outside."""

from __future__ import annotations

import contextlib
import hashlib
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import countermove
from countermove import _cache
from countermove._atomic import write_whole
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
    policy = {name: array[:months] for name, array in _policy(scenario.rules, _observed(scenario)).items()}
    return {**outside, **policy, "beijing_endogenous": endogenous}


@lru_cache(maxsize=64)
def _policy(law: Rules, observed: bool) -> dict[str, Floats]:
    """The evaluator's series, kept on disk: asking it for twenty years takes longer than the simulation."""
    path = _cache.folder() / f"{_digest(law, observed)}.npz"
    try:
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, ValueError, EOFError):
        pass  # not there yet, or not whole: asked anew
    series = monthly(_book(law, observed))

    def save(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez(file, **series)  # pyright: ignore[reportArgumentType]

    with contextlib.suppress(OSError):  # a full or read-only disk costs the next process some time, nothing else
        write_whole(path, save)
    return series


def _digest(law: Rules, observed: bool) -> str:
    return hashlib.sha256(f"{_law_on_disk()} {observed} {law.model_dump_json()}".encode()).hexdigest()[:32]


@cache
def _law_on_disk() -> str:
    """Hash of everything that decides the evaluator's answers: its code, the law, the chips."""
    digest = hashlib.sha256()
    package = Path(countermove.__file__).parent
    folders = ("rules", "chips", "model", "evidence/tables")
    for path in sorted(path for folder in folders for path in (package / folder).rglob("*")):
        if path.suffix in (".py", ".yaml", ".json", ".csv"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def rule_book(scenario: Scenario) -> RuleBook:
    """The rules of a scenario; Beijing's measures at their observed dates only where the scenario says so."""
    return _book(scenario.rules, _observed(scenario))


def _observed(scenario: Scenario) -> bool:
    return scenario.beijing == "observed" and "chips" not in scenario.rules.removed


@lru_cache(maxsize=64)
def _book(law: Rules, observed: bool) -> RuleBook:
    book = law.book()
    return book if observed else book.without("beijing")
