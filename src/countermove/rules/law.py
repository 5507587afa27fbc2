"""What a rule is: frozen records of dated controls, as the YAML files under law/ state them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countermove.rules.words import Word

FOREVER = date.max


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on an item: a figure against a limit, a trait that it has or lacks, or membership in a set.

    `subject` is a figure (`tpp`), a trait (`datacentre`) or one of `named`, `origin`, `made_in`, `exported_from`,
    `designed_by_footnote`, `meets`; `operator` is one of >=, >, <, <=, is, in, not in.
    """

    __test__ = False  # pytest: not a test class

    subject: str
    operator: str
    limit: float | bool | tuple[str, ...]


Group = tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a control applies: destinations less those outside, and headquarters that carry it anywhere."""

    destinations: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    headquarters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Buyer:
    """Conditions on the party; all that are given must hold."""

    listed: bool | None = None
    affiliate: bool | None = None
    footnote: int | None = None
    listed_by: str | None = None
    parties: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    headquarters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One line of a licence review policy: the word where its conditions hold (first match decides)."""

    word: Word
    policy: str
    when: tuple[Group, ...] = ()
    reach: Reach | None = None
    buyer: Buyer | None = None


@dataclass(frozen=True, slots=True)
class Control:
    """One paragraph of a rule version with its own dates, reach, conditions and review policy."""

    rule: str
    paragraph: str
    step: str
    package: str
    effective: date
    ended: date
    citation: str
    url: str
    family: str
    items: tuple[str, ...] = ()
    when: tuple[Group, ...] = ()
    reach: Reach | None = None
    buyer: Buyer | None = None
    review: tuple[Review, ...] = ()
    of: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    says: str = ""
    assume: str = ""

    def in_force(self, on: date) -> bool:
        """Whether the control applies on a day: from its effective (or compliance) date until the day it ends."""
        return self.effective <= on < self.ended


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of the Entity List as a rule made or changed it."""

    rule: str
    party: str
    effective: date
    ended: date
    citation: str
    url: str
    package: str
    footnote: int | None = None
    review: tuple[Review, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of Beijing's gate: which foreign products it keeps from which buyers."""

    rule: str
    effective: date
    ended: date
    citation: str
    url: str
    admits: float
    products: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that is known to have been granted: an upper bound on sales, never a flow."""

    rule: str
    effective: date
    ended: date
    products: tuple[str, ...]
    buyers: tuple[str, ...]
    units_per_buyer: float | None = None
    revenue_share: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule version: a measure with its dates, citation and everything it controls."""

    id: str
    jurisdiction: str
    instrument: str
    title: str
    package: str
    announced: date | None
    effective: date | None
    ended: date | None
    citation: str
    url: str
    verified: str
    changes: str
    note: str = ""
    compliance: date | None = None
    enforced: bool = True
    controls: tuple[Control, ...] = ()
    listings: tuple[Listing, ...] = ()
    measures: tuple[Measure, ...] = ()
    licences: tuple[Licence, ...] = ()
    revenue_share: float | None = None
