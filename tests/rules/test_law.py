"""The law as data: complete against the evidence tables, strictly read, compiled fresh."""

from __future__ import annotations

from datetime import date

import pytest

from countermove import _yaml
from countermove.chips._store import CHIPS, COMPILED, RULES, compiled
from countermove.errors import CountermoveError
from countermove.evidence import table
from countermove.rules import LAW_REVIEWED_TO, RuleBook
from countermove.rules.law import FOREVER
from countermove.rules.parties import table as parties
from countermove.rules.schema import PACKAGES, rule_from

BOOK = RuleBook.history()
TIMELINE = {row["id"]: row for row in table("rules_timeline")}
THRESHOLDS = {row["id"]: row for row in table("rules_thresholds")}

# Rules that began before the tables do, and stand in them only through the entries of parties.
EARLIER = {"US-2015-02-18-NSCC"}


@pytest.mark.parametrize("directory", [CHIPS, RULES])
def test_the_compiled_file_is_fresh(directory: object) -> None:
    assert (directory / COMPILED).read_text(encoding="utf-8") == compiled(directory)  # type: ignore[operator, arg-type]


def test_every_measure_of_the_timeline_is_a_rule_and_no_other() -> None:
    assert set(BOOK.by_id) == set(TIMELINE) | EARLIER


@pytest.mark.parametrize("key", sorted(TIMELINE))
def test_dates_and_citation_are_those_of_the_timeline(key: str) -> None:
    rule, row = BOOK.by_id[key], TIMELINE[key]
    for name in ("announced", "effective", "ended"):
        value = getattr(rule, name)
        assert (value.isoformat() if value else "") == row[name]
    assert rule.citation == row["citation"]
    assert rule.url == row["url"]


def test_every_threshold_row_is_stated_once() -> None:
    stated = [row for rule in BOOK.rules for control in rule.controls for row in control.rows]
    assert sorted(stated) == sorted(THRESHOLDS)


def test_every_limit_of_the_law_is_a_number_of_the_threshold_table() -> None:
    """A control with rows tests values of those rows or of its rule's other rows (a sub-paragraph shares limits)."""
    for rule in BOOK.rules:
        own = {row["value"] for row in THRESHOLDS.values() if row["rule_id"] == rule.id}
        for control in rule.controls:
            if not control.rows:
                continue
            values = own | {THRESHOLDS[row]["value"] for row in control.rows}
            known = {_number(value) for value in values} | {4992.0, 600.0}  # the A100, which TH008 names
            limits = {t.limit for group in control.when for t in group if isinstance(t.limit, float)}
            assert limits <= known, (rule.id, control.paragraph, limits - known)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def test_every_listing_has_the_date_of_the_entity_table() -> None:
    listed = {row["id"]: row for row in table("entities") if row["list"].startswith("BIS Entity List")}
    for key, row in listed.items():
        first = min(entry.effective for entry in BOOK.listings if entry.party == key)
        assert first.isoformat() == row["listed_on"], key


def test_every_footnote_is_that_of_the_entity_table() -> None:
    for row in table("entities"):
        if row["list"] == "BIS Entity List":
            footnotes = {entry.footnote for entry in BOOK.listings if entry.party == row["id"] and entry.footnote}
            assert footnotes == ({int(row["footnote"])} if row["footnote"] != "none" else set()), row["id"]


def test_parties_that_the_table_calls_unlisted_have_no_entry() -> None:
    unlisted = {row["id"] for row in table("entities") if row["list"] == "not listed"}
    assert unlisted <= set(parties())
    assert not unlisted & {entry.party for entry in BOOK.listings}


def test_every_entry_names_a_party_that_exists() -> None:
    assert {entry.party for entry in BOOK.listings} <= set(parties())


def test_every_control_in_force_cites_its_source() -> None:
    for control in BOOK.controls:
        assert control.citation
        assert control.package in PACKAGES


def test_the_law_is_reviewed_to_the_last_effective_date_of_the_timeline() -> None:
    assert max(row["effective"] for row in TIMELINE.values()) == LAW_REVIEWED_TO.isoformat()


def test_the_diffusion_framework_never_applies() -> None:
    rule = BOOK.by_id["US-2025-01-13-DIFFUSION"]
    assert not rule.enforced
    assert all(control.effective == FOREVER for control in rule.controls)


MINIMAL = """\
id: US-TEST
title: A rule
package: chips
effective: 2027-01-01
controls:
- paragraph: test
  step: threshold
  items: [chip]
  when: {tpp: '>= 1000'}
  destinations: [China]
  word: denied_in_practice
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("package: chips", "pakage: chips", r"line 3: unknown key 'pakage': did you mean 'package'"),
        ("package: chips", "package: chip", r"line 3: 'package' is 'chip': did you mean 'chips'"),
        ("2027-01-01", "soon", r"line 4: 'effective' must be a date"),
        ("step: threshold", "step: treshold", r"line 7: 'step' is 'treshold': did you mean 'threshold'"),
        ("tpp:", "ttp:", r"line 9: unknown key 'ttp': did you mean 'tpp'"),
        ("'>= 1000'", "1000", r"line 9: 'tpp: 1000' must read like"),
        ("denied_in_practice", "denied", r"line 11: 'word' is 'denied': did you mean 'denied_in_practice'"),
        ("id: US-TEST\n", "", r"a rule needs 'id'"),
        ("destinations:", "ended: 2026-01-01\n  destinations:", r"ends on 2026-01-01, before it starts"),
    ],
)
def test_a_bad_rule_is_refused_with_line_and_nearest_match(old: str, new: str, message: str) -> None:
    text = MINIMAL.replace(old, new, 1)
    with pytest.raises(CountermoveError, match=message):
        rule_from(_yaml.parse(text), _yaml.key_lines(text), "test.yaml")


def test_the_minimal_rule_is_read() -> None:
    rule = rule_from(_yaml.parse(MINIMAL))
    assert rule.effective == date(2027, 1, 1)
    assert rule.controls[0].when[0][0].limit == 1000.0
