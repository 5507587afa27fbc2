"""Runs with what stands behind the outcomes: the pages on supply and on the base ask for them when they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from countermove.app.draft import DRAWS, Draft
from countermove.app.live import BLOCK, SEED, Recent

if TYPE_CHECKING:
    from countermove.app.runs import Desk
    from countermove.explore.world import World
    from countermove.results import Result
    from countermove.scenario import Scenario

LINK = "diversification_base"
"""The mechanism by which the unrestricted sectors reach budgets and engineers."""

# Kept by scenario: 250 draws of all these quantities take some 70 MB.
_RUNS: Recent[Scenario, Result] = Recent(6)


@dataclass(frozen=True, eq=False)
class Base:
    """The policy, what it is held against, and the policy with the link from the base switched off; same draws."""

    policy: Result
    counterfactual: Result
    unlinked: Result


@cache
def behind() -> World:
    """The model, keeping what the flow of chips and the figures of the base need."""
    from countermove.explore.supply_flow import FLOW
    from countermove.explore.world import world
    from countermove.figures.base import BASE

    return replace(world(), outputs=tuple(dict.fromkeys((*FLOW, *BASE))), block=BLOCK)


def policy(draft: Draft, desk: Desk) -> Result:
    """The policy alone, on the draws of a lever being dragged."""
    return _simulated([draft.scenario()], desk)[0]


def base(draft: Draft, desk: Desk) -> Base:
    """The three runs that the page on the base compares."""
    chosen = draft.scenario()
    unlinked = type(chosen).model_validate(
        {**chosen.model_dump(), "extends": None, "mechanisms": {**chosen.mechanisms, LINK: "off"}}
    )
    return Base(*_simulated([chosen, draft.counterfactual(), unlinked], desk))


def _simulated(scenarios: Sequence[Scenario], desk: Desk) -> list[Result]:
    from countermove.explore.simulate import simulate

    def missing() -> dict[Scenario, Result]:
        kept = {each: _RUNS.get(each) for each in scenarios}
        wanted = list(dict.fromkeys(each for each, result in kept.items() if result is None))
        given = behind()
        made = simulate(wanted, DRAWS[0], SEED, outputs=given.outputs, given=given) if wanted else []
        found = {each: result for each, result in kept.items() if result is not None}
        return found | {each: _RUNS.put(each, result) for each, result in zip(wanted, made, strict=True)}

    found = desk.alone(missing)
    return [found[each] for each in scenarios]
