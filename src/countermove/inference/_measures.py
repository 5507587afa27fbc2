"""Figures of the stylised facts: from trajectories under the actual rules to one number a draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from countermove.engine import Model

Floats = NDArray[np.floating[Any]]

CUT_OFF = 2020 + 8.5 / 12  # foundries stopped making dies for Huawei on 15 September 2020
DUTCH_RULES = (2023 + 8 / 12, 2024 + 8 / 12)  # NL-2023-09-01-DUV, NL-2024-09-07-DUV2
NEVER = 2036.0

QUANTITIES = (
    "china_owned", "us_compute", "smuggled_compute", "cards_shipped", "foreign_cards_sold", "cards_bought",
    "asml_china_share", "hbm_imports", "foreign_die_share_huawei", "cards_made", "phone_wafers",
    "production_started", "phone_die_yield", "binding_share_memory", "binding_share_logic", "card_compute",
    "nvidia_china_revenue", "write_down", "model_lag", "effective_domestic", "effective_compute",
    "panel_shock", "firm_research", "firm_new_knowledge", "retaliation_rate", "relaxation_rate",
    "domestic_tool_revenue", "domestic_output", "solar_output", "ev_output", "localisation", "home_dies_made",
    "dies_per_card",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Paths:
    """Trajectories (months, *dimensions, draws) and the series (months,) that the scenario gives."""

    model: Model
    values: Mapping[str, Floats]
    series: Mapping[str, Floats]

    def of(self, name: str, *elements: str) -> Floats:
        """A quantity as (months, draws): the elements, one a dimension in its order, or the sum over what is left."""
        values = np.asarray(self.values[name], dtype=np.float64)
        for dimension in self.model.dimensions(name):
            chosen = next((e for e in elements if e in dimension.elements), None)
            values = values.sum(axis=1) if chosen is None else values[:, dimension.index(chosen)]
        return values


def month(year: float) -> int:
    """Index of the month that begins at a decimal year."""
    return round((year - 2016) * 12)


def span(path: Floats, first: float, last: float) -> Floats:
    """Months from the beginning of `first` to that of `last`, decimal years."""
    return path[month(first) : month(last)]


def total(path: Floats, first: float, last: float) -> Floats:
    """Sum over that time."""
    return span(path, first, last).sum(axis=0)


def end(path: Floats, when: float) -> Floats:
    """A level as of the end of the month before `when`."""
    return path[month(when) - 1]


def first_date(reached: NDArray[np.bool_], start: float = 2016.0) -> Floats:
    """Date of the first month from `start` on in which something holds, `NEVER` if in none."""
    later = reached[month(start) :]
    return np.where(later.any(axis=0), start + later.argmax(axis=0) / 12, NEVER)


def _slope(path: Floats, first: float, last: float) -> Floats:
    """Slope a year of the logarithm's straight line by least squares."""
    y = np.log(span(path, first, last))
    t = (np.arange(len(y)) - (len(y) - 1) / 2)[:, np.newaxis] / 12
    return (t * y).sum(axis=0) / (t**2).sum()


# The sample of the study that the fact is from (PMR092, PMR093), cut at its two rounds of rules.
_ROUNDS = {2022.75: (2022.25, 2022.75, 2023.75), 2023.75: (2022.25, 2023.75, 2026.0)}


def _kink(p: Paths, date: float) -> Floats:
    """Growth of China's legal stock less that of the United States', after the date less before it.

    The first round is judged on what came before the second: else the bend of the second would count for it too.
    """
    china, us = p.of("china_owned"), p.of("us_compute")
    first, cut, last = _ROUNDS[date]
    before, after = (_slope(china, *when) - _slope(us, *when) for when in ((first, cut), (cut, last)))
    return after - before


def _domestic_share(p: Paths, first: float, last: float) -> Floats:
    home, foreign = total(p.of("cards_shipped"), first, last), total(p.of("foreign_cards_sold"), first, last)
    return home / (home + foreign)


def _asml(p: Paths, first: float, last: float) -> Floats:
    return span(p.of("asml_china_share"), first, last).mean(axis=0)


def _asml_peak_distance(p: Paths) -> Floats:
    share = span(p.of("asml_china_share"), 2022, 2026)
    quarters = share.reshape(-1, 3, share.shape[1]).mean(axis=1)
    middle = 2022 + (quarters.argmax(axis=0) + 0.5) / 4
    return 12 * np.min([np.abs(middle - rule) for rule in DUTCH_RULES], axis=0)


def _foreign_dies(p: Paths, year: float) -> Floats:
    cards = p.of("cards_made", "huawei")
    return total(p.of("foreign_die_share_huawei") * cards, year, year + 1) / total(cards, year, year + 1)


def _memory_flip(p: Paths) -> Floats:
    memory, logic = p.of("binding_share_memory"), p.of("binding_share_logic")
    more = (memory > logic) & (memory > 0.25)  # not where neither binds
    lasting = more.copy()
    lasting[:-2] &= more[1:-1] & more[2:]
    lasting[-2:] = False
    return first_date(lasting, 2023.0)


def _licence_shortfall(p: Paths) -> Floats:
    """One less what was sold over what was licensed, from the first licence with a number to June 2026."""
    licensed = p.series["licence_volume"]
    unlimited = licensed.max()
    months = [m for m in range(month(2025 + 11 / 12), month(2026.5)) if licensed[m] < unlimited]
    if not months:
        return np.full(p.values["china_owned"].shape[-1], np.nan)
    sold = p.of("cards_bought", "foreign_legal")[months].sum(axis=0)
    return 1 - sold / licensed[months].sum()


def _revenue_change(p: Paths, quarter: float) -> Floats:
    revenue = p.of("nvidia_china_revenue")
    before, after = total(revenue, quarter - 0.25, quarter), total(revenue, quarter, quarter + 0.25)
    return np.log(np.maximum(after, 1) / np.maximum(before, 1))


def _share_date(p: Paths, purpose: str, level: float) -> Floats:
    share = p.of("effective_domestic", purpose) / np.maximum(p.of("effective_compute", purpose), 1.0)
    return first_date(share > level, 2020.0)


def _inference_lead(p: Paths) -> Floats:
    """Years from an inference share of a half to a training share of a fifth; negative where the former never comes."""
    inference = _share_date(p, "inference", 0.5)
    return _share_date(p, "training", 0.2) - np.where(inference == NEVER, NEVER + 1, inference)


def _panel(p: Paths, name: str, firms: tuple[str, ...], months: int) -> Floats:
    """Mean over `firms` of the difference to the untreated firm, relative to it, so many months after the shock."""
    shock = int(np.argmax(p.of("panel_shock")[:, 0] > 0.5))
    untreated = p.of(name, "untreated")[shock + months]
    return np.mean([p.of(name, firm)[shock + months] / untreated for firm in firms], axis=0) - 1


def _panel_output(p: Paths) -> Floats:
    """The effect on output that is largest in size within twelve months of the shock."""
    effects = np.array([_panel(p, "firm_new_knowledge", TREATED, months) for months in range(1, 13)])
    return np.take_along_axis(effects, np.abs(effects).argmax(axis=0)[np.newaxis], axis=0)[0]


TREATED = ("goods_restricted", "entity_listed")


def _relaxation_lag(p: Paths) -> Floats:
    """Mean lag L of an exponential response, from r' = a·x − r/L by least squares."""
    x, r = p.of("retaliation_rate")[36:126], p.of("relaxation_rate")[35:126]
    change, before = np.diff(r, axis=0), r[:-1]
    xx, xr, rr = (x * x).sum(axis=0), (x * before).sum(axis=0), (before * before).sum(axis=0)
    xc, rc = (x * change).sum(axis=0), (before * change).sum(axis=0)
    rate = -(rc * xx - xc * xr) / (rr * xx - xr**2)
    return 1 / rate


def _yearly_output(p: Paths) -> Floats:
    output = p.of("domestic_output")
    cumulative = np.cumsum(output, axis=0)
    return cumulative[12:] - cumulative[:-12]  # entry m: the twelve months to month m + 12


def _dip(p: Paths) -> Floats:
    yearly = _yearly_output(p)
    before = yearly[month(CUT_OFF) - 13]
    return yearly[month(CUT_OFF) - 12 : month(2024) - 12].min(axis=0) / before


def _recovery(p: Paths) -> Floats:
    yearly = _yearly_output(p)
    return yearly[month(2026) - 13] / yearly[month(CUT_OFF) - 13]


def _placebo(p: Paths) -> Floats:
    """Whether a control of 2018 to 2022 that never was is found in solar output with process noise; by draw 0 or 1.

    Growth of monthly output, with noise of its own for each draw, is regressed on a constant, a straight line and a
    dummy of the time; found means a t-value beyond the 5 % points. The noise is 5 % a month, as monthly output varies.
    """
    from scipy.stats import t as student

    path = np.log(span(p.of("solar_output"), 2017, 2026))
    noise = np.random.Generator(np.random.Philox(key=23)).normal(0, 0.05, path.shape)
    growth = np.diff(path + np.cumsum(noise, axis=0), axis=0)
    time = np.arange(len(growth))
    treated = (time >= 11) & (time < 71)
    design = np.column_stack([np.ones(len(time)), time - time.mean(), treated])
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ growth
    residual = growth - design @ coefficients
    freedom = len(time) - design.shape[1]
    deviation = np.sqrt((residual**2).sum(axis=0) / freedom * inverse[2, 2])
    return (np.abs(coefficients[2] / deviation) > student.ppf(0.975, freedom)).astype(float)


def _half_home(p: Paths, *inputs: str) -> list[Floats]:
    return [first_date(p.of("localisation", each) > 0.5) for each in inputs]


def _slow_lag(p: Paths) -> Floats:
    fast = np.max(_half_home(p, "bulk_chemical", "etch_deposition"), axis=0)
    return np.min(_half_home(p, "photoresist", "hbm", "lithography"), axis=0) - fast


def _bulk_lead(p: Paths) -> Floats:
    bulk, etch = _half_home(p, "bulk_chemical", "etch_deposition")
    return etch - bulk


def _over_home_logic(p: Paths) -> Floats:
    home = p.of("home_dies_made", "huawei") / p.of("dies_per_card", "huawei")
    return total(p.of("cards_made", "huawei"), 2025, 2026) / total(home, 2025, 2026)


MEASURES: dict[str, Callable[[Paths], Floats]] = {
    "kink_2022": lambda p: _kink(p, 2022.75),
    "kink_2023": lambda p: _kink(p, 2023.75),
    "smuggled_2024q1": lambda p: end(p.of("smuggled_compute"), 2024.25),
    "smuggled_2025q4": lambda p: end(p.of("smuggled_compute"), 2026),
    "smuggled_doubling": lambda p: (
        21 / np.log2(end(p.of("smuggled_compute"), 2026) / end(p.of("smuggled_compute"), 2024.25))
    ),
    "card_share_2023h1": lambda p: _domestic_share(p, 2023, 2023.5),
    "card_share_2024": lambda p: _domestic_share(p, 2024, 2025),
    "card_share_2025": lambda p: _domestic_share(p, 2025, 2026),
    "cards_2025_total": lambda p: total(p.of("cards_shipped") + p.of("foreign_cards_sold"), 2025, 2026),
    "cards_2025_foreign": lambda p: total(p.of("foreign_cards_sold"), 2025, 2026),
    "cards_2025_domestic": lambda p: total(p.of("cards_shipped"), 2025, 2026),
    "cards_2025_huawei": lambda p: total(p.of("cards_shipped", "huawei"), 2025, 2026),
    "cards_2025_t_head": lambda p: total(p.of("cards_shipped", "t_head"), 2025, 2026),
    "asml_share_ratio": lambda p: _asml(p, 2024, 2024.5) / _asml(p, 2022, 2023),
    "asml_peak_distance": _asml_peak_distance,
    "hbm_last_quarter": lambda p: total(p.of("hbm_imports"), 2024.75, 2025) / total(p.of("hbm_imports"), 2023, 2025),
    "foreign_dies_2025": lambda p: _foreign_dies(p, 2025),
    "foreign_dies_2027": lambda p: _foreign_dies(p, 2027),
    "years_to_node": lambda p: (
        first_date(p.of("phone_wafers") * p.of("production_started") > 1000, 2020 + 9 / 12) - CUT_OFF
    ),
    "launch_yield": lambda p: end(p.of("phone_die_yield"), 2023 + 8 / 12),
    "memory_flip": _memory_flip,
    "card_growth": lambda p: np.sqrt(
        end(p.of("card_compute", "huawei"), 2027) / end(p.of("card_compute", "huawei"), 2025)
    ),
    "licence_shortfall": _licence_shortfall,
    "legal_cards_2024": lambda p: total(p.of("cards_bought", "foreign_legal"), 2024, 2025),
    "revenue_stop": lambda p: _revenue_change(p, 2025.25),
    "revenue_return": lambda p: _revenue_change(p, 2025.5),
    "revenue_refusal": lambda p: _revenue_change(p, 2025.75),
    "charge_2025q2": lambda p: total(p.of("write_down"), 2025.25, 2025.5),
    "model_lag": lambda p: span(p.of("model_lag"), 2024, 2026 + 1 / 12).mean(axis=0),
    "inference_lead": _inference_lead,
    "panel_research_first_year": lambda p: _panel(p, "firm_research", TREATED, 12),
    "panel_output_first_year": _panel_output,
    "relaxation_lag": _relaxation_lag,
    "panel_goods_research": lambda p: _panel(p, "firm_research", ("goods_restricted",), 12),
    "panel_entity_output": lambda p: _panel(p, "firm_new_knowledge", ("entity_listed",), 48),
    "tool_makers_gain": lambda p: (
        total(p.of("domestic_tool_revenue"), 2024, 2025) / total(p.of("domestic_tool_revenue"), 2019, 2020)
    ),
    "sanctioned_loss": lambda p: (
        total(p.of("domestic_output", "huawei"), 2021, 2022) / total(p.of("domestic_output", "huawei"), 2020, 2021)
    ),
    "capability_dip": _dip,
    "capability_recovery": _recovery,
    "solar_2020": lambda p: span(p.of("solar_output"), 2020, 2021).mean(axis=0),
    "solar_2024": lambda p: span(p.of("solar_output"), 2024, 2025).mean(axis=0),
    "vehicles_2020": lambda p: span(p.of("ev_output"), 2020, 2021).mean(axis=0) / 1e6,
    "vehicles_2025": lambda p: span(p.of("ev_output"), 2025, 2026).mean(axis=0) / 1e6,
    "placebo": _placebo,
    "bulk_lead": _bulk_lead,
    "slow_lag": _slow_lag,
    "cards_over_home_logic": _over_home_logic,
}
