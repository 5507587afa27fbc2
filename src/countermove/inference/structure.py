"""The paradox under every structural variant, and all of them weighted by how well they predict.

The model leaves three choices of structure open (own learning or spillovers, exogenous or induced research, subsidies
that follow plans or answer denial). Each of the eight combinations predicts the figures published after a date from
those before; stacking (Yao, Vehtari, Simpson and Gelman 2018) finds the weights with which their mixture would have
predicted best. Variants that fit the history alike cannot be separated so, and the sign of a difference that turns on
them stays undecided.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._frozen import FrozenMapping
from countermove.answer import DECIDED, verdict
from countermove.explore.annual import AnnualOutcome, annual_outcome
from countermove.explore.compare import IMMATERIAL, Comparison, compare
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.world import prior_world, world
from countermove.inference.discrepancy import published
from countermove.inference.fits import variant_world
from countermove.inference.listing import shipped
from countermove.inference.observations import Observation
from countermove.inference.predict import predict
from countermove.inference.scales import forward
from countermove.scenario import Scenario, as_scenario

Floats = NDArray[np.floating[Any]]

SPLIT = date(2023, 12, 31)
"""Figures of periods that end later are predicted, the others given."""

SHOWN = ("domestic", "home_made", "total", "with_smuggled", "owned")


@dataclass(frozen=True, eq=False)
class Variant:
    """One combination of structural choices.

    Attributes:
        log_scores: mean log score of the figures held back, by series.
        weight: in the mixture that would have predicted best.
        annual: by outcome, policy against counterfactual.
        own_fit: whether parameters are drawn from a fit of this variant; else they are those of the default structure.
    """

    choices: Mapping[str, str]
    log_scores: Mapping[str, float]
    weight: float
    annual: Mapping[str, AnnualOutcome]
    own_fit: bool

    @property
    def label(self) -> str:
        """The choices in words."""
        return ", ".join(f"{name} {choice}" for name, choice in self.choices.items())


@dataclass(frozen=True, eq=False)
class Structure:
    """All variants, and their mixture by weight; differences of `scenario` from `against`."""

    scenario: str
    against: str
    years: tuple[int, ...]
    variants: tuple[Variant, ...]
    stacked: Mapping[str, AnnualOutcome]

    def verdicts(self, outcome: str, year: int) -> tuple[str, ...]:
        """What each variant says of an outcome in a year: catalysed, hindered, immaterial or undecided."""
        index = self.years.index(year)
        return tuple(verdict(each.annual[outcome], index) for each in self.variants)

    def turned_by(self, outcome: str, year: int) -> tuple[str, ...]:
        """Choices between which the probability of the sign moves across the one at which a sign is stated."""
        index = self.years.index(year)
        found: list[str] = []
        for name in self.variants[0].choices:
            sides: dict[str, list[str]] = {}
            for each in self.variants:
                sides.setdefault(each.choices[name], []).append(verdict(each.annual[outcome], index))
            if len({tuple(words) for words in sides.values()}) > 1:
                found.append(name)
        return tuple(found)

    def difference(self, other: int) -> tuple[float, float]:
        """Sum over series of the log score of a variant less that of the best, and the standard error of that."""
        best = max(self.variants, key=lambda each: sum(each.log_scores.values()))
        gaps = [self.variants[other].log_scores[name] - best.log_scores[name] for name in best.log_scores]
        return float(np.sum(gaps)), float(np.std(gaps, ddof=1) * np.sqrt(len(gaps)))


def structure(
    scenario: Scenario | str = "history",
    against: Scenario | str = "no-controls",
    *,
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Structure:
    """Every variant's prediction of the history and its answer; the history is simulated under the actual rules."""
    rows, _ = shipped()
    exact = [each for each in rows if each.bound is None]
    choices = combinations()
    scores: list[dict[str, float]] = []
    compared: list[Comparison] = []
    own: list[bool] = []
    for done, chosen in enumerate(choices):
        if progress:
            progress(done, len(choices))
        scores.append(_log_scores(exact, _with(as_scenario("history"), chosen), draws, seed))
        pair = (_with(as_scenario(each), chosen) for each in (scenario, against))
        given = variant_world(chosen)
        own.append(bool(given.posterior) and (given is not world() or _is_default(chosen)))
        compared.append(compare(*pair, draws=draws, seed=seed, attribution=None, given=given))
    names = list(scores[0])
    weights = stack(np.array([[each[name] for each in scores] for name in names]))
    variants = tuple(
        Variant(chosen, score, float(weight), {name: result.annual[name] for name in SHOWN}, fit)
        for chosen, score, weight, result, fit in zip(choices, scores, weights, compared, own, strict=True)
    )
    first = compared[0]
    return Structure(first.scenario, first.against, first.years, variants, _mixed(variants, draws))


def combinations() -> tuple[FrozenMapping[str, str], ...]:
    """Every combination of the structural choices."""
    given = world().variants
    return tuple(FrozenMapping(dict(zip(given, each, strict=True))) for each in itertools.product(*given.values()))


def _is_default(choices: Mapping[str, str]) -> bool:
    return all(choice == world().variants[name][1] for name, choice in choices.items())


def _with(scenario: Scenario, choices: FrozenMapping[str, str]) -> Scenario:
    return scenario.model_copy(update={"variant": choices})


def _log_scores(rows: Sequence[Observation], history: Scenario, draws: int, seed: int) -> dict[str, float]:
    """Mean log score by series of what came after the split, normal on the scale of the series."""
    # A posterior has seen what is held back here.
    figures = predict(rows, scenario=history, draws=draws, seed=seed, given=prior_world())
    known = [each for each in rows if each.last <= SPLIT]
    wanted = [each for each in rows if each.last > SPLIT]
    expected = published(wanted, known, figures, seed=seed)
    by_series: dict[str, list[float]] = {}
    for each in wanted:
        values = forward(each.operator, expected[each.fact.id])
        deviation = float(values.std())
        z = (each.on_scale - float(values.mean())) / deviation
        by_series.setdefault(each.operator.name, []).append(-0.5 * z * z - float(np.log(deviation)))
    return {name: float(np.mean(scores)) for name, scores in by_series.items()}


def stack(log_scores: Floats) -> Floats:
    """Weights of models (columns) that give their mixture the best sum of log scores over rows; they add up to one.

    With a Dirichlet prior of 2, as if every model had predicted one more row best: of models that predict alike none is
    left out for a difference of no account. The sum is concave; its maximum is found by the EM algorithm for the
    weights of a mixture, whose steps never lower it.
    """
    rows, models = log_scores.shape
    density = np.exp(log_scores - log_scores.max(axis=1, keepdims=True))
    weights = np.full(models, 1 / models)
    for _ in range(20_000):
        expected = (weights * density / (density @ weights)[:, np.newaxis]).sum(axis=0)
        updated = (expected + 1) / (rows + models)
        if np.abs(updated - weights).max() < 1e-10:
            break
        weights = updated
    return weights


def _mixed(variants: Sequence[Variant], draws: int) -> dict[str, AnnualOutcome]:
    """The mixture as draws: of each variant the first in proportion to its weight."""
    cuts = np.round(np.cumsum([0.0, *(each.weight for each in variants)]) * draws).astype(int)
    counts = np.diff(cuts)
    found: dict[str, AnnualOutcome] = {}
    for name in SHOWN:
        policy, other = (
            np.concatenate([getattr(each.annual[name], arm)[:n] for each, n in zip(variants, counts, strict=True)])
            for arm in ("policy", "counterfactual")
        )
        found[name] = annual_outcome(OUTCOMES[name], policy, other, IMMATERIAL)
    return found


def as_json(result: Structure, year: int) -> dict[str, Any]:
    """Weights, scores and answers in a year as plain values; quantiles are 10, 50 and 90 %."""
    index = result.years.index(year)

    def answer(annual: Mapping[str, AnnualOutcome]) -> dict[str, Any]:
        return {
            name: {
                "verdict": verdict(each, index),
                "p_catalysed": float(each.p_catalysed[index]), "p_hindered": float(each.p_hindered[index]),
                "p_immaterial": float(each.p_immaterial[index]),
                "difference": [float(each.p10[index]), float(each.p50[index]), float(each.p90[index])],
            }
            for name, each in annual.items()
        }  # fmt: skip

    return {
        "scenario": result.scenario, "against": result.against, "year": year, "split": SPLIT.isoformat(),
        "decided_from": DECIDED,
        "variants": [
            {
                "choices": dict(each.choices), "weight": each.weight, "own_fit": each.own_fit,
                "log_score_below_best": list(result.difference(number)), "answer": answer(each.annual),
            }
            for number, each in enumerate(result.variants)
        ],
        "stacked": answer(result.stacked),
        "turned_by": {name: list(result.turned_by(name, year)) for name in SHOWN},
    }  # fmt: skip
