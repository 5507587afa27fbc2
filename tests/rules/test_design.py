"""The best chip under a rule: permitted, optimal against sampling, bound by what is said to bind."""

from __future__ import annotations

import random
from datetime import date

import pytest

from countermove.chips.frontier import frontier
from countermove.errors import CountermoveError
from countermove.rules import RuleBook, Word, items
from countermove.rules.check import word_on
from countermove.rules.design import OBJECTIVES, Design, design, worth
from countermove.rules.parties import UNLISTED

QUESTIONS = [
    (date(2022, 11, 8), 7.0, True),
    (date(2023, 11, 20), 5.0, True),
    (date(2025, 6, 1), 4.0, True),
    (date(2023, 12, 28), 5.0, False),
]


def figures(found: Design) -> tuple[float, float, float]:
    assert found.chip.tpp is not None
    assert found.chip.memory_bandwidth is not None
    assert found.chip.interconnect is not None
    return found.chip.tpp.central, found.chip.memory_bandwidth.central, found.chip.interconnect


@pytest.mark.parametrize(("on", "node", "datacentre"), QUESTIONS)
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_the_design_may_be_sold_and_respects_physics(on: date, node: float, datacentre: bool, objective: str) -> None:
    found = design(on, node, objective=objective, datacentre=datacentre)
    limits = frontier(on, node, datacentre)
    assert found.word is Word.NO
    assert found.chip.power_w is not None
    assert found.chip.power_w <= limits.power.value * (1 + 1e-9)
    assert found.chip.density is not None
    assert found.chip.area is not None
    assert found.chip.density.central <= limits.density.value * (1 + 1e-9)
    assert found.chip.area.central <= limits.area_per_die.value * limits.dies.value * (1 + 1e-9)
    assert found.binding


@pytest.mark.parametrize(("on", "node", "datacentre"), QUESTIONS)
@pytest.mark.parametrize("objective", sorted(OBJECTIVES))
def test_no_sampled_chip_that_may_be_sold_is_better(on: date, node: float, datacentre: bool, objective: str) -> None:
    from countermove.rules.design import _spec

    book, limits, chooser = RuleBook.history(), frontier(on, node, datacentre), random.Random(7)
    best = design(on, node, objective=objective, datacentre=datacentre).worth
    for _ in range(1500):
        area = chooser.uniform(50, limits.area_per_die.value * limits.dies.value)
        tpp = area * limits.density.value * chooser.random() ** 2
        memory, link = limits.memory_bandwidth.value * chooser.random(), limits.interconnect.value * chooser.random()
        chip = _spec(tpp, area, memory, link, limits, datacentre)
        if (chip.power_w or 0) <= limits.power.value and (
            word_on(items.of_chip(chip), "China", UNLISTED, on, book) is Word.NO
        ):
            assert worth(tpp, memory, link, objective) <= best * (1 + 1e-4)


def test_each_rule_left_the_answer_that_vendors_gave() -> None:
    """The binding limits are those to which A800/H800, H20 and 5090D V2 were cut."""
    after_2022 = design(date(2022, 11, 8), 7)
    assert any(bound.figure == "io_bandwidth" and bound.value == 600 for bound in after_2022.binding)
    after_2023 = design(date(2023, 11, 20), 5, objective="inference")
    assert {(bound.figure, bound.value) for bound in after_2023.binding} >= {("tpp", 2400.0), ("density", 3.2)}
    after_letter = design(date(2025, 6, 1), 4, objective="inference")
    assert any(bound.figure == "dram_bandwidth" and bound.value == 1400 for bound in after_letter.binding)
    consumer = design(date(2023, 12, 28), 5, objective="training", datacentre=False)
    shares = {rival.chip: rival.share for rival in consumer.rivals}
    assert shares["GeForce RTX 4090 D (China)"] == pytest.approx(4707.2 / 4800, rel=1e-3)


def test_a_tighter_rule_leaves_no_better_chip() -> None:
    book = RuleBook.history()
    tighter = book.with_changes({"US-2023-10-17-ACS": {"3A090.b/tpp >=": 1200, "3A090.b/density >=": 1.0}})
    for objective in OBJECTIVES:
        loose = design(date(2024, 6, 1), 5, objective=objective).worth
        assert design(date(2024, 6, 1), 5, objective=objective, book=tighter).worth <= loose * (1 + 1e-9)


def test_without_the_rules_only_physics_binds() -> None:
    free = design(date(2024, 6, 1), 5, objective="training", book=RuleBook.history().only())
    assert all(bound.figure in ("density", "area", "power", "dram_bandwidth", "io_bandwidth") for bound in free.binding)
    assert free.worth > design(date(2024, 6, 1), 5, objective="training").worth


def test_counting_the_exception_as_sellable_is_never_worse() -> None:
    wide = design(date(2024, 6, 1), 5, permitted=(Word.NO, Word.EXCEPTION_NOTIFY))
    assert wide.worth >= design(date(2024, 6, 1), 5).worth


def test_the_market_weight_is_the_parameter() -> None:
    from pathlib import Path

    import countermove
    from countermove import _yaml

    stated = _yaml.load(Path(countermove.__file__).parent / "parameters" / "demand.yaml")
    found = stated.get("parameters", stated)["bandwidth_weight"]["central"]
    assert OBJECTIVES["market"][1] == found
    assert sum(OBJECTIVES["market"]) == pytest.approx(1)


def test_mistakes_are_named() -> None:
    with pytest.raises(CountermoveError, match="did you mean 'training'"):
        design(date(2024, 6, 1), 5, objective="traning")
    with pytest.raises(CountermoveError, match="announced chip"):
        design(date(2016, 6, 1), 5)
