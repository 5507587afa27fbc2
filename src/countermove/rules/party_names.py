"""Whom a text names as end user, as people write it: names, descriptions, subsidiaries, affiliates, diversions."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from countermove.errors import CountermoveError, nearest
from countermove.rules import countries
from countermove.rules._names import folded
from countermove.rules.parties import UNLISTED, Party, aliases, table

# Words that describe a civil, unlisted party and name nobody.
_DESCRIBING = frozenset(
    [
        "unlisted",
        "commercial",
        "civil",
        "civilian",
        "private",
        "buyer",
        "buyers",
        "customer",
        "customers",
        "company",
        "companies",
        "firm",
        "firms",
        "operator",
        "operators",
        "provider",
        "providers",
        "startup",
        "startups",
        "university",
        "universities",
        "college",
        "lab",
        "labs",
        "laboratory",
        "institute",
        "research",
        "center",
        "centre",
        "centers",
        "centres",
        "datacenter",
        "datacentre",
        "data",
        "cloud",
        "hyperscaler",
        "hyperscalers",
        "distributor",
        "distributors",
        "reseller",
        "resellers",
        "dealer",
        "dealers",
        "trader",
        "traders",
        "trading",
        "broker",
        "brokers",
        "integrator",
        "integrators",
        "server",
        "maker",
        "makers",
        "oem",
        "oems",
        "bank",
        "banks",
        "hospital",
        "hospitals",
        "telecom",
        "telecoms",
        "carrier",
        "carriers",
        "group",
        "groups",
        "subsidiary",
        "subsidiaries",
        "affiliate",
        "affiliates",
        "affiliated",
        "branch",
        "unit",
        "units",
        "arm",
        "arms",
        "front",
        "shell",
        "fabless",
        "designer",
        "designers",
        "end",
        "user",
        "users",
        "consumer",
        "consumers",
        "gamer",
        "gamers",
        "gaming",
        "retail",
        "retailer",
        "ministry",
        "government",
        "agency",
        "fab",
        "fabs",
        "foundry",
        "foundries",
        "chipmaker",
        "chipmakers",
        "chip",
        "chips",
        "packager",
        "osat",
        "osats",
        "army",
        "military",
        "navy",
        "air",
        "force",
        "forces",
        "armed",
        "defence",
        "defense",
        "intelligence",
        "supercomputer",
        "supercomputing",
        "entity",
        "entities",
        "party",
        "parties",
        "corporation",
        "business",
        "businesses",
        "platform",
        "platforms",
        "internet",
        "school",
        "hotel",
        "automaker",
        "manufacturer",
        "importer",
        "parent",
        "parented",
        "owned",
        "headquartered",
        "hq",
        "logistics",
        "intermediary",
        "none",
        "any",
        "various",
        "unknown",
        "individual",
        "individuals",
        "person",
        "public",
        "state",
        "funded",
        "national",
        "security",
        "bureau",
        "ai",
        "it",
        "ml",
        "ic",
        "ev",
        "llm",
        "hpc",
        "gpu",
        "dc",
        "veu",
        "r",
        "d",
        "r&d",
        "tech",
        "technology",
        "semiconductor",
        "semiconductors",
        "local",
        "foreign",
        "overseas",
        "offshore",
        "large",
        "small",
        "medium",
        "second",
        "tier",
        "major",
        "ordinary",
        "generic",
        "approved",
        "authorised",
        "authorized",
        "status",
        "without",
        "with",
        "no",
        "not",
        "non",
        "of",
        "the",
        "a",
        "an",
        "in",
        "at",
        "for",
        "by",
        "from",
        "its",
        "whose",
        "that",
        "which",
        "is",
        "and",
        "or",
        "via",
        "based",
        "under",
        "on",
        "list",
        "ultimate",
        "majority",
        "wholly",
        "held",
        "controlled",
        "site",
        "sites",
        "facility",
        "facilities",
        "plant",
        "advanced",
        "node",
        "mature",
        "legacy",
        "leading",
        "edge",
        "sub",
        "nm",
        "layer",
        "logic",
        "memory",
        "dram",
        "nand",
        "hbm",
        "packaging",
        "middle",
        "east",
        "eastern",
        "european",
        "asian",
        "gulf",
        "african",
        "latin",
        "named",
        "certain",
        "letter",
        "before",
        "after",
        "third",
        "country",
        "same",
        "abroad",
        "outside",
        "inside",
        "end-user",
        "tenant",
        "leasing",
        "renting",
        "rental",
        "domestic",
        "multinational",
        "listed",
        "entity-list",
        "blacklisted",
        "sanctioned",
    ]
)

_CITIES = frozenset(
    [
        "beijing",
        "shanghai",
        "shenzhen",
        "guangzhou",
        "hangzhou",
        "zhejiang",
        "guangdong",
        "jiangsu",
        "nanjing",
        "wuxi",
        "suzhou",
        "wuhan",
        "hubei",
        "chengdu",
        "sichuan",
        "xian",
        "xi",
        "tianjin",
        "chongqing",
        "dongguan",
        "zhuhai",
        "hefei",
        "anhui",
        "jinan",
        "shandong",
        "qingdao",
        "fujian",
        "xiamen",
        "johor",
    ]
)
_LEGAL_FORMS = frozenset(
    [
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "corp",
        "corporation",
        "co",
        "company",
        "group",
        "holding",
        "holdings",
        "plc",
        "gmbh",
        "technologies",
        "technology",
        "international",
    ]
)

_MILITARY = re.compile(r"\b(military|army|pla|navy|air force|armed forces|ministry of (?:national )?defen[cs]e)\b")
_NOT_MILITARY = re.compile(r"\b(non|not) military\b")
_STATE = re.compile(r"\b(state funded|state owned|government|ministry|agency|public sector)\b")
_ADVANCED_FAB = re.compile(
    r"\b(?:advanced|leading edge|sub 14|[1-9]|1[0-6]|128 layer)\s*(?:nm|node|logic|dram|nand)?\s*(?:node|logic|nm)?\s*"
    r"(?:fab|foundry|chipmaker)s?\b"
)
_CERTAIN = re.compile(
    r"\bcertain (?:[a-z ]+ )?(?:customers?|buyers?|parties)\b|\bcustomers? (?:named )?(?:of|in) the letter\b"
)
_DIVERTED = re.compile(
    r"\b(?:diverted|transferred|transshipped|resold|passed on|shipped on|smuggled|onward)\s+(?:on\s+)?to\b",
    re.IGNORECASE,
)
_SUBSIDIARY_OF = re.compile(
    r"^(?:[a-z]+ ){0,4}?(?:subsidiary|branch|unit|arm|affiliate|division) of (?:an? |the )?(.+)$"
)
_SUBSIDIARY = re.compile(
    r"^(.+?)(?: s)? (?:[a-z]+ ){0,2}?(?:subsidiary|branch|unit|arm|division|affiliate|affiliated|parented|owned|controlled)\b.*$"
)
_CHINA_PARENT = re.compile(
    r"\b(china|chinese|prc|macau)\b(?=.*\b(parent(ed)?|hq|headquartered|owned|group|subsidiary|controlled)\b)"
    r"|\b(parent(ed)?|hq|headquartered|headquarters|owned|controlled)\b(?=.*\b(china|chinese|prc|macau)\b)"
)


@cache
def _allowed() -> frozenset[str]:
    """Words that may stand in a description: describing words and the words of country names and adjectives."""
    return _DESCRIBING | frozenset(word for name in countries.adjectives() for word in name.split())


def known(text: str) -> Party | None:
    """The party whose name this is, legal forms, cities and nationalities left aside; None if there is none."""
    names = aliases()
    if (key := names.get(text)) is not None:
        return table()[key]
    words = text.split()
    for dropped in (_LEGAL_FORMS, _LEGAL_FORMS | _CITIES, _LEGAL_FORMS | _CITIES | frozenset(countries.adjectives())):
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
            fits = start == 0 or all(word in _allowed() or word in _CITIES or word.isdigit() for word in rest)
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
        f"unknown end user '{text}': {hint}We hold no list status for it; if you have checked that it is civil and "
        "unlisted, say 'unlisted commercial' (or 'subsidiary of China-HQ group' where the parent is in China)"
    )


def _described(whole: str) -> bool:
    """Whether every word describes: no proper name is swallowed."""
    allowed = _allowed()
    words = whole.split()
    return bool(words) and all(word in allowed or word in _CITIES or word.isdigit() for word in words)


def _description(text: str, whole: str) -> Party:
    traits: set[str] = set()
    if _MILITARY.search(whole) and not _NOT_MILITARY.search(whole):
        traits.add("military")
    if "supercomput" in whole:
        traits.add("supercomputer")
    if _STATE.search(whole):
        traits.add("state")
    if _ADVANCED_FAB.search(whole):
        traits.add("advanced_fab")
    if _CERTAIN.search(whole):
        traits.add("named_customer")
    return Party("unlisted", text, _headquarters(whole), frozenset(traits))


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
