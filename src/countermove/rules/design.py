"""The best chip that a vendor may still sell under a rule: exact search over the cells that the limits cut out.

The tests of the rules are limits on TPP, density, memory bandwidth, link bandwidth and the sum of the two. Between
neighbouring limits no verdict changes, so the space falls into boxes; the evaluator is asked once per box. In a box
that it permits the objective is greatest at a corner, cut by the physical limits and the power budget.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, product
from math import inf, log, nextafter

from countermove.chips import ChipSpec, Interval, catalogue
from countermove.chips.frontier import Frontier, frontier, of_flagship
from countermove.errors import CountermoveError, unknown
from countermove.rules import items, parties
from countermove.rules.book import RuleBook, within
from countermove.rules.check import word_on
from countermove.rules.era import era_of
from countermove.rules.law import Test
from countermove.rules.parties import Party
from countermove.rules.words import Word

# Exponents of TPP, memory bandwidth and link bandwidth in what a chip is worth. `market`: the weight of memory
# bandwidth that buyers' prices of H20 and H100 imply (parameter bandwidth_weight). The others bound it: training by
# arithmetic alone, inference (token generation) by memory alone.
OBJECTIVES: dict[str, tuple[float, float, float]] = {
    "market": (0.47, 0.53, 0.0),
    "training": (1.0, 0.0, 0.0),
    "inference": (0.0, 1.0, 0.0),
}

# A figure that does not count is still built, at the least that any data-centre part had: it breaks ties only.
_TIE = 1e-6


@dataclass(frozen=True, slots=True)
class Bound:
    """One constraint that holds the design back: which figure, at what value, set by which paragraph or fact."""

    figure: str
    value: float
    set_by: str


@dataclass(frozen=True, slots=True)
class Rival:
    """A chip that a vendor did sell or announce, scored against the best design (1 = as good)."""

    chip: str
    share: float
    word: Word
    announced: date | None


@dataclass(frozen=True, slots=True)
class Design:
    """The best permitted chip, its worth (H100 SXM = 1), what binds it, and how close real chips came."""

    chip: ChipSpec
    worth: float
    word: Word
    objective: str
    binding: tuple[Bound, ...]
    rivals: tuple[Rival, ...]


def worth(tpp: float, memory: float, link: float, objective: str) -> float:
    """Weighted geometric mean of TPP, memory and link bandwidth, relative to the H100 SXM."""
    reference = catalogue()["nvidia_h100_sxm"]
    assert reference.tpp is not None
    assert reference.memory_bandwidth is not None
    assert reference.interconnect is not None
    weights = OBJECTIVES[objective]
    scale = (reference.tpp.central, reference.memory_bandwidth.central, reference.interconnect)
    result = 1.0
    for value, unit, weight in zip((tpp, memory, link), scale, weights, strict=True):
        result *= (max(value, 0.0) / unit) ** weight
    return result


def _edges(tests: list[Test], figure: str, top: float) -> list[float]:
    """Where verdicts may change: 0, every limit below the physical one, and the physical one."""
    inner = {test.limit for test in tests if test.subject == figure and isinstance(test.limit, float)}
    return [0.0, *sorted(limit for limit in inner if 0 < limit < top), top]


def _below(edge: float, top: float) -> float:
    """The greatest figure of a box: just under a limit that lies inside, the physical limit itself at the top."""
    return edge if edge == top else nextafter(edge, 0.0)


def design(
    on: date,
    node_nm: float,
    *,
    objective: str = "market",
    buyer: str | Party = parties.UNLISTED,
    destination: str = "China",
    permitted: tuple[Word, ...] = (Word.NO,),
    datacentre: bool = True,
    book: RuleBook | None = None,
) -> Design:
    """The best chip on a node that goes to a buyer with one of the permitted words.

    Args:
        on: the day of the law and of the physical envelope.
        node_nm: process node class in nm.
        objective: `market`, `training` or `inference`.
        buyer: who receives it.
        destination: country.
        permitted: words that count as sellable.
        datacentre: designed or marketed for data centres.
        book: the rules; history if left out.

    Raises:
        CountermoveError: an unknown objective, a day without announced chips, or nothing that may be sold.
    """
    if objective not in OBJECTIVES:
        raise unknown("objective", objective, OBJECTIVES)
    if not node_nm > 0:
        raise CountermoveError(f"a process node must be above zero nm, not {node_nm:g}")
    within(on)
    rules = book or RuleBook.history()
    party = buyer if isinstance(buyer, Party) else parties.table()[buyer]
    question = _Question(on, destination, party, permitted, datacentre, rules)
    limits = frontier(on, node_nm, datacentre)
    chip = _best(question, limits, objective)
    if chip is None:
        raise CountermoveError(f"no chip on {node_nm:g} nm may be sold to {destination} on {on} under these rules")
    return Design(
        chip,
        _worth_of(chip, objective),
        question.word(chip),
        objective,
        _binding(chip, limits, objective, question),
        _rivals(chip, objective, question),
    )


def version_of(flagship: ChipSpec, on: date, book: RuleBook, objective: str = "market") -> ChipSpec | None:
    """The best version of a product that needs no licence for an unlisted buyer in China; None if there is none.

    Raises:
        CountermoveError: the product lacks a figure that the rules test.
    """
    question = _Question(on, "China", parties.UNLISTED, (Word.NO,), flagship.datacentre, book)
    found = _best(question, of_flagship(flagship), objective)
    return None if found is None else replace(found, power_w=None)


def _best(question: _Question, limits: Frontier, objective: str) -> ChipSpec | None:
    """The permitted chip of the greatest worth within the physical limits, the first of equals."""
    corners = (_corner(box, limits, objective, question) for box in _boxes(question, limits))
    return max((chip for chip in corners if chip), key=lambda chip: _score(chip, objective), default=None)


@dataclass(frozen=True, slots=True)
class _Question:
    on: date
    destination: str
    party: Party
    permitted: tuple[Word, ...]
    datacentre: bool
    rules: RuleBook

    def word(self, chip: ChipSpec) -> Word:
        return word_on(items.of_chip(chip), self.destination, self.party, self.on, self.rules)

    def allows(self, chip: ChipSpec) -> bool:
        return self.word(chip) in self.permitted

    def tests(self) -> list[Test]:
        controls = era_of(self.rules, self.on).controls
        return [test for control in controls if not control.items or "chip" in control.items
                for group in control.when for test in group]  # fmt: skip


_Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


def _boxes(question: _Question, limits: Frontier) -> list[_Box]:
    """Every box between neighbouring limits: TPP, density, memory, links, and the sum of the last two."""
    tests = question.tests()
    top_tpp = limits.density.value * limits.area_per_die.value * limits.dies.value
    tops = {
        "tpp": top_tpp,
        "density": limits.density.value,
        "dram_bandwidth": limits.memory_bandwidth.value,
        "io_bandwidth": limits.interconnect.value,
        "dram_plus_io": limits.memory_bandwidth.value + limits.interconnect.value,
    }
    cuts = [list(pairwise(_edges(tests, figure, top))) for figure, top in tops.items()]
    found: list[_Box] = []
    for tpp, density, memory, link, both in product(*cuts):
        if memory[0] + link[0] < both[1] and memory[1] + link[1] > both[0]:
            found.append((tpp, density, memory, link, both))
    return found


def _spec(tpp: float, area: float, memory: float, link: float, limits: Frontier, datacentre: bool) -> ChipSpec:
    return ChipSpec(
        id="design",
        name="best permitted design",
        vendor="",
        vendor_country="US",
        process_nm=limits.node_nm,
        dies=1 if area <= limits.area_per_die.value else 2,
        tpp_low=tpp,
        tpp_high=tpp,
        area_low=area,
        area_high=area,
        memory_bandwidth=Interval(memory, memory, memory),
        interconnect=link,
        datacentre=datacentre,
        power_w=_power(tpp, area, memory, link, limits),
        china_only=True,
        verified="computed",
    )


def _power(tpp: float, area: float, memory: float, link: float, limits: Frontier) -> float:
    return (
        limits.watts_per_tpp * tpp
        + limits.watts_per_memory_gbps * memory
        + limits.watts_per_link_gbps * link
        + limits.watts_per_mm2 * area
    )


def _corner(box: _Box, limits: Frontier, objective: str, question: _Question) -> ChipSpec | None:
    """The best point of a box if the evaluator permits it: the smallest area that keeps the density in the box."""
    (_, tpp_top), (low_density, top_density), (_, top_memory), (_, top_link), (_, top_both) = box
    largest = limits.area_per_die.value * limits.dies.value
    density = _below(top_density, limits.density.value)
    physical = limits.density.value * largest
    tpp = min(_below(tpp_top, physical), density * largest)
    memory = _below(top_memory, limits.memory_bandwidth.value)
    link = _below(top_link, limits.interconnect.value)
    both = limits.memory_bandwidth.value + limits.interconnect.value
    room = _below(top_both, both)
    memory, link = _shared(memory, link, room, objective)
    tpp, memory, link = _within_power(tpp, memory, link, density, limits, objective)
    if tpp <= 0 or memory < box[2][0] or link < box[3][0] or tpp < box[0][0] or memory + link < box[4][0]:
        return None
    area = min(largest, max(tpp / density, 1.0))
    if tpp / area < low_density:
        return None
    chip = _spec(tpp, area, memory, link, limits, question.datacentre)
    return chip if question.allows(chip) else None


def _shared(memory: float, link: float, room: float, objective: str) -> tuple[float, float]:
    """Memory and link bandwidth within a limit on their sum, split in proportion to their weights."""
    if memory + link <= room:
        return memory, link
    _, weight_memory, weight_link = OBJECTIVES[objective]
    share = (weight_memory + _TIE) / (weight_memory + weight_link + 2 * _TIE)
    wanted = min(memory, max(room - link, room * share))
    return wanted, nextafter(room - wanted, 0.0)


def _within_power(
    tpp: float, memory: float, link: float, density: float, limits: Frontier, objective: str
) -> tuple[float, float, float]:
    """The best figures that the power budget carries: each takes its weight's share of the budget, or its cap.

    Maximising Σ w ln x under Σ c x ≤ P and x ≤ cap gives x = min(cap, w / (λ c)); λ is found by bisection.
    """
    costs = (
        limits.watts_per_tpp + limits.watts_per_mm2 / density,
        limits.watts_per_memory_gbps,
        limits.watts_per_link_gbps,
    )
    caps = (tpp, memory, link)
    weights = tuple(weight + _TIE for weight in OBJECTIVES[objective])

    def at(price: float) -> tuple[float, float, float]:
        first, second, third = (
            cap if cost == 0 or price == 0 else min(cap, weight / (price * cost))
            for cap, cost, weight in zip(caps, costs, weights, strict=True)
        )
        return first, second, third

    def spent(price: float) -> float:
        return sum(cost * value for cost, value in zip(costs, at(price), strict=True))

    if spent(0.0) <= limits.power.value:
        return caps
    low, high = 0.0, 1.0
    while spent(high) > limits.power.value:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if spent(middle) > limits.power.value else (low, middle)
    return at(high)


def _figures(chip: ChipSpec) -> tuple[float, float, float]:
    """TPP, memory bandwidth, link bandwidth; the upper bounds where uncertain."""
    tpp = chip.tpp.high if chip.tpp is not None else 0.0
    memory = chip.memory_bandwidth.high if chip.memory_bandwidth is not None else 0.0
    return (0.0 if tpp == inf else tpp), memory, chip.interconnect or 0.0


def _worth_of(chip: ChipSpec, objective: str) -> float:
    return worth(*_figures(chip), objective)


def _score(chip: ChipSpec, objective: str) -> float:
    """The logarithm of the worth, with the tie-breaking weights."""
    values = zip(_figures(chip), OBJECTIVES[objective], strict=True)
    return sum((weight + _TIE) * log(max(value, 1e-9)) for value, weight in values)


def _binding(chip: ChipSpec, limits: Frontier, objective: str, question: _Question) -> tuple[Bound, ...]:
    """What stops each figure: a limit of a rule just above it, or a physical limit that it has reached."""
    assert chip.area is not None
    tpp, memory, link = _figures(chip)
    density, area = tpp / chip.area.central, chip.area.central
    values = {"tpp": tpp, "density": density, "dram_bandwidth": memory, "io_bandwidth": link,
              "dram_plus_io": memory + link}  # fmt: skip
    found: list[Bound] = []
    for control in era_of(question.rules, question.on).controls:
        for test in (test for group in control.when for test in group):
            value = values.get(test.subject)
            if value is None or not isinstance(test.limit, float) or value >= test.limit:
                continue
            if value >= test.limit * (1 - 1e-9):
                found.append(Bound(test.subject, test.limit, control.paragraph))
    largest = limits.area_per_die.value * limits.dies.value
    physical = (
        ("density", density, limits.density.value, limits.density.set_by),
        ("area", area, largest, limits.area_per_die.set_by),
        ("dram_bandwidth", memory, limits.memory_bandwidth.value, limits.memory_bandwidth.set_by),
        ("io_bandwidth", link, limits.interconnect.value, limits.interconnect.set_by),
        ("power", chip.power_w or 0.0, limits.power.value, limits.power.set_by),
    )
    found += [Bound(name, limit, by) for name, value, limit, by in physical if value >= limit * (1 - 1e-6)]
    return tuple(dict.fromkeys(found))


def _rivals(best: ChipSpec, objective: str, question: _Question) -> tuple[Rival, ...]:
    """Real China-only parts that were announced within a year of the day, against the best design."""
    top = _worth_of(best, objective)
    found = [
        Rival(chip.name, _worth_of(chip, objective) / top, question.word(chip), chip.announced)
        for chip in catalogue().values()
        if chip.china_only
        and chip.datacentre == question.datacentre
        and chip.announced is not None
        and abs((chip.announced - question.on).days) <= 365
    ]
    return tuple(sorted(found, key=lambda rival: (rival.word.strictness, -rival.share)))
