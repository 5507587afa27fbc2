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
from countermove.explore.annual import AnnualOutcome, annual_outcome, is_material
from countermove.explore.attribute import ATTRIBUTED, YEAR, Attribution, Contribution, attribute
from countermove.explore.binding import Binding, binding
from countermove.explore.crossing import Crossing, crossings, joined
from countermove.explore.drivers import Driver, drivers
from countermove.explore.outcomes import OUTCOMES, Outcome
from countermove.explore.segments import DrawColumns, release, segments
from countermove.explore.simulate import DRAWS, SEED, Progress, check_numbers, shifted, simulate
from countermove.explore.world import World, world
from countermove.results import Basis, Result
from countermove.scenario import END, START, Scenario, as_scenario, month_of

Floats = NDArray[np.floating[Any]]

IMMATERIAL = 0.05
"""A difference up to this share of the smaller of the two arms counts as none."""

ATTRIBUTED_DRAWS = 256
"""Draws on which a comparison attributes its difference to mechanisms."""


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
        policy, counterfactual: the trajectories behind it, of the first 2,048 draws where there are more.
        drivers: by outcome the parameters whose draws go with the difference, strongest first; for one year, on the
            draws of which there are trajectories.
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
        """Write both arms' trajectories as NetCDF, the annual table as CSV and the answer as JSON into a folder.

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
    result = _simulated(this, arms, draws, seed, since, immaterial, progress)
    if attribution:
        first = min(result.policy.origin.draws, ATTRIBUTED_DRAWS)
        both = result.policy, result.counterfactual
        whole = {name: _all_years(OUTCOMES[name], *both)[:first] for name in ATTRIBUTED}
        shares = attribute(
            *arms, draws=first, seed=seed, method=attribution, whole=whole, progress=progress, given=this
        )
        result = replace(result, attributed=shares)
    index = result.years.index(quoted_year(result.years))
    deltas = {name: result.annual[name].delta[: result.policy.origin.draws, index] for name in ATTRIBUTED}
    return replace(result, drivers=drivers(this.arm(arms[0]).priors, this.model, seed, deltas))


def _simulated(
    given: World,
    arms: tuple[Scenario, Scenario],
    draws: int,
    seed: int,
    since: date | None,
    immaterial: float,
    progress: Progress | None,
) -> Comparison:
    """All draws, of which the first segment leaves its trajectories."""
    check_numbers(draws, seed)
    whole = _Joined(draws, since, immaterial)
    kept: list[Result] = []
    for first, count in segments(draws):
        advance = shifted(progress, 2 * first, 2 * draws)
        both = simulate(arms, count, seed, first=first, progress=advance, given=given)
        whole.add(first, *both)
        kept = kept or both
    return whole.comparison(draws, *kept)


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
    whole = _Joined(one.draws, since, immaterial)
    whole.add(0, policy, counterfactual)
    return whole.comparison(one.draws, policy, counterfactual)


def _all_years(outcome: Outcome, policy: Result, counterfactual: Result) -> Floats:
    return outcome.annual(outcome.monthly(policy)) - outcome.annual(outcome.monthly(counterfactual))


def quoted_year(years: Sequence[int]) -> int:
    """The year for which headline, drivers and attribution are quoted: 2030, or the nearest that is reported."""
    return min(years, key=lambda year: abs(year - YEAR))


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


class _Joined:
    """The draws of both arms as they come, segment by segment."""

    def __init__(self, draws: int, since: date | None, immaterial: float) -> None:
        self._first_year = since.year - START.year if since else 0
        self._immaterial = immaterial
        columns = END.year - START.year + 1 - self._first_year
        self._annual = {name: (DrawColumns(draws, columns), DrawColumns(draws, columns)) for name in OUTCOMES}
        self._crossings: dict[str, list[tuple[Crossing, ...]]] = {name: [] for name in OUTCOMES}

    def add(self, first: int, policy: Result, counterfactual: Result) -> None:
        """The draws from `first` on."""
        for name, outcome in OUTCOMES.items():
            pair = outcome.monthly(policy), outcome.monthly(counterfactual)
            for column, monthly in zip(self._annual[name], pair, strict=True):
                column.put(first, outcome.annual(monthly)[:, self._first_year :])
            self._crossings[name].append(crossings_between(outcome, *pair, self._immaterial))

    def comparison(self, draws: int, policy: Result, counterfactual: Result) -> Comparison:
        """What all draws say, with the trajectories given."""
        annual: dict[str, AnnualOutcome] = {}
        deficit: dict[str, Quantiles] = {}
        for name, (one, other) in self._annual.items():
            annual[name] = annual_outcome(OUTCOMES[name], one.array, other.array, self._immaterial)
            deficit[name] = deficit_of(annual[name].delta)
            release(one.array)
            release(other.array)
        origin = policy.origin
        return Comparison(
            scenario=origin.scenario,
            against=counterfactual.origin.scenario,
            draws=draws,
            seed=origin.seed,
            parameters=origin.parameters,
            immaterial=self._immaterial,
            years=tuple(range(START.year + self._first_year, END.year + 1)),
            annual=annual,
            crossings={name: joined(parts) for name, parts in self._crossings.items()},
            cumulative_deficit=deficit,
            policy=policy,
            counterfactual=counterfactual,
        )


def crossings_between(
    outcome: Outcome, policy: Floats, counterfactual: Floats, immaterial: float
) -> tuple[Crossing, ...]:
    """First changes of sign of an outcome from both arms' monthly values (draw, month), upwards first."""
    one, other = outcome.running(policy), outcome.running(counterfactual)
    with np.errstate(invalid="ignore"):  # the months before a flow has twelve of them
        material = is_material(one, other, immaterial)
    difference = one - other if outcome.more_is_capability else other - one
    return crossings(difference, material, float(START.year))


def deficit_of(delta: Floats) -> Quantiles:
    """What the counterfactual has more, summed over years, from the differences (draw, year)."""
    return Quantiles(*(float(q) for q in np.quantile(-delta.sum(axis=1), [0.1, 0.5, 0.9])))
