"""Two scenarios on common random numbers: the difference, draw by draw, its sign, and when the sign changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.explore.attribute import ATTRIBUTED, YEAR, Attribution, Contribution, attribute
from countermove.explore.binding import Binding, binding
from countermove.explore.crossing import Crossing, crossings
from countermove.explore.drivers import Driver, drivers
from countermove.explore.outcomes import OUTCOMES, Outcome
from countermove.explore.simulate import DRAWS, SEED, Progress, simulate
from countermove.explore.world import World, world
from countermove.results import Basis, Result
from countermove.scenario import END, START, Scenario, as_scenario, month_of

Floats = NDArray[np.floating[Any]]

IMMATERIAL = 0.05
"""A difference up to this share of the smaller of the two arms counts as none."""

ATTRIBUTED_DRAWS = 256
"""Draws on which a comparison attributes its difference to mechanisms."""


@dataclass(frozen=True, eq=False)
class AnnualOutcome:
    """One outcome by calendar year.

    Attributes:
        policy, counterfactual, delta: (draw, year), in the outcome's unit.
        p10, p50, p90: quantiles of `delta` over draws, by year.
        p_catalysed, p_hindered, p_immaterial: by year, sum to 1.
    """

    policy: Floats
    counterfactual: Floats
    delta: Floats
    p10: Floats
    p50: Floats
    p90: Floats
    p_catalysed: Floats
    p_hindered: Floats
    p_immaterial: Floats


@dataclass(frozen=True)
class Quantiles:
    """Quantiles over draws of one number."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, eq=False)
class Comparison:
    """The difference that a policy makes against a counterfactual.

    Attributes:
        years: calendar years reported.
        annual: by outcome (domestic, home_made, total, owned, with_smuggled, years_behind).
        crossings: by outcome the first change of sign in each direction.
        cumulative_deficit: by outcome what the counterfactual has more than the policy, summed over the years reported:
            H100e of output, H100e·yr of compute held at year's end.
        attribution: what each mechanism contributes, with the direct effect; empty if not asked for.
        policy, counterfactual: the trajectories behind it.
        drivers: by outcome the parameters whose draws go with the difference, strongest first; for one year.
    """

    scenario: str
    against: str
    draws: int
    seed: int
    parameters: Basis
    immaterial: float
    years: tuple[int, ...]
    annual: Mapping[str, AnnualOutcome]
    crossings: Mapping[str, tuple[Crossing, ...]]
    cumulative_deficit: Mapping[str, Quantiles]
    policy: Result
    counterfactual: Result
    attributed: Attribution | None = None
    drivers: Mapping[str, tuple[Driver, ...]] = field(default_factory=dict)

    @property
    def attribution(self) -> tuple[Contribution, ...]:
        """Direct effect and contribution of each mechanism, for one year; empty if not asked for."""
        return self.attributed.rows if self.attributed else ()

    @cached_property
    def binding(self) -> Binding:
        """Which input binds Ascend output in each quarter under the policy."""
        return binding(self.policy)

    @property
    def makes_no_difference(self) -> bool:
        """Whether all outcomes are the same in every draw and year."""
        return all(not outcome.delta.any() for outcome in self.annual.values())

    def to_dataframe(self) -> Any:
        """A tidy pandas table: a row for each outcome and year with quantiles of the difference and probabilities."""
        import pandas

        from countermove.explore import _tables

        header, *rows = _tables.annual(self)
        return pandas.DataFrame(rows, columns=header)

    def to_json(self) -> dict[str, Any]:
        """The answer as plain values, in the shape that `countermove compare --json` prints."""
        from countermove.explore import _tables

        return _tables.answer(self)

    def plot(self) -> Any:
        """The paradox figure: domestic output and usable compute against the counterfactual (Plotly)."""
        from countermove.figures.paradox import paradox

        return paradox(self)

    def save(self, folder: str | Path) -> Path:
        """Write both arms as NetCDF, the annual table as CSV and the answer as JSON into a folder.

        Each file is written whole or not at all.
        """
        from countermove.explore import _tables

        return _tables.save(self, Path(folder))


def compare(
    scenario: Scenario | str | Path,
    against: Scenario | str | Path = "no-controls",
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    since: date | None = None,
    immaterial: float = IMMATERIAL,
    attribution: Literal["permutation", "exact"] | None = "permutation",
    progress: Progress | None = None,
    given: World | None = None,
) -> Comparison:
    """Compare a policy with a counterfactual on common random numbers.

    Args:
        since: the scenarios must share all history up to that month, and differences are reported from then.
        immaterial: a difference up to this share of the smaller of the two arms counts as none. The smaller, so that
            exchanging the arms changes no verdict; where the policy gives more it is the counterfactual itself.
        attribution: how to attribute the difference to mechanisms, or None; on the first 256 draws, since it takes
            some twenty runs a draw (`attribute` takes as many as it is told).
        progress: called with the number of runs done and the number in all.

    Raises:
        CountermoveError: no such scenario; a scenario that names what the model does not have; scenarios that differ
            before `since`; a share that is not from 0 to below 1.
    """
    if not 0 <= immaterial < 1:
        raise CountermoveError(f"immaterial: {immaterial} is not a share from 0 to below 1")
    arms = as_scenario(scenario), as_scenario(against)
    this = given or world()
    if since:
        check_shared_history(this, *arms, since)
    policy, counterfactual = simulate(arms, draws, seed, progress=progress, given=this)
    result = compared(policy, counterfactual, since=since, immaterial=immaterial)
    if attribution:
        first = min(draws, ATTRIBUTED_DRAWS)
        whole = {name: _all_years(OUTCOMES[name], policy, counterfactual)[:first] for name in ATTRIBUTED}
        shares = attribute(
            *arms, draws=first, seed=seed, method=attribution, whole=whole, progress=progress, given=this
        )
        result = replace(result, attributed=shares)
    year = quoted_year(result.years)
    deltas = {name: result.annual[name].delta[:, result.years.index(year)] for name in ATTRIBUTED}
    return replace(result, drivers=drivers(this.arm(arms[0]).priors, this.model, seed, deltas))


def compared(
    policy: Result,
    counterfactual: Result,
    *,
    since: date | None = None,
    immaterial: float = IMMATERIAL,
) -> Comparison:
    """The comparison of two results that were run on the same draws.

    Raises:
        CountermoveError: they were not.
    """
    one, other = policy.origin, counterfactual.origin
    for what in ("seed", "draws", "model_hash", "parameters"):
        if getattr(one, what) != getattr(other, what):
            raise CountermoveError(
                f"cannot compare draw by draw: {what} is {getattr(one, what)} in {one.scenario} "
                f"and {getattr(other, what)} in {other.scenario}"
            )
    first = since.year - START.year if since else 0
    pairs = {name: (each.monthly(policy), each.monthly(counterfactual)) for name, each in OUTCOMES.items()}
    annual = {name: _annual(OUTCOMES[name], *pair, first, immaterial) for name, pair in pairs.items()}
    return Comparison(
        scenario=one.scenario,
        against=other.scenario,
        draws=one.draws,
        seed=one.seed,
        parameters=one.parameters,
        immaterial=immaterial,
        years=tuple(range(START.year + first, END.year + 1)),
        annual=annual,
        crossings={name: _crossings(OUTCOMES[name], *pair, immaterial) for name, pair in pairs.items()},
        cumulative_deficit={name: _deficit(outcome.delta) for name, outcome in annual.items()},
        policy=policy,
        counterfactual=counterfactual,
    )


def _all_years(outcome: Outcome, policy: Result, counterfactual: Result) -> Floats:
    return outcome.annual(outcome.monthly(policy)) - outcome.annual(outcome.monthly(counterfactual))


def quoted_year(years: Sequence[int]) -> int:
    """The year for which headline, drivers and attribution are quoted: 2030, or the nearest that is reported."""
    return min(years, key=lambda year: abs(year - YEAR))


def is_material(policy: Floats, counterfactual: Floats, immaterial: float) -> NDArray[np.bool_]:
    """Whether a difference exceeds the immaterial share of the smaller arm; equal arms never differ."""
    return np.abs(policy - counterfactual) > immaterial * np.minimum(np.abs(policy), np.abs(counterfactual))


def check_shared_history(given: World, scenario: Scenario, against: Scenario, since: date) -> None:
    """Refuse scenarios that differ before the month of `since`.

    Raises:
        CountermoveError: names what differs and, for a series, from which month.
    """
    for what in ("beliefs", "mechanisms", "variant"):
        if getattr(scenario, what) != getattr(against, what):
            raise CountermoveError(f"{scenario.name} and {against.name} share no history: their {what} differ")
    one, other = given.arm(scenario).series, given.arm(against).series
    first: dict[str, int] = {}
    for name, array in one.items():
        differs = np.asarray(array != other[name]).reshape(len(array), -1).any(axis=1)
        if differs.any():
            first[name] = int(differs.argmax())
    if first and min(first.values()) < month_of(since):
        name = min(first, key=lambda each: first[each])
        month = f"{START.year + first[name] // 12}-{first[name] % 12 + 1:02d}"
        raise CountermoveError(
            f"{scenario.name} and {against.name} differ from {month} on (first in '{name}'), before {since:%Y-%m}"
        )


def _annual(outcome: Outcome, policy: Floats, counterfactual: Floats, first: int, immaterial: float) -> AnnualOutcome:
    one, other = outcome.annual(policy)[:, first:], outcome.annual(counterfactual)[:, first:]
    delta = one - other
    material = is_material(one, other, immaterial)
    more = delta > 0 if outcome.more_is_capability else delta < 0
    p10, p50, p90 = np.quantile(delta, [0.1, 0.5, 0.9], axis=0)
    return AnnualOutcome(
        policy=one,
        counterfactual=other,
        delta=delta,
        p10=p10,
        p50=p50,
        p90=p90,
        p_catalysed=(material & more).mean(axis=0),
        p_hindered=(material & ~more).mean(axis=0),
        p_immaterial=(~material).mean(axis=0),
    )


def _crossings(outcome: Outcome, policy: Floats, counterfactual: Floats, immaterial: float) -> tuple[Crossing, ...]:
    one, other = outcome.running(policy), outcome.running(counterfactual)
    with np.errstate(invalid="ignore"):  # the months before a flow has twelve of them
        material = is_material(one, other, immaterial)
    difference = one - other if outcome.more_is_capability else other - one
    return crossings(difference, material, float(START.year))


def _deficit(delta: Floats) -> Quantiles:
    return Quantiles(*(float(q) for q in np.quantile(-delta.sum(axis=1), [0.1, 0.5, 0.9])))
