"""Where something goes and whence it leaves, as people write it: `China (reexport from Singapore)`, `Hong Kong`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from countermove.errors import CountermoveError
from countermove.rules import countries

US = "United States"


@dataclass(frozen=True, slots=True)
class Destinations:
    """The countries named (the strictest answer counts) and the country from which the goods leave."""

    countries: tuple[str, ...]
    exported_from: str = US


_ONWARD = re.compile(
    r"\b(?:diverted|transferred|transshipped|trans-shipped|resold|smuggled|onward|routed on)\s+(?:on\s+)?to\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"^(?:re-?export(?:ed)?|export(?:ed)?|shipped)\s+from\s+(.+?)\s+to\s+(.+)$", re.IGNORECASE)
_FROM = re.compile(
    r"^(.+?)\s*[(,;]?\s*(?:re-?export(?:ed|s)?|shipped|exported|transferred|export)?\s*\bfrom\s+(?:the\s+)?([^)]+?)\)?$",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"\b(?:in-country|domestic|within[- ]country)\s*(?:transfer)?\b|\btransfer within\b", re.IGNORECASE
)
_VIA = re.compile(r"[(,;]?\s*\b(?:via|through|routed through|transit(?:ing)?)\b.*$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def find(text: str) -> Destinations:
    """The destinations that a text names.

    Raises:
        CountermoveError: a country that is not known; names the nearest.
    """
    plain = text.strip()
    if not plain:
        raise CountermoveError("no destination is named")
    match = _FROM_TO.match(plain)
    if match:
        return Destinations(_named(match.group(2)), _named(match.group(1))[0])
    if _ONWARD.search(plain):
        return Destinations(_named(_ONWARD.split(plain)[-1].strip(" )(,;")))
    if _WITHIN.search(plain):
        found = _named(_WITHIN.sub(" ", plain))
        return Destinations(found, found[0])
    match = _FROM.match(plain)
    if match and not _known(plain):
        return Destinations(_named(match.group(1)), _named(match.group(2))[0])
    return Destinations(_named(plain if _known(plain) else _VIA.sub("", plain)))


def _known(text: str) -> bool:
    try:
        countries.find(text)
    except CountermoveError:
        return False
    return True


def _named(text: str) -> tuple[str, ...]:
    """Every country in a text such as `China (Hong Kong)` or `Vietnam/Malaysia`, each once."""
    plain = text.strip(" ,;()")
    if _known(plain):
        return (countries.find(plain),)
    parts = [part.strip() for part in re.split(r"[/;,()]|\s+or\s+|\s+and\s+", plain) if part.strip()]
    if len(parts) > 1:
        return tuple(dict.fromkeys(countries.find(part) for part in parts))
    return (countries.find(plain),)
