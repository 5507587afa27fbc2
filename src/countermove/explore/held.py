"""Paths kept from the reference run, draw by draw, which stand in for a mechanism that is switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.explore.world import VARIANT, World, program
from countermove.scenario import load

if TYPE_CHECKING:
    from countermove.engine.ensemble import Arm

Floats = NDArray[np.floating[Any]]


def for_arm(given: World, arm: Arm, draws: int, seed: int) -> Arm:
    """The arm with its held paths: from the reference if a mechanism is off, else zeros, which no equation heeds."""
    switches = {name: value for name, value in arm.mechanisms.items() if not name.startswith(VARIANT)}
    if any(np.any(np.asarray(value) != 1.0) for value in switches.values()):
        return from_reference(given, arm, draws, seed)
    return replace(arm, held=_zeros(given, draws))


def from_reference(given: World, arm: Arm, draws: int, seed: int) -> Arm:
    """The arm with the paths of the reference scenario under the arm's own parameters and structure, draw by draw."""
    from countermove.engine import ensemble

    if not given.held:
        return arm
    reference = replace(given.arm(load(given.reference)), priors=arm.priors, held=_zeros(given, draws))

    def chosen(outputs: Mapping[str, Floats]) -> dict[str, Floats]:
        return {name: _part(given, name, outputs[quantity]) for name, quantity in given.held.items()}

    (paths,) = ensemble.run(program(given, given.outputs), [reference], draws, seed, reduce=chosen)
    return replace(arm, held=paths)


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
    sizes = {name: tuple(len(dimension) for dimension in given.model.dimensions(name)) for name in given.held}
    return {name: np.broadcast_to(np.float32(0), (given.months, *size, draws)) for name, size in sizes.items()}
