"""One clear line for every mistake a user can make: what was wrong, where, what is allowed, the nearest match."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CountermoveError(Exception):
    """A mistake in what the user gave. The message is one line; the command line prints it and exits with 2."""


def nearest(name: str, allowed: Iterable[str], count: int = 1) -> list[str]:
    """The `count` allowed names closest to `name`, upper and lower case alike; may be empty."""
    by_folded = {candidate.casefold(): candidate for candidate in allowed}
    matches = difflib.get_close_matches(name.casefold(), by_folded, n=count, cutoff=0.5)
    return [by_folded[match] for match in matches]


def shown(name: str) -> str:
    """A name for a message: on one line, and cut where it is long."""
    line = " ".join(name.split())
    return line if len(line) <= 80 else line[:79] + "…"


def unknown(kind: str, name: str, allowed: Iterable[str], where: str = "") -> CountermoveError:
    """The error for a name that does not exist, with the nearest match or, if none is near, what is allowed."""
    allowed, name = list(allowed), shown(name)
    matches = nearest(name, allowed)
    place = f"{where}: " if where else ""
    if matches:
        return CountermoveError(f"{place}unknown {kind} '{name}': did you mean '{matches[0]}'?")
    listed = ", ".join(allowed[:12]) + (f", … ({len(allowed)} in all)" if len(allowed) > 12 else "")
    return CountermoveError(f"{place}unknown {kind} '{name}': allowed are {listed}")
