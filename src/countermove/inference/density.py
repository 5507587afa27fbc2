"""The density that a calibration samples: priors as standard normal scores, figures with robust correlated errors.

Every uncertain parameter is a score z with a standard normal prior; its value is the prior's quantile at that score, so
that the prior is exactly that of simulations. Members of a hierarchy have part of their score in common; the parent is
integrated out, which leaves a correlation.

A published figure is the model's, plus the discrepancy that its series has to the model, plus the error of its source;
figures of one series share the first, figures of one source part of the second, as in `discrepancy`. Both are
integrated out: they make one covariance of all figures. Its Cholesky factor, figures in order of time, turns residuals
into innovations, each the news of a figure given those before it; an innovation is a Student t, so that one wrong
figure does not pull the fit. A bound is a censored figure.
"""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.explore.world import World, prior_world
from countermove.inference import _reading
from countermove.inference.discrepancy import Rest, estimate, noise
from countermove.inference.observations import Observation
from countermove.inference.scales import backward
from countermove.parameters import Prior
from countermove.scenario import Scenario, as_scenario

if TYPE_CHECKING:
    from countermove.engine.compile import Program

Floats = NDArray[np.floating[Any]]

FILE = Path(__file__).parent / "calibration.yaml"
BLOCK = 128
"""Points at which figures are computed at once."""

_Z95 = 1.6448536269514722


@cache
def settings() -> dict[str, Any]:
    """The content of calibration.yaml."""
    return _yaml.load(FILE)


@dataclass(frozen=True, eq=False)
class Problem:
    """What is fitted to what.

    Scores are one vector, an element for each parameter or element of one; several points are columns.

    Attributes:
        scenario: under which the history is simulated, with its structural variant.
        names: the parameters that move, single-valued or by element.
        exact: figures in order of time; `bounds` those of which only a bound is known.
        months: length of the simulation, to the end of the window.
    """

    given: World
    scenario: Scenario
    names: tuple[str, ...]
    exact: tuple[Observation, ...]
    bounds: tuple[Observation, ...]
    months: int

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the scores, one an element."""
        found: list[str] = []
        for name in self.names:
            elements = self.given.priors[name].elements
            found.extend([f"{name}.{element}" for element in elements] or [name])
        return tuple(found)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """All figures: exact ones, then bounds."""
        return (*self.exact, *self.bounds)

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is read off a simulation."""
        return tuple(sorted({name for each in self.observations for name in each.operator.quantities}))


@dataclass(frozen=True, eq=False)
class Data:
    """What was published, or simulated as if.

    Attributes:
        figures: exact ones (rows,) on the scales of their series.
        sides: by bound 1 if the figure is at least as large, −1 if it is at most as large.
    """

    figures: Floats
    sides: Floats


@dataclass(frozen=True, eq=False)
class Density:
    """Log density of scores given observations.

    Attributes:
        freedom: of the Student t.
        rest: size and memory of discrepancies.
        hierarchies: by parent its members and the share of the prior variance that they have in common.
    """

    problem: Problem
    freedom: float
    rest: Rest
    hierarchies: Mapping[str, tuple[tuple[str, ...], float]]

    @cached_property
    def fixed(self) -> dict[str, Floats]:
        """Every input but those that move, draws last: other parameters at their centre, series, switches."""
        arm = self.problem.given.arm(self.problem.scenario)
        found: dict[str, Floats] = {}
        for name, item in self.problem.given.model.inputs.items():
            sizes = tuple(len(dimension) for dimension in item.dimensions)
            if item.kind == "parameter":
                if name not in self.problem.names:
                    central = self.problem.given.priors[name].central
                    found[name] = np.asarray(central, dtype=np.float64)[..., np.newaxis]
            elif item.kind == "series":
                found[name] = np.asarray(arm.series[name], dtype=np.float64)[: self.problem.months, ..., np.newaxis]
            elif item.kind == "held":
                found[name] = np.zeros((self.problem.months, *sizes, 1))
            else:
                found[name] = np.full((1,), float(np.asarray(arm.mechanisms.get(name, 1.0))))
        return found

    @cached_property
    def root(self) -> Floats:
        """From independent standard normals to scores with what members of a hierarchy have in common."""
        correlation = np.eye(len(self.problem.labels))
        for members, shared in self.hierarchies.values():
            of = [k for k, label in enumerate(self.problem.labels) if label.partition(".")[0] in members]
            correlation[np.ix_(of, of)] = np.where(np.eye(len(of)) > 0, 1.0, shared)
        return np.linalg.cholesky(correlation)

    @cached_property
    def published(self) -> Data:
        """The observations."""
        sides = [1.0 if each.bound == "low" else -1.0 for each in self.problem.bounds]
        return Data(np.array([each.on_scale for each in self.problem.exact]), np.array(sides))

    @cached_property
    def factor(self) -> Floats:
        """Cholesky factor of the covariance of exact figures about those of the model."""
        return np.linalg.cholesky(noise(self.problem.exact, self.rest))

    @cached_property
    def whitener(self) -> Floats:
        """From residuals of exact figures to innovations of unit scale."""
        return np.linalg.inv(self.factor)

    @cached_property
    def thresholds(self) -> tuple[Floats, Floats]:
        """Of bounds, on the scales of their series, and the standard deviations about the model's figures."""
        rows = self.problem.bounds
        size = [float(np.hypot(each.error, self.rest.of(each.operator.name))) for each in rows]
        return np.array([each.on_scale for each in rows]), np.array(size)

    @cached_property
    def readings(self) -> _reading.Readings:
        """How all figures are read off at once."""
        return _reading.readings(self.problem.observations, self.problem.given.model, self.problem.months)

    def values(self, z: Any, xp: Any = np) -> dict[str, Any]:
        """Parameters by name, (*elements, points), at scores z (labels, points)."""
        joined = xp.asarray(self.root) @ z
        found: dict[str, Any] = {}
        position = 0
        for name in self.problem.names:
            prior = self.problem.given.priors[name]
            count = len(prior.elements) or 1
            value = quantile_of_score(prior, joined[position : position + count], xp)
            found[name] = value if prior.elements else value[0]
            position += count
        return found

    def figures(self, z: Floats) -> Floats:
        """The model's figures (rows, points) on the scales of their series; NumPy, on a compiled program."""
        program = _program(self.problem.given, self.problem.quantities, self.problem.months)
        found: list[Floats] = []
        for begin in range(0, z.shape[1], BLOCK):
            part = z[:, begin : begin + BLOCK]
            filled = np.pad(part, ((0, 0), (0, BLOCK - part.shape[1])), mode="edge")
            inputs = {**self.fixed, **self.values(filled)}
            given = {name: np.broadcast_to(inputs[name], program.shape(name)) for name in program.inputs}
            found.append(self.readings.read(program.run(given), np)[:, : part.shape[1]])
        return np.concatenate(found, axis=1)

    @cached_property
    def _trajectory(self) -> Any:
        from countermove.engine.compile import simulation

        return simulation(
            self.problem.given.model, self.problem.quantities, self.problem.months, "float64", checkpoint=True
        )

    def log_density(self, z: Any, data: Data | None = None) -> Any:
        """Log of prior times likelihood of one point (labels,), up to a constant; for JAX."""
        import jax.numpy as jnp

        inputs = {**{name: jnp.asarray(array) for name, array in self.fixed.items()}, **self.values(z[:, None], jnp)}
        figures = self.readings.read(self._trajectory(inputs), jnp)
        return (self.log_likelihood(figures, data or self.published, jnp) - 0.5 * (z[:, None] ** 2).sum(axis=0))[0]

    def log_likelihood(self, figures: Any, data: Data, xp: Any = np) -> Any:
        """Log density (points,) of the data given the model's figures (rows, points)."""
        count = len(self.problem.exact)
        news = xp.asarray(self.whitener) @ (xp.asarray(data.figures)[:, None] - figures[:count])
        found = -(self.freedom + 1) / 2 * xp.log1p(news**2 / self.freedom).sum(axis=0)
        if self.problem.bounds:
            found = found + _log_normal_cdf(self.kept_by(figures, data, xp), xp).sum(axis=0)
        return found

    def kept_by(self, figures: Any, data: Data, xp: Any = np) -> Any:
        """By how many standard deviations the model's figures (rows, points) keep the bounds: (bounds, points)."""
        threshold, size = self.thresholds
        away = (figures[len(self.problem.exact) :] - xp.asarray(threshold)[:, None]) / xp.asarray(size)[:, None]
        return away * xp.asarray(data.sides)[:, None]

    def simulate(self, z: Floats, rng: np.random.Generator) -> Data:
        """Data as the model at scores (labels,) would have them published."""
        figures = self.figures(z[:, np.newaxis])
        count = len(self.problem.exact)
        news = rng.standard_t(self.freedom, size=count)
        noise_of_bounds = rng.normal(size=len(self.problem.bounds))
        away = self.kept_by(figures, Data(np.zeros(0), np.ones(len(self.problem.bounds))))[:, 0]
        return Data(figures[:count, 0] + self.factor @ news, np.where(away + noise_of_bounds > 0, 1.0, -1.0))


@cache
def _program(given: World, quantities: tuple[str, ...], months: int) -> Program:
    from countermove.engine.compile import Program

    return Program(given.model, quantities, months, block=BLOCK, dtype="float64")


def _log_normal_cdf(x: Any, xp: Any) -> Any:
    if xp is np:
        from scipy.special import log_ndtr

        return log_ndtr(x)
    from jax.scipy.special import log_ndtr

    return log_ndtr(x)


def quantile_of_score(prior: Prior, z: Any, xp: Any = np) -> Any:
    """The prior's quantile at standard normal scores (elements or 1, points), as `Prior.quantile` at probabilities."""
    low, central, high = (
        np.atleast_1d(np.asarray(value, dtype=np.float64))[:, np.newaxis]
        for value in (prior.low, prior.central, prior.high)
    )
    if prior.distribution == "lognormal":
        ends, back = (np.log(low), np.log(central), np.log(high)), xp.exp
    elif prior.distribution == "logit_normal":
        ends = tuple(np.log(p) - np.log1p(-p) for p in (low, central, high))
        back = lambda x: 1 / (1 + xp.exp(-x))  # noqa: E731
    else:
        ends, back = (low, central, high), xp.asarray
    step = z / _Z95 * xp.where(z < 0, ends[1] - ends[0], ends[2] - ends[1])
    return xp.clip(back(ends[1] + step), *prior.bounds)


def problem(
    observations: Sequence[Observation],
    *,
    names: Sequence[str] | None = None,
    given: World | None = None,
    scenario: Scenario | str = "history",
    end: date | None = None,
) -> Problem:
    """The calibration on these observations, of those parameters or all of calibration.yaml; needs no JAX.

    Args:
        end: of the window; by default that of calibration.yaml.

    Raises:
        CountermoveError: a parameter that does not exist or is fixed; no observation within the window.
    """
    this = given or prior_world()
    content = settings()
    last: date = end or content["window_end"]
    chosen = tuple(names or content["parameters"])
    for name in chosen:
        if name not in this.priors:
            raise unknown("parameter", name, this.priors, where=FILE.name)
        if this.priors[name].is_fixed:
            raise CountermoveError(f"{FILE.name}: '{name}' is fixed and cannot be calibrated")
    within = sorted((each for each in observations if each.last <= last), key=lambda each: (each.last, each.fact.id))
    exact = tuple(each for each in within if each.bound is None)
    if not exact:
        raise CountermoveError("no observation lies within the window of the calibration")
    bounds = tuple(each for each in within if each.bound is not None)
    return Problem(this, as_scenario(scenario), chosen, exact, bounds, _reading.month_index(last) + 1)


def density(of: Problem) -> Density:
    """The density, with the sizes of discrepancies that make the figures most likely over draws of the prior."""
    content = settings()
    hierarchies = {
        parent: (tuple(spec["members"]), float(spec["shared"])) for parent, spec in content["hierarchies"].items()
    }
    bare = Density(of, float(content["degrees_of_freedom"]), Rest(0.0, 1.0, {}), hierarchies)
    rng = np.random.Generator(np.random.Philox(key=0))
    figures = bare.figures(rng.normal(size=(len(of.labels), int(content["prior_draws"]))))
    # `estimate` takes figures in the unit of the operator.
    by_id = {each.fact.id: backward(each.operator, row) for each, row in zip(of.exact, figures, strict=False)}
    return replace(bare, rest=estimate(of.exact, by_id))


__all__ = ["BLOCK", "Density", "Problem", "density", "problem", "quantile_of_score", "settings"]
