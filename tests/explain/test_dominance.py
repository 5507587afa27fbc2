"""Loop dominance: published hand-over, invariants, signs by mechanism, agreement with pysimlin."""

from __future__ import annotations

import itertools
import json
import re

import networkx as nx
import numpy as np
import pytest
import typer
import xarray
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.classics import Case, parameter, predator_prey, sir
from tests.peers.loop_scores import cells, pysimlin_links, pysimlin_loops
from typer.testing import CliRunner

from countermove.cli import diagram, loops
from countermove.engine import Dimension, build, delay, flow, stock, variable
from countermove.engine.vocabulary import total
from countermove.errors import CountermoveError
from countermove.explain.dominance import dominance, link_scores
from countermove.explain.dominance.search import canonical, strongest_loops


def crowded(months: int = 160) -> Case:
    """Verhulst growth with crowding as a quantity of its own: one reinforcing and one balancing loop."""

    @stock(unit="person", initial=10.0, source="identity")
    def population(growth):
        return growth

    @flow(unit="person/month", source="identity")
    def growth(population, room, rate):
        return rate * population * room

    @variable(unit="1", source="identity")
    def room(population, capacity):
        return 1 - population / capacity

    model = build([population, growth, room], [parameter("capacity", "person"), parameter("rate", "1/month")])
    return Case(model, {"capacity": 1000.0, "rate": 0.08}, months)


rooms = Dimension("place", ("north", "south"))


def migrating() -> Case:
    """Two populations that grow, crowd each other and follow a delayed signal of both: cells, a delay, a sum."""

    @stock(unit="person", initial=10.0, source="identity", dims=(rooms,))
    def people(births, people, life):
        return births - people / life

    @flow(unit="person/month", source="identity", dims=(rooms,))
    def births(people, felt, rate):
        return people * rate * (1 - felt)

    @delay(unit="1", months="slowness", initial="crowding", source="identity")
    def felt(crowding):
        return crowding

    @variable(unit="1", source="identity")
    def crowding(people, capacity):
        return total(people, "place") / capacity

    inputs = [
        parameter("life", "month"), parameter("rate", "1/month", rooms), parameter("capacity", "person"),
        parameter("slowness", "month"),
    ]  # fmt: skip
    given = {"life": 40.0, "rate": np.array([0.09, 0.12]), "capacity": 900.0, "slowness": 9.0}
    return Case(build([people, births, felt, crowding], inputs), given, 120)


def scored(case: Case, around: str = ""):
    return dominance(case.model, case.inputs, case.months, around, at=range(2, case.months))


def test_logistic_growth_hands_over_at_half_the_capacity():
    """Schoenberg, Davidsen and Eberlein (2020): |balancing| / |reinforcing| = (P/K) / (1 − P/K)."""
    case = crowded()
    found = scored(case)
    by_name = {loop.names: loop for loop in found.loops}
    growing, crowding = by_name["growth", "population"], by_name["growth", "population", "room"]
    population = np.array([10.0])
    for _ in range(case.months):
        p = population[-1]
        population = np.append(population, p + 0.08 * p * (1 - p / 1000))
    before = population[1 : case.months - 1]  # the score of a month is of the change from the month before
    # Exact in the discrete model; the tolerance is for differences of nearly equal numbers late on.
    assert growing.reinforcing == pytest.approx(1 - before / 1000, abs=1e-6)
    assert crowding.balancing == pytest.approx(before / 1000, abs=1e-6)
    assert (growing.behaviour, crowding.behaviour) == ("reinforcing", "balancing")
    hands_over = int((crowding.share > growing.share).argmax())
    assert before[hands_over - 1] <= 500 < before[hands_over]


@pytest.mark.parametrize("case", [crowded, lambda: sir_short(), lambda: predator_prey(20), migrating])
def test_shares_sum_to_one_where_anything_moves(case):
    found = scored(case())
    whole = sum(loop.share for loop in found.loops)
    active = whole > 0
    assert active.any()
    assert whole[active] == pytest.approx(1.0, abs=1e-12)
    assert all((loop.reinforcing >= 0).all() and (loop.balancing >= 0).all() for loop in found.loops)


def sir_short() -> Case:
    case = sir()
    return Case(case.model, case.inputs, 600)


@pytest.mark.parametrize("case", [crowded, sir_short, lambda: predator_prey(20)])
def test_relative_loop_scores_are_those_of_pysimlin(case):
    case = case()
    months = min(case.months, 200)
    own = dominance(case.model, case.inputs, months, at=range(2, months))
    theirs = pysimlin_loops(case.model, case.inputs, months)
    assert {loop.names for loop in own.loops} == set(theirs)
    for loop in own.loops:
        # Differences of nearly equal numbers, in two engines: eight digits of the change remain.
        assert loop.relative == pytest.approx(theirs[loop.names][2:months], abs=1e-6)


def test_link_scores_of_cells_and_through_delays_are_those_of_pysimlin():
    case = migrating()
    at = range(2, case.months)
    own = link_scores(case.model, case.inputs, case.months, at, case.model.quantities)
    theirs = pysimlin_links(case.model, case.inputs, case.months)
    compared = 0
    for (cause, effect), scores in own.scores.items():
        if effect.endswith("_in_transit") or cause.endswith("_in_transit"):
            continue  # pysimlin has the links from stage to stage, here they are passed at once
        for (i, target), (j, origin) in itertools.product(
            enumerate(cells(case.model, effect)), enumerate(cells(case.model, cause))
        ):
            if (origin, target) in theirs:
                expected = theirs[origin, target][2 : case.months]
                assert scores[:, i, j] == pytest.approx(expected, rel=1e-6, abs=1e-6), (origin, target)
                compared += bool(expected.any())
    assert compared >= 7


def test_a_delay_is_passed_as_a_whole_and_its_own_working_is_no_loop():
    found = scored(migrating())
    names = {loop.names for loop in found.loops}
    assert ("births", "people", "crowding", "felt_in_transit", "felt") in names
    through = next(loop for loop in found.loops if "felt" in loop.names)
    assert through.share.max() > 0.1
    assert through.behaviour == "balancing"
    assert not any(set(loop) <= {"felt", "felt_in_transit"} for loop in names)


def test_signs_follow_the_mechanism():
    """Deaths in proportion balance, births in proportion reinforce; crowding holds a rising population down."""
    found = scored(migrating(), "people")
    by_name = {loop.names: loop for loop in found.loops}
    assert by_name["people",].behaviour == "balancing"
    assert by_name["births", "people"].behaviour == "reinforcing"
    early = slice(0, 12)
    assert (by_name["births", "people"].push[early] > 0).all()
    assert (by_name["people",].push[early] < 0).all()


def test_what_is_not_in_a_loop_is_reached_through_its_nearest():
    case = crowded()

    @variable(unit="person", source="identity")
    def served(population, growth, one_month):
        return population - growth * one_month

    quantities = [case.model.quantities[name] for name in ("population", "growth", "room")]
    model = build([*quantities, served], list(case.model.inputs.values()))
    found = dominance(model, case.inputs, case.months, "served", at=range(2, case.months))
    assert found.through == ("growth", "population")
    assert found.of_all == pytest.approx(1.0)


def test_a_model_without_feedback_is_told_so():
    @variable(unit="1", source="identity")
    def alone(given):
        return given * 2

    with pytest.raises(CountermoveError, match="no feedback loop"):
        dominance(build([alone], [parameter("given", "1")]), {"given": 1.0}, 12)


def test_an_unknown_quantity_names_the_nearest():
    with pytest.raises(CountermoveError, match="did you mean 'population'"):
        scored(crowded(), "populaton")


@given(st.dictionaries(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), st.floats(0, 4), max_size=14))
def test_the_search_finds_only_loops_and_the_strongest_path_into_each(links):
    """Every loop found is one of the graph, without links of size 0; and wherever there is one, one is found."""
    graph: dict[str, list[tuple[str, float]]] = {}
    for (cause, effect), size in links.items():
        graph.setdefault(cause, []).append((effect, size))
    found = strongest_loops(graph, "abcde")
    present = nx.DiGraph([link for link, size in links.items() if size > 0])
    every = {canonical(loop) for loop in nx.simple_cycles(present)}
    assert found <= every
    assert bool(found) == bool(every)


def test_the_search_prefers_the_stronger_way():
    """Of two ways from a to c, the strong one is reported and the weak one is given up at c."""
    graph = {"a": [("b", 3.0), ("c", 1.0)], "b": [("c", 1.0)], "c": [("a", 1.0)]}
    assert strongest_loops(graph, "a") == {("a", "b", "c")}


def command(*arguments: str) -> str:
    app = typer.Typer()
    loops.register(app)
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, CountermoveError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_names_loops_shares_and_directions(tmp_path):
    table, arrays = tmp_path / "loops.csv", tmp_path / "loops.nc"
    found = json.loads(command("history", "--around", "domestic", "--json", "--output", str(table)))
    assert found["around"] == "domestic_output"
    assert "cards_made" in found["through"]
    assert found["years"] == list(range(2016, 2036))
    for loop in found["loops"]:
        assert set(loop["quantities"]) & set(found["through"])
        moves = np.array(loop["raises"]) + np.array(loop["lowers"])
        assert (moves <= np.array(loop["share"]) + 1e-5).all()
    whole = np.sum([loop["share"] for loop in found["loops"]], axis=0)
    assert whole[-10:] == pytest.approx(1.0, abs=1e-3)
    stocked = next(
        loop for loop in found["loops"] if set(loop["quantities"]) == {"card_inventory", "planned_cards", "cards_made"}
    )
    assert stocked["behaviour"] == "balancing"  # the more cards lie in stock, the fewer are planned
    header, *rows = table.read_text().splitlines()
    assert header.startswith("scenario,around,loop,behaviour,year,share")
    assert len(rows) == 20 * len(found["loops"])
    command("history", "--around", "domestic", "--output", str(arrays))
    with xarray.open_dataset(arrays, engine="h5netcdf") as dataset:
        for loop in found["loops"]:
            one = dataset.sel(loop=loop["loop"])
            assert str(one["quantities"].values) == " → ".join(loop["quantities"])
            for name in ("share", "raises", "lowers"):
                np.testing.assert_allclose(one[name], loop[name], atol=1e-6)  # JSON has six decimals
        assert dataset["year"].values.tolist() == found["years"]
        assert dataset.attrs["scenario"] == "history"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("history", "--output", "loops.png"), "written as .csv, .nc or .html, not '.png'"),
        (("history", "--around", "domestic_outptu"), "did you mean 'domestic_output'"),
        (("histroy",), "did you mean 'history'"),
    ],
)
def test_the_command_refuses_in_one_line(arguments, message):
    with pytest.raises(CountermoveError, match=message):
        command(*arguments)


def test_the_page_has_the_figure_and_every_strong_loop_in_words():
    from countermove.figures.loops import page, shares

    found = scored(crowded(), "population")
    drawn = page(found, "growth")
    assert "growth → population → room" in drawn
    bars = {(bar.name, bar.y[0] > 0) for bar in shares(found, "growth").data if any(bar.y)}
    assert bars == {("1 of 3 links", False), ("2 of 2 links", True)}


def test_the_diagram_shows_what_loops_contribute(tmp_path):
    app = typer.Typer()
    diagram.register(app)
    drawn = tmp_path / "around.svg"
    result = CliRunner().invoke(app, ["--around", "card_inventory", "--depth", "1", "--json", "--output", str(drawn)])
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    shares = {tuple(loop["quantities"]): loop["share"] for loop in found["loops"]}
    assert 0 < sum(shares.values()) <= 1
    assert shares["card_inventory", "planned_cards", "cards_made"] > 0.01
    widths = {
        float(each) for each in re.findall(r'fill="none" stroke="[^"]*" stroke-width="([\d.]+)"', drawn.read_text())
    }
    assert min(widths) >= 1.4
    assert len(widths) > 2
