"""The density that a calibration samples: priors as standard normal scores, figures with robust errors.

Every uncertain parameter is a score z with a standard normal prior; its value is the prior's quantile at that score, so
that the prior is exactly that of simulations. Members of a hierarchy have part of their score in common. Errors of one
source have a score in common too; a bound is a censored figure.
"""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.explore.world import World
from countermove.inference import _reading
from countermove.inference.observations import Observation
from countermove.inference.operators import operators, read_unit
from countermove.inference.scales import forward
from countermove.parameters import Prior
from countermove.scenario import as_scenario

FILE = Path(__file__).parent / "calibration.yaml"
_Z95 = 1.6448536269514722


@cache
def settings() -> dict[str, Any]:
    """The content of calibration.yaml."""
    return _yaml.load(FILE)


@dataclass(frozen=True, eq=False)
class Density:
    """Log density of scores given observations.

    Attributes:
        names: the parameters that move, single-valued or by element.
        observations: those within the window; figures of one group share part of their error.
        months: length of the simulation, to the end of the window.
    """

    given: World
    names: tuple[str, ...]
    observations: tuple[Observation, ...]
    months: int
    freedom: float
    shared: float
    hierarchies: Mapping[str, tuple[tuple[str, ...], float]]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the scores of parameters, one an element."""
        found: list[str] = []
        for name in self.names:
            elements = self.given.priors[name].elements
            found.extend([f"{name}.{element}" for element in elements] or [name])
        return tuple(found)

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Sources with more than one figure."""
        counts: dict[str, int] = {}
        for each in self.observations:
            counts[each.group] = counts.get(each.group, 0) + 1
        return tuple(group for group, count in counts.items() if count > 1)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Lengths of the vectors of scores: of parameters, of parents, of sources."""
        return {"parameters": len(self.labels), "parents": len(self.hierarchies), "sources": len(self.groups)}

    @property
    def series(self) -> Mapping[str, Any]:
        """What comes from outside under the actual rules, by month."""
        kinds = self.given.model.inputs
        return {name: array for name, array in self._fixed.items() if kinds[name].kind == "series"}

    @cached_property
    def _trajectory(self) -> Any:
        from countermove.engine.compile import simulation

        quantities = sorted({name for each in self.observations for name in each.operator.quantities})
        return simulation(self.given.model, quantities, self.months, "float64", checkpoint=True)

    @cached_property
    def _fixed(self) -> dict[str, Any]:
        """Every input but those that move: parameters at their centre, series and switches of history."""
        arm = self.given.arm(as_scenario("history"))
        model = self.given.model
        found: dict[str, Any] = {}
        for name, item in model.inputs.items():
            sizes = tuple(len(dimension) for dimension in item.dimensions)
            if item.kind == "parameter":
                if name not in self.names:
                    found[name] = np.asarray(self.given.priors[name].central, dtype=np.float64)[..., np.newaxis]
            elif item.kind == "series":
                found[name] = np.asarray(arm.series[name], dtype=np.float64)[: self.months, ..., np.newaxis]
            elif item.kind == "held":
                found[name] = np.zeros((self.months, *sizes, 1))
            else:
                found[name] = np.full((1,), float(np.asarray(arm.mechanisms.get(name, 1.0))))
        return found

    @cached_property
    def _readings(self) -> list[tuple[Observation, np.ndarray, float]]:
        model = self.given.model
        return [
            (each, _reading.weights(each.operator, each.first, each.last, self.months), read_unit(model, each.operator))
            for each in self.observations
        ]

    def scores(self, z: Any, parents: Any) -> Any:
        """Scores of parameters with what members of a hierarchy have in common; each stays standard normal."""
        import jax.numpy as jnp

        joined = jnp.asarray(z)
        for index, (members, shared) in enumerate(self.hierarchies.values()):
            for position, label in enumerate(self.labels):
                if label.partition(".")[0] in members:
                    common = jnp.sqrt(shared) * parents[index] + jnp.sqrt(1 - shared) * joined[position]
                    joined = joined.at[position].set(common)
        return joined

    def values(self, z: Any, parents: Any) -> dict[str, Any]:
        """Parameters by name, each (*elements, 1), at their scores."""
        joined = self.scores(z, parents)
        found: dict[str, Any] = {}
        position = 0
        for name in self.names:
            prior = self.given.priors[name]
            count = len(prior.elements) or 1
            part = joined[position : position + count]
            position += count
            value = quantile_of_score(prior, part if prior.elements else part[0])
            found[name] = value[..., None]
        return found

    def figures(self, z: Any, parents: Any) -> Any:
        """The model's figures on the scales of their series, in the order of `observations`."""
        import jax.numpy as jnp

        fixed = {name: jnp.asarray(array) for name, array in self._fixed.items()}
        outputs = self._trajectory({**fixed, **self.values(z, parents)})
        read = [
            forward(
                each.operator,
                _reading.read_off(each.operator, weights, outputs, self.given.model, factor, jnp)[0],
                jnp,
            )
            for each, weights, factor in self._readings
        ]
        return jnp.stack(read)

    def log_likelihood(self, z: Any, parents: Any, sources: Any) -> Any:
        """Sum over figures: Student t about the model's figure, or the probability of a bound."""
        import jax.numpy as jnp
        from jax.scipy.special import log_ndtr
        from jax.scipy.stats import t as student

        observed = jnp.asarray([each.on_scale for each in self.observations])
        error = jnp.asarray([each.error for each in self.observations])
        side = jnp.asarray([{"low": 1.0, "high": -1.0}.get(each.bound or "", 0.0) for each in self.observations])
        common = jnp.stack([*(sources[i] for i in range(len(self.groups))), jnp.zeros(())])
        index = [self.groups.index(e.group) if e.group in self.groups else len(self.groups) for e in self.observations]
        grouped = jnp.asarray([float(i < len(self.groups)) for i in index])
        own = error * jnp.sqrt(1 - self.shared * grouped)
        distance = (
            self.figures(z, parents) + error * jnp.sqrt(self.shared) * common[jnp.asarray(index)] - observed
        ) / own
        exact = student.logpdf(distance, self.freedom) - jnp.log(own)
        return jnp.where(side == 0, exact, log_ndtr(side * distance)).sum()

    def log_density(self, scores: Mapping[str, Any]) -> Any:
        """Log of prior times likelihood, up to a constant, of `parameters`, `parents` and `sources`."""
        parts = [scores["parameters"], scores["parents"], scores["sources"]]
        return self.log_likelihood(*parts) - sum(0.5 * (part**2).sum() for part in parts)


def quantile_of_score(prior: Prior, z: Any) -> Any:
    """The prior's quantile at a standard normal score, as `Prior.quantile` has it at its probability; for JAX."""
    import jax.numpy as jnp

    low, central, high = (np.asarray(value, dtype=np.float64) for value in (prior.low, prior.central, prior.high))
    if prior.distribution == "lognormal":
        ends, back = (np.log(low), np.log(central), np.log(high)), jnp.exp
    elif prior.distribution == "logit_normal":
        ends = tuple(np.log(p) - np.log1p(-p) for p in (low, central, high))
        back = lambda x: 1 / (1 + jnp.exp(-x))  # noqa: E731
    else:
        ends, back = (low, central, high), jnp.asarray
    step = z / _Z95 * jnp.where(z < 0, ends[1] - ends[0], ends[2] - ends[1])
    return jnp.clip(back(ends[1] + step), *prior.bounds)


def density(
    observations: Sequence[Observation], *, names: Sequence[str] | None = None, given: World | None = None
) -> Density:
    """The density of the calibration on these observations, of those parameters or all of calibration.yaml.

    Raises:
        CountermoveError: a parameter that does not exist or is fixed; no observation within the window.
    """
    import countermove.engine.compile  # sets double precision  # noqa: F401
    from countermove.explore.world import world

    this = given or world()
    content = settings()
    end: date = content["window_end"]
    months = _reading.month_index(end) + 1
    chosen = tuple(names or content["parameters"])
    for name in chosen:
        if name not in this.priors:
            raise unknown("parameter", name, this.priors, where=FILE.name)
        if this.priors[name].is_fixed:
            raise CountermoveError(f"{FILE.name}: '{name}' is fixed and cannot be calibrated")
    within = tuple(each for each in observations if each.last <= end)
    if not within:
        raise CountermoveError("no observation lies within the window of the calibration")
    hierarchies = {
        parent: (tuple(spec["members"]), float(spec["shared"]))
        for parent, spec in content["hierarchies"].items()
        if set(spec["members"]) & set(chosen)
    }
    return Density(
        this, chosen, within, months, float(content["degrees_of_freedom"]), operators().errors.shared_share, hierarchies
    )
