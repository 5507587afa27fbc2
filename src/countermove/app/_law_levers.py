"""Levers on the law: packages of rules, dates, thresholds; each a reading and a writing of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from countermove import scenario
from countermove.app.draft import Draft
from countermove.errors import CountermoveError
from countermove.rules import RuleBook

if TYPE_CHECKING:
    from countermove.app.levers import Lever, Setting

FURTHEST = 36
"""Months by which a package of rules can be moved."""

NEVER = 240
"""Setting of a rule's date that means never; others are months from January 2016."""


@cache
def movable(package: str) -> dict[str, date]:
    """Rules of a package that can be moved without leaving the model's years, with their dates of effect."""
    return {
        rule.id: rule.effective
        for rule in RuleBook.history().rules
        if rule.package == package
        and rule.effective is not None
        and moved_by(rule.effective, -FURTHEST) >= scenario.START
        and moved_by(rule.effective, FURTHEST) <= scenario.END
    }


def moved_by(day: date, months: int) -> date:
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, min(day.day, 28))


@cache
def limit_of_law(target: str) -> float:
    """The figure that a threshold lever moves, as enacted: the greatest where a paragraph has several."""
    rule, figure = rule_and_figure(target)
    paragraph, _, subject = figure.partition("/")
    controls = [each for each in RuleBook.history().by_id[rule].controls if each.paragraph == paragraph]
    tests = [test for each in controls for group in each.when for test in group if test.subject == subject]
    return max(float(test.limit) for test in tests if isinstance(test.limit, float))


def date_of_effect(rule: str) -> date:
    day = RuleBook.history().by_id[rule].effective
    if day is None:
        raise CountermoveError(f"rule '{rule}' has no date of effect")
    return day


def rule_and_figure(target: str) -> tuple[str, str]:
    rule, _, figure = target.partition("/")
    return rule, figure


def _refuse_removed(package: str, draft: Draft) -> None:
    if package in draft.scenario().rules.removed:
        raise CountermoveError(f"the rules on {package} are removed: put them in force before changing them")


def read_package(lever: Lever, draft: Draft) -> Setting:
    return "removed" if lever.target in draft.scenario().rules.removed else "kept"


def write_package(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    base = scenario.load(draft.base).rules.packages.get(lever.target, "kept")  # type: ignore[arg-type]
    changed = draft.put(("rules", "packages", lever.target), None if setting == base else setting)
    if setting == "removed":  # what does not exist can be neither moved nor changed
        for rule in RuleBook.history().rules:
            if rule.package == lever.target:
                changed = changed.put(("rules", "dates", rule.id), None).put(("rules", "changes", rule.id), None)
    return changed


def read_shift(lever: Lever, draft: Draft) -> Setting:
    """By how many months all rules of the package are moved; 0 where they are not moved alike."""
    rules = draft.scenario().rules
    months: set[int] = set()
    for rule, actual in movable(lever.target).items():
        chosen = rules.dates.get(rule, actual)
        if chosen == "never" or (rules.frozen_at and actual > rules.frozen_at):
            continue
        months.add((chosen.year - actual.year) * 12 + chosen.month - actual.month)
    return float(months.pop()) if len(months) == 1 else 0.0


def write_shift(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    _refuse_removed(lever.target, draft)
    frozen_at, months, changed = draft.scenario().rules.frozen_at, int(setting), draft
    for rule, actual in movable(lever.target).items():
        chosen = moved_by(actual, months)
        if frozen_at and chosen > frozen_at:
            continue
        changed = changed.put(("rules", "dates", rule), chosen.isoformat() if months else None)
    return changed


def read_frozen(_: Lever, draft: Draft) -> Setting:
    day = draft.scenario().rules.frozen_at
    return day.isoformat() if day else "never"


def write_frozen(_: Lever, draft: Draft, setting: Setting) -> Draft:
    changed = draft.put(("rules", "frozen_at"), None if setting == "never" else setting)
    for rule, day in (draft.get("rules", "dates") or {}).items():
        if setting != "never" and day != "never" and day > str(setting):
            changed = changed.put(("rules", "dates", rule), None)
    return changed


def read_rule_date(lever: Lever, draft: Draft) -> Setting:
    day = draft.scenario().rules.dates.get(lever.target, date_of_effect(lever.target))
    return float(NEVER) if day == "never" else float(scenario.month_of(day))


def write_rule_date(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    _refuse_removed(RuleBook.history().by_id[lever.target].package, draft)
    actual, month = date_of_effect(lever.target), int(setting)
    chosen = "never" if month >= NEVER else f"{date(2016 + month // 12, month % 12 + 1, min(actual.day, 28))}"
    if month == scenario.month_of(actual):
        chosen = f"{actual}"
    base = f"{scenario.load(draft.base).rules.dates.get(lever.target, actual)}"
    return draft.put(("rules", "dates", lever.target), None if chosen == base else chosen)


def read_threshold(lever: Lever, draft: Draft) -> Setting:
    rule, figure = rule_and_figure(lever.target)
    limit = draft.scenario().rules.changes.get(rule, {}).get(figure)
    if isinstance(limit, Mapping):
        limit = next(iter(limit.values()))
    return limit_of_law(lever.target) if limit is None else float(limit)


def write_threshold(lever: Lever, draft: Draft, setting: Setting) -> Draft:
    rule, figure = rule_and_figure(lever.target)
    _refuse_removed(RuleBook.history().by_id[rule].package, draft)
    value = None if setting == limit_of_law(lever.target) else {f"{draft.since}-01": float(setting)}
    return draft.put(("rules", "changes", rule, figure), value)
