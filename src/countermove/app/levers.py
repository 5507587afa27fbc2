"""Levers: each reads one thing from a draft and writes it back; the words and ranges are in levers.yaml.

Reading after writing gives what was written, and writing what was read changes nothing. Mechanisms and structural
variants are levers too, made from the model's own lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countermove import _yaml, scenario
from countermove.app.draft import Draft
from countermove.errors import CountermoveError
from countermove.parameters import Prior, load_parameters
from countermove.rules import RuleBook

Kind = Literal["package", "shift", "frozen", "dated", "ceiling", "parameter", "beijing", "mechanism", "variant"]
Setting = str | float | bool

AS_IT_STANDS = "as it stands"
LAW = "law"
FURTHEST = 36
"""Months by which a package of rules can be moved."""

# Series that together say which foreign accelerator a civil buyer may have.
_CEILING = ("us_permits", "permitted_chip_compute", "permitted_chip_bandwidth")
_CEILING_CHIPS = {"H20": "nvidia_h20_96gb", "H200": "nvidia_h200_sxm", "B200": "nvidia_b200"}


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes:
        choices: what can be chosen, words by value; empty for a slider.
        least, most, step: of a slider.
    """

    id: str
    group: str
    kind: Kind
    title: str
    explanation: str
    target: str = ""
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, float] = field(default_factory=dict)
    least: float = 0.0
    most: float = 1.0
    step: float = 1.0

    def read(self, draft: Draft) -> Setting:
        """Where the lever stands."""
        return _READ[self.kind](self, draft)

    def write(self, draft: Draft, setting: Setting) -> Draft:
        """The draft with the lever moved.

        Raises:
            CountermoveError: the rules of a removed package are moved in time; the scenario started from states
                something that cannot be taken out of it.
        """
        if isinstance(setting, (int, float)) and not isinstance(setting, bool):
            setting = float(f"{setting:.6g}")  # sliders add up steps
        if setting == self.read(draft):
            return draft
        changed = _WRITE[self.kind](self, draft, setting)
        if self.read(changed) != setting:
            raise CountermoveError(f"{self.title}: the scenario {draft.base} settles this; start from another one")
        return changed


@cache
def levers() -> dict[str, Lever]:
    """Every lever by id, in the order of the page."""
    from countermove.model.mechanisms import MECHANISMS, VARIANTS

    found = [_of(entry) for entry in _yaml.load(Path(__file__).parent / "levers.yaml")]
    found += [
        Lever(f"mechanism_{each.name}", "Mechanisms", "mechanism", each.title, _sentence(each.description), each.name)
        for each in MECHANISMS
    ]
    found += [
        Lever(
            f"variant_{each.name}",
            "Structure",
            "variant",
            each.name.capitalize(),
            each.description,
            each.name,
            choices={choice: choice for choice in each.choices},
        )
        for each in VARIANTS
    ]
    return {each.id: each for each in found}


def _sentence(description: str) -> str:
    return description[0].upper() + description[1:] + "."


def _of(entry: dict[str, Any]) -> Lever:
    lever = Lever(**{**entry, "choices": {}, "explanation": entry["explanation"].strip()})
    if lever.kind == "dated":
        values = {key: float(value) for key, value in entry["choices"].items()}
        return replace(lever, values=values, choices={LAW: AS_IT_STANDS, **{key: key for key in values}})
    if lever.kind == "package":
        return replace(lever, target=lever.id, choices={"kept": "in force", "removed": "removed"})
    if lever.kind == "shift":
        return replace(lever, unit="months", least=-FURTHEST, most=FURTHEST, step=6)
    if lever.kind == "frozen":
        years = {f"{year}-12-31": str(year) for year in range(2018, 2026)}
        return replace(lever, choices={"never": "not frozen", **years})
    if lever.kind == "ceiling":
        chips = {chip: name for name, chip in _CEILING_CHIPS.items()}
        return replace(lever, choices={LAW: AS_IT_STANDS, "none": "none", **chips, "frontier": "any"})
    if lever.kind == "beijing":
        return replace(lever, choices={"observed": "as observed", "endogenous": "as an answer"})
    return replace(lever, unit=load_parameters()[lever.target].unit)


def of_before(lever: Lever) -> str:
    """What was actually so, or what the model assumes by default, in words with the unit."""
    if lever.kind == "parameter":
        prior = load_parameters()[lever.target]
        if prior.is_fixed:
            return f"{prior.central:g} (fixed)"
        return f"{prior.central:g}, 5–95 %: {prior.low:g} to {prior.high:g}"
    if lever.kind == "package":
        rules = movable(lever.target)
        first, last = min(rules.values()), max(rules.values())
        return f"{len(rules)} rules, {first:%Y-%m} to {last:%Y-%m}" if len(rules) > 1 else f"since {first:%Y-%m}"
    if lever.kind == "dated":
        return _law_today(lever.target)
    defaults = {"shift": "0", "frozen": "not frozen", "ceiling": "what the law says", "beijing": "as observed"}
    if lever.kind == "variant":
        return list(lever.choices)[-1]
    return defaults.get(lever.kind, "on")


def _law_today(series: str) -> str:
    """What the series is at the end of the law that was reviewed, over the elements of its dimension."""
    from countermove.explore.world import world

    months = world().series(scenario.load("history"), 240)[series]
    now = months[scenario.month_of(date(2026, 6, 1))]
    least, most = float(now.min()), float(now.max())
    if most >= 1e9:
        return "no limit (mid-2026)"
    return f"{most:,.4g} (mid-2026)" if least == most else f"{least:,.4g} to {most:,.4g} by buyer or origin (mid-2026)"


@cache
def movable(package: str) -> dict[str, date]:
    """Rules of a package that can be moved without leaving the model's years, with their dates of effect."""
    return {
        rule.id: rule.effective
        for rule in RuleBook.history().rules
        if rule.package == package
        and rule.effective is not None
        and _moved(rule.effective, -FURTHEST) >= scenario.START
        and _moved(rule.effective, FURTHEST) <= scenario.END
    }


def _moved(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, min(day.day, 28))


def dated_paths() -> set[str]:
    """Series that levers change from a date on."""
    return {*_CEILING, *(each.target for each in levers().values() if each.kind == "dated")}


def with_since(draft: Draft, month: str) -> Draft:
    """The draft with every measure that takes effect at a chosen date moved to another month."""
    moved = replace(draft, since=month)
    for path in dated_paths():
        values = draft.get("changes", path)
        if values and list(values) == [draft.since]:
            moved = moved.put(("changes", path), {month: values[draft.since]})
    return moved


def _read_package(lever: Lever, draft: Draft) -> Setting:
    return "removed" if lever.target in draft.scenario().rules.removed else "kept"


def _write_package(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    base = scenario.load(draft.base).rules.packages.get(lever.target, "kept")  # type: ignore[arg-type]
    changed = draft.put(("rules", "packages", lever.target), None if setting == base else setting)
    if setting == "removed":  # what does not exist cannot be moved
        for rule in movable(lever.target):
            changed = changed.put(("rules", "dates", rule), None)
    return changed


def _read_shift(lever: Lever, draft: Draft) -> Setting:
    dates = draft.scenario().rules.dates
    for rule, actual in movable(lever.target).items():
        chosen = dates.get(rule)
        if isinstance(chosen, date):
            return float((chosen.year - actual.year) * 12 + chosen.month - actual.month)
    return 0.0


def _write_shift(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    rules = draft.scenario().rules
    if lever.target in rules.removed:
        raise CountermoveError(f"the rules on {lever.target} are removed: put them in force before moving them in time")
    months, changed = int(setting), draft
    for rule, actual in movable(lever.target).items():
        chosen = _moved(actual, months)
        if rules.frozen_at and chosen > rules.frozen_at:
            continue
        changed = changed.put(("rules", "dates", rule), chosen.isoformat() if months else None)
    return changed


def _read_frozen(_: Lever, draft: Draft) -> Setting:
    day = draft.scenario().rules.frozen_at
    return day.isoformat() if day else "never"


def _write_frozen(_: Lever, draft: Draft, setting: Setting) -> Draft:
    changed = draft.put(("rules", "frozen_at"), None if setting == "never" else setting)
    for rule, day in (draft.get("rules", "dates") or {}).items():
        if setting != "never" and day > str(setting):
            changed = changed.put(("rules", "dates", rule), None)
    return changed


def _read_dated(lever: Lever, draft: Draft) -> Setting:
    values = draft.get("changes", lever.target)
    if not values:
        return LAW
    value = next(iter(values.values()))
    return next((name for name, each in lever.values.items() if each == value), LAW)


def _write_dated(lever: Lever, draft: Draft, setting: Setting) -> Draft:
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
    return dict(zip(_CEILING, reach, strict=True))


def _read_ceiling(lever: Lever, draft: Draft) -> Setting:
    found = {name: next(iter(values.values())) for name in _CEILING if (values := draft.get("changes", name))}
    return next((each for each in lever.choices if each != LAW and _ceiling(each) == found), LAW)


def _write_ceiling(_: Lever, draft: Draft, setting: Setting) -> Draft:
    wanted = {} if setting == LAW else _ceiling(str(setting))
    changed = draft
    for name in _CEILING:
        changed = changed.put(("changes", name), {draft.since: wanted[name]} if name in wanted else None)
    return changed


def _read_parameter(lever: Lever, draft: Draft) -> Setting:
    belief = draft.scenario().beliefs.get(lever.target)
    return belief.central if belief else float(load_parameters()[lever.target].central)  # type: ignore[arg-type]


def _write_parameter(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    prior = load_parameters()[lever.target]
    chosen = float(setting)
    if chosen == prior.central:
        return draft.put(("beliefs", lever.target), None)
    return draft.put(("beliefs", lever.target), moved_interval(prior, chosen))


def moved_interval(prior: Prior, central: float) -> dict[str, float]:
    """Our interval moved so that its centre is `central`, as wide as before: by factors if it is lognormal.

    A probability is moved within (0, 1) by at most its distance to either end; bounds hold.
    """
    low, middle, high = (float(value) for value in (prior.low, prior.central, prior.high))  # type: ignore[arg-type]
    if prior.distribution == "lognormal":
        ends = (low * central / middle, central, high * central / middle)
    else:
        ends = (central - (middle - low), central, central + (high - middle))
    least, most = prior.bounds
    if prior.distribution == "logit_normal":
        least, most = max(least, 1e-3), min(most, 1 - 1e-3)
    names = ("low", "central", "high")
    return {name: float(f"{min(max(value, least), most):.6g}") for name, value in zip(names, ends, strict=True)}


def _read_beijing(_: Lever, draft: Draft) -> Setting:
    return draft.scenario().beijing


def _write_beijing(_: Lever, draft: Draft, setting: Setting) -> Draft:
    return draft.put(("beijing",), None if setting == scenario.load(draft.base).beijing else setting)


def _read_mechanism(lever: Lever, draft: Draft) -> Setting:
    return draft.scenario().mechanisms.get(lever.target, "on") == "on"


def _write_mechanism(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    wanted = "on" if setting else "off"
    base = scenario.load(draft.base).mechanisms.get(lever.target, "on")
    return draft.put(("mechanisms", lever.target), None if wanted == base else wanted)


def _read_variant(lever: Lever, draft: Draft) -> Setting:
    return draft.scenario().variant.get(lever.target, list(lever.choices)[-1])


def _write_variant(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    base = scenario.load(draft.base).variant.get(lever.target, list(lever.choices)[-1])
    return draft.put(("variant", lever.target), None if setting == base else setting)


_READ = {
    "package": _read_package, "shift": _read_shift, "frozen": _read_frozen, "dated": _read_dated,
    "ceiling": _read_ceiling, "parameter": _read_parameter, "beijing": _read_beijing,
    "mechanism": _read_mechanism, "variant": _read_variant,
}  # fmt: skip
_WRITE = {
    "package": _write_package, "shift": _write_shift, "frozen": _write_frozen, "dated": _write_dated,
    "ceiling": _write_ceiling, "parameter": _write_parameter, "beijing": _write_beijing,
    "mechanism": _write_mechanism, "variant": _write_variant,
}  # fmt: skip
