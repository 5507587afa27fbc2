"""Destinations: their names, and the country groups to which they belong on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from countermove.chips._store import RULES, load
from countermove.errors import unknown
from countermove.rules._names import folded
from countermove.rules.law import FOREVER

_TITLES = re.compile(
    r"^(?:any |a |an |the |other )*"
    r"(?:kingdom of |republic of |state of |sultanate of |socialist republic of )?(?:the )?"
)
_GROUP = re.compile(r"^(?:country in |country group )?([ade]:? ?[0-9])(?: country| destination)?$")


@dataclass(frozen=True, slots=True)
class Place:
    """A country on a day: its name and the groups (`D:5` …) it belongs to; `because` says why a reading is a guess."""

    country: str
    groups: frozenset[str]
    because: str = ""

    def among(self, names: tuple[str, ...]) -> bool:
        """Whether any of the names is this country, one of its groups, or `worldwide`."""
        return self.country in names or not self.groups.isdisjoint(names) or "worldwide" in names


@cache
def _table() -> dict[str, Any]:
    return load(RULES, "countries.yaml")


@cache
def names() -> dict[str, str]:
    """Country (or region) by folded name and alias."""
    table = _table()
    found: dict[str, str] = {}
    for members in cast(dict[str, list[str]], table["groups"]).values():
        found.update({folded(country): country for country in members})
    for country, aliases in cast(dict[str, list[str]], table["aliases"]).items():
        found.update({folded(alias): country for alias in (country, *aliases)})
    found.update({folded(region): region for region in cast(dict[str, list[str]], table["regions"])})
    return found


@cache
def adjectives() -> dict[str, str]:
    """Country by folded adjective (`japanese`) or name."""
    found = dict(names())
    for country, words in cast(dict[str, list[str]], _table()["adjectives"]).items():
        found.update({folded(word): country for word in words})
    return found


@cache
def regions() -> frozenset[str]:
    """Destinations that are no country: `Middle East`, `third country`."""
    return frozenset(cast(dict[str, list[str]], _table()["regions"]))


@cache
def find(name: str) -> str:
    """The country that a name means; Hong Kong is China, `any third country` is in no group.

    Raises:
        CountermoveError: no such country; names the nearest.
    """
    table = names()
    text = folded(name)
    shorter = _TITLES.sub("", text).strip()
    for candidate in (text, shorter, _GROUP.sub(r"\1", shorter)):
        if candidate in table:
            return table[candidate]
    raise unknown("country", name, sorted({*table.values(), "Hong Kong", "third country"}))


@cache
def changes() -> tuple[date, ...]:
    """Days on which a country enters or leaves a group."""
    table = _table()
    days = [entry.get(key) for entry in (*table["changes"], *table["uncertain"]) for key in ("from", "until")]
    return tuple(sorted({day for day in days if day is not None}))


@cache
def place(country: str, on: date) -> Place:
    """The groups of a country on a day, in the reading that holds if no source disagrees."""
    table = _table()
    if country in table["regions"]:
        return Place(country, frozenset(cast(list[str], table["regions"][country])))
    groups = {group for group, members in cast(dict[str, list[str]], table["groups"]).items() if country in members}
    for change in cast(list[dict[str, Any]], table["changes"]):
        if change["country"] == country:
            groups.discard(change["group"])
    for change in cast(list[dict[str, Any]], table["changes"]):
        if change["country"] == country and change.get("from", date.min) <= on < (change.get("until") or FOREVER):
            groups.add(change["group"])
    return Place(country, frozenset(groups))


@cache
def other_readings(country: str, on: date) -> tuple[Place, ...]:
    """The further readings where sources leave the groups of a country open on that day."""
    base = place(country, on)
    found: list[Place] = []
    for entry in cast(list[dict[str, Any]], _table()["uncertain"]):
        if entry["country"] == country and entry["from"] <= on < (entry["until"] or FOREVER):
            groups = (base.groups - set(entry["instead_of"])) | set(entry["groups"])
            found.append(Place(country, frozenset(groups), str(entry["because"])))
    return tuple(found)
