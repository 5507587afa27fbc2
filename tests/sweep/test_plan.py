"""Plans: what is accepted, and the one line for what is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.sweep import toy

from countermove.errors import CountermoveError
from countermove.sweep import Plan, load_plan
from countermove.sweep.plan import canonical, cells, counterfactual


def written(tmp_path, text):
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    return path


def test_a_plan_reads_as_written(tmp_path):
    plan = load_plan(
        written(tmp_path, "scenarios: [history, no-controls]\ndraws: 50\nagainst: no-controls\noutcomes: [total]\n")
    )
    assert plan == Plan(
        scenarios=("history", "no-controls"), draws=50, against="no-controls", outcomes=("total",), seed=1
    )


def test_paths_of_scenarios_are_relative_to_the_plan(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\ntitle: Mine\ndescription: My own.\nextends: history\n")
    plan = load_plan(written(tmp_path, "scenarios: [mine.yaml, history]\ndraws: 8\nagainst: mine.yaml\n"))
    of = cells(plan, toy.world())
    assert [cell.name for cell in of] == ["mine", "history"]
    assert [counterfactual(plan, cell, of) for cell in of] == [None, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scenarios: [history]\ndraws: 5\nsead: 1\n", r"plan.yaml line 3: unknown key 'sead': did you mean 'seed'"),
        ("scenarios: [history]\n", r"'draws' is missing"),
        ("scenarios: [history]\ndraws: 0\n", r"line 2: draws: .*greater than or equal to 1, not 0"),
        ("scenarios: [history]\ndraws: 1.5\n", r"line 2: draws"),
        ("scenarios: []\ndraws: 5\n", r"line 1: scenarios"),
        ("- history\n", r"a plan is a mapping of scenarios, draws"),
        ("scenarios: [history\n", r"not valid YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, message):
    with pytest.raises(CountermoveError, match=message) as raised:
        load_plan(written(tmp_path, text))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scenarios": ("histry",)}, "unknown scenario 'histry': did you mean 'history'"),
        ({"outcomes": ("domestc",)}, "unknown outcome 'domestc': did you mean 'domestic'"),
        ({"quantities": ("capacty",)}, "unknown quantity 'capacty': did you mean 'capacity'"),
        ({"against": "tools-only"}, "unknown scenario 'tools-only'"),
        ({"variants": {"learning": ("own",)}}, "unknown variant 'learning'"),
        ({"outcomes": ("total", "total")}, "outcome 'total' is named twice"),
    ],
)
def test_names_are_checked_against_the_model(change, message):
    with pytest.raises(CountermoveError, match=message):
        cells(Plan.model_validate({**toy.PLAN.model_dump(), "against": None, **change}), toy.world())


def test_variants_are_crossed_and_compared_like_with_like():
    world = replace(toy.world(), variants={"learning": ("own", "both"), "subsidy": ("fixed", "answering")})
    plan = toy.PLAN.model_copy(update={"variants": {"learning": ("own", "both"), "subsidy": ("answering",)}})
    of = cells(plan, world)
    assert [cell.name for cell in of] == [
        "history (learning own, subsidy answering)",
        "history (learning both, subsidy answering)",
        "no-controls (learning own, subsidy answering)",
        "no-controls (learning both, subsidy answering)",
    ]
    assert [counterfactual(plan, cell, of) for cell in of] == [2, 3, None, None]
    assert dict(of[1].scenario.variant) == {"learning": "both", "subsidy": "answering"}


def test_what_decides_the_results_decides_the_identity():
    of = cells(toy.PLAN, toy.world())
    assert canonical(toy.PLAN, of) == canonical(toy.PLAN.model_copy(), of)
    for change in ({"seed": 2}, {"draws": 7}, {"against": None}, {"outcomes": ("total", "domestic")}):
        assert canonical(toy.PLAN.model_copy(update=change), of) != canonical(toy.PLAN, of)
