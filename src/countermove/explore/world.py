"""The model with everything that a scenario acts upon: equations, priors and dated series."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.engine import Model
from countermove.errors import CountermoveError, unknown
from countermove.parameters import Prior
from countermove.results import Basis
from countermove.scenario import Scenario, load, month_of

if TYPE_CHECKING:
    from countermove.engine.compile import Program
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]
Series = Callable[[Scenario, int], Mapping[str, Floats]]

MONTHS = 240

# Draws computed at once by one thread: of 64 to 1,024 the fastest where every core has a block, each call included.
BLOCK = 512

_SWITCH = "mechanism_"
VARIANT = "variant_"


@dataclass(frozen=True)
class Abduction:
    """A threshold that each draw takes from its own run of what happened: its residual, kept in every other scenario.

    Attributes:
        quantity: what passed the threshold; of one value.
        dates: for each element of the input the decimal year at which it is known to have passed.
        scenario: the run in which it did.
        switch: series that is above zero where a scenario needs the threshold.
    """

    quantity: str
    dates: tuple[float, ...]
    scenario: str
    switch: str


@dataclass(frozen=True, eq=False)
class World:
    """What is simulated.

    Attributes:
        series: from a scenario and a number of months to every series from outside, each (months, *dimensions).
        outputs: quantities that a run keeps unless told otherwise.
        held: for each held input the quantity whose path in `reference` it holds while a mechanism is off; the
            quantity has the input's dimensions or ones that contain them.
        abduced: for each held input that is a threshold how it is found.
        reference: name of the scenario from which held paths are taken.
        variants: choices between structures of the model by name; the first is 0, the second, the default, is 1.
        block: draws computed at once; fewer than the default answer sooner where few draws are asked for.
        posterior: parameters whose draws are those of a posterior; all others are drawn from their priors.
        groups: mechanisms that are switched together when a difference is attributed; by default each by itself.
    """

    model: Model
    priors: Mapping[str, Prior]
    series: Series
    outputs: tuple[str, ...]
    held: Mapping[str, str] = field(default_factory=dict)
    abduced: Mapping[str, Abduction] = field(default_factory=dict)
    reference: str = "no-controls"
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    variants: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    months: int = MONTHS
    block: int = BLOCK
    posterior: Mapping[str, Prior] = field(default_factory=dict[str, Prior])

    @property
    def basis(self) -> Basis:
        """What the parameters are drawn from."""
        return "posterior" if self.posterior else "prior"

    @cached_property
    def mechanisms(self) -> tuple[str, ...]:
        """Names of the mechanisms that can be switched off."""
        return tuple(name.removeprefix(_SWITCH) for name in self.model.inputs if name.startswith(_SWITCH))

    @cached_property
    def model_hash(self) -> str:
        """Hash of equations, inputs, priors, and dated series under the actual rules.

        Two results with the same hash share a model. Series count in single precision, as they are simulated.
        """
        digest = hashlib.sha256()
        for name in sorted({quantity.place.file for quantity in self.model.quantities.values()}):
            digest.update(Path(name).read_bytes())
        digest.update(repr(sorted(self.model.inputs.values(), key=lambda item: item.name)).encode())
        digest.update(repr(sorted(self.priors.values(), key=lambda prior: prior.name)).encode())
        for name, values in sorted(self.series(load("history"), self.months).items()):
            digest.update(name.encode() + np.asarray(values, dtype="<f4").tobytes())
        return digest.hexdigest()[:16]

    def arm(self, scenario: Scenario) -> Arm:
        """The scenario as the engine takes it.

        Raises:
            CountermoveError: it names a mechanism, parameter, series, element or variant that the model does not have.
        """
        from countermove.engine.ensemble import Arm

        where = f"scenario {scenario.name}"
        for name in scenario.mechanisms:
            if name not in self.mechanisms:
                raise unknown("mechanism", name, self.mechanisms, where=where)
        return Arm(
            priors=self._believed(scenario, where),
            series=changed(self.model, self.series(scenario, self.months), scenario),
            mechanisms={
                **{_SWITCH + name: float(state == "on") for name, state in scenario.mechanisms.items()},
                **self._structure(scenario, where),
            },
        )

    def _structure(self, scenario: Scenario, where: str) -> dict[str, float]:
        """The structural variants that the scenario chooses, as the inputs that select them."""
        chosen: dict[str, float] = {}
        for name, choice in scenario.variant.items():
            if name not in self.variants:
                raise unknown("variant", name, self.variants, where=where)
            if choice not in self.variants[name]:
                raise unknown(f"choice of variant '{name}'", choice, self.variants[name], where=where)
            chosen[VARIANT + name] = float(self.variants[name].index(choice))
        return chosen

    def _believed(self, scenario: Scenario, where: str) -> Mapping[str, Prior]:
        if not scenario.beliefs:
            return {**self.priors, **self.posterior}
        own: dict[str, Prior] = {}
        for name, belief in scenario.beliefs.items():
            if name not in self.priors:
                raise unknown("parameter", name, self.priors, where=f"{where}: beliefs")
            try:
                own[name] = self.priors[name].believed(belief.low, belief.central, belief.high)
            except CountermoveError as error:
                raise CountermoveError(f"{where}: beliefs: {error}") from None
        return {**self.priors, **self.posterior, **own}


def switch(mechanism: str) -> str:
    """Name of the input that switches a mechanism."""
    return _SWITCH + mechanism


def changed(model: Model, series: Mapping[str, Floats], scenario: Scenario) -> dict[str, Floats]:
    """The series with the scenario's dated changes laid on: each value holds from its month until the next."""
    result = dict(series)
    where = f"scenario {scenario.name}: changes"
    for path, values in scenario.changes.items():
        name, *elements = path.split(".")
        if name not in result:
            kind = model.inputs[name].kind if name in model.inputs else ""
            if kind == "parameter":
                raise CountermoveError(f"{where}: '{name}' does not vary by date; state an interval under 'beliefs'")
            raise unknown("series", name, result, where=where)
        dimensions = model.dimensions(name)
        if len(elements) > len(dimensions):
            raise CountermoveError(f"{where}: '{path}' names {len(elements)} elements; '{name}' has {len(dimensions)}")
        chosen = tuple(dimension.index(element) for dimension, element in zip(dimensions, elements, strict=False))
        array, before = np.array(result[name], dtype=np.float64), np.asarray(series[name])
        dated = sorted((month_of(day), value) for day, value in values.items())
        ends = [month for month, _ in dated[1:]] + [len(array)]
        for (month, value), end in zip(dated, ends, strict=True):
            span = (slice(month, end), *chosen)
            array[span] = before[span] if value is None else value
        result[name] = array
    return result


@cache
def program(given: World, outputs: tuple[str, ...]) -> Program:
    """The compiled program for these outputs, one a process.

    It gives the held quantities too: one program then serves scenarios, their reference and attribution, and is
    compiled once.
    """
    from countermove.engine.compile import Program

    sought = (abduction.quantity for abduction in given.abduced.values())
    kept = tuple(dict.fromkeys((*outputs, *given.held.values(), *sought)))
    return Program(given.model, kept, given.months, block=given.block)


def only(outputs: tuple[str, ...]) -> Callable[[Mapping[str, Floats]], dict[str, Floats]]:
    """A reducer that keeps these outputs as they are."""
    return lambda block: {name: block[name] for name in outputs}


_asked: list[Basis | None] = [None]


@contextmanager
def drawn_from(basis: Basis | None) -> Generator[None]:
    """Within this context `world()` has its parameters from prior or posterior, in all threads; None is the default."""
    _asked.append(basis)
    try:
        yield
    finally:
        _asked.pop()


def world() -> World:
    """The countermove model with its parameters and series.

    Parameters are draws of the posterior where one ships that is of this model and evidence, else of the prior.

    Raises:
        CountermoveError: the posterior is asked for by name and none counts.
    """
    return _world(_asked[-1])


@cache
def _world(basis: Basis | None) -> World:
    given = prior_world()
    if basis == "prior":
        return given
    from countermove.inference.posterior import DEFAULT

    if basis is None and not DEFAULT.is_file():
        return given
    from countermove.explore.fitted import fitted
    from countermove.inference.fits import shipped

    try:
        found = shipped()
    except CountermoveError as error:
        if basis == "posterior":
            raise
        logging.getLogger("countermove").warning("parameters are drawn from the prior: %s", error)
        return given
    return replace(given, posterior=fitted(given.priors, found.draws))


@cache
def prior_world() -> World:
    """The countermove model with its priors and series."""
    from countermove import model
    from countermove.model.mechanisms import BEIJING_DECISION_DATES, MECHANISMS, VARIANTS
    from countermove.parameters import load_parameters

    groups: dict[str, tuple[str, ...]] = {}
    for mechanism in MECHANISMS:
        groups[mechanism.group] = (*groups.get(mechanism.group, ()), mechanism.name)
    return World(
        model=model.build(),
        priors=load_parameters(),
        series=model.scenario_series,
        outputs=model.OUTPUTS,
        held={"reference_domestic_share": "spending_share", "reference_installed_share": "installed_share"},
        abduced={
            "abduced_readiness": Abduction("readiness_index", BEIJING_DECISION_DATES, "history", "beijing_endogenous")
        },
        groups=groups,
        variants={variant.name: variant.choices for variant in VARIANTS},
    )
