"""Levers: each reads one thing from a draft and writes it back; the words and ranges are in levers.yaml.

Reading after writing gives what was written, and writing what was read changes nothing. Mechanisms and structural
variants are levers too, made from the model's own lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countermove import _yaml, scenario
from countermove.app import _law_levers, _model_levers
from countermove.app._law_levers import FURTHEST, NEVER, date_of_effect, limit_of_law, movable, rule_and_figure
from countermove.app._model_levers import LAW
from countermove.app.draft import Draft
from countermove.errors import CountermoveError
from countermove.parameters import load_parameters
from countermove.rules import RuleBook

Kind = Literal[
    "package", "shift", "frozen", "rule_date", "threshold", "dated", "ceiling", "parameter", "beijing", "mechanism",
    "variant",
]  # fmt: skip
Setting = str | float | bool

AS_IT_STANDS = "as it stands"
_CEILING_CHIPS = {
    "A800": "nvidia_a800_sxm", "H20": "nvidia_h20_96gb", "H800 or H100": "nvidia_h800_sxm", "H200": "nvidia_h200_sxm",
    "B200": "nvidia_b200",
}  # fmt: skip


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

    @property
    def is_slider(self) -> bool:
        """Whether it moves along numbers, rather than between choices or on and off."""
        return not self.choices and self.kind != "mechanism"

    def read(self, draft: Draft) -> Setting:
        """Where the lever stands."""
        return _lens("read", self.kind)(self, draft)

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
        changed = _lens("write", self.kind)(self, draft, setting)
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
    if lever.kind == "rule_date":
        return replace(lever, unit="month of effect", least=0, most=NEVER, step=1)
    if lever.kind == "threshold":
        return lever
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
        ours, prior = _model_levers.in_use(lever.target), load_parameters()[lever.target]
        if ours.is_fixed:
            return f"{ours.central:g} (fixed)"
        fitted = "" if ours is prior else f", fitted; before the evidence {prior.central:g}"
        return f"{ours.central:.4g}, 5–95 %: {ours.low:.4g} to {ours.high:.4g}{fitted}"
    if lever.kind == "package":
        rules = movable(lever.target)
        first, last = min(rules.values()), max(rules.values())
        return f"{len(rules)} rules, {first:%Y-%m} to {last:%Y-%m}" if len(rules) > 1 else f"since {first:%Y-%m}"
    if lever.kind == "rule_date":
        return f"{date_of_effect(lever.target):%Y-%m}"
    if lever.kind == "threshold":
        return f"{limit_of_law(lever.target):g} since {RuleBook.history().by_id[lever.target.split('/')[0]].effective}"
    if lever.kind == "dated":
        return _law_today(lever.target)
    defaults = {"shift": "0", "frozen": "not frozen", "ceiling": "what the law says", "beijing": "as observed"}
    if lever.kind == "variant":
        return list(lever.choices)[-1]
    return defaults.get(lever.kind, "on")


def _law_today(series: str) -> str:
    """What the series is at the end of the law that was reviewed, over the elements of its dimension."""
    name, *elements = series.split(".")
    months, dimensions = _under_history(name)
    places = [dimension.index(each) for dimension, each in zip(dimensions, elements, strict=False)]
    now = months[(scenario.month_of(date(2026, 6, 1)), *places)]
    least, most = float(now.min()), float(now.max())
    if most >= 1e9:
        return "no limit (mid-2026)"
    return f"{most:,.4g} (mid-2026)" if least == most else f"{least:,.4g} to {most:,.4g} by buyer or origin (mid-2026)"


def _under_history(name: str) -> tuple[Any, Any]:
    """A series by month and its dimensions."""
    from countermove.explore.world import prior_world

    return _history_series()[name], prior_world().model.dimensions(name)


@cache
def _history_series() -> Mapping[str, Any]:
    # Series are the same whatever parameters are drawn from, and the prior's world is there sooner.
    from countermove.explore.world import prior_world

    return prior_world().series(scenario.load("history"), 240)


def dated_paths() -> set[str]:
    """Series that levers change from a date on."""
    return {*_model_levers.CEILING, *(each.target for each in levers().values() if each.kind == "dated")}


def with_since(draft: Draft, month: str) -> Draft:
    """The draft with every measure that takes effect at a chosen date moved to another month."""
    moved = replace(draft, since=month)
    for target in (each.target for each in levers().values() if each.kind == "threshold"):
        path = ("rules", "changes", *rule_and_figure(target))
        values = draft.get(*path)
        if values and list(values) == [f"{draft.since}-01"]:
            moved = moved.put(path, {f"{month}-01": values[f"{draft.since}-01"]})
    for path in dated_paths():
        values = draft.get("changes", path)
        if values and list(values) == [draft.since]:
            moved = moved.put(("changes", path), {month: values[draft.since]})
    return moved


_LAW: tuple[Kind, ...] = ("package", "shift", "frozen", "rule_date", "threshold")


def _lens(what: str, kind: Kind) -> Callable[..., Any]:
    module = _law_levers if kind in _LAW else _model_levers
    return getattr(module, f"{what}_{kind}")
