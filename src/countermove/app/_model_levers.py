"""Levers on what the model reads: dated series, parameters, mechanisms, structure; each a reading and a writing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove import scenario
from countermove.app.draft import Draft
from countermove.parameters import Prior, load_parameters

if TYPE_CHECKING:
    from countermove.app.levers import Lever, Setting

LAW = "law"
"""Setting that leaves a series as the law has it."""

# Series that together say which foreign accelerator a civil buyer may have.
CEILING = ("us_permits", "permitted_chip_compute", "permitted_chip_bandwidth")


def read_dated(lever: Lever, draft: Draft) -> Setting:
    values = draft.get("changes", lever.target)
    if not values:
        return LAW
    value = next(iter(values.values()))
    return next((name for name, each in lever.values.items() if each == value), LAW)


def write_dated(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    value = None if setting == LAW else {draft.since: lever.values[str(setting)]}
    return draft.put(("changes", lever.target), value)


def _ceiling(setting: str) -> dict[str, float]:
    from countermove.chips import chip
    from countermove.model.policy_series import NO_LIMIT, bandwidth, compute

    if setting == "none":
        return {"us_permits": 0.0}
    if setting == "frontier":
        return {"us_permits": 1.0, "permitted_chip_compute": NO_LIMIT, "permitted_chip_bandwidth": NO_LIMIT}
    item = chip(setting)
    reach = (1.0, round(compute(item), 4), round(bandwidth(item), 4))
    return dict(zip(CEILING, reach, strict=True))


def read_ceiling(lever: Lever, draft: Draft) -> Setting:
    found = {name: next(iter(values.values())) for name in CEILING if (values := draft.get("changes", name))}
    return next((each for each in lever.choices if each != LAW and _ceiling(each) == found), LAW)


def write_ceiling(_: Lever, draft: Draft, setting: Setting) -> Draft:
    wanted = {} if setting == LAW else _ceiling(str(setting))
    changed = draft
    for name in CEILING:
        changed = changed.put(("changes", name), {draft.since: wanted[name]} if name in wanted else None)
    return changed


def read_parameter(lever: Lever, draft: Draft) -> Setting:
    belief = draft.scenario().beliefs.get(lever.target)
    return belief.central if belief else _centre(in_use(lever.target))


def write_parameter(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    ours = in_use(lever.target)
    chosen = float(setting)
    if chosen == _centre(ours):
        return draft.put(("beliefs", lever.target), None)
    return draft.put(("beliefs", lever.target), moved_interval(ours, chosen))


def in_use(name: str) -> Prior:
    """What a parameter is drawn from unless a scenario says otherwise: its posterior where it has one that counts."""
    from countermove.explore.world import world

    return world().posterior.get(name) or load_parameters()[name]


def _centre(ours: Prior) -> float:
    """The middle of our interval, in as many figures as a slider's setting has."""
    return float(f"{ours.central:.6g}")


def moved_interval(ours: Prior, central: float) -> dict[str, float]:
    """Our interval moved so that its centre is `central`, as wide as before: by factors if it is lognormal.

    A probability is moved within (0, 1) by at most its distance to either end; bounds hold.
    """
    low, middle, high = (float(value) for value in (ours.low, ours.central, ours.high))  # type: ignore[arg-type]
    if ours.distribution == "lognormal":
        ends = (low * central / middle, central, high * central / middle)
    else:
        ends = (central - (middle - low), central, central + (high - middle))
    least, most = ours.bounds
    if ours.distribution == "logit_normal":
        least, most = max(least, 1e-3), min(most, 1 - 1e-3)
    names = ("low", "central", "high")
    return {name: float(f"{min(max(value, least), most):.6g}") for name, value in zip(names, ends, strict=True)}


def read_beijing(_: Lever, draft: Draft) -> Setting:
    return draft.scenario().beijing


def write_beijing(_: Lever, draft: Draft, setting: Setting) -> Draft:
    return draft.put(("beijing",), None if setting == scenario.load(draft.base).beijing else setting)


def read_mechanism(lever: Lever, draft: Draft) -> Setting:
    return draft.scenario().mechanisms.get(lever.target, "on") == "on"


def write_mechanism(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    wanted = "on" if setting else "off"
    base = scenario.load(draft.base).mechanisms.get(lever.target, "on")
    return draft.put(("mechanisms", lever.target), None if wanted == base else wanted)


def read_variant(lever: Lever, draft: Draft) -> Setting:
    return draft.scenario().variant.get(lever.target, list(lever.choices)[-1])


def write_variant(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    base = scenario.load(draft.base).variant.get(lever.target, list(lever.choices)[-1])
    return draft.put(("variant", lever.target), None if setting == base else setting)
