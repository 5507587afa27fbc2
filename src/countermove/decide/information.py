"""What knowing an assumption better is worth for a stated decision: the choice between scenarios by one objective.

EVPI = E[max_d Y_d] − max_d E[Y_d]; EVPPI of a parameter X = E[max_d E[Y_d | X]] − max_d E[Y_d] (Raiffa and Schlaifer
1961), with E[Y_d − Y_best | X] by regression on the draws (Strong, Oakley and Brennan 2014; here penalised splines).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.decide.factors import Factor
from countermove.decide.measures import Measure
from countermove.decide.question import Progress, ask
from countermove.decide.smoother import conditional_means
from countermove.errors import CountermoveError
from countermove.explore.simulate import SEED, check_numbers
from countermove.explore.world import World
from countermove.results import Origin
from countermove.scenario import Scenario

Floats = NDArray[np.floating[Any]]
Sense = Literal["most", "least"]

DRAWS = 8192
_SHUFFLES, _AT_ONCE = 1000, 50
_RESAMPLES = 100
_WITH_INTERVAL = 12


@dataclass(frozen=True)
class Worth:
    """Value of knowing something, in the unit of the objective.

    Attributes:
        value: expected gain in the objective.
        low, high: its 95 % bootstrap interval; nan where none was computed.
        changes: probability that the knowledge changes which scenario is best.
    """

    value: float
    low: float
    high: float
    changes: float


@dataclass(frozen=True, eq=False)
class Information:
    """The decision and what better knowledge is worth for it.

    Attributes:
        objective: of which each scenario gives a number a draw; `sense`: whether the most or the least of it is sought.
        means, errors: mean of the objective for each scenario and its standard error.
        best: position of the scenario that is best on average.
        each_best: share of draws in which each scenario is best.
        perfect: of knowing every parameter.
        partial: of knowing one parameter alone, as `factors`.
        noise: value that the best of as many parameters reaches with a probability of 5 % if none has any bearing.
    """

    scenarios: tuple[str, ...]
    objective: Measure
    sense: Sense
    factors: tuple[Factor, ...]
    origin: Origin
    means: Floats
    errors: Floats
    best: int
    each_best: Floats
    perfect: Worth
    partial: tuple[Worth, ...]
    noise: float

    @property
    def order(self) -> list[int]:
        """Parameters whose value is above the noise, the most valuable first."""
        ranked = sorted(range(len(self.partial)), key=lambda row: -self.partial[row].value)
        return [row for row in ranked if self.partial[row].value > self.noise]

    @property
    def sentences(self) -> list[str]:
        """The answer in words."""
        from countermove.decide import _information_tables

        return _information_tables.sentences(self)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        from countermove.decide import _information_tables

        return _information_tables.answer(self)

    def save(self, path: str | Path) -> Path:
        """Write the worths to one file (.nc, .csv, .json, .html), or in all forms into a folder; each whole or not.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        from countermove.decide import _information_tables

        return _information_tables.files(self).save(path)


def value_of_information(
    scenarios: Sequence[Scenario | str | Path],
    objective: str,
    sense: Sense,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    progress: Progress | None = None,
    given: World | None = None,
) -> Information:
    """The value of knowing each parameter before choosing between scenarios by one objective.

    Args:
        objective: an outcome in a year, such as total:2030.
        sense: whether the scenario with the most or the least of it is chosen; the program prefers neither.

    Raises:
        CountermoveError: fewer than two scenarios; an objective that is not an outcome in a year; as `ask`.
    """
    check_numbers(draws, seed)
    if len(scenarios) < 2:
        raise CountermoveError("a decision needs at least two scenarios to choose between")
    if sense not in ("most", "least"):
        raise CountermoveError(f"sense: '{sense}' is neither 'most' nor 'least'")
    question = ask(scenarios, None, [objective], given=given)
    names = [scenario.name for scenario in question.scenarios]
    if len(set(names)) < len(names):
        raise CountermoveError(f"a decision between {', '.join(names)}: a scenario is named twice")
    values = question.draws(seed, draws)
    found = question.answers(question.parameters, values, progress)[:, 0]
    outcomes = found if sense == "most" else -found
    best, perfect, partial, noise = worths(outcomes, values, seed)
    return Information(
        scenarios=tuple(names),
        objective=question.measures[0],
        sense=sense,
        factors=question.parameters,
        origin=question.origin(draws, seed),
        means=found.mean(axis=1),
        errors=found.std(axis=1, ddof=1) / np.sqrt(draws) if draws > 1 else np.full(len(found), np.inf),
        best=best,
        each_best=np.bincount(outcomes.argmax(axis=0), minlength=len(names)) / draws,
        perfect=perfect,
        partial=partial,
        noise=noise,
    )


def worths(outcomes: Floats, values: Floats, seed: int) -> tuple[int, Worth, tuple[Worth, ...], float]:
    """The best row of outcomes (choice, draw), EVPI, EVPPI of each row of values (parameter, draw), and the noise.

    Raises:
        CountermoveError: too few draws for a regression.
    """
    count = outcomes.shape[1]
    if count < 200:
        raise CountermoveError(f"draws: {count} are too few for the value of information; at least 200")
    generator = np.random.default_rng(seed)
    best = int(outcomes.mean(axis=1).argmax())
    gains = np.delete(outcomes - outcomes[best], best, axis=0)  # of the other choices over the best
    fits = [conditional_means(row, gains) for row in values]
    found = [_value(fit) for fit in fits]
    resamples = generator.integers(count, size=(_RESAMPLES, count))
    perfect = [_value(gains[:, chosen]) for chosen in resamples]
    partial: list[Worth] = []
    top = set(np.argsort(-np.array(found))[:_WITH_INTERVAL].tolist())
    for row, (value, fit) in enumerate(zip(found, fits, strict=True)):
        ends = (np.nan, np.nan)
        if row in top:
            again = [_value(conditional_means(values[row, chosen], gains[:, chosen])) for chosen in resamples]
            ends = tuple(np.quantile(again, [0.025, 0.975]))
        partial.append(Worth(value, float(ends[0]), float(ends[1]), float((fit.max(axis=0) > 0).mean())))
    low, high = np.quantile(perfect, [0.025, 0.975])
    whole = Worth(_value(gains), float(low), float(high), float((gains.max(axis=0) > 0).mean()))
    return best, whole, tuple(partial), _noise(gains, values[0], len(values), generator)


def _noise(gains: Floats, row: Floats, parameters: int, generator: np.random.Generator) -> float:
    """95 % quantile of the greatest value among that many parameters, when draws are shuffled against each other."""
    chance: list[float] = []
    for _ in range(0, _SHUFFLES, _AT_ONCE):
        shuffled = np.concatenate([gains[:, generator.permutation(gains.shape[1])] for _ in range(_AT_ONCE)])
        chance += [_value(fit) for fit in conditional_means(row, shuffled).reshape(_AT_ONCE, *gains.shape)]
    return float(np.quantile(chance, 0.95 ** (1 / parameters)))


def _value(gains: Floats) -> float:
    """E[max(0, gain)] − max(0, E[gain]), of gains (choice, draw) over the choice that is best on average."""
    return float(np.maximum(gains.max(axis=0), 0).mean()) - max(0.0, float(gains.mean(axis=1).max()))
