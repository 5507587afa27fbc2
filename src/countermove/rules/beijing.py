"""Beijing's gate: procurement bans, customs stops and mandates, reported beside the US verdict."""

from __future__ import annotations

from datetime import date

from countermove.rules.book import RuleBook
from countermove.rules.items import Item
from countermove.rules.law import Measure
from countermove.rules.parties import Party


def measures_on(item: Item, end_users: tuple[Party, ...], on: date, book: RuleBook) -> tuple[Measure, ...]:
    """The measures in force that keep this product from these buyers."""
    if item.kind != "chip" or item.origin != "US":
        return ()
    roles = {"any"}
    for party in end_users:
        roles |= {party.id, *party.traits}
    return tuple(
        measure
        for measure in book.measures
        if measure.effective <= on < measure.ended
        and ("any" in measure.products or item.id in measure.products)
        and roles.intersection(measure.buyers)
    )


def sentence(item: Item, destination: str, end_users: tuple[Party, ...], on: date, book: RuleBook) -> str:
    """What Beijing's measures say on that day."""
    if destination != "China":
        return "Beijing: not concerned."
    found = measures_on(item, end_users, on, book)
    if not found:
        return "Beijing: no measure in force against this product."
    return "Beijing: " + "; ".join(f"{measure.says} (from {measure.effective})" for measure in found) + "."
