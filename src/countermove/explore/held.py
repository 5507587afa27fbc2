"""What a draw keeps from its run of another scenario: paths that stand in for a mechanism that is switched off, and
thresholds that it must have had, given what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.explore.world import VARIANT, Abduction, World, program
from countermove.scenario import START, load

if TYPE_CHECKING:
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]


Known = dict[str, Floats]
"""Thresholds found already under the same parameters and structure, by name: (date, draw). More are added as found."""


def for_arm(given: World, arm: Arm, draws: int, seed: int, first: int = 0, *, known: Known | None = None) -> Arm:
    """The arm with its held paths for draws `first` to `first + draws`.

    From the reference if a mechanism is off, else zeros, which no equation heeds.
    """
    if needs_reference(arm):
        return from_reference(given, arm, draws, seed, first, known=known)
    thresholds = _thresholds(given, needed(given, arm), arm, draws, seed, first, known)
    return replace(arm, held={**_zeros(given, draws), **thresholds})


def needs_reference(arm: Arm) -> bool:
    """Whether a mechanism is off."""
    switches = {name: value for name, value in arm.mechanisms.items() if not name.startswith(VARIANT)}
    return any(np.any(np.asarray(value) != 1.0) for value in switches.values())


def needed(given: World, arm: Arm) -> set[str]:
    """The thresholds that the arm takes from the run of what happened."""
    if needs_reference(arm):
        return set(given.abduced)
    return {name for name, each in given.abduced.items() if np.any(np.asarray(arm.series[each.switch]) > 0)}


def from_reference(given: World, arm: Arm, draws: int, seed: int, first: int = 0, *, known: Known | None = None) -> Arm:
    """The arm with the paths of the reference scenario under the arm's own parameters and structure, draw by draw.

    Thresholds are among them whether or not the arm needs them, so that another arm can share what is held.
    """
    from countermove.engine import ensemble

    if not given.held:
        return arm
    reference = _other(given, given.reference, arm, draws)

    def chosen(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: _part(given, name, outputs[quantity]) for name, quantity in given.held.items()}

    (paths,) = ensemble.run(program(given, given.outputs), [reference], draws, seed, first=first, reduce=chosen)
    thresholds = _thresholds(given, set(given.abduced), arm, draws, seed, first, known)
    return replace(arm, held={**paths, **thresholds})


def _other(given: World, scenario: str, arm: Arm, draws: int) -> Arm:
    """Another scenario under the arm's own parameters and structure."""
    structure = {name: value for name, value in arm.mechanisms.items() if name.startswith(VARIANT)}
    return replace(given.arm(load(scenario)), priors=arm.priors, mechanisms=structure, held=_zeros(given, draws))


def _thresholds(
    given: World, names: set[str], arm: Arm, draws: int, seed: int, first: int, known: Known | None
) -> dict[str, Floats]:
    """These thresholds as each draw must have had them; the same in every month."""
    found = {} if known is None else known
    for name in sorted(names - found.keys()):
        found[name] = _passed(given, given.abduced[name], arm, draws, seed, first)
    return {name: np.broadcast_to(found[name], (given.months, *found[name].shape)) for name in sorted(names)}


def months_of(abduction: Abduction) -> list[int]:
    """Months of the model in which the abduction's dates lie."""
    return [int((date - START.year) * 12) for date in abduction.dates]


def _passed(given: World, abduction: Abduction, arm: Arm, draws: int, seed: int, first: int) -> Floats:
    """The quantity at the abduction's dates, (date, draw)."""
    from countermove.engine import ensemble

    def at_dates(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        return {"values": outputs[abduction.quantity][months_of(abduction)]}

    what_happened = _other(given, abduction.scenario, arm, draws)
    run = ensemble.run(program(given, given.outputs), [what_happened], draws, seed, first=first, reduce=at_dates)
    (values,) = run
    return values["values"]


def _part(given: World, name: str, values: Floats) -> Floats:
    """The elements that the held input has, out of the quantity's (the vendors out of all options)."""
    outer = given.model.dimensions(given.held[name])
    inner = given.model.dimensions(name)
    if len(outer) != len(inner):
        raise CountermoveError(f"held '{name}' has {len(inner)} dimensions, '{given.held[name]}' has {len(outer)}")
    for axis, (whole, part) in enumerate(zip(outer, inner, strict=True), start=1):
        if whole != part:
            values = values.take(whole.positions(part), axis=axis)
    return values


@cache
def _zeros(given: World, draws: int) -> Mapping[str, Floats]:
    """Paths of zeros that take no memory; one mapping for all arms, so that they share its blocks."""
    names = [name for name, item in given.model.inputs.items() if item.kind == "held"]
    sizes = {name: tuple(len(dimension) for dimension in given.model.dimensions(name)) for name in names}
    return {name: np.broadcast_to(np.float32(0), (given.months, *size, draws)) for name, size in sizes.items()}
