"""The rule book: an immutable set of rules with their dates, from which counterfactual books are made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import TypeVar

from countermove.chips._store import RULES, documents
from countermove.errors import CountermoveError, unknown
from countermove.rules import countries
from countermove.rules.law import FOREVER, Control, Licence, Listing, Measure, Rule, Test
from countermove.rules.schema import PACKAGES, rule_from

FIRST = date(2016, 1, 1)
LAST = date(2035, 12, 31)

_Dated = TypeVar("_Dated", Control, Listing, Measure, Licence)


@dataclass(frozen=True)
class RuleBook:
    """Rules in force with their dates. Two books with the same rules are equal and share cached answers."""

    rules: tuple[Rule, ...]

    @cached_property
    def _hash(self) -> int:
        return hash(self.rules)

    def __hash__(self) -> int:
        return self._hash

    @staticmethod
    def history() -> RuleBook:
        """Every rule with its actual dates; after the last one its state is held."""
        return _history()

    @cached_property
    def by_id(self) -> dict[str, Rule]:
        """Rule by id."""
        return {rule.id: rule for rule in self.rules}

    @cached_property
    def controls(self) -> tuple[Control, ...]:
        """Every control, in the order of the rules."""
        return tuple(control for rule in self.rules for control in rule.controls)

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """Every Entity List entry, earliest first."""
        return tuple(sorted((entry for rule in self.rules for entry in rule.listings), key=lambda e: e.effective))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure of Beijing's gate."""
        return tuple(entry for rule in self.rules for entry in rule.measures)

    @cached_property
    def licences(self) -> tuple[Licence, ...]:
        """Every licence known to have been granted."""
        return tuple(entry for rule in self.rules for entry in rule.licences)

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every day on which a control, listing or country group changes, in order."""
        dated: list[Control | Listing] = [*self.controls, *self.listings]
        days = {day for entry in dated for day in (entry.effective, entry.ended) if FIRST < day <= LAST}
        return tuple(sorted(days | {day for day in countries.changes() if FIRST < day <= LAST}))

    def without(self, package: str) -> RuleBook:
        """The book without one package: its controls, listings and licences; `beijing` drops the Chinese measures.

        Raises:
            CountermoveError: no such package.
        """
        if package not in PACKAGES:
            raise unknown("package", package, PACKAGES)
        return RuleBook(tuple(_without(rule, package) for rule in self.rules if not _wholly(rule, package)))

    def only(self, *packages: str) -> RuleBook:
        """The book with no other US or allied package than these; what belongs to none (embargoes) stays."""
        book = self
        for package in PACKAGES:
            if package not in (*packages, "none", "beijing"):
                book = book.without(package)
        return book

    def frozen_at(self, day: date) -> RuleBook:
        """The law as it stood on `day`, for good: nothing later starts, and what was in force does not end."""
        return RuleBook(tuple(_frozen(rule, day) for rule in self.rules if (rule.effective or FOREVER) <= day))

    def with_dates(self, dates: Mapping[str, date]) -> RuleBook:
        """The book with some rules starting on other days; whatever the rule changed moves by as many days.

        Raises:
            CountermoveError: no such rule, or one without an effective date.
        """
        for key in dates:
            if key not in self.by_id:
                raise unknown("rule", key, self.by_id)
        return RuleBook(tuple(_moved(rule, dates[rule.id]) if rule.id in dates else rule for rule in self.rules))

    def with_changes(
        self,
        thresholds: Mapping[str, Mapping[str, float]] | None = None,
        fragments: Iterable[str] = (),
        since: date = date.min,
    ) -> RuleBook:
        """The book with other thresholds, and with new rules given as YAML texts.

        Args:
            thresholds: rule id → {figure: new limit}, for every test of that figure in the rule; a control is
                picked out by writing `paragraph/figure`, one of two limits by `figure >=`.
            fragments: YAML of new rules; a rule whose id exists replaces it.
            since: the day from which the new limits hold; until then the old ones stand.

        Raises:
            CountermoveError: an unknown rule, paragraph or figure, or a fragment that is not a rule.
        """
        book = self
        for key, limits in (thresholds or {}).items():
            if key not in book.by_id:
                raise unknown("rule", key, book.by_id)
            changed = _changed(book.by_id[key], limits, since)
            book = RuleBook(tuple(changed if rule.id == key else rule for rule in book.rules))
        for text in fragments:
            from countermove import _yaml

            rule = rule_from(_yaml.parse(text, "new rule"), _yaml.key_lines(text), "new rule")
            kept = tuple(old for old in book.rules if old.id != rule.id)
            book = RuleBook((*kept, rule))
        return book


@cache
def _history() -> RuleBook:
    rules = [rule_from(doc, None, name) for name, doc in documents(RULES).items() if name.startswith("law/")]
    return RuleBook(tuple(sorted(rules, key=lambda rule: (rule.effective or FOREVER, rule.id))))


def _wholly(rule: Rule, package: str) -> bool:
    """Whether dropping the package leaves nothing of the rule."""
    return rule.package == package and all(control.package == package for control in rule.controls)


def _without(rule: Rule, package: str) -> Rule:
    if rule.package != package and all(control.package != package for control in rule.controls):
        return rule
    controls = tuple(control for control in rule.controls if control.package != package)
    if rule.package != package:
        return replace(rule, controls=controls)
    # What is left of the rule belongs to the package of its remaining controls, so that dropping that one drops it.
    rest = controls[0].package
    return replace(rule, package=rest, controls=controls, listings=(), measures=(), licences=(), revenue_share=None)


def _frozen(rule: Rule, day: date) -> Rule:
    def kept(entries: tuple[_Dated, ...]) -> tuple[_Dated, ...]:
        known = (entry for entry in entries if entry.effective <= day)
        return tuple(replace(entry, ended=FOREVER) if entry.ended > day else entry for entry in known)

    ended = None if rule.ended is not None and rule.ended > day else rule.ended
    return replace(
        rule,
        ended=ended,
        controls=kept(rule.controls),
        listings=kept(rule.listings),
        measures=kept(rule.measures),
        licences=kept(rule.licences),
    )


def _moved(rule: Rule, day: date) -> Rule:
    if rule.effective is None:
        raise CountermoveError(f"rule '{rule.id}' has no effective date that could be moved")
    shift = day - rule.effective

    def at(old: date) -> date:
        return old if old in (FOREVER, date.min) else old + shift

    def moved(entries: tuple[_Dated, ...]) -> tuple[_Dated, ...]:
        # An end that is another rule's start stays where it is, unless the move would put it before the start.
        return tuple(
            replace(entry, effective=at(entry.effective), ended=max(entry.ended, at(entry.effective)))
            for entry in entries
        )

    return replace(
        rule,
        announced=None if rule.announced is None else rule.announced + shift,
        effective=day,
        compliance=None if rule.compliance is None else rule.compliance + shift,
        controls=moved(rule.controls),
        listings=moved(rule.listings),
        measures=moved(rule.measures),
        licences=moved(rule.licences),
    )


def _changed(rule: Rule, limits: Mapping[str, float], since: date) -> Rule:
    unused = set(limits)

    def test(control: Control, old: Test) -> Test:
        names = (old.subject, f"{old.subject} {old.operator}")
        for name in (*names, *(f"{control.paragraph}/{name}" for name in names)):
            if name in limits and isinstance(old.limit, float):
                unused.discard(name)
                return replace(old, limit=float(limits[name]))
        return old

    def versions(control: Control) -> tuple[Control, ...]:
        """The control until that day as it was, from then on with its new limits."""
        when = tuple(tuple(test(control, old) for old in group) for group in control.when)
        if when == control.when or control.ended <= since:
            return (control,)
        new = replace(control, when=when, effective=max(control.effective, since))
        return (new,) if control.effective >= since else (replace(control, ended=since), new)

    controls = tuple(version for control in rule.controls for version in versions(control))
    if unused:
        figures = sorted(
            {t.subject for c in rule.controls for group in c.when for t in group if isinstance(t.limit, float)}
        )
        raise unknown("threshold", sorted(unused)[0], figures, rule.id)
    return replace(rule, controls=controls)


def within(day: date) -> None:
    """Refuse a day that the rules do not cover.

    Raises:
        CountermoveError: a day outside 2016–2035.
    """
    if not FIRST <= day <= LAST:
        raise CountermoveError(f"date {day} is out of range: the rules run from {FIRST} to {LAST}")
