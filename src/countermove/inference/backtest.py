"""Backtests: what the model would have said on a past date, scored on what came, beside naive and named forecasters.

A backtest tests the history. It says nothing on what would have been without the controls.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.evidence import Fact, facts, table
from countermove.inference import naive
from countermove.inference._asof_world import GROUPS, asof_scenario, asof_world
from countermove.inference.asof import View, settings, view
from countermove.inference.discrepancy import published
from countermove.inference.observations import Observation, distinct, observe
from countermove.inference.operators import operators
from countermove.inference.predict import predict
from countermove.inference.scales import forward
from countermove.inference.score import Scores, scored

if TYPE_CHECKING:
    from countermove.explore.fitted import Fitted

Floats = NDArray[np.floating[Any]]

DATES = (date(2022, 12, 31), date(2023, 12, 31), date(2024, 12, 31), date(2025, 6, 30))
ARMS = ("later rules unknown", "later rules given")


@dataclass(frozen=True, slots=True)
class Named:
    """A forecast that somebody made then of a figure that has come: distances to it on the scale of the series."""

    row: str
    forecaster: str
    made_on: date
    outcome: str
    forecast: float
    observed: float
    theirs: float
    ours: float


@dataclass(frozen=True, eq=False)
class Backtest:
    """Scores from a past date, with later rules unknown and with them given.

    Attributes:
        fitted: whether a posterior as of the date ships and was drawn from; else the priors of the date, widened.
        named: matched forecasts, against the median of the run with later rules unknown.
    """

    as_of: date
    view: View
    scores: Mapping[str, Scores]
    named: tuple[Named, ...]
    fitted: bool = False

    @property
    def better_than_named(self) -> float | None:
        """Share of outcomes on which the model's median is closer than the median of those who forecast it."""
        won = list(self.against_named().values())
        return float(np.mean(won)) if won else None

    def against_named(self) -> dict[str, bool]:
        """By outcome whether the model's median is closer than that of those who forecast it."""
        by_outcome: dict[str, list[Named]] = {}
        for each in self.named:
            by_outcome.setdefault(each.outcome, []).append(each)
        return {
            outcome: those[0].ours < float(np.median([each.theirs for each in those]))
            for outcome, those in by_outcome.items()
        }


def targets(as_of: date, rows: Sequence[Fact]) -> list[Observation]:
    """What came after the date: figures of periods that had not ended then, once each; bounds are left out."""
    kept, _ = distinct(outcomes(as_of, rows))
    return kept


def outcomes(as_of: date, rows: Sequence[Fact]) -> list[Observation]:
    """The same with figures told twice and totals of others: what a named forecast may be about."""
    found, _ = observe([row for row in rows if row.period_end is not None and row.period_end > as_of], operators())
    return [each for each in found if each.bound is None]


def forecast(
    given: View,
    wanted: Sequence[Observation],
    *,
    later_rules: bool,
    draws: int,
    seed: int,
    posterior: Mapping[str, Fitted] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Floats]:
    """Figures (draws,) of the model in the view, by id of the row; of `wanted` it reads the question, not the answer.

    Args:
        posterior: parameters drawn from a fit to what was known on the date; all others from the view's priors.

    Raises:
        CountermoveError: fewer draws than members of the ensemble of growth.
    """
    if draws < GROUPS:
        raise CountermoveError(f"draws: {draws} are too few; a backtest takes at least {GROUPS}")
    asked = [replace(each, value=1.0, fact=_blank(each.fact)) for each in wanted]
    parts: list[dict[str, Floats]] = []
    for group in range(GROUPS):
        # The groups split the draws; each group has draws of its own, keyed by a seed of its own.
        share = draws // GROUPS + (group < draws % GROUPS)
        parts.append(
            predict(
                asked,
                scenario=asof_scenario(given),
                draws=share,
                seed=seed * GROUPS + group,
                given=replace(asof_world(given, group, later_rules=later_rules), posterior=posterior or {}),
                progress=None if progress is None else _offset(progress, group, draws),
            )
        )
    return {each.fact.id: np.concatenate([part[each.fact.id] for part in parts]) for each in asked}


def _blank(fact: Fact) -> Fact:
    """The row without its answer."""
    return replace(fact, low=None, central=None, high=None, note="")


def _offset(progress: Callable[[int, int], None], group: int, draws: int) -> Callable[[int, int], None]:
    return lambda done, _: progress(group * draws // GROUPS + done, draws)


@cache
def backtest(as_of: date, *, draws: int = 1000, seed: int = 1) -> Backtest:
    """Forecast from the date and score on everything that came.

    Raises:
        CountermoveError: nothing came after the date.
    """
    given = view(as_of)
    wanted = targets(as_of, facts())
    if not wanted:
        raise CountermoveError(f"no figure of the evidence is about a time after {as_of}")
    past, _ = observe(given.rows, operators(), beside=given.rows)
    past, _ = distinct(past)
    pairs = _matched(as_of, outcomes(as_of, facts()))
    every = {each.fact.id: each for each in (*past, *wanted, *(outcome for outcome, _ in pairs))}
    scores: dict[str, Scores] = {}
    named: list[Named] = []
    posterior = _posterior(given)
    for arm in ARMS:
        figures = forecast(
            given, list(every.values()), later_rules=arm == ARMS[1], draws=draws, seed=seed, posterior=posterior
        )
        scores[arm] = scored(wanted, (), figures, past=past, seed=seed, seen=bool(posterior))
        if arm == ARMS[0]:
            named = _compared(pairs, past, figures, seed, seen=bool(posterior))
    return Backtest(as_of, given, scores, tuple(named), bool(posterior))


def _posterior(given: View) -> Mapping[str, Fitted]:
    """The posterior that ships for the date, if it is of this model and of what was known; {} if none."""
    from countermove.explore.fitted import fitted
    from countermove.inference import fits
    from countermove.inference.posterior import FOLDER

    if not (FOLDER / f"as-of-{given.as_of}.npz").is_file():
        return {}
    try:
        found = fits.shipped(as_of=given.as_of)
    except CountermoveError as error:
        logging.getLogger("countermove").warning("forecasts from %s are drawn from the prior: %s", given.as_of, error)
        return {}
    return fitted(given.priors, found.draws)


def _compared(
    pairs: Sequence[tuple[Observation, Observation]],
    past: Sequence[Observation],
    figures: Mapping[str, Floats],
    seed: int,
    *,
    seen: bool,
) -> list[Named]:
    """Distances of a named forecast and of the model's median to what came."""
    asked = {outcome.fact.id: outcome for outcome, _ in pairs}
    expected = published(list(asked.values()), past, figures, seed=seed, fitted=seen)
    found: list[Named] = []
    for outcome, made in pairs:
        ours = float(np.median(expected[outcome.fact.id]))
        theirs, own = (abs(float(forward(outcome.operator, v)) - outcome.on_scale) for v in (made.value, ours))
        assert made.fact.source_date is not None
        found.append(
            Named(made.fact.id, made.fact.source, made.fact.source_date, outcome.fact.id, made.value, outcome.value,
                  theirs, own)
        )  # fmt: skip
    return found


def _matched(as_of: date, wanted: Sequence[Observation]) -> list[tuple[Observation, Observation]]:
    """Outcomes with the forecasts of named forecasters for the same series and period, made about the date."""
    before, after = settings()["made_within_days"]
    first, last = as_of - timedelta(days=before), as_of + timedelta(days=after)
    rows = [_in_our_words(row) for row in named_forecasts() if row.source_date and first <= row.source_date <= last]
    made, _ = observe(rows, operators(), any_table=True)
    found: list[tuple[Observation, Observation]] = []
    seen: set[tuple[Any, ...]] = set()
    for outcome in wanted:
        for each in made:
            if not _same(each, outcome) or each.fact.source_date is None or each.fact.source_date >= outcome.last:
                continue
            what = (_group(outcome.operator.name), outcome.last, each.fact.source_date, float(f"{each.value:.3g}"))
            if what not in seen:  # one forecast, told by two tables, about an outcome told twice
                seen.add(what)
                found.append((outcome, each))
    return found


def _group(series: str) -> str:
    """The first of the series whose figures stand for the same thing."""
    return next((group[0] for group in settings()["same"] if series in group), series)


def _in_our_words(row: Fact) -> Fact:
    """A forecast with the entity and quantity under which the series has its outcomes, where its own words differ."""
    for entry in settings()["forecasts"]:
        quantities = entry["quantity"] if isinstance(entry["quantity"], list) else [entry["quantity"]]
        if row.entity == entry["entity"] and row.quantity in quantities:
            rule = operators().series[entry["series"]].rules[0]
            unit = str(entry.get("unit", row.unit))
            return replace(row, entity=rule.entities[0], quantity=rule.quantities[0], unit=unit)
    return row


def _same(one: Observation, two: Observation) -> bool:
    if (one.first, one.last) != (two.first, two.last):
        return False
    names = {one.operator.name, two.operator.name}
    return len(names) == 1 or any(names <= set(group) for group in settings()["same"])


@cache
def named_forecasts() -> tuple[Fact, ...]:
    """Every forecast of a named forecaster as a row: of the tables of forecasts, and among the figures."""
    among = [replace(row, kind="estimate") for row in facts() if row.kind == "forecast" and row.verified != "no"]
    tabled: list[Fact] = []
    for name in ("expert_forecasts", "market_forecasts"):
        for row in table(name):
            period = _period(row["target_period"])
            if period is not None:
                low, central, high = (float(row[key]) if row[key] else None for key in ("low", "central", "high"))
                tabled.append(
                    Fact(
                        row["id"], name, row["entity"], row["quantity"], *period, low, central, high, row["unit"],
                        "estimate", row["forecaster"], date.fromisoformat(row["made_on"]), row["url"], "yes",
                        row["note"],
                    )
                )  # fmt: skip
    return (*tabled, *among)


def _period(text: str) -> tuple[date, date] | None:
    if "/" in text:
        first, last = text.split("/")
        return date.fromisoformat(first), date.fromisoformat(last)
    return (date(int(text), 1, 1), date(int(text), 12, 31)) if text.isdigit() else None


def as_json(result: Backtest) -> dict[str, Any]:
    """A backtest as plain values."""
    return {
        "as_of": result.as_of.isoformat(),
        "fingerprint": result.view.fingerprint,
        "kept_with_sight": list(result.view.kept_with_sight),
        "parameters": "posterior as of the date" if result.fitted else "prior as of the date, widened",
        "arms": {arm: _arm(scores) for arm, scores in result.scores.items()},
        "named": [
            {
                "row": each.row, "forecaster": each.forecaster, "made_on": each.made_on.isoformat(),
                "outcome": each.outcome, "forecast": each.forecast, "observed": each.observed,
                "their_distance": each.theirs, "our_distance": each.ours,
            }
            for each in result.named
        ],
        "better_than_named": result.better_than_named,
    }  # fmt: skip


def _arm(scores: Scores) -> dict[str, Any]:
    return {
        "rows": [
            {
                "id": row.observation.fact.id,
                "series": row.observation.operator.name,
                "period_end": row.observation.last.isoformat(),
                "observed": row.observed, "low": row.low, "median": row.median, "high": row.high,
                "covered": row.covered[0.8], "crps": row.crps, "pit": row.pit, "skill": row.skill,
                "naive": dict(row.naive), "best_naive": row.best,
            }
            for row in scores.rows
        ],
        "summary": {
            "figures": len(scores.rows),
            **{f"coverage_{round(100 * level)}": scores.coverage(level) for level in (0.5, 0.8, 0.95)},
            "crps_skill": scores.skill(),
            "share_of_series_with_skill": scores.share_of_series_with_skill(),
            "skill_against": {name: against(scores, name) for name in naive.NAMES},
            "series_ahead_of": {name: list(ahead_of(scores, name)) for name in naive.NAMES},
            "pit_histogram": _histogram(scores),
        },
    }  # fmt: skip


def against(scores: Scores, name: str) -> float | None:
    """Skill over all figures that this naive forecast exists for."""
    pairs = [(row.crps, row.naive[name]) for row in scores.rows if row.crps is not None and name in row.naive]
    reference = sum(theirs for _, theirs in pairs)
    return 1 - sum(ours for ours, _ in pairs) / reference if reference else None


def ahead_of(scores: Scores, name: str) -> tuple[int, int]:
    """On how many series the model does better than this naive forecast, and how many series have it."""
    by_series: dict[str, list[float]] = {}
    for row in scores.rows:
        if row.crps is not None and name in row.naive:
            by_series.setdefault(row.observation.operator.name, []).append(row.naive[name] - row.crps)
    return sum(sum(gains) > 0 for gains in by_series.values()), len(by_series)


def _histogram(scores: Scores) -> list[int]:
    """Figures by fifth of the predictive distribution; even if it is calibrated."""
    values = [row.pit for row in scores.rows if row.pit is not None]
    return [int(count) for count in np.histogram(values, bins=5, range=(0, 1))[0]]
