"""The calibrations that there are: the default, other structural variants, and those of past dates; and what ships.

A shipped posterior counts where its hash is that of the model and the evidence as they are. Reading needs no JAX.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from countermove._frozen import FrozenMapping
from countermove.errors import CountermoveError, unknown
from countermove.evidence import Fact, facts
from countermove.explore.fitted import fitted
from countermove.explore.world import World, prior_world, world
from countermove.inference import posterior
from countermove.inference._asof_world import asof_scenario, asof_world
from countermove.inference.asof import view
from countermove.inference.density import Problem, problem, settings
from countermove.inference.observations import distinct, observe
from countermove.inference.operators import operators
from countermove.inference.posterior import Posterior
from countermove.scenario import as_scenario


@dataclass(frozen=True, eq=False)
class Fit:
    """A calibration and the file in which its posterior ships."""

    problem: Problem
    path: Path


def fit(*, variant: Mapping[str, str] | None = None, as_of: date | None = None, rows: Sequence[Fact] = ()) -> Fit:
    """The calibration of a structural variant, by default the default; or as of a past date.

    Args:
        rows: an analyst's figures besides the evidence; one with the id of a row of it takes its place.

    Raises:
        CountermoveError: no such variant or choice.
    """
    choices = _checked(prior_world(), variant or {})
    own = {row.id for row in rows}
    every = (*(row for row in facts() if row.id not in own), *rows)
    parts = [f"{name}-{choice}" for name, choice in sorted(choices.items())]
    if as_of is None:
        scenario, given, known, end, names = as_scenario("history"), prior_world(), every, None, None
    else:
        seen = view(as_of, rows=every)
        # What is fitted to is past: the error of growth thereafter is not.
        given = asof_world(replace(seen, growth_error=dict.fromkeys(seen.growth_error, 0.0)), 0, later_rules=False)
        scenario, known, end = asof_scenario(seen), seen.rows, as_of
        names = [name for name in settings()["parameters"] if not given.priors[name].is_fixed]
        parts = [f"as-of-{as_of}", *parts]
    scenario = scenario.model_copy(update={"variant": FrozenMapping(choices)})
    found, _ = distinct(observe(known, operators())[0])
    content = problem(found, names=names, given=given, scenario=scenario, end=end)
    path = posterior.FOLDER / f"{'_'.join(parts)}.npz" if parts else posterior.DEFAULT
    return Fit(content, path)


def _checked(given: World, variant: Mapping[str, str]) -> dict[str, str]:
    """The choices that are not the default ones."""
    for name, choice in variant.items():
        if name not in given.variants:
            raise unknown("variant", name, given.variants)
        if choice not in given.variants[name]:
            raise unknown(f"choice of variant '{name}'", choice, given.variants[name])
    return {name: choice for name, choice in variant.items() if choice != given.variants[name][1]}


def shipped(*, variant: Mapping[str, str] | None = None, as_of: date | None = None) -> Posterior:
    """The posterior that ships for a calibration.

    Raises:
        CountermoveError: none ships, or it is that of other equations, priors, operators or observations.
    """
    chosen = fit(variant=variant, as_of=as_of)
    if not chosen.path.is_file():
        raise CountermoveError(
            f"no posterior ships as {chosen.path.name}; run `make calibrate`, or use --parameters prior"
        )
    return posterior.load(chosen.path, posterior.target_hash(chosen.problem))


def variant_world(variant: Mapping[str, str]) -> World:
    """The model with its parameters drawn from the fit of this structural variant, where one ships.

    Otherwise parameters are those of `world()`; so they are where that is asked for the prior.

    Raises:
        CountermoveError: no such variant or choice.
    """
    return _variant_world(world(), FrozenMapping(_checked(prior_world(), variant)))


@cache
def _variant_world(given: World, choices: FrozenMapping[str, str]) -> World:
    if not given.posterior or not choices:
        return given
    try:
        found = shipped(variant=choices)
    except CountermoveError:
        return given
    return replace(given, posterior=fitted(given.priors, found.draws))
