"""This morning's news: what an analyst's new or corrected figures do to the answer, without a fit.

Each draw of the parameters is weighted by how much better or worse it fits the figures of the evidence with the
file's figures than without them (importance sampling, Pareto-smoothed). The weights say themselves when a few draws
carry them: above k̂ = 0.7 the answer is refused, and a fit with the same file is due.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.answer import headline
from countermove.errors import CountermoveError
from countermove.evidence import facts
from countermove.explore.annual import AnnualOutcome, annual_outcome
from countermove.explore.compare import Comparison, compare, quoted_year
from countermove.explore.crossing import Crossing
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.world import world
from countermove.inference._table import read_rows
from countermove.inference.discrepancy import estimate, log_likelihoods
from countermove.inference.informed import normal_scores
from countermove.inference.observations import Left, Observation, distinct, observe
from countermove.inference.operators import operators
from countermove.inference.predict import fitted, predict
from countermove.inference.psis import LIMIT, effective, smoothed

Floats = NDArray[np.floating[Any]]

CORRECTED = " (corrected)"
"""What is added to the id of a file's row that takes the place of a row of the evidence."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A parameter: mean of its normal score, 0 before, and the share of its variance that is left."""

    parameter: str
    shift: float
    variance_left: float


@dataclass(frozen=True, eq=False)
class Update:
    """The answer before and after.

    Attributes:
        rows: the file's figures that count; `corrected` those that replace a row of the evidence of the same id.
        left: the file's figures that do not count, and why.
        shape: k̂ of the weights.
        effective: number of equally weighted draws that are worth as much.
        before, after: the comparison without and with the file.
        moved: parameters, those that moved most first.
    """

    rows: tuple[Observation, ...]
    corrected: tuple[str, ...]
    left: tuple[Left, ...]
    shape: float
    effective: float
    before: Comparison
    after: Comparison
    moved: tuple[Moved, ...]


def update(
    path: Path,
    scenario: str = "history",
    against: str = "no-controls",
    *,
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Update:
    """What the rows of a file do to the difference of `scenario` from `against`.

    Raises:
        CountermoveError: the file cannot be read or has no figure that counts; the weights cannot carry it (k̂ > 0.7).
    """
    found, left, without, with_file = _rows(path)
    every = {each.fact.id: each for each in (*without, *with_file)}
    figures = predict(list(every.values()), draws=draws, seed=seed, progress=progress)
    weights, shape = smoothed(_log_weights(without, with_file, figures))
    worth = effective(weights)
    if shape > LIMIT:
        raise CountermoveError(
            f"{path}: too much news for {draws:,} draws: k̂ of the weights is {shape:.2f}, above {LIMIT}, and the "
            f"weighted draws are worth {worth:.0f}; fit again with the same file: "
            f"`countermove calibrate --with {path} --output FILE.npz`"
        )
    before = compare(scenario, against, draws=draws, seed=seed, attribution=None)
    moved = _moved(weights, draws, seed)
    corrected = tuple(each.fact.id for each in found if each.fact.id.endswith(CORRECTED))
    return Update(found, corrected, left, shape, worth, before, reweighted(before, weights), moved)


def _rows(path: Path) -> tuple[tuple[Observation, ...], tuple[Left, ...], list[Observation], list[Observation]]:
    """The file's figures, those left out, and the evidence without and with the file."""
    rows = read_rows(path)
    ids = {row.id for row in rows}
    shipped, _ = observe(facts(), operators())
    shipped, _ = distinct(shipped)
    found, left = observe(rows, operators(), any_table=True, beside=[row for row in facts() if row.id not in ids])
    known = {row.id for row in facts()}
    found = [_marked(each) if each.fact.id in known else each for each in found]
    own = {each.fact.id for each in found}
    kept = [each for each in shipped if each.fact.id not in ids]
    with_file, repeated = distinct([*kept, *found])
    left = [*left, *(each for each in repeated if each.fact.id in own)]
    new = tuple(each for each in with_file if each.fact.id in own)
    if not new:
        why = f": {left[0].fact.id}: {left[0].why}" if left else ""
        raise CountermoveError(f"{path}: no row has news for the model{why}")
    # A posterior has seen the row that is corrected, which must be taken out again; the prior has not.
    return new, tuple(left), shipped if fitted(world()) else kept, with_file


def _marked(each: Observation) -> Observation:
    """With an id of its own, so that it does not get the reading of the row that it corrects."""
    return replace(each, fact=replace(each.fact, id=each.fact.id + CORRECTED))


def _log_weights(
    without: Sequence[Observation], with_file: Sequence[Observation], figures: Mapping[str, Floats]
) -> Floats:
    """How much better each draw fits the evidence with the file than without it, up to a constant."""
    exact = [each for each in without if each.bound is None]
    rest = estimate(exact, figures, fitted=fitted(world()))
    return log_likelihoods(with_file, figures, rest) - log_likelihoods(without, figures, rest)


def reweighted(comparison: Comparison, weights: Floats) -> Comparison:
    """The comparison on draws taken in proportion to their weights (systematic resampling; Kitagawa 1996).

    Its trajectories and drivers stay those before.
    """
    count = len(weights)
    chosen = np.searchsorted(np.cumsum(weights), (np.arange(count) + 0.5) / count).clip(0, count - 1)
    annual: dict[str, AnnualOutcome] = {}
    for name, each in comparison.annual.items():
        arms = np.asarray(each.policy)[chosen], np.asarray(each.counterfactual)[chosen]
        annual[name] = annual_outcome(OUTCOMES[name], *arms, comparison.immaterial)
    crossings = {
        name: tuple(Crossing(each.direction, each.dates[chosen], each.later[chosen]) for each in both)
        for name, both in comparison.crossings.items()
    }
    return replace(comparison, annual=annual, crossings=crossings)


def _moved(weights: Floats, draws: int, seed: int) -> tuple[Moved, ...]:
    names, scores = normal_scores(draws, seed)
    mean = scores @ weights
    variance = (scores**2) @ weights - mean**2
    found = (Moved(*each) for each in zip(names, map(float, mean), map(float, variance), strict=True))
    return tuple(sorted(found, key=lambda each: -abs(each.shift)))


def as_json(result: Update) -> dict[str, Any]:
    """Before and after as plain values; quantiles are 10, 50 and 90 %."""
    year = quoted_year(result.before.years)
    index = result.before.years.index(year)
    both = (("before", result.before), ("after", result.after))
    return {
        "rows": [
            {"id": each.fact.id, "series": each.operator.name, "value": each.value / each.factor,
             "unit": each.fact.unit, "corrects": each.fact.id in result.corrected}
            for each in result.rows
        ],
        "unmapped": [{"id": left.fact.id, "why": left.why} for left in result.left],
        "pareto_k": result.shape, "effective_draws": result.effective, "draws": result.before.draws,
        "parameters": result.before.policy.origin.parameters,
        "headline": {name: list(headline(comparison)) for name, comparison in both},
        "year": year,
        "outcomes": [
            {"outcome": name, "unit": OUTCOMES[name].unit,
             **{when: _answer(comparison.annual[name], index) for when, comparison in both}}
            for name in result.before.annual
        ],
        "crossings": [
            {"outcome": name, "direction": old.direction, "before": _crossing(old), "after": _crossing(new)}
            for name in result.before.crossings
            for old, new in zip(result.before.crossings[name], result.after.crossings[name], strict=True)
        ],
        "parameters_moved": [
            {"parameter": each.parameter, "shift_in_standard_deviations": each.shift,
             "variance_left": each.variance_left}
            for each in result.moved
        ],
    }  # fmt: skip


def _answer(annual: AnnualOutcome, index: int) -> dict[str, Any]:
    return {
        "difference": [float(annual.p10[index]), float(annual.p50[index]), float(annual.p90[index])],
        **{name: float(getattr(annual, name)[index]) for name in ("p_catalysed", "p_hindered", "p_immaterial")},
    }


def _crossing(each: Crossing) -> dict[str, Any]:
    return {"never": each.never, "p10": each.p10, "p50": each.p50, "p90": each.p90}
