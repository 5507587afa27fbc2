"""Whom a text names as end user, as people write it: names, descriptions, subsidiaries, affiliates, diversions."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from countermove.chips._store import RULES, load
from countermove.errors import CountermoveError, nearest, shown
from countermove.rules import countries
from countermove.rules._names import folded
from countermove.rules.parties import UNLISTED, Party, aliases, table

_MILITARY = re.compile(r"\b(military|army|pla|navy|air force|armed forces|ministry of (?:national )?defen[cs]e)\b")
_NOT_MILITARY = re.compile(r"\b(non|not) military\b")
_STATE = re.compile(r"\b(state funded|state owned|government|ministry|agency|public sector)\b")
_FAB = re.compile(r"\b(fabs?|foundry|foundries|chipmakers?)\b")
_ADVANCED = re.compile(r"\b(advanced|leading edge|sub 14)\b")
_MATURE = re.compile(r"\b(?:(?:not?|non) (?:an? )?advanced|mature|legacy|trailing)\b")
_NODE = re.compile(r"\b(\d{1,3}) ?nm\b")
_LAYERS = re.compile(r"\b(\d{2,3}) layers?\b")
_MEMORY = re.compile(r"\b(dram|nand|memory|layers?)\b")
_APPROVED = re.compile(r"\b(approved|authori[sz]ed)\b")
_NOT_APPROVED = re.compile(r"\b(without|no|not|non|un) ?(?:an? )?(?:approved|authori[sz]ed)\b")
_CERTAIN = re.compile(
    r"\bcertain (?:[a-z ]+ )?(?:customers?|buyers?|parties)\b|\bcustomers? (?:named )?(?:of|in) the letter\b"
)
_DIVERTED = re.compile(
    r"\b(?:divert(?:ed|ing)|transferred|transship(?:ped|ping)|resold|reselling|passed on|shipped on|smuggl(?:ed|ing)"
    r"|onward)\s+(?:on\s+)?to\b",
    re.IGNORECASE,
)
_SUBSIDIARY_OF = re.compile(
    r"^(?:[a-z]+ ){0,4}?(?:subsidiary|branch|unit|arm|affiliate|division) of (?:an? |the )?(.+)$"
)
_SUBSIDIARY = re.compile(
    r"^(.+?)(?: s)? (?:[a-z]+ ){0,2}?"
    r"(?:subsidiary|branch|unit|arm|division|affiliate|affiliated|parented|owned|controlled)\b.*$"
)
_CHINA_PARENT = re.compile(
    r"\b(china|chinese|prc|macau)\b(?=.*\b(parent(ed)?|hq|headquartered|owned|group|subsidiary|controlled)\b)"
    r"|\b(parent(ed)?|hq|headquartered|headquarters|owned|controlled)\b(?=.*\b(china|chinese|prc|macau)\b)"
)


@cache
def _words(kind: str) -> frozenset[str]:
    """The `describing` words, `cities` or `legal_forms` of descriptions.yaml."""
    return frozenset(str(word) for word in load(RULES, "descriptions.yaml")[kind])


@cache
def _allowed() -> frozenset[str]:
    """Words that may stand in a description: describing words and the words of country names and adjectives."""
    return _words("describing") | frozenset(word for name in countries.adjectives() for word in name.split())


def known(text: str) -> Party | None:
    """The party whose name this is, legal forms, cities and nationalities left aside; None if there is none."""
    names = aliases()
    if (key := names.get(text)) is not None:
        return table()[key]
    words = text.split()
    forms, cities, nations = _words("legal_forms"), _words("cities"), frozenset(countries.adjectives())
    for dropped in (forms, forms | cities, forms | cities | nations):
        if (key := names.get(" ".join(word for word in words if word not in dropped))) is not None:
            return table()[key]
    return None


def _within(whole: str) -> Party | None:
    """The longest run of words that is a known name, if the words around it only describe."""
    words = whole.split()
    for length in range(len(words) - 1, 0, -1):
        for start in range(len(words) - length + 1):
            rest = words[:start] + words[start + length :]
            party = aliases().get(" ".join(words[start : start + length]))
            fits = start == 0 or all(word in _allowed() or word in _words("cities") or word.isdigit() for word in rest)
            if party is not None and fits:
                return table()[party]
    return None


def _affiliate(owner: Party, text: str) -> Party:
    return Party(f"affiliate:{owner.id}", text, owner.headquarters, owner.traits & {"military"}, owner.id)


@lru_cache(maxsize=4096)
def find(name: str) -> tuple[Party, ...]:
    """The parties that a text names; several (`A/B/C`) are all answered.

    Raises:
        CountermoveError: a proper name that is not known; it is refused, never taken for unlisted.
    """
    text = re.sub(r"\((?:[^)]*\b)?unlisted\)", " ", name, flags=re.IGNORECASE).strip()
    if _DIVERTED.search(text):
        text = _DIVERTED.split(text)[-1].strip(" ,;")
    if (party := known(folded(re.sub(r"[()]", " ", text)))) is not None:
        return (party,)
    parts = [part for part in re.split(r"\s*/\s*|\s*;\s*|\s+or\s+|\s+and\s+", text) if part.strip()]
    if len(parts) > 1 and all(_described(folded(part)) or _names_someone(part) for part in parts):
        return tuple(party for part in parts for party in find(part))
    return (_one(text),)


def _names_someone(text: str) -> bool:
    whole = folded(re.sub(r"[()]", " ", text))
    return known(whole) is not None or _within(whole) is not None


def _one(text: str) -> Party:
    inner = re.search(r"\(([^)]*\baffiliate\b[^)]*)\)", text)
    if inner and (owner := _within(folded(inner.group(1)))) is not None:
        return _affiliate(owner, text)
    whole = folded(re.sub(r"[()]", " ", text))
    if not whole:
        return UNLISTED
    match = _SUBSIDIARY_OF.match(whole) or _SUBSIDIARY.match(whole)
    if match:
        owner_text = match.group(1).strip()
        if (owner := known(owner_text) or _within(owner_text)) is not None:
            return _affiliate(owner, text)
    if (party := _within(whole)) is not None:
        return party
    if _described(whole):
        return _description(text, whole)
    close = nearest(whole, aliases())
    hint = f"did you mean '{table()[aliases()[close[0]]].name}'? " if close else ""
    raise CountermoveError(
        f"unknown end user '{shown(text)}': {hint}We hold no list status for it; if you have checked that it is civil "
        "and unlisted, say 'unlisted commercial' (or 'subsidiary of China-HQ group' where the parent is in China)"
    )


def _described(whole: str) -> bool:
    """Whether every word describes: no proper name is swallowed."""
    allowed = _allowed()
    words = whole.split()
    return bool(words) and all(word in allowed or word in _words("cities") or word.isdigit() for word in words)


def _description(text: str, whole: str) -> Party:
    traits: set[str] = set()
    if _MILITARY.search(whole) and not _NOT_MILITARY.search(whole):
        traits.add("military")
    if "supercomput" in whole:
        traits.add("supercomputer")
    if _STATE.search(whole):
        traits.add("state")
    traits |= _fab_traits(whole)
    if _CERTAIN.search(whole):
        traits.add("named_customer")
    if _APPROVED.search(whole) and not _NOT_APPROVED.search(whole):
        traits.add("approved_designer")
    return Party("unlisted", text, _headquarters(whole), frozenset(traits))


def _fab_traits(whole: str) -> set[str]:
    """Whether a described fab makes advanced-node ICs: 16/14 nm logic, 18 nm DRAM, 128-layer NAND (772.1)."""
    if not _FAB.search(whole) or _MATURE.search(whole):
        return set()
    memory = _MEMORY.search(whole) is not None
    node, layers = _NODE.search(whole), _LAYERS.search(whole)
    width = int(node.group(1)) if node else 13 if _ADVANCED.search(whole) else None
    tall = layers is not None and int(layers.group(1)) >= 128
    if not tall and (width is None or width > (18 if memory else 16)):
        return set()
    # The letters of July 2022 spoke of fabs below 14 nm, which only logic was.
    return {"advanced_fab"} if memory or width is None or width >= 14 else {"advanced_fab", "advanced_logic_fab"}


def _country_in(text: str) -> str | None:
    names = countries.adjectives()
    words = text.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            found = names.get(" ".join(words[start : start + length]))
            if found is not None and found not in countries.regions():
                return found
    return None


def _headquarters(whole: str) -> str | None:
    """Where the parent sits: the owner of a subsidiary first, then a parent in China, then any country named."""
    match = _SUBSIDIARY_OF.match(whole)
    if match and (owner := _country_in(match.group(1))) is not None:
        return owner
    if _CHINA_PARENT.search(whole):
        return "Macau" if "macau" in whole else "China"
    return _country_in(whole)
