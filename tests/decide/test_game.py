"""The game: what is simulated is what the menus say, payoffs follow from outcomes, and the answer is foreseen."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from countermove.decide import game as playing
from countermove.decide.menus import PLAYERS, chosen, combined, menus, profiles, value_sets
from countermove.errors import CountermoveError
from countermove.explore.world import world
from countermove.scenario import load

SINCE = date(2027, 1, 1)


def _at(**actions: str) -> tuple[int, ...]:
    return tuple(
        menus()[player].names.index(actions[player]) if player in actions else menus()[player].now_index
        for player in PLAYERS
    )


def test_every_action_is_one_that_the_model_understands():
    given = world()
    for profile in profiles(SINCE):
        given.arm(profile.scenario)  # refuses what it does not have


def test_nobody_doing_anything_is_history():
    assert combined(_at(), SINCE).model_dump(include={"changes", "rules", "beijing"}) == load("history").model_dump(
        include={"changes", "rules", "beijing"}
    )


def test_what_a_player_does_holds_from_the_date_on():
    scenario = combined(_at(washington="enforce", beijing="subsidise"), SINCE)
    assert dict(scenario.changes["enforcement_effect"]) == {SINCE: 0.5}
    assert dict(scenario.changes["subsidy_effort"]) == {SINCE: 2}
    assert "Twice the money" in scenario.description


def test_beijing_can_have_tools_and_memory_bought_ahead():
    scenario = combined(_at(beijing="stockpile"), SINCE)
    assert dict(scenario.changes["stockpiling_ahead"]) == {SINCE: 1}
    bought = world().arm(scenario).series["stockpiling_ahead"]
    month = (SINCE.year - 2016) * 12
    assert (bought[:month] == 0).all()
    assert (bought[month:] == 1).all()


def test_allies_decide_on_their_own_goods_last():
    scenario = combined(_at(washington="open-tools", allies="design-out"), SINCE)
    assert dict(scenario.changes["hbm_permits"]) == {SINCE: 1}
    names = [profile.scenario.name for profile in profiles(SINCE)]
    assert len(set(names)) == len(names)


def _outcomes(random: np.random.Generator, **means: dict[tuple[int, ...], float]) -> dict[str, np.ndarray]:
    shape = tuple(len(menus()[player].actions) for player in PLAYERS)
    found = {}
    for name, special in means.items():
        table = random.normal(0, 0.01, (*shape, 50))
        for at, mean in special.items():
            table[at] += mean
        found[name] = table
    return found


def test_a_rule_that_is_best_until_it_is_answered_is_not_chosen_by_a_leader():
    random = np.random.default_rng(0)
    (values,) = chosen(["commerce"])
    revenue = {_at(washington="open"): 5.0, _at(washington="open", beijing="refuse"): -5.0, _at(washington="hold"): 1.0}
    wish = {_at(washington="open", beijing="refuse"): 1.0}
    sales = dict.fromkeys(revenue, 0.0)
    outcomes = _outcomes(random, us_revenue=revenue, total=wish, ally_sales=sales)
    now = _at()[1:]
    outcomes["us_revenue"][:, :, : now[1]] -= 20  # whatever the allies do but going on as now costs
    outcomes["us_revenue"][:, :, now[1] + 1 :] -= 20
    outcomes["ally_sales"][:, :, now[1]] += 1
    found = playing.solve(values, outcomes, seed=1)
    names = menus()["washington"].names
    assert names[found.naive] == "open"
    assert found.naive_value == pytest.approx(-5, abs=0.1)
    assert names[found.leading.action] != "open"
    assert found.anticipation > 4
    assert found.distance >= 0
    assert 0 <= found.stability <= 1


def test_payoffs_are_worth_times_outcome():
    random = np.random.default_rng(1)
    (values,) = chosen(["crossed"])
    outcomes = _outcomes(random, total={}, home_made={}, ally_sales={})
    found = playing.solve(values, outcomes, seed=1)
    np.testing.assert_allclose(found.payoffs[0], -outcomes["total"].mean(axis=-1))
    np.testing.assert_allclose(found.payoffs[1], outcomes["home_made"].mean(axis=-1))
    assert found.errors[(slice(None), *_at())].max() == 0


def test_washington_and_beijing_with_opposite_wishes_play_for_the_same_stake():
    (values,) = chosen(["compute"])
    random = np.random.default_rng(2)
    found = playing.solve(values, _outcomes(random, total={}, ally_sales={}), seed=1)
    np.testing.assert_allclose(found.payoffs[0], -found.payoffs[1])


def test_on_the_model_open_tools_raise_compute_and_a_seed_gives_the_same_game():
    (values,) = chosen(["compute"])
    one, other = (playing.play([values], draws=8, seed=3) for _ in range(2))
    np.testing.assert_array_equal(one.outcomes["total"], other.outcomes["total"])
    total = one.outcomes["total"].mean(axis=-1)
    assert total[_at(washington="open-tools")] > total[_at()]
    assert total[_at(washington="enforce")] < total[_at()]


def test_a_value_set_of_ones_own_mixes_outcomes(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "- name: mine\n  title: Mine\n  washington: {total: -1.5, us_revenue: 0.001}\n"
        "  beijing: {total: 1}\n  allies: {ally_sales: 1}\n"
    )
    (mine,) = value_sets(path)
    assert mine.unit("washington") == "worth"
    assert "−" not in mine.objective("beijing")
    assert mine.objective("beijing") == "more usable compute"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {name: a, title: A, washington: {totl: 1}, beijing: {total: 1}, allies: {total: 1}}", "total"),
        ("- {name: a, title: A, washington: {}, beijing: {total: 1}, allies: {total: 1}}", "cares about nothing"),
        ("- {name: a, title: A, washingtn: {total: 1}, beijing: {total: 1}, allies: {total: 1}}", "washington"),
        ("a: 1", "list"),
    ],
)
def test_value_sets_that_are_not_valid_are_refused(tmp_path, text, message):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(CountermoveError, match=message):
        value_sets(path)


def test_numbers_that_mean_nothing_are_refused():
    with pytest.raises(CountermoveError, match="value set"):
        chosen(["comptue"])
    with pytest.raises(CountermoveError, match="year"):
        playing.play(chosen(["compute"]), year=2026, draws=4)
    with pytest.raises(CountermoveError, match="at least 2"):
        playing.play(chosen(["compute"]), draws=1)
