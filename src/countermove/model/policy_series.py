"""What the rules allow, month by month, for one scenario: computed by the rule evaluator and by nothing else.

The evaluator answers for named chips and buyers. Here its answers become the series that the equations read: which is
the best foreign chip that a civil Chinese buyer may have this month, who may have it, which foundries, tools and
memory are open, and when a rule is known to come.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from countermove import rules
from countermove.chips import ChipSpec, catalogue, chip
from countermove.model.dimensions import buyer, tool_origin, vendor
from countermove.model.vendor_answers import Market, market
from countermove.rules import RuleBook

Floats = NDArray[np.float64]

# Nvidia's accelerators and low-end data-centre cards as successively sold; the catalogue holds their figures and dates.
# Versions for China among them stand only as long as the rules are history's.
ACCELERATORS = (
    "nvidia_v100_sxm2", "nvidia_a100_sxm_40gb", "nvidia_a800_sxm", "nvidia_h100_sxm", "nvidia_h800_sxm",
    "nvidia_h20_96gb", "nvidia_h200_sxm", "nvidia_b200", "nvidia_rubin",
)  # fmt: skip
LOW_END = (
    "nvidia_t4", "nvidia_a10", "nvidia_l2", "nvidia_l20", "nvidia_rtx_4090d", "nvidia_rtx_pro_6000d",
    "nvidia_rtx_5090d_v2",
)  # fmt: skip

LAST_VERSION = "nvidia_h20_96gb"

# Older chips leave the market; only the V100 is old enough to matter.
LAST_SOLD = {"nvidia_v100_sxm2": date(2022, 12, 31)}

# The party that stands for each buyer of the model before the law.
PARTIES = {
    "bytedance": "bytedance", "alibaba": "alibaba", "tencent": "tencent", "baidu": "baidu",
    "state_telecom": "china_mobile", "listed_firms": "sensetime", "other": "unlisted commercial",
}  # fmt: skip

H100_OPERATIONS, H100_BANDWIDTH = 1979.0, 3350.0
NO_LIMIT = 1e3
UNLIMITED_CARDS = 1e9
# Months until a rule where none is to come: beyond any foresight.
NO_RULE = 1e3


def monthly(book: RuleBook, months: int = 240) -> dict[str, Floats]:
    """Every policy series of a rule book, each (months, *dimensions), from January 2016."""
    return {name: array[:months] for name, array in _monthly(book).items()}


@lru_cache(maxsize=64)
def _monthly(book: RuleBook) -> dict[str, Floats]:
    dates = [date(2016 + month // 12, month % 12 + 1, 1) for month in range(240)]
    offered = market(book, [chip(name) for name in ACCELERATORS], [chip(name) for name in LOW_END])
    changing = _months_of_change(book, offered)
    rows: list[dict[str, object]] = []
    for month, day in enumerate(dates):
        settled = month > 0 and month not in changing and month - 1 not in changing
        rows.append(rows[-1] if settled else _row(book, day, offered))
    series = {name: np.array([row[name] for row in rows], dtype=np.float64) for name in rows[0]}
    return {**series, **_notice(book)}


def _months_of_change(book: RuleBook, offered: Market) -> set[int]:
    """Months in which a rule, listing, licence or measure changes or a chip comes on or off sale."""
    days = {*book.days}
    for rule in book.rules:
        days |= {day for day in (rule.effective, rule.ended, rule.compliance) if day is not None}
    for entry in (*book.measures, *book.licences):
        days |= {entry.effective, entry.ended}
    days |= {item.first_shipped for item in (*offered.accelerators, *offered.low_end) if item.first_shipped}
    days |= {offered.parted} if offered.parted else set()
    return {_month(day) for day in days | {*LAST_SOLD.values()}}


def _row(book: RuleBook, day: date, offered: Market) -> dict[str, object]:
    accelerators = [item for item in offered.accelerators if _on_sale(item, day)] or offered.accelerators[:1]
    low_end = [item for item in offered.low_end if _on_sale(item, day)] or offered.low_end[:1]
    return {
        **_accelerator(book, day, accelerators, offered.apart(day)),
        **_low_end(book, day, low_end),
        "foundry_permits": [rules.foundry_permits(name, day, book) for name in _DESIGNERS],
        "foundry_listed": rules.listed("smic", day, book),
        "tool_permits": [rules.tool_permits(name, day, book) for name in _ORIGINS],
        "hbm_permits": rules.hbm_permits(day, book),
        "revenue_share_rate": rules.revenue_share_rate(day, book),
        "offshore_permits": 1.0,  # no rule on renting controlled chips abroad has taken effect
    }


_DESIGNERS = tuple({"t_head": "thead"}.get(name, name) for name in vendor.elements)
_ORIGIN_CODES = {"united_states": "US", "netherlands": "NL", "japan": "JP"}
_ORIGINS = tuple(_ORIGIN_CODES[name] for name in tool_origin.elements)


def _on_sale(item: ChipSpec, day: date) -> bool:
    last_of_month = day.replace(day=monthrange(day.year, day.month)[1])
    begun = item.first_shipped is not None and item.first_shipped <= last_of_month
    return begun and day <= LAST_SOLD.get(item.id, date.max)


def compute(item: ChipSpec) -> float:
    """Dense 8-bit throughput over an H100's; 16-bit where the chip has nothing faster (H100e per card)."""
    rates = dict(item.rates)
    return max(rates.get(name, 0.0) for name in ("int8", "fp8", "fp16")) / H100_OPERATIONS


def bandwidth(item: ChipSpec) -> float:
    """Memory bandwidth over an H100's."""
    return item.memory_bandwidth.central / H100_BANDWIDTH if item.memory_bandwidth else 0.0


def _rank(item: ChipSpec) -> float:
    """Use value with compute and bandwidth weighted alike, near the central weight of the model."""
    return (compute(item) * bandwidth(item)) ** 0.5


def _us(book: RuleBook, item: ChipSpec, day: date) -> list[float]:
    return [rules.us_permits(item, PARTIES[name], day, rules=book) for name in buyer.elements]


def _beijing(book: RuleBook, item: ChipSpec, day: date) -> list[float]:
    # Beijing's measures name products: a version that never was meets what met the last real accelerator for China.
    seen = item if item.id in catalogue() else chip(LAST_VERSION)
    return [rules.beijing_permits(seen, PARTIES[name], day, book) for name in buyer.elements]


def _accelerator(book: RuleBook, day: date, on_sale: Sequence[ChipSpec], apart: bool) -> dict[str, object]:
    """The best accelerator that some buyer may have for most of the month, and who may have it.

    Where rules have parted from history, a figure that equals the frontier's is not limited: the vendor cuts the next
    product likewise. Nothing is then gained by smuggling what may be bought with a shorter link.
    """
    best_first = sorted(on_sale, key=_rank, reverse=True)
    frontier, unlisted = best_first[0], PARTIES["other"]
    chosen = next((item for item in best_first if max(_us(book, item, day)) >= 0.5), None)
    free = rules.us_permits(frontier, unlisted, day, rules=book)
    named = chosen or frontier
    as_fast = named is frontier or (apart and compute(named) >= compute(frontier))
    as_wide = named is frontier or (apart and bandwidth(named) >= bandwidth(frontier))
    if chosen and as_fast and as_wide:
        free = rules.us_permits(chosen, unlisted, day, rules=book)
    return {
        "us_permits": _us(book, named, day) if chosen else [0.0] * len(buyer),
        "beijing_permits": _beijing(book, named, day),
        "permitted_chip_compute": NO_LIMIT if as_fast else compute(named),
        "permitted_chip_bandwidth": NO_LIMIT if as_wide else bandwidth(named),
        "frontier_permits": free,
        "licence_volume": _licensed(book, named, day),
    }


def _licensed(book: RuleBook, item: ChipSpec, day: date) -> float:
    """Cards a month that known licences cover, spread over a year; very large where they set no number."""
    found = [rules.licence(item, PARTIES[name], day, book) for name in buyer.elements]
    known = [entry for entry in found if entry is not None and entry.units_per_buyer is not None]
    if not known:
        return UNLIMITED_CARDS
    return max(entry.units_per_buyer * len(entry.buyers) / 12 for entry in known if entry.units_per_buyer)


def _low_end(book: RuleBook, day: date, on_sale: Sequence[ChipSpec]) -> dict[str, object]:
    """Low-end access by buyer: a card that either gate lets through will do."""
    us = np.array([_us(book, item, day) for item in on_sale])
    both = np.minimum(us, [_beijing(book, item, day) for item in on_sale])
    permitted = us.max(axis=0)
    return {
        "us_permits_low_end": permitted,
        "beijing_permits_low_end": np.divide(
            both.max(axis=0), permitted, where=permitted > 0, out=np.ones_like(permitted)
        ),
    }


def _notice(book: RuleBook) -> dict[str, Floats]:
    """How long until regulations of tools and memory are announced, and when rules on chips change.

    Letters and revocations come without notice and start no rush. Tools are bought until the month before a rule
    applies, memory to its last day.
    """
    months = np.arange(240)
    tools, memory = np.full(240, NO_RULE), np.full(240, NO_RULE)
    notice, changes = np.zeros(240), np.zeros(240)
    for entry in rules.announcements(book):
        announced, binding = _month(entry.announced), _month(entry.compliance)
        ahead = announced - months
        if entry.package == "tools" and book.by_id[entry.rule].instrument == "CCL rule":
            tools = np.where(months < binding, np.minimum(tools, ahead), tools)
        elif entry.package == "hbm":
            nearer = (months <= binding) & (ahead < memory)
            memory, notice = np.where(nearer, ahead, memory), np.where(nearer, binding - announced, notice)
        elif entry.package == "chips" and 0 <= _month(entry.effective) < 240:
            changes[_month(entry.effective)] += 1.0
    return {
        "tool_rule_ahead": tools,
        "hbm_rule_ahead": memory,
        "hbm_rule_notice": notice,
        "rule_changes": changes,
    }


def _month(day: date) -> int:
    return (day.year - 2016) * 12 + day.month - 1
