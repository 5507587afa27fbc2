"""From a YAML text to a `Rule`: unknown keys, words, dates and steps are refused with their line and nearest match."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from countermove.errors import CountermoveError, nearest
from countermove.rules.law import (
    FOREVER,
    Buyer,
    Control,
    Group,
    Licence,
    Listing,
    Measure,
    Reach,
    Review,
    Rule,
    Test,
)
from countermove.rules.words import ASSUMPTIONS, STEPS, Word

PACKAGES = ("chips", "entity", "tools", "hbm", "beijing", "none")

FIGURES = (
    "tpp", "density", "dram_bandwidth", "io_bandwidth", "dram_plus_io", "hbm_density", "node_nm", "transistors",
    "wavelength_nm", "mrf_nm", "overlay_nm", "imprint_overlay_nm", "throughput_gain_pct", "tsv_etch_rate_um_min",
    "etch_nonuniformity_pct", "tsv_aspect_ratio", "etch_aspect_ratio", "top_lateral_dim_nm", "wafer_diameter_mm",
    "defect_size_nm", "training_operations",
)  # fmt: skip
TRAITS = (
    "datacentre", "sold_in_us", "us_tools", "packaged_by_approved_osat", "contains_hbm", "uniquely_advanced",
    "below_5g", "designer_approved", "ai", "gaafet", "tool_200mm", "prc_designed", "begun_before_rule", "health",
    "protection", "sme_eccn",
)  # fmt: skip
SETS = ("named", "origin", "made_in", "exported_from", "designed_by_footnote", "meets")

_RULE = (
    "id", "jurisdiction", "instrument", "title", "package", "announced", "effective", "compliance", "ended",
    "enforced", "citation", "url", "verified", "changes", "note", "controls", "listings", "measures", "licences",
    "revenue_share",
)  # fmt: skip
_CONTROL = (
    "paragraph", "family", "step", "package", "effective", "ended", "items", "when", "destinations", "outside",
    "headquarters", "buyer", "word", "policy", "review", "of", "rows", "says", "citation", "url", "assume",
)  # fmt: skip
_REVIEW = ("word", "policy", "when", "destinations", "outside", "headquarters", "buyer")
_BUYER = ("listed", "affiliate", "footnote", "listed_by", "parties", "traits", "headquarters")
_LISTING = ("party", "footnote", "review", "effective", "ended", "policy", "word", "citation")
_MEASURE = ("admits", "products", "buyers", "effective", "ended", "says")
_LICENCE = ("products", "buyers", "effective", "ended", "units_per_buyer", "revenue_share", "says")

_LIMIT = re.compile(r"^(>=|<=|>|<|=)\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$")


class _Place:
    """Where in the file an error is: the name of the file and the line of the key."""

    def __init__(self, where: str, lines: Mapping[tuple[str, ...], int]) -> None:
        self.where = where
        self.lines = lines

    def error(self, path: tuple[str, ...], message: str) -> CountermoveError:
        line = next((self.lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in self.lines), None)
        at = f" line {line}:" if line else ""
        return CountermoveError(f"{self.where}:{at} {message}")

    def keys(self, found: object, allowed: tuple[str, ...], path: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(found, dict):
            raise self.error(path, f"'{path[-1] if path else 'rule'}' must be a mapping of {', '.join(allowed)}")
        mapping = cast(dict[str, Any], found)
        for key in mapping:
            if key not in allowed:
                close = nearest(str(key), allowed)
                hint = f"did you mean '{close[0]}'?" if close else f"allowed are {', '.join(allowed)}"
                raise self.error((*path, str(key)), f"unknown key '{key}': {hint}")
        return mapping

    def choice(self, value: object, allowed: tuple[str, ...], path: tuple[str, ...]) -> str:
        if value not in allowed:
            close = nearest(str(value), allowed)
            hint = f"did you mean '{close[0]}'?" if close else f"allowed are {', '.join(allowed)}"
            raise self.error(path, f"'{path[-1]}' is '{value}': {hint}")
        return str(value)

    def day(self, value: object, path: tuple[str, ...]) -> date:
        if not isinstance(value, date):
            raise self.error(path, f"'{path[-1]}' must be a date as YYYY-MM-DD, not '{value}'")
        return value

    def number(self, value: object, path: tuple[str, ...]) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(path, f"'{path[-1]}' must be a number, not '{value}'")
        return float(value)

    def texts(self, value: object, path: tuple[str, ...]) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list):
            return tuple(str(entry) for entry in cast(list[object], value))
        raise self.error(path, f"'{path[-1]}' must be a text or a list of texts, not '{value}'")


def _tests(subject: str, value: object, at: _Place, path: tuple[str, ...]) -> list[Test]:
    if subject in FIGURES:
        tests: list[Test] = []
        for part in str(value).split(","):
            match = _LIMIT.match(part.strip())
            if not match:
                raise at.error(path, f"'{subject}: {value}' must read like '>= 4800' or '>= 1600, < 4800'")
            operator, limit = match.groups()
            tests.append(Test(subject, ">=" if operator == "=" else operator, float(limit)))
            if operator == "=":
                tests.append(Test(subject, "<=", float(limit)))
        return tests
    if subject in TRAITS:
        if not isinstance(value, bool):
            raise at.error(path, f"'{subject}' must be true or false, not '{value}'")
        return [Test(subject, "is", value)]
    if isinstance(value, dict):
        inner = at.keys(cast(object, value), ("not",), path)
        return [Test(subject, "not in", at.texts(inner["not"], (*path, "not")))]
    return [Test(subject, "in", at.texts(value, path))]


def _groups(value: object, at: _Place, path: tuple[str, ...]) -> tuple[Group, ...]:
    entries = cast(list[object], value) if isinstance(value, list) else [value]
    groups: list[Group] = []
    for index, entry in enumerate(entries):
        here = (*path, str(index)) if isinstance(value, list) else path
        mapping = at.keys(entry, (*FIGURES, *TRAITS, *SETS), here)
        groups.append(tuple(test for key, item in mapping.items() for test in _tests(key, item, at, (*here, key))))
    return tuple(groups)


def _reach(mapping: dict[str, Any], at: _Place, path: tuple[str, ...]) -> Reach | None:
    keys = ("destinations", "outside", "headquarters")
    if not any(key in mapping for key in keys):
        return None
    given = {key: at.texts(mapping[key], (*path, key)) for key in keys if key in mapping}
    return Reach(given.get("destinations", ()), given.get("outside", ()), given.get("headquarters", ()))


def _buyer(value: object, at: _Place, path: tuple[str, ...]) -> Buyer:
    mapping = at.keys(value, _BUYER, path)
    return Buyer(
        listed=mapping.get("listed"),
        affiliate=mapping.get("affiliate"),
        footnote=mapping.get("footnote"),
        listed_by=mapping.get("listed_by"),
        parties=at.texts(mapping.get("parties", []), (*path, "parties")),
        traits=at.texts(mapping.get("traits", []), (*path, "traits")),
        headquarters=at.texts(mapping.get("headquarters", []), (*path, "headquarters")),
    )


def _word(value: object, at: _Place, path: tuple[str, ...]) -> Word:
    return Word(at.choice(value, tuple(word.value for word in Word), path))


def _reviews(mapping: dict[str, Any], at: _Place, path: tuple[str, ...]) -> tuple[Review, ...]:
    if "word" in mapping and "review" in mapping:
        raise at.error((*path, "word"), "give either 'word' or 'review', not both")
    if "word" in mapping:
        return (Review(_word(mapping["word"], at, (*path, "word")), str(mapping.get("policy", ""))),)
    found: list[Review] = []
    for index, entry in enumerate(cast(list[object], mapping.get("review", []))):
        here = (*path, "review", str(index))
        line = at.keys(entry, _REVIEW, here)
        if "word" not in line:
            raise at.error(here, "a line of 'review' needs a 'word'")
        found.append(
            Review(
                _word(line["word"], at, (*here, "word")),
                str(line.get("policy", "")),
                _groups(line["when"], at, (*here, "when")) if "when" in line else (),
                _reach(line, at, here),
                _buyer(line["buyer"], at, (*here, "buyer")) if "buyer" in line else None,
            )
        )
    return tuple(found)


def _dates(mapping: dict[str, Any], rule: Rule, at: _Place, path: tuple[str, ...]) -> tuple[date, date]:
    start = rule.compliance or rule.effective or FOREVER
    if "effective" in mapping:
        start = at.day(mapping["effective"], (*path, "effective"))
    end = rule.ended or FOREVER
    if "ended" in mapping:
        end = FOREVER if mapping["ended"] is None else at.day(mapping["ended"], (*path, "ended"))
    if end < start and rule.enforced and start != FOREVER:
        raise at.error(path, f"ends on {end}, before it starts on {start}")
    return start, end


def _control(value: object, rule: Rule, at: _Place, path: tuple[str, ...]) -> Control:
    mapping = at.keys(value, _CONTROL, path)
    for key in ("paragraph", "step"):
        if key not in mapping:
            raise at.error(path, f"a control needs '{key}'")
    start, end = _dates(mapping, rule, at, path)
    paragraph = str(mapping["paragraph"])
    return Control(
        rule=rule.id,
        paragraph=paragraph,
        step=at.choice(mapping["step"], STEPS, (*path, "step")),
        package=at.choice(mapping.get("package", rule.package), PACKAGES, (*path, "package")),
        effective=start if rule.enforced else FOREVER,
        ended=end,
        citation=str(mapping.get("citation", rule.citation)),
        url=str(mapping.get("url", rule.url)),
        family=str(mapping.get("family", paragraph)),
        items=at.texts(mapping.get("items", []), (*path, "items")),
        when=_groups(mapping["when"], at, (*path, "when")) if "when" in mapping else (),
        reach=_reach(mapping, at, path),
        buyer=_buyer(mapping["buyer"], at, (*path, "buyer")) if "buyer" in mapping else None,
        review=_reviews(mapping, at, path),
        of=at.texts(mapping.get("of", []), (*path, "of")),
        rows=at.texts(mapping.get("rows", []), (*path, "rows")),
        says=str(mapping.get("says", "")),
        assume=at.choice(mapping["assume"], ASSUMPTIONS, (*path, "assume")) if "assume" in mapping else "",
    )


def _listing(value: object, rule: Rule, at: _Place, path: tuple[str, ...]) -> Listing:
    mapping = at.keys(value, _LISTING, path)
    if "party" not in mapping:
        raise at.error(path, "a listing needs 'party'")
    start, end = _dates(mapping, rule, at, path)
    return Listing(
        rule=rule.id,
        party=str(mapping["party"]),
        effective=start,
        ended=end,
        citation=str(mapping.get("citation", rule.citation)),
        url=rule.url,
        package=rule.package,
        footnote=mapping.get("footnote"),
        review=_reviews(mapping, at, path),
    )


def _measure(value: object, rule: Rule, at: _Place, path: tuple[str, ...]) -> Measure:
    mapping = at.keys(value, _MEASURE, path)
    start, end = _dates(mapping, rule, at, path)
    admits = at.number(mapping.get("admits"), (*path, "admits"))
    if not 0 <= admits <= 1:
        raise at.error((*path, "admits"), f"'admits' must lie between 0 and 1, not {admits}")
    return Measure(
        rule.id, start, end, rule.citation, rule.url, admits,
        at.texts(mapping.get("products", []), (*path, "products")),
        at.texts(mapping.get("buyers", []), (*path, "buyers")),
        str(mapping.get("says", "")),
    )  # fmt: skip


def _licence(value: object, rule: Rule, at: _Place, path: tuple[str, ...]) -> Licence:
    mapping = at.keys(value, _LICENCE, path)
    start, end = _dates(mapping, rule, at, path)
    cap = mapping.get("units_per_buyer")
    return Licence(
        rule.id, start, end,
        at.texts(mapping.get("products", []), (*path, "products")),
        at.texts(mapping.get("buyers", []), (*path, "buyers")),
        None if cap is None else at.number(cap, (*path, "units_per_buyer")),
        at.number(mapping.get("revenue_share", 0), (*path, "revenue_share")),
        str(mapping.get("says", "")),
    )  # fmt: skip


def rule_from(mapping: object, lines: Mapping[tuple[str, ...], int] | None = None, where: str = "rule") -> Rule:
    """The rule that a parsed YAML mapping states.

    Args:
        mapping: the parsed YAML.
        lines: line number of each key, from `countermove._yaml.key_lines`.
        where: file name for error messages.

    Raises:
        CountermoveError: an unknown key, word, step, package or date; names the line and the nearest match.
    """
    at = _Place(where, lines or {})
    top = at.keys(mapping, _RULE, ())
    for key in ("id", "title", "package", "effective"):
        if key not in top:
            raise at.error((), f"a rule needs '{key}'")

    def day(key: str) -> date | None:
        return None if top.get(key) is None else at.day(top[key], (key,))

    share = top.get("revenue_share")
    bare = Rule(
        id=str(top["id"]),
        jurisdiction=str(top.get("jurisdiction", "US")),
        instrument=str(top.get("instrument", "")),
        title=str(top["title"]),
        package=at.choice(top["package"], PACKAGES, ("package",)),
        announced=day("announced"),
        effective=day("effective"),
        ended=day("ended"),
        citation=str(top.get("citation", "")),
        url=str(top.get("url", "")),
        verified=str(top.get("verified", "no")),
        changes=str(top.get("changes", "")),
        note=str(top.get("note", "")),
        compliance=day("compliance"),
        enforced=bool(top.get("enforced", True)),
        revenue_share=None if share is None else at.number(share, ("revenue_share",)),
    )
    return _filled(bare, top, at)


def _filled(bare: Rule, top: dict[str, Any], at: _Place) -> Rule:
    from dataclasses import replace

    def entries(key: str) -> list[object]:
        found: object = top.get(key) or []
        if not isinstance(found, list):
            raise at.error((key,), f"'{key}' must be a list")
        return cast(list[object], found)

    return replace(
        bare,
        controls=tuple(_control(v, bare, at, ("controls", str(i))) for i, v in enumerate(entries("controls"))),
        listings=tuple(_listing(v, bare, at, ("listings", str(i))) for i, v in enumerate(entries("listings"))),
        measures=tuple(_measure(v, bare, at, ("measures", str(i))) for i, v in enumerate(entries("measures"))),
        licences=tuple(_licence(v, bare, at, ("licences", str(i))) for i, v in enumerate(entries("licences"))),
    )
