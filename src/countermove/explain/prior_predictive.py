"""What the model says before any fitting, beside the evidence: the first thing to look at after a change of equations.

Each row is a figure that somebody has published. It is not a target: where the model misses, the row says so and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.model.dimensions import buyer, firm_type, input_class, option, vendor

Floats = NDArray[np.floating[Any]]
Paths = Mapping[str, Floats]

QUANTITIES = (
    "cards_made", "foreign_cards_sold", "cards_bought", "domestic_output", "home_made_output", "smuggled_compute",
    "rental_compute", "china_owned", "china_with_smuggled", "china_all", "world_share_owned", "world_share_all",
    "ai_die_yield", "phone_die_yield", "advanced_capacity", "ai_wafers", "foreign_die_share_huawei",
    "binding_share_logic", "binding_share_memory", "nvidia_china_revenue", "hbm_imports", "domestic_value_share",
    "installed", "world_compute", "asml_china_share", "domestic_tool_revenue", "home_tool_share", "retaliation_rate",
    "relaxation_rate", "panel_shock", "firm_research", "firm_new_knowledge", "localisation", "solar_output",
    "solar_price", "battery_output", "battery_price", "ev_output", "write_down", "amd_china_revenue",
    "nvidia_china_revenue_headquarters", "nvidia_china_share", "scarcity_premium",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        evidence: published interval, as (low, high) in `unit`; a single figure stands for both.
        missed: why the model's 5–95 % interval does not meet the evidence; empty where it does.
    """

    name: str
    title: str
    unit: str
    measure: str
    evidence: tuple[float, float] | None
    sources: tuple[str, ...]
    trial: str
    note: str
    missed: str


@dataclass(frozen=True)
class Line:
    """A row with the model's answer: 5, 50 and 95 % of the draws."""

    row: Row
    low: float
    median: float
    high: float

    @property
    def met(self) -> bool | None:
        """Whether the model's interval and the evidence overlap; None where there is no evidence."""
        if self.row.evidence is None:
            return None
        return bool(self.low <= self.row.evidence[1] and self.high >= self.row.evidence[0])


def rows() -> tuple[Row, ...]:
    """The figures of the table, from prior_predictive.yaml."""
    given = _yaml.load(Path(__file__).with_suffix(".yaml"))
    return tuple(_row(name, entry) for name, entry in given.items())


def _row(name: str, entry: dict[str, Any]) -> Row:
    keys = ("title", "unit", "measure", "evidence", "sources", "trial", "note", "missed")
    for key in entry:
        if key not in keys:
            raise unknown("key", key, keys, where=f"prior_predictive.yaml: {name}")
    found = entry.get("evidence")
    interval = (float(found[0]), float(found[-1])) if isinstance(found, list) else None
    if isinstance(found, (int, float)):
        interval = (float(found), float(found))
    return Row(
        name=name,
        title=entry["title"],
        unit=entry["unit"],
        measure=entry["measure"],
        evidence=interval,
        sources=tuple(entry.get("sources", ())),
        trial=str(entry.get("trial", "")),
        note=entry.get("note", ""),
        missed=entry.get("missed", ""),
    )


def table(draws: int = 1000, seed: int = 1) -> tuple[Line, ...]:
    """Every figure under the actual rules, from `draws` draws of the prior.

    Raises:
        CountermoveError: a row names a measure that does not exist.
    """
    from countermove.explore.simulate import simulate
    from countermove.explore.world import prior_world
    from countermove.scenario import load

    (result,) = simulate([load("history")], draws, seed, outputs=QUANTITIES, given=prior_world())
    paths = {name: np.moveaxis(np.asarray(result[name], dtype=np.float64), 0, -1) for name in QUANTITIES}
    return tuple(_line(row, paths) for row in rows())


def _line(row: Row, paths: Paths) -> Line:
    name, _, when = row.measure.partition(" ")
    if name not in MEASURES:
        raise unknown("measure", name, MEASURES, where=f"prior_predictive.yaml: {row.name}")
    values = MEASURES[name](paths, float(when)) if when else MEASURES[name](paths, 0.0)
    low, median, high = np.quantile(values, [0.05, 0.5, 0.95], method="inverted_cdf")
    return Line(row, float(low), float(median), float(high))


# --- measures: a path of (month, …, draw) and a date to one number a draw ---------------------------------------------


def _year(path: Floats, year: float) -> Floats:
    first = round((year - 2016) * 12)
    return path[first : first + 12].sum(axis=0)


def _half(path: Floats, year: float) -> Floats:
    first = round((year - 2016) * 12)
    return path[first : first + 6].sum(axis=0)


def _end(path: Floats, year: float) -> Floats:
    """The state at a date; a whole number is the end of that year."""
    month = round((year - 2016) * 12) + (12 if year == int(year) else 0)
    return path[month - 1]


def _domestic(paths: Paths) -> Floats:
    return paths["cards_bought"][:, 4:].sum(axis=(1, 2))


def _share(paths: Paths, year: float, over: Callable[[Floats, float], Floats]) -> Floats:
    home = over(_domestic(paths), year)
    return home / (home + over(paths["foreign_cards_sold"], year))


def _overtakes(paths: Paths, _: float) -> Floats:
    """First date at which memory binds Ascend output more than logic for three months; infinite if never."""
    memory = paths["binding_share_memory"]
    more = (memory > paths["binding_share_logic"]) & (memory > 0.25)  # not where neither binds
    from_2023 = more[84:]
    lasting = from_2023[:-2] & from_2023[1:-1] & from_2023[2:]
    first = np.where(lasting.any(axis=0), lasting.argmax(axis=0), np.inf)
    return 2023 + first / 12


def _doubling(paths: Paths, _: float) -> Floats:
    early, late = _end(paths["smuggled_compute"], 2024.25), _end(paths["smuggled_compute"], 2025)
    return 21 / np.log2(late / early)


def _average(path: Floats, year: float) -> Floats:
    return _year(path, year) / 12


def _between(path: Floats, first: float, last: float) -> Floats:
    return path[round((first - 2016) * 12) : round((last - 2016) * 12)].sum(axis=0)


def _large_designers(paths: Paths, year: float) -> Floats:
    """Owned compute as the published estimate counts it: chips of large designers, so Nvidia's and Huawei's."""
    counted = [option.index("foreign_legal"), option.index("huawei")]
    return _end(paths["installed"], year)[counted].sum(axis=0)


def _bought(paths: Paths, who: str, year: float, *options: str) -> Floats:
    """Cards of these options bought by one buyer in a year, thousand."""
    cards = _year(paths["cards_bought"], year)[:, buyer.index(who)]
    return cards[[option.index(each) for each in options]].sum(axis=0) / 1e3


def _made(paths: Paths, who: str, year: float) -> Floats:
    return _year(paths["cards_made"][:, vendor.index(who)], year) / 1e3


def _effect(path: Floats, shock: Floats, months: float, *firms: str) -> Floats:
    """Mean of treated firms over the untreated one less one, so many months after the shock."""
    month = int(np.argmax(shock[:, 0] > 0.5)) + round(months)
    treated = path[month][[firm_type.index(firm) for firm in firms]].mean(axis=0)
    return treated / path[month, firm_type.index("untreated")] - 1


def _half_home(paths: Paths, name: str) -> Floats:
    """Date at which half of an input is made at home; infinite if not by 2035."""
    reached = paths["localisation"][:, input_class.index(name)] > 0.5
    return np.where(reached.any(axis=0), 2016 + reached.argmax(axis=0) / 12, np.inf)


def _home_share(paths: Paths, name: str, year: float) -> Floats:
    return _average(paths["localisation"][:, input_class.index(name)], year)


HUAWEI = vendor.index("huawei")
MEASURES: dict[str, Callable[[Paths, float], Floats]] = {
    "huawei_cards": lambda p, y: _year(p["cards_made"][:, HUAWEI], y) / 1e3,
    "other_domestic_cards": lambda p, y: _year(p["cards_made"][:, HUAWEI + 1 :].sum(axis=1), y) / 1e3,
    "all_cards": lambda p, y: (_year(_domestic(p), y) + _year(p["foreign_cards_sold"], y)) / 1e6,
    "foreign_cards": lambda p, y: _year(p["foreign_cards_sold"], y) / 1e6,
    "best_legal_cards": lambda p, y: _year(p["cards_bought"][:, 0].sum(axis=1), y) / 1e6,
    "domestic_card_share": lambda p, y: _share(p, y, _year),
    "domestic_card_share_half_year": lambda p, y: _share(p, y, _half),
    "domestic_output": lambda p, y: _year(p["domestic_output"].sum(axis=1), y) / 1e6,
    "smuggled": lambda p, y: _end(p["smuggled_compute"], y) / 1e3,
    "smuggled_doubling": _doubling,
    "rented": lambda p, y: _end(p["rental_compute"], y) / 1e6,
    "owned": lambda p, y: _end(p["china_owned"], y) / 1e6,
    "with_smuggled": lambda p, y: _end(p["china_with_smuggled"], y) / 1e6,
    "all": lambda p, y: _end(p["china_all"], y) / 1e6,
    "world_share_owned": lambda p, y: _end(p["world_share_owned"], y),
    "world_share_all": lambda p, y: _end(p["world_share_all"], y),
    "ai_yield": lambda p, y: _end(p["ai_die_yield"], y),
    "phone_yield": lambda p, y: _end(p["phone_die_yield"], y),
    "capacity": lambda p, y: _end(p["advanced_capacity"], y) / 1e3,
    "ai_wafers": lambda p, y: _average(p["ai_wafers"], y) / 1e3,
    "foreign_die_share": lambda p, y: _average(p["foreign_die_share_huawei"], y),
    "memory_overtakes_logic": _overtakes,
    "nvidia_revenue": lambda p, y: _year(p["nvidia_china_revenue"], y) / 1e9,
    "memory_imported_by": lambda p, y: p["hbm_imports"][: round((y - 2016) * 12)].sum(axis=0) / 1e6,
    "memory_imported_in_month": lambda p, y: p["hbm_imports"][round((y - 2016) * 12)] / 1e6,
    "owned_large_designers": lambda p, y: _large_designers(p, y) / 1e6,
    "world_share_large_designers": lambda p, y: _large_designers(p, y) / _end(p["world_compute"], y),
    "asml_share": lambda p, y: _average(p["asml_china_share"], y),
    "tool_makers_since_2019": lambda p, y: (
        _year(p["domestic_tool_revenue"], y) / _year(p["domestic_tool_revenue"], 2019)
    ),
    "home_tool_share": lambda p, y: _average(p["home_tool_share"], y),
    "counter_measures_since_2023": lambda p, y: _between(p["retaliation_rate"], 2023, y),
    "relaxations_since_2023": lambda p, y: _between(p["relaxation_rate"], 2023, y),
    "goods_research": lambda p, m: _effect(p["firm_research"], p["panel_shock"], m, "goods_restricted"),
    "treated_research": lambda p, m: _effect(
        p["firm_research"], p["panel_shock"], m, "goods_restricted", "entity_listed"
    ),
    "listed_output": lambda p, m: _effect(p["firm_new_knowledge"], p["panel_shock"], m, "entity_listed"),
    "bulk_half_home": lambda p, _: _half_home(p, "bulk_chemical"),
    "etch_half_home": lambda p, _: _half_home(p, "etch_deposition"),
    "photoresist_share": lambda p, y: _home_share(p, "photoresist", y),
    "lithography_share": lambda p, y: _home_share(p, "lithography", y),
    "solar_output": lambda p, y: _average(p["solar_output"], y),
    "solar_price": lambda p, y: _average(p["solar_price"], y),
    "battery_output": lambda p, y: _average(p["battery_output"], y),
    "battery_price": lambda p, y: _average(p["battery_price"], y),
    "ev_output": lambda p, y: _average(p["ev_output"], y) / 1e6,
    "write_down": lambda p, y: _between(p["write_down"], y, y + 0.25) / 1e9,
    "amd_revenue": lambda p, y: _between(p["amd_china_revenue"], y, y + 0.25) / 1e9,
    "nvidia_revenue_headquarters": lambda p, y: _year(p["nvidia_china_revenue_headquarters"], y) / 1e9,
    "nvidia_share": lambda p, y: _average(p["nvidia_china_share"], y),
    "grey_premium": lambda p, y: np.exp(_end(p["scarcity_premium"], y)[option.index("grey")]) - 1,
    "bytedance_foreign": lambda p, y: _bought(p, "bytedance", y, "foreign_legal", "offshore"),
    "tencent_foreign": lambda p, y: _bought(p, "tencent", y, "foreign_legal", "offshore"),
    "alibaba_foreign": lambda p, y: _bought(p, "alibaba", y, "foreign_legal", "offshore"),
    "baidu_foreign": lambda p, y: _bought(p, "baidu", y, "foreign_legal", "offshore"),
    "cambricon_cards": lambda p, y: _made(p, "cambricon", y),
    "kunlunxin_cards": lambda p, y: _made(p, "kunlunxin", y),
    "t_head_cards": lambda p, y: _made(p, "t_head", y),
}


def to_markdown(lines: tuple[Line, ...], draws: int, seed: int) -> str:
    """The table as a page of the documentation."""
    text = [
        "# What the model says before any fitting",
        "",
        "Every figure is computed under the actual rules from the priors alone, beside what has been published.",
        "Nothing is fitted; where the intervals do not meet, the last column says why. *Trial* is the first, reduced",
        "version of the model (two groups of vendors, two of buyers, rationing instead of prices).",
        "",
        f"5 / 50 / 95 % of {draws:,} draws, seed {seed}. Regenerate with `countermove prior-predictive --write`.",
        "",
        "| figure | unit | model | evidence | trial | met | remark |",
        "|---|---|---|---|---|---|---|",
    ]
    for line in lines:
        row = line.row
        evidence = "none" if row.evidence is None else _interval(row.evidence)
        if row.sources:
            evidence += f" ({', '.join(row.sources)})"
        met = {None: "–", True: "yes", False: "**no**"}[line.met]
        remark = " ".join(part for part in (row.missed, row.note) if part)
        model = f"{_number(line.low)} / {_number(line.median)} / {_number(line.high)}"
        text.append(f"| {row.title} | {row.unit} | {model} | {evidence} | {row.trial} | {met} | {remark} |")
    return "\n".join(text) + "\n"


def _interval(interval: tuple[float, float]) -> str:
    low, high = interval
    return _number(low) if low == high else f"{_number(low)}–{_number(high)}"


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "never"
    return f"{value:.1f}" if 1900 < value < 2100 else f"{value:.3g}"


def check(lines: tuple[Line, ...]) -> list[str]:
    """Rows whose stated miss does not agree with the computed one: a miss without reason, or a reason without miss."""
    wrong: list[str] = []
    for line in lines:
        if line.met is False and not line.row.missed:
            wrong.append(f"{line.row.name}: misses the evidence, and no reason is given")
        if line.met and line.row.missed:
            wrong.append(f"{line.row.name}: meets the evidence, but a reason for a miss is given")
    return wrong


def require_explained(lines: tuple[Line, ...]) -> None:
    """Refuse a table whose misses are not explained.

    Raises:
        CountermoveError: names the first such row and how many more there are.
    """
    wrong = check(lines)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise CountermoveError(f"prior_predictive.yaml: {wrong[0]}{more}")
