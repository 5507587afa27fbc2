"""From wafer to card: how much compute passes each stage of supply in a year, and where the memory comes from.

Everything is a mean over draws, in H100e a year for logic and stacks a year for memory: means add up where medians do
not, so that what enters each stage leaves it. A wafer counts for what its dies would carry if all of them worked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from countermove.results import Result

Floats = NDArray[np.floating[Any]]

FLOW: tuple[str, ...] = (
    "ai_wafers", "advanced_wafer_starts", "home_dies_made", "ai_die_yield", "home_die_compute", "home_card_compute",
    "foreign_made_card_compute", "foreign_card_share", "bank_die_share", "dies_wanted", "cards_made", "card_compute",
    "cards_shipped", "ascend_exports", "purchases", "hbm_imports", "grey_hbm_inflow", "domestic_hbm", "hbm_used",
)  # fmt: skip
"""Quantities that a run has to keep."""

# Stages; a vendor and an origin of compute are stages too, by the model's names.
WAFERS, DEFECTS, GOOD, BANK, ABROAD = "wafers", "defects", "good", "bank", "abroad"
DIE_STOCK, ASSEMBLED, ASSEMBLY_LOSS = "die_stock", "assembled", "assembly_loss"
CARD_STOCK, EXPORTED, NEW = "card_stock", "exported", "new"
MEMORY, MEMORY_STOCK, MOUNTED = "memory", "memory_stock", "mounted"

LEAST = 1.0
"""A flow of less than one H100e, or one stack, in a year is left out."""

FOREIGN = ("foreign_legal", "foreign_low_end", "grey", "offshore")
"""Origins of compute that is not of Chinese design, as the model names them."""


@dataclass(frozen=True, slots=True)
class Link:
    """So much goes from one stage to another in the year."""

    source: str
    target: str
    value: float


@dataclass(frozen=True)
class SupplyFlow:
    """One year.

    Attributes:
        chips: links in H100e a year.
        memory: links in stacks a year.
        wafers, all_wafers: wafers for AI chips, and all wafers of the advanced lines, a year.
        good_dies, cards: good dies from home fabs and cards made, a year.
        die_yield: share of home AI dies that work, mean over the year.
    """

    year: int
    chips: tuple[Link, ...]
    memory: tuple[Link, ...]
    wafers: float
    all_wafers: float
    good_dies: float
    cards: float
    die_yield: float


def vendors(result: Result) -> tuple[str, ...]:
    """Domestic vendors, in the order of the model."""
    return dict(result.variables["cards_made"].dimensions)["vendor"]


def supply_flow(result: Result, year: int) -> SupplyFlow:
    """The flows of a calendar year.

    Args:
        result: a run that keeps `FLOW`.

    Raises:
        CountermoveError: the run does not hold a quantity, or not the year.
    """
    from countermove.errors import CountermoveError

    first = int(result.start[:4])
    if not first <= year < first + len(result.months) // 12:
        raise CountermoveError(f"year {year}: the run covers {first} to {first + len(result.months) // 12 - 1}")
    months = slice(12 * (year - first), 12 * (year - first + 1))
    monthly = {name: np.asarray(result[name][:, months], dtype=np.float64) for name in FLOW}
    return SupplyFlow(
        year=year,
        chips=tuple(_chips(result, monthly)),
        memory=tuple(_memory(monthly)),
        wafers=_sum(monthly["ai_wafers"]),
        all_wafers=_sum(monthly["advanced_wafer_starts"]),
        good_dies=_sum(monthly["home_dies_made"]),
        cards=_sum(monthly["cards_made"]),
        die_yield=float(monthly["ai_die_yield"].mean()),
    )


def _sum(values: Floats) -> float:
    """Sum over the months of the year and over elements, mean over draws."""
    return float(values.sum() / values.shape[0])


def _chips(result: Result, of: Mapping[str, Floats]) -> list[Link]:
    per_die, to_order = of["home_die_compute"], of["foreign_card_share"]
    from_bank = of["dies_wanted"] * of["bank_die_share"]
    from_home = of["dies_wanted"] - from_bank
    at_home = of["cards_made"] * (1 - to_order) * of["home_card_compute"]
    made_abroad = of["cards_made"] * to_order * of["foreign_made_card_compute"]
    good, used = _sum(of["home_dies_made"] * per_die), _sum(from_home * per_die)
    potential = _sum(of["home_dies_made"] * per_die / of["ai_die_yield"][..., np.newaxis])
    bank, in_cards = _sum(from_bank * per_die), _sum(at_home)
    links = [
        Link(WAFERS, DEFECTS, potential - good),
        Link(WAFERS, GOOD, good),
        *_stock(GOOD, DIE_STOCK, good - used),
        Link(GOOD, ASSEMBLED, used),
        Link(BANK, ASSEMBLED, bank),
        Link(ASSEMBLED, ASSEMBLY_LOSS, used + bank - in_cards),
    ]
    exported = np.zeros_like(of["cards_made"])
    names = vendors(result)
    exported[..., names.index("huawei")] = of["ascend_exports"]
    for index, name in enumerate(names):
        compute = of["card_compute"][..., index]
        made = _sum(at_home[..., index]) + _sum(made_abroad[..., index])
        abroad, shipped = _sum(exported[..., index] * compute), _sum(of["cards_shipped"][..., index] * compute)
        links += [
            Link(ASSEMBLED, name, _sum(at_home[..., index])),
            Link(ABROAD, name, _sum(made_abroad[..., index])),
            *_stock(name, CARD_STOCK, made - abroad - shipped),
            Link(name, EXPORTED, abroad),
            Link(name, NEW, shipped),
        ]
    options = dict(result.variables["purchases"].dimensions)["option"]
    links += [Link(name, NEW, _sum(of["purchases"][:, :, options.index(name)])) for name in FOREIGN]
    return [link for link in links if link.value >= LEAST]


def _memory(of: Mapping[str, Floats]) -> list[Link]:
    sources = {"hbm_imports": "imported", "grey_hbm_inflow": "grey", "domestic_hbm": "domestic"}
    values = {words: _sum(of[name]) for name, words in sources.items()}
    used = _sum(of["hbm_used"])
    links = [
        *(Link(f"hbm_{words}", MEMORY, value) for words, value in values.items()),
        *_stock(MEMORY, MEMORY_STOCK, sum(values.values()) - used),
        Link(MEMORY, MOUNTED, used),
    ]
    return [link for link in links if link.value >= LEAST]


def _stock(node: str, stock: str, surplus: float) -> list[Link]:
    """What is laid by, or taken from what was laid by before."""
    return [Link(node, f"to_{stock}", surplus)] if surplus >= 0 else [Link(f"from_{stock}", node, -surplus)]
