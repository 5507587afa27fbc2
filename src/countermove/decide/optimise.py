"""Which US policy does best: Pareto front over stated objectives, then robustness over the model's structures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.decide import levers as lever_space
from countermove.decide.levers import Lever
from countermove.decide.measures import ASKABLE
from countermove.decide.robust import Robustness, robustness
from countermove.decide.search import Front, climbed, evolved, joined, nondominated, shortfall, weightings
from countermove.errors import CountermoveError, unknown
from countermove.explore import together
from countermove.explore.outcomes import Outcome
from countermove.explore.simulate import SEED, check_numbers, origin_of
from countermove.explore.world import BLOCK, World, world
from countermove.results import Origin
from countermove.scenario import START, Scenario, load, month_of

Floats = NDArray[np.floating[Any]]
Progress = Callable[[str, int, int], None]

DRAWS = 64
YEAR = 2030
STEPS = 15
SHOWN = 12
"""Points of the front that are told and judged for robustness: those that are farthest apart."""


@dataclass(frozen=True)
class Objective:
    """An outcome of which more or less is wanted, in one year."""

    outcome: Outcome
    more: bool
    year: int

    @property
    def title(self) -> str:
        """In words."""
        return f"{'more' if self.more else 'less'} {self.outcome.title} in {self.year}"

    @property
    def sign(self) -> float:
        """1 where more is wanted, -1 where less."""
        return 1.0 if self.more else -1.0


@dataclass(frozen=True)
class Effort:
    """How long the search goes on.

    Attributes:
        population, generations: of the evolution.
        climbs: weightings that are climbed by gradients; 0 for none.
    """

    population: int = 48
    generations: int = 20
    climbs: int = 8


@dataclass(frozen=True, eq=False)
class Optimum:
    """What was found.

    Attributes:
        front: the whole front, objectives signed so that larger is better.
        by_gradient, by_evolution: number of its points that each search found.
        shown: positions in the front of the points told.
        policies: the points told, as dated scenarios; the last is the base itself.
        values: (policy, objective, structure), means over draws in the outcomes' own units and signs.
        structures: names of the structural variants.
        judged: regret over structures, and the share of structures × draws in which a policy does at least as well as
            the base in every objective.
    """

    objectives: tuple[Objective, ...]
    levers: tuple[Lever, ...]
    base: str
    origin: Origin
    front: Front
    by_gradient: int
    by_evolution: int
    shown: tuple[int, ...]
    policies: tuple[Scenario, ...]
    values: Floats
    structures: tuple[str, ...]
    judged: Robustness

    def to_json(self) -> dict[str, Any]:
        """The front and its robustness as plain values."""
        from countermove.decide import _optimise_tables

        return _optimise_tables.answer(self)

    def save(self, path: str | Path) -> Path:
        """Write the front to one file (.nc, .csv, .json, .html), or all forms and the policies told into a folder.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        from countermove.decide import _optimise_tables

        return _optimise_tables.save(self, Path(path))


def objectives(more: Sequence[str], less: Sequence[str], year: int) -> tuple[Objective, ...]:
    """Objectives from names of outcomes.

    Raises:
        CountermoveError: no such outcome; one twice; fewer than two; a year outside the horizon.
    """
    names = [*more, *less]
    for name in names:
        if name not in ASKABLE:
            raise unknown("outcome", name, ASKABLE)
    if len(set(names)) < len(names):
        raise CountermoveError("objectives: an outcome is named twice")
    if len(names) < 2:
        raise CountermoveError("objectives: a front needs at least two, such as --less total --more us_revenue")
    if not lever_space.LAST.year < year <= START.year + 19:
        raise CountermoveError(f"year: {year} is not from {lever_space.LAST.year + 1} to {START.year + 19}")
    return tuple(Objective(ASKABLE[name], name in more, year) for name in names)


def optimise(
    wanted: Sequence[Objective],
    *,
    levers: Sequence[Lever] = (),
    base: str = "history",
    draws: int = DRAWS,
    seed: int = SEED,
    effort: Effort | None = None,
    progress: Progress | None = None,
    given: World | None = None,
) -> Optimum:
    """Search the levers for the front of the objectives, and judge its points over the structural variants.

    Args:
        progress: called with what is being done, how much of it is done, and of how much.

    Raises:
        CountermoveError: no such scenario; an objective that this model has not.
    """
    check_numbers(draws, seed)
    this = given or replace(world(), block=min(draws, BLOCK))
    for objective in wanted:
        if objective.outcome.quantity not in this.model.quantities:
            raise CountermoveError(f"outcome '{objective.outcome.name}': this model has no such quantity")
    used, how = tuple(levers) or lever_space.chosen(()), effort or Effort()
    bench = _Bench(this, tuple(wanted), used, base, draws, seed)
    law = lever_space.as_law(used, this, base)
    evolution = evolved(
        bench.values, len(used) + 1, len(wanted), seed=seed, population=how.population, generations=how.generations,
        start=np.stack([law, np.zeros_like(law), np.append(np.ones(len(used)), 0.0)]),
        progress=_named(progress, "evolution"),
    )  # fmt: skip
    front = evolution
    if how.climbs:
        front = joined(evolution, bench.climbed(evolution, how.climbs, _named(progress, "gradients")))
    evolution_points = {tuple(point) for point in evolution.points}
    own = sum(tuple(point) in evolution_points for point in front.points)
    shown = _apart(front, SHOWN)
    policies = [
        lever_space.scenario(used, front.points[k], f"policy-{place:02d}", base) for place, k in enumerate(shown, 1)
    ]
    by_draw, structures = bench.over_structures([*policies, load(base)], _named(progress, "structures"))
    return Optimum(
        objectives=tuple(wanted),
        levers=used,
        base=base,
        origin=origin_of(this, load(base), draws, seed),
        front=front,
        by_gradient=len(front.points) - own,
        by_evolution=own,
        shown=tuple(shown),
        policies=(*policies, load(base)),
        values=by_draw.mean(axis=-1),
        structures=structures,
        judged=_judged(by_draw, np.array([each.sign for each in wanted])),
    )


def _judged(by_draw: Floats, signs: Floats) -> Robustness:
    """Regret over structures (means over draws); satisficing over structures × draws against the base, the last."""
    signed = by_draw * signs[np.newaxis, :, np.newaxis, np.newaxis]
    gain = signed - signed[-1:]
    met = robustness(gain.reshape(*gain.shape[:2], -1), np.zeros(len(signs))).satisficing
    return replace(robustness(signed.mean(axis=-1)), satisficing=met)


def _apart(front: Front, count: int) -> list[int]:
    """Points of a front that are far apart: its ends, then always the one farthest from those chosen."""
    span = np.ptp(front.objectives, axis=0)
    scaled = front.objectives / np.where(span > 0, span, 1.0)
    picked = list(dict.fromkeys(int(k) for k in front.objectives.argmax(axis=0)))
    while len(picked) < min(count, len(scaled)):
        distance = np.linalg.norm(scaled[:, np.newaxis] - scaled[picked], axis=2).min(axis=1)
        picked.append(int(distance.argmax()))
    return sorted(picked)


def _named(progress: Progress | None, what: str) -> Callable[[int, int], None] | None:
    return (lambda done, of: progress(what, done, of)) if progress else None


class _Bench:
    """Evaluates policies: values of batches, slopes of one, and means over structures."""

    def __init__(
        self, given: World, wanted: tuple[Objective, ...], levers: tuple[Lever, ...], base: str, draws: int, seed: int
    ) -> None:
        self._given, self._wanted, self._levers = given, wanted, levers
        self._base, self._draws, self._seed = base, draws, seed
        self._signs = np.array([each.sign for each in wanted])
        self._outputs = tuple(dict.fromkeys(each.outcome.quantity for each in wanted))
        year = wanted[0].year
        self._months = slice(month_of(date(year, 1, 1)), month_of(date(year, 12, 1)) + 1)

    def values(self, points: Floats) -> Floats:
        """Signed means over draws, (point, objective)."""
        policies = [lever_space.scenario(self._levers, point, "policy", self._base) for point in points]
        return self._means(policies).mean(axis=-1) * self._signs

    def over_structures(self, policies: Sequence[Scenario], progress: Any) -> tuple[Floats, tuple[str, ...]]:
        """(policy, objective, structure, draw) and the names of the structures."""
        names = tuple(self._given.variants)
        structures = list(product(*(self._given.variants[name] for name in names)))
        varied = [
            policy.model_copy(update={"variant": dict(zip(names, structure, strict=True))})
            for policy in policies
            for structure in structures
        ]
        means = self._means([Scenario.model_validate(each.model_dump()) for each in varied], progress)
        shape = (len(policies), len(structures), len(self._wanted), self._draws)
        return means.reshape(shape).swapaxes(1, 2), tuple(", ".join(each) for each in structures)

    def climbed(self, start: Front, count: int, progress: Any) -> Front:
        """Climb the levers of points of a front, each kept to the month in which it begins."""
        ideal, span = start.objectives.max(axis=0), np.maximum(np.ptp(start.objectives, axis=0), 1e-12)
        weights = weightings(len(self._wanted), count, self._seed)
        short = weights[:, np.newaxis] * (ideal - start.objectives) / span
        starts = start.points[short.max(axis=2).argmin(axis=1)]
        slopes = Slopes(self._given, self._wanted, self._levers, self._base, self._draws, self._seed)

        def loss(x: Floats, weight: Floats, beginning: float) -> tuple[float, Floats]:
            return slopes(np.append(x, beginning), (weight, ideal, span))

        found: list[Floats] = []
        for k, (point, weight) in enumerate(zip(starts, weights, strict=True)):
            (levers,) = climbed(
                partial(loss, beginning=float(point[-1])), point[np.newaxis, :-1], weight[np.newaxis], steps=STEPS
            )
            found.append(np.append(levers, point[-1]))
            if progress:
                progress(k + 1, len(weights))
        points = np.stack(found)
        return nondominated(points, self.values(points))  # as told and as precise as in every other command

    def _means(self, policies: Sequence[Scenario], progress: Any = None) -> Floats:
        def in_year(block: Mapping[str, Floats]) -> dict[str, Floats]:
            return {
                each.outcome.name: each.outcome.annual_of_block(block[each.outcome.quantity][self._months])[0]
                for each in self._wanted
            }

        found = together.run(
            self._given, policies, self._draws, self._seed, reduce=in_year, outputs=self._outputs, progress=progress
        )
        return np.stack([np.stack([each[o.outcome.name] for o in self._wanted]) for each in found])


class Slopes:
    """The shortfall of a policy and its derivatives by the levers; compiled once for all policies."""

    def __init__(
        self, given: World, wanted: Sequence[Objective], levers: Sequence[Lever], base: str, draws: int, seed: int
    ) -> None:
        from countermove.engine.gradient import ensemble_gradient

        self._given, self._levers = given, tuple(levers)
        months = month_of(date(wanted[0].year, 12, 1)) + 1
        self._inputs, self._series = _inputs(given, load(base), wanted, months, draws, seed)
        outputs = tuple(dict.fromkeys(each.outcome.quantity for each in wanted))
        moved = dict.fromkeys(path.split(".")[0] for lever in levers for path in lever.paths)
        self._by = [name for name in moved if name in self._inputs]

        def short(found: Mapping[str, Any], settings: tuple[Any, Any, Any]) -> Any:
            import jax.numpy as jnp

            objectives = jnp.stack([_figure(each, found[each.outcome.quantity]) for each in wanted])
            return shortfall(objectives, *settings, jnp)

        self._compiled = ensemble_gradient(given.model, outputs, months, short, self._by)

    def __call__(self, point: Floats, settings: tuple[Floats, Floats, Floats]) -> tuple[float, Floats]:
        """Shortfall at a point and its derivatives (lever,); settings: weights, ideal and span of the objectives."""
        laid = lever_space.laid(self._levers, self._given, self._series, point)
        series = {name: laid[name][..., np.newaxis] for name in self._by}
        value, by_series = self._compiled({**self._inputs, **series}, settings)
        whole = {name: np.zeros_like(array) for name, array in laid.items()}
        whole |= {name: slope[..., 0] for name, slope in by_series.items()}
        return value, lever_space.slopes(self._levers, self._given, whole, point)


def _figure(objective: Objective, monthly: Any) -> Any:
    """Signed mean over draws of the figure of the last calendar year, from (months, *dimensions, draws)."""
    summed = monthly.sum(axis=tuple(range(1, monthly.ndim - 1)))
    year = summed[-12:].sum(axis=0) if objective.outcome.kind == "flow" else summed[-1]
    return objective.sign * year.mean()


def _inputs(
    given: World, base: Scenario, wanted: Sequence[Objective], months: int, draws: int, seed: int
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Inputs of the base as the compiled derivative takes them, and its series up to that month."""
    from countermove.engine.draws import parameters
    from countermove.explore import held

    arm = held.for_arm(given, given.arm(base), draws, seed)
    needed = given.model.needed(tuple(each.outcome.quantity for each in wanted))
    series: dict[str, Floats] = {
        name: np.asarray(array, dtype=np.float64)[:months] for name, array in arm.series.items()
    }
    drawn = parameters({name: prior for name, prior in arm.priors.items() if name in needed}, seed, 0, draws)
    inputs: dict[str, Floats] = {**drawn}
    for name, item in given.model.inputs.items():
        if name not in needed:
            continue
        if item.kind == "mechanism":
            inputs[name] = np.broadcast_to(np.asarray(arm.mechanisms.get(name, 1.0), dtype=np.float64), (draws,))
        elif item.kind == "held":
            inputs[name] = np.asarray(arm.held[name], dtype=np.float64)[:months]
        elif item.kind == "series":
            inputs[name] = series[name][..., np.newaxis]
    return inputs, series
