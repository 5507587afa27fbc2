"""Scores of the model on figures: intervals, coverage, CRPS, and skill against forecasts that need no model.

All scores are taken on the scale of the series (logarithm for amounts, logit for shares), where they are comparable
between series: CRPS of a transformed quantity is again a proper score (Bosse et al. 2023).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.evidence import facts
from countermove.explore.world import world
from countermove.inference import naive
from countermove.inference._table import read_rows
from countermove.inference.discrepancy import published
from countermove.inference.observations import Left, Observation, distinct, observe
from countermove.inference.operators import operators
from countermove.inference.predict import fitted, predict
from countermove.inference.scales import forward
from countermove.inference.scores import covered, crps_ensemble, crps_normal, pit

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """One figure and what the model says of it; figures in the unit of the row, `crps` on the scale of the series.

    A row that is a bound is covered if the interval reaches what the bound allows, and has no score. `naive` holds
    the CRPS of the naive forecasts by name; `skill` is against the one that does best over the whole series.
    """

    observation: Observation
    observed: float
    low: float
    median: float
    high: float
    covered: Mapping[float, bool]
    crps: float | None
    pit: float | None
    naive: Mapping[str, float]
    best: str = ""

    @property
    def skill(self) -> float | None:
        """1 − CRPS / CRPS of the naive forecast; None where there is none."""
        reference = self.naive.get(self.best)
        return None if self.crps is None or not reference else 1 - self.crps / reference


@dataclass(frozen=True, slots=True)
class Scores:
    """All rows given: those scored and those that the model cannot be read for."""

    rows: tuple[Scored, ...]
    unmapped: tuple[Left, ...]

    def coverage(self, level: float) -> float | None:
        """Share of the figures, bounds aside, within the central interval of `level`."""
        known = [row.covered[level] for row in self.rows if row.crps is not None]
        return float(np.mean(known)) if known else None

    def skill(self) -> float | None:
        """Skill over all rows that have a naive forecast: 1 − mean CRPS / mean CRPS of the best naive forecasts."""
        return _skill(self.rows)

    def by_series(self) -> dict[str, float]:
        """Skill of each series that has one."""
        names = dict.fromkeys(row.observation.operator.name for row in self.rows)
        found = {name: _skill([r for r in self.rows if r.observation.operator.name == name]) for name in names}
        return {name: skill for name, skill in found.items() if skill is not None}

    def share_of_series_with_skill(self) -> float | None:
        """Share of the series with a naive forecast on which the model does better than it."""
        skills = self.by_series()
        return float(np.mean([skill > 0 for skill in skills.values()])) if skills else None


LEVELS = (0.5, 0.8, 0.95)


def score_file(path: Path, *, draws: int, seed: int, progress: Callable[[int, int], None] | None = None) -> Scores:
    """Score the rows of a CSV file in the format of the evidence against the model under the actual rules.

    Naive forecasts of a row are made from the shipped evidence and the other rows of the file, of earlier periods.

    Raises:
        CountermoveError: the file cannot be read or is not in that format.
    """
    rows = read_rows(path)
    ids = {row.id for row in rows}
    shipped = [row for row in facts() if row.id not in ids]
    found, left = observe(rows, operators(), any_table=True, beside=shipped)
    past, _ = observe(shipped, operators())
    return score(found, left, past=[*past, *found], draws=draws, seed=seed, progress=progress)


def score(
    observations: Sequence[Observation],
    left: Sequence[Left],
    *,
    past: Sequence[Observation],
    draws: int,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Scores:
    """Score observations; model and naive forecasts alike know what in `past` is of an earlier period."""
    if not observations:
        return Scores((), tuple(left))
    read = {each.fact.id: each for each in (*past, *observations)}
    figures = predict(list(read.values()), draws=draws, seed=seed, progress=progress)
    return scored(observations, left, figures, past=past, seed=seed, seen=fitted(world()))


def scored(
    observations: Sequence[Observation],
    left: Sequence[Left],
    figures: Mapping[str, Floats],
    *,
    past: Sequence[Observation],
    seed: int,
    seen: bool = False,
) -> Scores:
    """Scores from figures (draws,) of the model by id of the row, of `observations` and of `past`.

    Before they are scored, the figures are made what would be published, given the past (see `discrepancy`); `seen`:
    the draws are of a posterior that was fitted to it.
    """
    known, _ = distinct(past)
    expected = published(observations, known, figures, seed=seed, fitted=seen)
    rows = [_score_row(each, expected[each.fact.id], known) for each in observations]
    best = _best_naive(rows)
    final = (_with_best(row, best.get(row.observation.operator.name, "")) for row in rows)
    return Scores(tuple(final), tuple(left))


FOLDS = 5


def held_back(rows: Sequence[Observation], figures: Mapping[str, Floats], *, seed: int) -> Scores:
    """Scores of every row as if its fifth of the rows were unknown: what a file of new rows may expect.

    Rows are dealt to fifths by their ids. Each is forecast from the rows of the other fifths whose period ended before
    its own, with discrepancies judged by all of those.

    Args:
        figures: of draws that have not seen the rows, by id.
    """
    exact = [each for each in rows if each.bound is None]
    fifth = {each.fact.id: hashlib.blake2b(each.fact.id.encode()).digest()[0] % FOLDS for each in exact}
    found: list[Scored] = []
    for fold in range(FOLDS):
        asked = [each for each in exact if fifth[each.fact.id] == fold]
        others = [each for each in exact if fifth[each.fact.id] != fold]
        found.extend(scored(asked, (), figures, past=others, seed=seed).rows)
    best = _best_naive(found)
    return Scores(tuple(_with_best(row, best.get(row.observation.operator.name, "")) for row in found), ())


def _score_row(each: Observation, expected: Floats, known: Sequence[Observation]) -> Scored:
    low, median, high = np.quantile(expected, [0.1, 0.5, 0.9])
    observed, low, median, high = (float(number) / each.factor for number in (each.value, low, median, high))
    if each.bound is not None:
        ends = {level: np.quantile(expected, [(1 - level) / 2, (1 + level) / 2]) for level in LEVELS}
        reached = {
            level: bool(top >= each.value if each.bound == "low" else bottom <= each.value)
            for level, (bottom, top) in ends.items()
        }
        return Scored(each, observed, low, median, high, reached, crps=None, pit=None, naive={})
    on_scale = forward(each.operator, expected)
    reference = naive.of(each, known)
    return Scored(
        each,
        observed,
        low,
        median,
        high,
        covered={level: covered(expected, each.value, level) for level in LEVELS},
        crps=crps_ensemble(on_scale, each.on_scale),
        pit=pit(expected, each.value),
        naive={name: crps_normal(f.mean, f.deviation, each.on_scale) for name, f in reference.items()},
    )


def _best_naive(rows: Sequence[Scored]) -> dict[str, str]:
    """By series the naive forecast with the lowest mean CRPS among those that exist for all its rows with any."""
    best: dict[str, str] = {}
    for name in dict.fromkeys(row.observation.operator.name for row in rows):
        those = [row.naive for row in rows if row.observation.operator.name == name and row.naive]
        if those:
            common = [kind for kind in naive.NAMES if all(kind in each for each in those)]
            best[name] = min(common, key=lambda kind: sum(each[kind] for each in those))
    return best


def _with_best(row: Scored, best: str) -> Scored:
    return replace(row, best=best)


def _skill(rows: Sequence[Scored]) -> float | None:
    compared = [(row.crps, row.naive[row.best]) for row in rows if row.crps is not None and row.best in row.naive]
    reference = sum(naive_crps for _, naive_crps in compared)
    return 1 - sum(crps for crps, _ in compared) / reference if reference else None


def as_json(scores: Scores) -> dict[str, Any]:
    """Rows, unmapped rows and summary as plain values."""
    return {
        "rows": [
            {
                "id": row.observation.fact.id,
                "series": row.observation.operator.name,
                "observed": row.observed,
                "low": row.low,
                "median": row.median,
                "high": row.high,
                "covered": row.covered[0.8],
                "crps": row.crps,
                "skill": row.skill,
            }
            for row in scores.rows
        ],
        "unmapped": [{"id": left.fact.id, "why": left.why} for left in scores.unmapped],
        "summary": {
            "mapped": len(scores.rows),
            "coverage_80": scores.coverage(0.8),
            "crps_skill": scores.skill(),
            "share_of_series_with_skill": scores.share_of_series_with_skill(),
        },
    }
