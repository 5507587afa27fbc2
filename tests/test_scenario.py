"""Scenarios: merging, round trip, and one clear line for every mistake."""

from __future__ import annotations

import pickle
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import CountermoveError
from countermove.scenario import Belief, Rules, Scenario, day, load, month_of, names, parse

HEAD = "name: mine\ntitle: Mine\ndescription: A scenario of my own.\n"


@pytest.mark.parametrize("name", names())
def test_shipped_scenarios_are_valid_and_round_trip(name):
    scenario = load(name)
    assert len(scenario.description) > 80
    again = parse(scenario.to_yaml())
    assert again == scenario
    assert hash(again) == hash(scenario)
    scenario.rules.book()


def test_each_of_the_single_package_scenarios_keeps_one():
    for package in ("chips", "entity", "tools", "hbm"):
        assert load(f"{package}-only").rules.removed == {"chips", "entity", "tools", "hbm"} - {package}
    assert load("history").rules.removed == set()
    assert load("history").beijing == "observed"


def test_packages_are_removed_from_the_law():
    packages = {control.package for control in load("no-controls").rules.book().controls}
    assert not packages & {"chips", "entity", "tools", "hbm"}
    assert "hbm" in {control.package for control in load("hbm-only").rules.book().controls}


def test_extends_merges_key_by_key_and_replaces_values_whole(tmp_path):
    base = HEAD.replace("mine", "base") + (
        "rules: {packages: {chips: removed}}\nmechanisms: {learning: off}\n"
        "changes: {a: {2027-01: 1, 2028-01: 2}}\nbeliefs: {p: {low: 1, central: 2, high: 3}}\n"
    )
    (tmp_path / "base.yaml").write_text(base)
    child = HEAD + (
        "extends: base.yaml\nrules: {packages: {tools: removed}}\nmechanisms: {leakage: off}\n"
        "changes: {a: {2030-01: 5}, b: {2031-01: null}}\nbeliefs: {p: {low: 0, central: 0, high: 0}}\n"
    )
    (tmp_path / "child.yaml").write_text(child)
    found = load(tmp_path / "child.yaml")
    assert dict(found.rules.packages) == {"chips": "removed", "tools": "removed"}
    assert dict(found.mechanisms) == {"learning": "off", "leakage": "off"}
    assert {path: dict(values) for path, values in found.changes.items()} == {
        "a": {date(2030, 1, 1): 5.0},
        "b": {date(2031, 1, 1): None},
    }
    assert found.beliefs["p"] == Belief(low=0, central=0, high=0)
    assert parse(found.to_yaml(), folder=tmp_path) == found


def test_a_child_may_take_back_what_the_base_sets(tmp_path):
    (tmp_path / "base.yaml").write_text(HEAD.replace("mine", "base") + "rules: {frozen_at: 2022-12-31}\n")
    child = parse(HEAD + "extends: base.yaml\nrules: {frozen_at: null}\n", folder=tmp_path)
    assert child.rules.frozen_at is None
    assert parse(child.to_yaml()) == child


def test_extending_in_a_circle_is_refused(tmp_path):
    for name, base in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.yaml").write_text(HEAD.replace("mine", name) + f"extends: {base}.yaml\n")
    with pytest.raises(CountermoveError, match=r"in a circle: (one → two → one|two → one → two)"):
        load(tmp_path / "one.yaml")


MISTAKES = [
    ("extnds: history\n", r"my.yaml line 4: unknown key 'extnds': did you mean 'extends'\?"),
    ("extends: histry\n", r"my.yaml line 4: unknown scenario 'histry': did you mean 'history'\?"),
    ("rules: {packages: {chps: kept}}\n", r"line 4: unknown value of rules 'chps': did you mean 'chips'\?"),
    ("rules:\n  packages:\n    chips: kep\n", r"line 6: .*'kep': did you mean 'kept'\?"),
    ("rules: {frozen: 2022-12-31}\n", r"line 4: unknown key 'frozen': did you mean 'frozen_at'\?"),
    ("rules: {frozen_at: 2040-01-01}\n", r"line 4: rules.frozen_at: 2040-01-01 is out of range"),
    ("rules: {frozen_at: soon}\n", r"line 4: rules.frozen_at: 'soon' is not a date: write YYYY-MM-DD or YYYY-MM"),
    ("rules: {frozen_at: 2022-12-31, dates: {A: 2024-01}}\n", r"rule 'A' is dated 2024-01-01, but the law is frozen"),
    ("rules: {dates: {US-2022-10-07-AC: 2019-10}}\n", r"line 4: unknown rule .* did you mean 'US-2022-10-07-ACS'\?"),
    (
        "extends: no-controls\nrules: {dates: {US-2022-10-07-ACS: 2019-10}}\n",
        r"line 5: rule 'US-2022-10-07-ACS' is changed, but its package 'chips' is removed",
    ),
    ("rules: {changes: {US-2023-10-17-ACS: {tp: 1}}}\n", r"line 4: .*unknown threshold 'tp': did you mean 'tpp'\?"),
    ("changes: {a: {2027-01-01: 1, 2027-01-15: 2}}\n", r"'a' has two values in one month"),
    ("changes: {a: {2015-12: 1}}\n", r"line 4: changes.a.2015-12: 2015-12-01 is out of range"),
    ("changes: {a: {2027-01: x}}\n", r"line 4: changes.a.2027-01: .*number"),
    ("changes: {a: {2027-01: true}}\n", r"line 4: changes.a.2027-01: .*number"),
    ("mechanisms: {learning: of}\n", r"line 4: .*'of': did you mean 'off'\?"),
    ("beliefs: {a: {low: 1, central: 0, high: 2}}\n", r"line 4: beliefs.a: low ≤ central ≤ high does not hold"),
    ("beliefs: {a: {low: 1, cental: 0, high: 2}}\n", r"line 4: unknown key 'cental': did you mean 'central'\?"),
    ("beliefs: {a: {low: 1, high: 2}}\n", r"line 4: 'central' is missing"),
    ("beijing: seen\n", r"line 4: unknown value of beijing 'seen': did you mean 'observed'\?"),
    ("name: other\n", r"line 4: key 'name' appears twice"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_mistakes_name_file_line_and_nearest_match(text, message):
    with pytest.raises(CountermoveError, match=message) as raised:
        parse(HEAD + text, where="my.yaml")
    assert "\n" not in str(raised.value)


def test_unknown_names_and_unreadable_files():
    with pytest.raises(CountermoveError, match=r"unknown scenario 'no-control': did you mean 'no-controls'\?"):
        load("no-control")
    with pytest.raises(CountermoveError, match="cannot be read"):
        load("missing.yaml")


def test_dates():
    assert day("2027-03", "--from") == date(2027, 3, 1)
    assert month_of(date(2016, 1, 31)) == 0
    assert month_of(date(2035, 12, 1)) == 239
    with pytest.raises(CountermoveError, match="--from: 2050-01-01 is out of range"):
        day("2050-01", "--from")


def test_frozen_and_picklable():
    scenario = load("chips-only")
    with pytest.raises(ValueError, match="frozen"):
        scenario.beijing = "observed"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert len({scenario, load("chips-only"), load("tools-only")}) == 2


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=120).filter(
    lambda text: text.strip() == text
)
_days = st.dates(date(2016, 1, 1), date(2035, 12, 31)).map(lambda each: each.replace(day=1))
_numbers = st.floats(-1e12, 1e12, allow_nan=False)


@given(
    title=_texts,
    description=_texts,
    removed=st.sets(st.sampled_from(["chips", "entity", "tools", "hbm"])),
    base=st.sampled_from([None, "no-controls", "history"]),
    changes=st.dictionaries(_texts, st.dictionaries(_days, st.none() | _numbers, min_size=1, max_size=3), max_size=3),
    beliefs=st.dictionaries(_texts, st.tuples(_numbers, _numbers, _numbers).map(sorted), max_size=3),
    frozen_at=st.none() | _days,
)
def test_any_scenario_round_trips(title, description, removed, base, changes, beliefs, frozen_at):
    scenario = Scenario(
        name="any",
        title=title,
        description=description,
        extends=base,
        rules=Rules(packages=dict.fromkeys(removed, "removed"), frozen_at=frozen_at),
        changes=changes,
        beliefs={name: dict(zip(("low", "central", "high"), values, strict=True)) for name, values in beliefs.items()},
    )
    assert parse(scenario.to_yaml()) == scenario


def test_a_copy_is_compared_by_its_own_content() -> None:
    history = load("history")
    hash(history)  # what it is compared by is remembered from here on
    changed = history.model_copy(update={"name": "other"})
    assert changed != history
    assert hash(changed) != hash(history)
    assert changed.model_copy(update={"name": history.name}) == history
