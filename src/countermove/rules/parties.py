"""Buyers and end users: who they are, read from names as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, cast

from countermove import _yaml
from countermove.errors import CountermoveError, nearest
from countermove.rules import countries
from countermove.rules._data import HERE
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

_DESCRIPTION = re.compile(
    r"\b(unlisted|commercial|civil(ian)?|private|buyers?|customers?|compan(y|ies)|firms?|operators?|providers?|startups?"
    r"|start up|universit(y|ies)|colleges?|labs?|laborator(y|ies)|institutes?|research|data ?cent(re|er)s?|clouds?"
    r"|hyperscalers?|distributors?|resellers?|dealers?|traders?|trading|brokers?|integrators?|server makers?|oems?"
    r"|banks?|hospitals?|telecoms?|carriers?|groups?|subsidiar(y|ies)|affiliates?|affiliated|branch|units?|arms?|front|shell"
    r"|fabless|designers?|end ?users?|users?|consumers?|gamers?|retail(ers?)?|ministr(y|ies)|governments?|agenc(y|ies)"
    r"|fabs?|foundr(y|ies)|chipmakers?|packagers?|osats?|army|military|pla|navy|air force|defen[cs]e|intelligence"
    r"|supercomput(er|ing)|entit(y|ies)|part(y|ies)|corporations?|business(es)?|platforms?|internet|school|hotel"
    r"|automakers?|manufacturers?|importers?|parent(ed)?|owned|headquartered|hq|logistics|intermediar(y|ies)|none|any|various)\b"
)
_MILITARY = re.compile(
    r"\b(military|army|pla|navy|air force|people s liberation army|armed forces|defen[cs]e (ministry|contractor|firm|company))\b"
)
_NOT_MILITARY = re.compile(r"\b(non|not|civil) military\b")
_SUPERCOMPUTER = re.compile(r"\bsupercomput(er|ing)\b")
_STATE = re.compile(r"\b(state funded|state owned|government|ministry|agency|public sector)\b")
_ADVANCED_FAB = re.compile(
    r"\b(advanced|7 ?nm|5 ?nm|14 ?nm|16 ?nm|sub 14 ?nm|128 layer|leading edge)[a-z ]* (fab|foundry|chipmaker)\b"
)
_SUBSIDIARY = re.compile(
    r"^(?:(?:overseas|foreign|offshore|local|wholly owned|[a-z]+ based)\s+)*(?:subsidiary|branch|unit|arm|affiliate|division)\s+of\s+(?:an?\s+|the\s+)?(.+)$"
    r"|^(.+?)(?:\s+s)?\s+(?:[a-z]+\s+)?(?:subsidiary|branch|unit|arm|division|parented(?: [a-z ]+)?|owned(?: [a-z ]+)?)$"
)
_AFFILIATE = re.compile(r"^(.+?)(?:\s+s)?\s+(?:[a-z]+\s+)?affiliated?(?: (?:firm|company))?$|^affiliate\s+of\s+(.+)$")
_DIVERTED = re.compile(
    r"\b(?:diverted|transferred|resold|passed on|shipped on|smuggled)\s+(?:on\s+)?to\b", re.IGNORECASE
)
_HEADQUARTERED = re.compile(
    r"\b(china|chinese|prc|macau)\b(?=.*\b(parent(ed)?|hq|headquartered|owned|group|subsidiary|controlled)\b)"
)
_NAMED_CUSTOMER = re.compile(r"\bcertain (middle east(ern)? )?(customers?|buyers?|parties)\b")


@cache
def table() -> dict[str, Party]:
    """Every party that is known by name."""
    rows = cast(dict[str, dict[str, Any]], _yaml.load(HERE / "parties.yaml"))
    return {
        key: Party(
            key,
            str(row["names"][0]),
            row["headquarters"],
            frozenset(cast(list[str], row.get("traits", []))),
            status="table" if "checked" in row else "unchecked",
        )
        for key, row in rows.items()
    }


@cache
def _aliases() -> dict[str, str]:
    rows = cast(dict[str, dict[str, Any]], _yaml.load(HERE / "parties.yaml"))
    return {folded(alias): key for key, row in rows.items() for alias in (*row["names"], row["name"])}


_LEGAL_FORMS = re.compile(
    r"\b(inc|incorporated|ltd|limited|llc|corp|corporation|co|company|group|holdings?|plc|gmbh|technologies|technology|international)\b"
)


def _known(text: str) -> Party | None:
    aliases = _aliases()
    bare = " ".join(_LEGAL_FORMS.sub(" ", text).split())
    key = aliases.get(text) or aliases.get(bare)
    return table()[key] if key else None


def _without_notes(text: str) -> str:
    return re.sub(r"\((?:unlisted|listed|civil|[^)]*unlisted[^)]*)\)", " ", text, flags=re.IGNORECASE)


@lru_cache(maxsize=4096)
def find(name: str) -> tuple[Party, ...]:
    """The parties that a text names, as a person would write them; several (`A/B/C`) are all answered.

    Raises:
        CountermoveError: a proper name that is not known; it is refused, never taken for unlisted.
    """
    text = _without_notes(name).strip()
    if _DIVERTED.search(text):
        text = _DIVERTED.split(text)[-1].strip(" ,;")
    whole = folded(re.sub(r"[()]", " ", text))
    if whole and (known := _known(whole)):
        return (known,)
    parts = [part for part in re.split(r"\s*/\s*|\s*;\s*|\s+or\s+|\s+and\s+", text) if part.strip()]
    if len(parts) > 1:
        return tuple(party for part in parts for party in find(part))
    return (_one(text, whole),)


def _one(text: str, whole: str) -> Party:
    if not whole:
        return UNLISTED
    affiliate = _AFFILIATE.match(whole)
    if affiliate:
        owner = next(group for group in affiliate.groups() if group)
        if (known := _known(owner)) is not None:
            return Party(f"affiliate:{known.id}", text, known.headquarters, affiliate_of=known.id)
    subsidiary = _SUBSIDIARY.match(whole)
    if subsidiary:
        owner = next(group for group in subsidiary.groups() if group).strip()
        if (known := _known(owner)) is not None:
            return replace(known, name=text, traits=known.traits - {"military"}) if known.status == "table" else known
    described = _description(text, whole)
    if described is not None:
        return described
    for words in range(len(whole.split()) - 1, 0, -1):
        # "Huawei Technologies Shenzhen", "Tencent data centre Guangzhou": the longest known beginning names the party.
        if (known := _known(" ".join(whole.split()[:words]))) is not None:
            return known
    close = nearest(whole, _aliases())
    hint = f"did you mean '{table()[_aliases()[close[0]]].name}'? " if close else ""
    raise CountermoveError(
        f"unknown end user '{text}': {hint}We hold no list status for it; if you have checked that it is civil and "
        "unlisted, say 'unlisted commercial' (or 'subsidiary of China-HQ group' where the parent is in China)"
    )


def _description(text: str, whole: str) -> Party | None:
    if not _DESCRIPTION.search(whole) and whole not in countries.adjectives():
        return None
    known = next((k for n in range(4, 0, -1) for k in _runs(whole, n)), None)
    if known is not None:
        return known
    if not _only_described(text):
        return None
    traits: set[str] = set()
    if _MILITARY.search(whole) and not _NOT_MILITARY.search(whole):
        traits.add("military")
    if _SUPERCOMPUTER.search(whole):
        traits.add("supercomputer")
    if _STATE.search(whole):
        traits.add("state")
    if _ADVANCED_FAB.search(whole):
        traits.add("advanced_fab")
    if _NAMED_CUSTOMER.search(whole):
        traits.add("named_customer")
    return Party("unlisted", text, _headquarters(whole), frozenset(traits))


def _runs(whole: str, length: int) -> list[Party]:
    words = whole.split()
    spans = (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))
    return [known for span in spans if (known := _known(span)) is not None]


def _only_described(text: str) -> bool:
    """Whether every capitalised word is a description, a country or an adjective: no proper name is swallowed."""
    allowed = countries.adjectives()
    words = re.findall(r"[A-Za-z][\w.&'-]*", text)
    for position, word in enumerate(words):
        plain = folded(word)
        proper = word[0].isupper() and (position > 0 or not word[1:].islower() or not _DESCRIPTION.search(plain))
        if proper and plain not in allowed and not _DESCRIPTION.search(plain) and not _country_in(plain):
            return False
    return True


def _country_in(text: str) -> str | None:
    allowed = countries.adjectives()
    words = text.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            if (found := allowed.get(" ".join(words[start : start + length]))) is not None:
                return found
    return None


def _headquarters(whole: str) -> str | None:
    if _HEADQUARTERED.search(whole):
        return "Macau" if "macau" in whole else "China"
    return _country_in(whole)
