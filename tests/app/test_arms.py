"""What is kept between moves gives the numbers of a run that keeps nothing, in fewer simulations."""

from __future__ import annotations

import pytest

from countermove.app import live
from countermove.app.arms import Arms, is_what_happened
from countermove.app.draft import Draft, of_link
from countermove.engine.compile import Program
from countermove.explore import together
from countermove.explore.world import only
from countermove.scenario import load

FIRST, DRAWS = 30, 20  # of one block

BELIEF = "beliefs.frontier_growth=0.2,0.3,0.4"


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for every block simulated."""
    done: list[int] = []
    run = Program.run
    monkeypatch.setattr(Program, "run", lambda program, inputs: done.append(1) or run(program, inputs))
    return done


def _arms() -> Arms:
    return Arms(live.outcomes_only(), live.SEED, 250)


@pytest.mark.parametrize(
    "link",
    [
        "?v=1",
        f"?v=1&{BELIEF}",
        f"?v=1&{BELIEF}&changes.hbm_permits.2027-01=1",
        "?v=1&mechanisms.smuggling=off",
        "?v=1&beijing=endogenous",
        "?v=1&from=tools-only&variant.choice=nested",
    ],
)
def test_the_numbers_are_those_of_a_run_that_keeps_nothing(link: str) -> None:
    draft = _valid(link)
    scenarios = [draft.scenario(), draft.counterfactual()]
    given, arms = live.outcomes_only(), _arms()
    fresh = together.run(
        given, scenarios, DRAWS, live.SEED, first=FIRST, outputs=given.outputs, reduce=only(given.outputs)
    )
    for _ in range(2):  # the second time from what is kept
        for ours, theirs in zip(arms.run(scenarios, FIRST, DRAWS), fresh, strict=True):
            assert ours.keys() == theirs.keys()
            assert all((ours[name] == theirs[name]).all() for name in theirs)


def _valid(link: str) -> Draft:
    """The draft, with a mechanism and a variant that the model has."""
    from countermove.model.mechanisms import MECHANISMS, VARIANTS

    named = link.replace("mechanisms.smuggling", f"mechanisms.{MECHANISMS[0].name}")
    return of_link(named.replace("variant.choice=nested", f"variant.{VARIANTS[0].name}={VARIANTS[0].choices[0]}"))


def test_a_belief_costs_no_more_than_its_two_arms(blocks: list[int]) -> None:
    draft = of_link(f"?v=1&{BELIEF}")
    _arms().run([draft.scenario(), draft.counterfactual()], FIRST, DRAWS)
    assert len(blocks) == 2  # the policy is what happened, and tells the counterfactual's threshold


def test_what_a_mechanism_needs_is_simulated_once(blocks: list[int]) -> None:
    arms, first, second = _arms(), _valid("?v=1&mechanisms.smuggling=off"), _valid("?v=1&from=tools-only")
    second = second.put(("mechanisms",), first.get("mechanisms"))
    for draft, simulated in ((first, 4), (second, 2)):
        blocks.clear()
        arms.run([draft.scenario(), draft.counterfactual()], FIRST, DRAWS)
        assert len(blocks) == simulated


def test_what_happened_is_known_by_what_is_simulated_not_by_name() -> None:
    assert is_what_happened(of_link(f"?v=1&{BELIEF}").scenario(), "history")
    assert is_what_happened(load("history"), "history")
    assert not is_what_happened(of_link("?v=1&changes.hbm_permits.2027-01=1").scenario(), "history")
    assert not is_what_happened(_valid("?v=1&mechanisms.smuggling=off").scenario(), "history")
    assert not is_what_happened(load("no-controls"), "history")
