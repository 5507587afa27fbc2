"""Buyers and end users: who they are, where their parent sits, and what was checked about them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from countermove.chips._store import RULES, load
from countermove.rules._names import folded


@dataclass(frozen=True, slots=True)
class Party:
    """One end user: identity, headquarters of the ultimate parent, and what is known of it.

    `headquarters` None means: at the destination. `affiliate_of` names a party that owns half or more.
    `status` says what may be said of its listing: `table` (looked up), `assumed` (a description that says civil
    and unlisted) or `unchecked` (a name that was not looked up).
    """

    id: str
    name: str
    headquarters: str | None = None
    traits: frozenset[str] = frozenset()
    affiliate_of: str | None = None
    status: str = "assumed"


UNLISTED = Party("unlisted", "an unlisted commercial buyer")


@cache
def _rows() -> dict[str, dict[str, Any]]:
    return cast(dict[str, dict[str, Any]], load(RULES, "parties.yaml"))


@cache
def table() -> dict[str, Party]:
    """Every party that is known by name, by id."""
    return {
        key: Party(
            key,
            str(row["names"][0]),
            row["headquarters"],
            frozenset(cast(list[str], row.get("traits", []))),
            row.get("affiliate_of"),
            "table" if "checked" in row else "unchecked",
        )
        for key, row in _rows().items()
    }


@cache
def aliases() -> dict[str, str]:
    """Party id by folded name."""
    return {folded(alias): key for key, row in _rows().items() for alias in (*row["names"], row["name"])}
