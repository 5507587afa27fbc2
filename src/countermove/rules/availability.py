"""Month by month, what both gates allow: the only way in which rules enter the simulation.

A permit is the share of the days of a month on which the dealing is allowed, 0 to 1. A dealing is allowed when no
licence is needed, an exception is open, or a licence is known to have been granted (`licence`); a licence is an upper
bound on what may be sold, never a flow.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from countermove.chips import ChipSpec
from countermove.errors import unknown
from countermove.rules import _months, beijing, countries, items, parties, party_names
from countermove.rules._months import OfBook
from countermove.rules.book import RuleBook
from countermove.rules.check import word_on
from countermove.rules.items import Item
from countermove.rules.law import Licence
from countermove.rules.parties import Party
from countermove.rules.words import Word

FREE = (Word.NO, Word.EXCEPTION_NOTIFY)

# A fab in China that makes advanced-node logic, belongs to nobody abroad and is on no list.
_ADVANCED_FAB = Party(
    "advanced_fab", "an advanced-node fab in China", "China", frozenset({"advanced_fab", "advanced_logic_fab"})
)


def _share(month: date, book: RuleBook, allowed: Callable[[date], bool | float], extra: tuple[date, ...] = ()) -> float:
    """Share of the days of a month on which something is allowed; asked once per span of unchanged law."""
    found = _months.spans(book, month.replace(day=1), extra)
    return sum(days * float(allowed(start)) for start, days in found) / sum(days for _, days in found)


def _party(buyer: str | Party) -> Party:
    if isinstance(buyer, Party):
        return buyer
    known = parties.table().get(buyer)
    return known if known is not None else party_names.find(buyer)[0]


def _licence_on(product: str, buyer: Party, on: date, book: RuleBook) -> Licence | None:
    roles = {buyer.id, "any"}
    if not any(entry.party == buyer.id and entry.effective <= on < entry.ended for entry in book.listings):
        roles.add("unlisted")
    for entry in reversed(book.licences):
        if entry.effective <= on < entry.ended and product in entry.products and roles.intersection(entry.buyers):
            return entry
    return None


def licence(product: ChipSpec, buyer: str | Party, month: date, rules: RuleBook | None = None) -> Licence | None:
    """The licence known to cover this product and buyer at the end of a month, or None."""
    book = rules or RuleBook.history()
    last = month.replace(day=monthrange(month.year, month.month)[1])
    return _licence_on(product.id, _party(buyer), last, book)


@lru_cache(maxsize=65536)
def _us(item: Item, country: str, buyer: Party, month: date, _law: int, of: OfBook) -> float:
    book = of.book

    def allowed(on: date) -> bool:
        word = word_on(item, country, buyer, on, book)
        if word in FREE:
            return True
        return word is not Word.DENIED and _licence_on(item.id, buyer, on, book) is not None

    return _share(month, book, allowed, _months.licence_days(book))


@lru_cache(maxsize=16384)
def _free(item: Item, buyer: Party, month: date, _law: int, of: OfBook) -> float:
    """Share of the month on which an item goes to a buyer in China without a licence."""
    return _share(month, of.book, lambda on: word_on(item, "China", buyer, on, of.book) in FREE)


def us_permits(
    product: ChipSpec,
    buyer: str | Party,
    month: date,
    *,
    rules: RuleBook | None = None,
    destination: str = "China",
) -> float:
    """Share of the month on which Washington lets a US vendor's chip go to a buyer.

    Args:
        product: the chip; a Chinese chip is never held back by this gate at home before any rule names it.
        buyer: a party id, a name or a `Party`.
        month: any day of the month.
        rules: the rule book; history if left out.
        destination: the country.

    Raises:
        CountermoveError: an unknown buyer or destination.
    """
    book = rules or RuleBook.history()
    first = month.replace(day=1)
    item, country = items.of_chip(product), countries.find(destination)
    return _us(item, country, _party(buyer), first, _months.law(book, first), OfBook(book))


def beijing_permits(product: ChipSpec, buyer: str | Party, month: date, rules: RuleBook | None = None) -> float:
    """Share of the month on which Beijing lets a foreign chip in to a buyer (1 where no measure is in force)."""
    book = rules or RuleBook.history()
    return _beijing(items.of_chip(product), _party(buyer), month.replace(day=1), _months.measures(book), OfBook(book))


@lru_cache(maxsize=65536)
def _beijing(item: Item, buyer: Party, month: date, _measures: int, of: OfBook) -> float:
    def allowed(on: date) -> float:
        return min((measure.admits for measure in beijing.measures_on(item, (buyer,), on, of.book)), default=1.0)

    days = tuple(day for measure in of.book.measures for day in (measure.effective, measure.ended))
    return _share(month, of.book, allowed, days)


def _advanced_die(vendor: str) -> Item:
    """A leading-edge AI logic die of a Chinese designer, made abroad with listed US tools."""
    large = 60e9  # well above every transistor limit that overcomes the foundry presumption
    figures = (("node_nm", (7.0, 7.0, 7.0)), ("transistors", (large, large, large)))
    traits = frozenset({"us_tools", "ai", "begun_before_rule"})
    return Item(f"die:{vendor}", "AI logic die", "die", "foreign", figures, traits, designer=vendor)


def foundry_permits(vendor: str, month: date, rules: RuleBook | None = None) -> float:
    """Share of the month on which a foundry abroad may make this designer's leading-edge AI logic.

    Asked of the evaluator as an AI die at 7 nm of 60 billion transistors, shipped by the foundry to the designer in
    China; wafers begun before a rule count, so that Huawei's supply ends with the grace period on 2020-09-14.
    `other_domestic` is a designer on no list.

    Raises:
        CountermoveError: an unknown designer.
    """
    book = rules or RuleBook.history()
    known = parties.table().get("hisilicon" if vendor == "huawei" else vendor)
    if known is None and vendor not in ("other_domestic", "unlisted"):
        raise unknown("vendor", vendor, (*parties.table(), "other_domestic"))
    party = known or Party(vendor, "an unlisted Chinese designer", "China")
    first = month.replace(day=1)
    return _free(_advanced_die(vendor), party, first, _months.law(book, first), OfBook(book))


_TOOLS = {"US": "US", "NL": "Netherlands", "JP": "Japan"}


def tool_permits(origin: str, month: date, rules: RuleBook | None = None) -> float:
    """Share of the month on which advanced tools of an origin (US, NL, JP) may go to an advanced fab in China.

    US tools are asked of the evaluator (an advanced-node fab on no list). Dutch and Japanese rules are their own
    jurisdictions' law: in force or not.

    Raises:
        CountermoveError: an unknown origin.
    """
    book = rules or RuleBook.history()
    if origin not in _TOOLS:
        raise unknown("tool origin", origin, _TOOLS)
    if origin == "US":
        item = Item("tool", "advanced chip-making tool", "tool", "US", (), frozenset({"us_tools", "sme_eccn"}))
        first = month.replace(day=1)
        return _free(item, _ADVANCED_FAB, first, _months.law(book, first), OfBook(book))
    gates = [
        rule for rule in book.rules
        if rule.jurisdiction == origin and rule.package == "tools" and rule.instrument == "CCL rule"
    ]  # fmt: skip
    days = tuple(day for rule in gates for day in (rule.effective, rule.ended) if day is not None)

    def allowed(on: date) -> bool:
        return not any(
            rule.effective is not None and rule.effective <= on and (rule.ended is None or on < rule.ended)
            for rule in gates
        )

    return _share(month, book, allowed, days)


def hbm_permits(month: date, rules: RuleBook | None = None) -> float:
    """Share of the month on which loose HBM may go to an unlisted buyer in China."""
    book = rules or RuleBook.history()
    item = Item("hbm3", "HBM3 stack", "hbm", "US", (("hbm_density", (7.0, 7.0, 7.0)),), frozenset({"us_tools"}))
    first = month.replace(day=1)
    return _free(item, parties.UNLISTED, first, _months.law(book, first), OfBook(book))


def listed(buyer: str | Party, month: date, rules: RuleBook | None = None) -> float:
    """Share of the month on which a party stands on the Entity List."""
    book = rules or RuleBook.history()
    party = _party(buyer)
    entries = [entry for entry in book.listings if entry.party == party.id]
    return _share(month, book, lambda on: any(entry.effective <= on < entry.ended for entry in entries))


def revenue_share_rate(month: date, rules: RuleBook | None = None) -> float:
    """Share of China revenue that goes to the US government in a month: the highest condition in force."""
    book = rules or RuleBook.history()
    rates = [(rule.effective, rule.ended, rule.revenue_share) for rule in book.rules if rule.revenue_share is not None]

    def rate(on: date) -> float:
        in_force = [
            share for start, end, share in rates if start is not None and start <= on and (end is None or on < end)
        ]
        return max(in_force, default=0.0)

    days = tuple(day for start, end, _ in rates for day in (start, end) if day is not None)
    return _share(month, book, rate, days)


@dataclass(frozen=True, slots=True)
class Announcement:
    """When a rule was made known and when it began to bind: the window in which buyers can stock up."""

    rule: str
    package: str
    jurisdiction: str
    announced: date
    effective: date
    compliance: date


def announcements(rules: RuleBook | None = None) -> tuple[Announcement, ...]:
    """Announcement, effective and compliance date of every rule that has them, in order of announcement."""
    book = rules or RuleBook.history()
    found: list[Announcement] = []
    for rule in book.rules:
        if rule.announced is None or rule.effective is None or not rule.enforced:
            continue
        binding = [control.effective for control in rule.controls if control.step in ("threshold", "letter")]
        found.append(
            Announcement(
                rule.id, rule.package, rule.jurisdiction, rule.announced, rule.effective,
                rule.compliance or max([rule.effective, *(day for day in binding if day < date(2027, 1, 1))]),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda entry: (entry.announced, entry.rule)))
