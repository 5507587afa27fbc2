"""The evaluator: scope, embargoes, lists, direct products, letters, thresholds, exceptions, review policy, in order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count

from countermove.rules import countries
from countermove.rules.countries import Place
from countermove.rules.era import Era
from countermove.rules.law import Buyer, Control, Listing, Reach, Review
from countermove.rules.matching import HOME, Case, Sight, fulfils
from countermove.rules.parties import Party
from countermove.rules.words import Word, strictest

# Within the United States nothing is exported: only denial orders and General Prohibition 10 reach a dealing there.
_ANYWHERE = "736.2(b)(10)"

# Steps 2 to 5 of the order: where one of them speaks, no exception is open.
_SHUTTING = frozenset({"embargo", "list", "letter"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One control that applies, with its word.

    `listing` counts the party's entries (latest first); `by` is the review policy or exception that set the word.
    """

    control: Control
    word: Word
    policy: str
    listing: int | None = None
    by: Control | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The word for one reading and one party, with what led there in the order applied.

    `lifted` holds (finding, control that lifted it); `reached_by` the direct-product rules that brought a
    foreign-made item within the EAR.
    """

    word: Word
    findings: tuple[Finding, ...]
    reached_by: tuple[Control, ...] = ()
    lifted: tuple[tuple[Finding, Control], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Who and where in one era: the place, the parent's home, the entries and footnotes of the party."""

    era: Era
    place: Place
    home: Place
    party: Party
    listings: tuple[Listing, ...]
    footnotes: frozenset[int]


@lru_cache(maxsize=65536)
def _entries(era: Era, owner: str) -> tuple[tuple[Listing, ...], frozenset[int]]:
    """The entries of a party in force, latest first, and their footnotes."""
    entries = tuple(entry for entry in reversed(era.listings) if entry.party == owner)
    return entries, frozenset(entry.footnote for entry in entries if entry.footnote is not None)


@lru_cache(maxsize=65536)
def _places(era: Era, country: str, headquarters: str | None) -> tuple[tuple[Place, Place], ...]:
    """Place and parent's home in every reading of the country's groups."""
    away = headquarters is not None and headquarters != country
    home = countries.place(headquarters, era.start) if away and headquarters else None
    readings = (countries.place(country, era.start), *countries.other_readings(country, era.start))
    return tuple((place, home or place) for place in readings)


def settings(era: Era, country: str, party: Party) -> tuple[Setting, ...]:
    """The setting, and the further ones where sources leave the country's groups open."""
    owner = party.affiliate_of if party.affiliate_of is not None and era.affiliates else party.id
    entries, footnotes = _entries(era, owner)
    places = _places(era, country, party.headquarters)
    return tuple([Setting(era, place, home, party, entries, footnotes) for place, home in places])


def seen(setting: Setting, sight: Sight) -> tuple[int, int, int]:
    """All that the controls with this sight can see of a setting, as numbers: equal for settings that share answers."""
    return (
        _seen_place(setting.place, sight.places),
        _seen_place(setting.home, sight.homes),
        _seen_party(setting.party, setting.listings, sight.who),
    )


@cache
def _number(of: tuple[object, ...]) -> int:
    """One number for each distinct value."""
    return next(_numbers)


_numbers = count()


@lru_cache(maxsize=65536)
def _seen_place(place: Place, names: frozenset[str]) -> int:
    return _number((place.country if place.country in names else "", place.groups & names, place.because))


@lru_cache(maxsize=65536)
def _seen_party(party: Party, entries: tuple[Listing, ...], names: frozenset[str]) -> int:
    """Identity and traits if a control names them; the entries by footnote and policy, by rule where one is named."""
    named = any(entry.rule in names for entry in entries)
    lines = tuple((entry.footnote, entry.review, (entry.rule, entry.effective) if named else None) for entry in entries)
    identity = party.id if party.id in names else ""
    return _number((identity, party.traits & names, party.affiliate_of is not None, lines))


def reaches(reach: Reach | None, setting: Setting, headquarters: bool = True) -> bool:
    """Whether a control's destinations or headquarters take in this setting."""
    if reach is None:
        return True
    if headquarters and reach.headquarters and setting.home.among(reach.headquarters):
        return True
    return setting.place.among(reach.destinations) and not setting.place.among(reach.outside)


def meant(buyer: Buyer | None, setting: Setting) -> bool:
    """Whether the control's conditions on the party hold."""
    if buyer is None:
        return True
    party = setting.party
    return not (
        (buyer.listed is not None and buyer.listed != bool(setting.listings))
        or (buyer.affiliate is not None and (not setting.listings or party.affiliate_of is None))
        or (buyer.footnote is not None and buyer.footnote not in setting.footnotes)
        or (buyer.listed_by is not None and all(entry.rule != buyer.listed_by for entry in setting.listings))
        or (buyer.parties and party.id not in buyer.parties)
        or (buyer.traits and not party.traits.intersection(buyer.traits))
        or (buyer.headquarters and not setting.home.among(buyer.headquarters))
    )


def _review(lines: tuple[Review, ...], case: Case, setting: Setting, headquarters: bool) -> Review | None:
    """The first line of a policy whose conditions hold."""
    for line in lines:
        if line.when and not fulfils(line.when, case):
            continue
        if line.reach is not None and not reaches(line.reach, setting, headquarters):
            continue
        if meant(line.buyer, setting):
            return line
    return None


def _listed(control: Control, case: Case, setting: Setting) -> Finding:
    """The finding of a party's own entry: the latest entry that states a policy decides."""
    for number, entry in enumerate(setting.listings):
        if entry.review and (line := _review(entry.review, case, setting, True)) is not None:
            return Finding(control, line.word, line.policy, number)
    return Finding(control, Word.YES, "no policy published", 0)


def _brought(case: Case, setting: Setting, assume: str) -> tuple[set[str], list[Control]]:
    """Families of control that reach a foreign-made item, and the direct-product rules that bring it within them."""
    families: set[str] = set()
    by: list[Control] = []
    for control in case.met.bringing:
        if reaches(control.reach, setting) and meant(control.buyer, setting):
            families.update(control.of)
            by.append(control)
    if case.item.origin == "PRC" and assume != "list does not reach" and _presumption(case):
        families.add("744.11")
    return families, by


def _presumption(case: Case) -> bool:
    """Whether a letter presumes that the item was made in violation of a direct-product rule."""
    return any(control.paragraph == "736.2(b)(10)" and control.step == "letter" for control in case.met.deciding)


def decide(case: Case, setting: Setting, assume: str = "", of: tuple[str, ...] = ()) -> Decision:
    """Apply every control that the item meets to one setting; the strictest word wins.

    Args:
        case: an exact reading of the item with the controls that it meets.
        setting: who and where.
        assume: the assumption of a disputed reading, or "".
        of: the families that the assumption is about.
    """
    at_home = setting.place.country == HOME
    inside = case.item.origin == "US"
    families, by = (set[str](), list[Control]()) if inside else _brought(case, setting, assume)
    findings: list[Finding] = []
    for control in case.met.deciding:
        if not inside and control.step != "letter" and control.family not in families:
            continue
        if at_home and not (control.step == "embargo" or control.paragraph == _ANYWHERE):
            continue
        headquarters = not (assume == "no headquarters reach" and control.family in of)
        if not reaches(control.reach, setting, headquarters) or not meant(control.buyer, setting):
            continue
        if control.step == "list" and not control.review:
            if setting.listings:
                findings.append(_listed(control, case, setting))
            continue
        line = _review(control.review, case, setting, headquarters)
        if line is not None:
            findings.append(Finding(control, line.word, line.policy))
    if findings and case.met.reviews:
        findings = [_reviewed(finding, case.met.reviews, case, setting) for finding in findings]
    kept, lifted = _lifted(findings, case.met.lifting, setting)
    if assume == "within the EAR":
        kept.append(_presumed(case))
    return Decision(strictest(finding.word for finding in kept), tuple(kept), tuple(by), tuple(lifted))


def _presumed(case: Case) -> Finding:
    control = next(control for control in case.met.controls if control.assume == "within the EAR")
    return Finding(control, Word.YES, "authorisation needed for any dealing")


def _reviewed(finding: Finding, reviews: tuple[Control, ...], case: Case, setting: Setting) -> Finding:
    """The finding under a later review policy, if one covers it."""
    names = {finding.control.family, finding.control.paragraph}
    for control in reviews:
        if names.isdisjoint(control.of) or not reaches(control.reach, setting) or not meant(control.buyer, setting):
            continue
        if _replaced(finding, control, setting):
            continue
        line = _review(control.review, case, setting, True)
        if line is not None:
            return Finding(finding.control, line.word, line.policy, finding.listing, control)
    return finding


def _replaced(finding: Finding, review: Control, setting: Setting) -> bool:
    """Whether a later entry of the same party stands in the place of the review policy of an earlier rule."""
    if finding.listing is None or review.buyer is None or review.buyer.listed_by is None:
        return False
    return setting.listings[finding.listing].effective > review.effective


def _lifted(
    findings: list[Finding], lifting: tuple[Control, ...], setting: Setting
) -> tuple[list[Finding], list[tuple[Finding, Control]]]:
    """Take out what an exclusion covers and, where steps 2 to 5 are silent, what an exception covers."""
    if not findings or not lifting:
        return findings, []
    shut = any(finding.control.step in _SHUTTING for finding in findings)
    kept: list[Finding] = []
    lifted: list[tuple[Finding, Control]] = []
    for finding in findings:
        names = {finding.control.family, finding.control.paragraph}
        covering = [
            control
            for control in lifting
            if not names.isdisjoint(control.of)
            and (control.step == "exclusion" or not shut)
            and reaches(control.reach, setting)
            and meant(control.buyer, setting)
        ]
        if not covering:
            kept.append(finding)
            continue
        words = [line.word for control in covering for line in control.review]
        word = strictest(words)
        control = next((c for c in covering if c.review and c.review[0].word is word), covering[0])
        lifted.append((finding, control))
        if word is not Word.NO:
            kept.append(Finding(finding.control, word, control.review[0].policy, finding.listing, control))
    return kept, lifted
