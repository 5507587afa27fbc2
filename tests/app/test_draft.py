"""Links carry what is on the screen, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove import scenario
from countermove.app.draft import LONGEST, of_link, of_yaml
from countermove.app.state import draft_of, fresh, moved, redone, undone
from countermove.errors import CountermoveError

FULL = (
    "?v=1&from=history&rules.packages.tools=removed&changes.us_permits.bytedance.2028-03=null"
    "&changes.hbm_permits.2027-01=1&beliefs.frontier_growth=0.2,0.3,0.4&mechanisms.learning=off&beijing=endogenous"
    "&rules.changes.US-2023-10-17-ACS.3A090.a/density=4&rules.dates.US-2024-12-02-HBM-FDP=2025-06-02"
    "&rules.changes.US-2023-10-17-ACS.3A090.b/tpp.2027-01-01=1200&draws=250"
)


def test_an_empty_link_is_history_against_no_controls() -> None:
    draft = of_link("")
    assert draft.scenario() == scenario.load("history")
    assert draft.counterfactual() == scenario.load("no-controls")


def test_a_link_survives_the_round_trip_and_reads_as_a_scenario() -> None:
    draft = of_link(FULL)
    assert of_link(draft.link()) == draft
    made = draft.scenario()
    assert made.rules.removed == {"tools"}
    assert made.beliefs["frontier_growth"].central == 0.3
    assert made.changes["hbm_permits"] == {scenario.day("2027-01", ""): 1.0}


def test_an_exported_file_opens_as_the_same_draft() -> None:
    draft = of_link(FULL.replace("&draws=250", ""))
    assert of_yaml(draft.scenario().to_yaml()) == draft


def test_policy_and_counterfactual_share_the_world_but_not_the_policy() -> None:
    draft = of_link(
        "?v=1&beliefs.frontier_growth=0.2,0.3,0.4&changes.enforcement_effect.2027-01=0.5&mechanisms.talent=off"
    )
    other = draft.counterfactual()
    assert set(other.beliefs) == {"frontier_growth"}
    assert dict(other.mechanisms) == {"talent": "off"}
    assert not other.changes
    assert other.rules == scenario.load("no-controls").rules


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("?v=2", "version '2'"),
        ("?from=history", "version ''"),
        ("?v=1&from=histori", "did you mean 'history'"),
        ("?v=1&from=../../etc/passwd", "unknown scenario"),
        ("?v=1&from=/etc/passwd.yaml", "unknown scenario"),
        ("?v=1&colour=red", "unknown key 'colour'"),
        ("?v=1&draws=1000000", "draws"),
        ("?v=1&beliefs.frontier_growth=1,2", "LOW,CENTRAL,HIGH"),
        ("?v=1&beliefs.frontier_growth=3,2,1", "low ≤ central ≤ high"),
        ("?v=1&beliefs.frontier_growth=nan,1,2", "not a number"),
        ("?v=1&changes.hbm_permits.2027-13=1", "is not a date"),
        ("?v=1&changes.hbm_permits.1999-01=1", "out of range"),
        ("?v=1&rules.packages.tools=gone", "allowed are kept, removed"),
        ("?v=1&rules.dates.US-NOTHING=2024-01-01", "US-NOTHING"),
        ("?v=1&v=1", "given twice"),
        ("?nonsense", "not of the form"),
        ("?v=1&beijing=" + "x" * LONGEST, "at most"),
    ],
)
def test_a_malformed_link_gives_one_clear_line(link: str, said: str) -> None:
    with pytest.raises(CountermoveError, match=said) as caught:
        of_link(link)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200))
def test_no_link_does_anything_but_open_or_be_refused(text: str) -> None:
    try:
        draft = of_link(text)
    except CountermoveError:
        return
    assert of_link(draft.link()) == draft


def test_an_uploaded_file_cannot_name_a_path() -> None:
    with pytest.raises(CountermoveError, match="unknown scenario"):
        of_yaml("name: a\ntitle: a\ndescription: a\nextends: /etc/hostname.yaml\n")


def test_undo_and_redo_go_back_and_forth() -> None:
    first = fresh()
    second = moved(first, draft_of(first).put(("beijing",), "endogenous"), "beijing")
    assert undone(second)["now"] == first["now"]
    assert redone(undone(second))["now"] == second["now"]
    assert undone(first) is first


def test_dragging_one_lever_is_one_step_of_undo() -> None:
    now = fresh()
    for rate in (0.3, 0.31, 0.32):
        interval = {"low": 0.2, "central": rate, "high": 0.5}
        now = moved(now, draft_of(now).put(("beliefs", "frontier_growth"), interval), "frontier")
    assert undone(now)["now"] == fresh()["now"]
