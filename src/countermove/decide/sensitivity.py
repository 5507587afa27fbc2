"""Which assumptions decide an outcome: screening, Sobol's indices until they converge, and a tornado.

For parameters that depend on each other, as the draws of a posterior do, Sobol's decomposition does not hold; then
first-order indices and Shapley effects are read off an ensemble as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.decide import given_data, screening, sobol
from countermove.decide.factors import Factor
from countermove.decide.given_data import MOST_PLAYERS, FirstOrder, ShapleyEffects
from countermove.decide.measures import NEVER, Measure
from countermove.decide.question import Progress, Question, ask
from countermove.decide.screening import Screening
from countermove.decide.sobol import TOLERANCE, Indices
from countermove.errors import CountermoveError
from countermove.explore.simulate import SEED, check_numbers
from countermove.explore.world import World
from countermove.results import Origin
from countermove.scenario import Scenario

Floats = NDArray[np.floating[Any]]
Over = Literal["parameters", "mechanisms"]
Groups = tuple[tuple[str, tuple[int, ...]], ...]

MOST_POINTS = 200_000
DRAWS = 4096
OTHERS = "all others"
PARAMETERS = "all parameters"
DEFAULT = ("domestic:2030", "total:2030")


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What decides some measures.

    Attributes:
        words: scenario and counterfactual.
        difference: whether there is a counterfactual.
        factors: every uncertain input that was varied.
        groups: name and rows of `factors` of each group that has indices.
        indices: Sobol's, by group; None for an ensemble as it is.
        screening: None where nothing was screened.
        tornado: (measure, factor, 3): the measure with a parameter at its 5, 50 and 95 % quantile and all others
            central.
        first_order, shapley: of an ensemble as it is; shapley by measure.
        never: by measure the share of draws in which a date does not come within the horizon.
    """

    words: str
    difference: bool
    measures: tuple[Measure, ...]
    factors: tuple[Factor, ...]
    groups: Groups
    origin: Origin
    tornado: Floats
    never: tuple[float, ...]
    indices: Indices | None = None
    screening: Screening | None = None
    first_order: FirstOrder | None = None
    shapley: tuple[ShapleyEffects, ...] = ()

    def title(self, measure: int) -> str:
        """What the measure is, in words."""
        return self.measures[measure].title(difference=self.difference)

    def short_title(self, measure: int) -> str:
        """The same in as few words as a figure has room for."""
        return self.measures[measure].short(difference=self.difference)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        from countermove.decide import _sensitivity_tables

        return _sensitivity_tables.answer(self)

    def save(self, path: str | Path) -> Path:
        """Write the indices to one file (.nc, .csv, .json, .html), or in all forms into a folder; each whole or not.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        from countermove.decide import _sensitivity_tables

        return _sensitivity_tables.files(self).save(path)


def sensitivity(
    scenario: Scenario | str | Path,
    against: Scenario | str | Path | None = "no-controls",
    *,
    measures: Sequence[str] = DEFAULT,
    over: Over = "parameters",
    tolerance: float = TOLERANCE,
    most: int = MOST_POINTS,
    seed: int = SEED,
    progress: Progress | None = None,
    given: World | None = None,
) -> Sensitivity:
    """Sobol's indices of measures over independent priors, with more points until they converge.

    Over parameters every number that varies is screened first; those that matter get indices of their own, the rest
    one as a group, which shows how much the screening left out. Over mechanisms each group of them is on or off with
    a probability of one half, beside all parameters as one group.

    Args:
        against: the counterfactual; None for the measures of the scenario as such.
        measures: names as in `measures.parse`; dates that do not come count as the end of the horizon.
        tolerance: half-width of a 95 % interval below which the indices count as converged.
        most: greatest number of points; each is one run of each scenario.

    Raises:
        CountermoveError: no such scenario or measure; a `most` too small; different beliefs in the two scenarios;
            parameters that are draws of a posterior.
    """
    check_numbers(most, seed)
    sobol.check(most, tolerance, 1)
    question = _independent(ask(scenario, against, measures, given=given))
    factors = question.parameters + (question.mechanisms if over == "mechanisms" else ())

    def transform(u: Floats) -> Floats:
        return question.at(factors, u)

    def answers(points: Floats) -> Floats:
        return question.answers(factors, points)

    tornado = _tornado(question)
    groups, screened = _groups(question, over, transform, answers, seed)
    names = [measure.name for measure in question.measures]
    found = sobol.indices(
        transform, answers, groups, len(factors), names, seed=seed, most=most, tolerance=tolerance, progress=progress
    )
    return Sensitivity(
        words=question.words,
        difference=question.against is not None,
        measures=question.measures,
        factors=factors,
        groups=groups,
        origin=question.origin(found.convergence.points, seed),
        tornado=tornado,
        never=tuple(_never(measure, row) for measure, row in zip(question.measures, found.answers, strict=True)),
        indices=found,
        screening=screened,
    )


def _independent(question: Question) -> Question:
    """The question, if its parameters are independent of each other."""
    if question.given.basis == "posterior":
        raise CountermoveError(
            "Sobol's indices need parameters that are independent of each other, and those of a posterior are not: "
            "read the indices off its draws with --method given, or draw from the prior with --parameters prior"
        )
    return question


def _groups(
    question: Question,
    over: Over,
    transform: Callable[[Floats], Floats],
    answers: Callable[[Floats], Floats],
    seed: int,
) -> tuple[Groups, Screening | None]:
    """What gets indices of its own, by rows of the factors, and the screening that chose it."""
    parameters, mechanisms = question.parameters, question.mechanisms
    every = tuple(range(len(parameters)))
    if over == "mechanisms":
        each = [(factor.name, (row,)) for row, factor in enumerate(mechanisms, start=len(parameters))]
        return (*each, (PARAMETERS, every)), None
    screened = screening.screen(transform, answers, [factor.name for factor in parameters], seed=seed)
    kept = [(parameters[row].name, (row,)) for row in screened.kept]
    others = tuple(row for row in every if row not in screened.kept)
    return (*kept, *([(OTHERS, others)] if others else [])), screened


def sensitivity_of_ensemble(
    scenario: Scenario | str | Path,
    against: Scenario | str | Path | None = "no-controls",
    *,
    measures: Sequence[str] = DEFAULT,
    draws: int = DRAWS,
    listed: Floats | None = None,
    seed: int = SEED,
    progress: Progress | None = None,
    given: World | None = None,
) -> Sensitivity:
    """First-order indices and Shapley effects from an ensemble, also where its parameters depend on each other.

    Args:
        listed: values (parameter, draw) in the order of `Question.parameters`; by default the draws that every command
            makes from this seed, of the posterior where one ships.

    Raises:
        CountermoveError: as `sensitivity`; too few draws.
    """
    check_numbers(draws, seed)
    question = ask(scenario, against, measures, given=given)
    values = question.draws(seed, draws) if listed is None else listed
    found = question.answers(question.parameters, values, progress)
    first = given_data.first_order(values, found, seed=seed)
    effects = tuple(
        given_data.shapley(values, row, tuple(np.argsort(-share)[:MOST_PLAYERS]), seed=seed)
        for row, share in zip(found, first.value, strict=True)
    )
    return Sensitivity(
        words=question.words,
        difference=question.against is not None,
        measures=question.measures,
        factors=question.parameters,
        groups=tuple((factor.name, (row,)) for row, factor in enumerate(question.parameters)),
        origin=question.origin(values.shape[1], seed),
        tornado=_tornado(question),
        never=tuple(_never(measure, row) for measure, row in zip(question.measures, found, strict=True)),
        first_order=first,
        shapley=effects,
    )


def _tornado(question: Question) -> Floats:
    """Measures with one parameter at a time at its 5, 50 and 95 % quantile: (measure, parameter, 3)."""
    count = len(question.parameters)
    u = np.full((count, 2 * count + 1), 0.5)
    u[np.arange(count), np.arange(count)] = 0.05
    u[np.arange(count), count + np.arange(count)] = 0.95
    found = question.answers(question.parameters, question.at(question.parameters, u))
    central = np.repeat(found[:, -1:], count, axis=1)
    return np.stack([found[:, :count], central, found[:, count:-1]], axis=2)


def _never(measure: Measure, values: Floats) -> float:
    return 0.0 if measure.kind == "annual" else float((values == NEVER).mean())
