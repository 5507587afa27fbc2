"""What the report cites: every row behind a figure and every source of an assumption."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.evidence import Citation, citation
from countermove.explore.world import world
from countermove.figures.history import evidence_shown
from countermove.parameters import Prior, load_parameters, load_series

if TYPE_CHECKING:
    from countermove.scenario import Scenario

_TABLES = {
    "manufacturing": "Chip making",
    "market": "Market, buyers, leakage",
    "sectors": "Other sectors",
    "macro": "Economy and policy",
    "parameters": "Parameters in the literature",
    "analogues": "Earlier embargoes",
    "published_model_results": "Figures of other models",
    "chips": "Chips",
    "references": "Literature",
    "": "Judgement and definition",
}


@dataclass(frozen=True, slots=True)
class PriorRow:
    """One parameter as the table of assumptions shows it."""

    name: str
    description: str
    low: str
    central: str
    high: str
    unit: str
    sources: tuple[str, ...]
    note: str
    believed: bool


def priors_by_sector(scenario: Scenario) -> list[tuple[str, list[PriorRow]]]:
    """Uncertain parameters of the model by sector, the analyst's own interval in place of ours where there is one."""
    found: dict[str, list[PriorRow]] = {}
    used = world().model.inputs
    for prior in load_parameters().values():
        if prior.name in used and not prior.is_fixed:
            believed = scenario.beliefs.get(prior.name)
            interval = (
                (believed.low, believed.central, believed.high) if believed else (prior.low, prior.central, prior.high)
            )
            found.setdefault(prior.sector, []).append(_row(prior, interval, believed is not None))
    return list(found.items())


def _row(prior: Prior, interval: Iterable[float | tuple[float, ...]], believed: bool) -> PriorRow:
    low, central, high = (_shown(value, prior) for value in interval)
    return PriorRow(prior.name, prior.description, low, central, high, prior.unit, prior.sources, prior.note, believed)


def _shown(value: float | tuple[float, ...], prior: Prior) -> str:
    if isinstance(value, tuple):
        return "; ".join(f"{element} {number:g}" for element, number in zip(prior.elements, value, strict=True))
    is_date = prior.unit == "yr" and value > 1900
    return f"{value:g}" if is_date else f"{value:,.6g}" if abs(value) < 1e6 else f"{value:.4g}"


def cited_by_table() -> list[tuple[str, list[Citation]]]:
    """Every row that a figure shows or an input of the model cites, and every work, grouped by table."""
    ids = [*evidence_shown()]
    used = world().model.inputs
    for item in (*load_parameters().values(), *load_series().values()):
        if item.name in used:
            ids.extend(item.sources)
    groups: dict[str, list[Citation]] = {}
    for id in sorted(set(ids)):
        cited = citation(id)
        groups.setdefault(cited.table, []).append(cited)
    order = [*_TABLES, *sorted(groups.keys() - _TABLES.keys())]
    return [
        (_TABLES.get(table, table.replace("_", " ").capitalize()), groups[table]) for table in order if table in groups
    ]
