"""A comparison as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from rich.table import Table

from countermove.cli._numbers import interval, number
from countermove.explore.outcomes import OUTCOMES

if TYPE_CHECKING:
    from countermove.explore.attribute import Attribution
    from countermove.explore.compare import Comparison

_MEASURES = ("total", "with_smuggled", "owned")


def tables(comparison: Comparison) -> Iterator[Table]:
    """By year: both headline outcomes, then the other measures; crossings; binding inputs; mechanisms."""
    years = _years_that_differ(comparison)
    yield _headline(comparison, years)
    yield _others(comparison, years)
    yield _crossings(comparison)
    yield _binding(comparison)
    if comparison.attributed:
        yield mechanisms(comparison.attributed)


def notes(comparison: Comparison) -> Iterator[str]:
    """What must be quoted with the numbers."""
    from countermove.explore._tables import beliefs

    origin = comparison.policy.origin
    if beliefs(comparison):
        yield f"With the analyst's own intervals (5 / 50 / 95 %): {beliefs(comparison)}"
    yield "Home-made output rises by construction when foreign foundries close."
    yield (
        f"{origin.caveat}; {comparison.draws:,} draws, seed {comparison.seed}, countermove {origin.version}, model "
        f"{origin.model_hash}, evidence to {origin.evidence_date}"
    )


def _years_that_differ(comparison: Comparison) -> list[int]:
    """Positions of the years from the first in which any outcome differs materially in any draw."""
    differs = np.array([outcome.p_immaterial < 1 for outcome in comparison.annual.values()]).any(axis=0)
    return list(range(int(differs.argmax()), len(comparison.years)))


def _headline(comparison: Comparison, years: list[int]) -> Table:
    title = f"{comparison.scenario} minus {comparison.against}: median [10 % … 90 %] and probabilities"
    table = Table(title=title, title_justify="left")
    table.add_column("year")
    for name in ("domestic", "total"):
        table.add_column(f"Δ {OUTCOMES[name].title}\n{OUTCOMES[name].unit}", justify="right")
        for column in ("catalysed", "hindered", "immaterial"):
            table.add_column(f"\nP({column})", justify="right")
    for index in years:
        cells = [str(comparison.years[index])]
        for name in ("domestic", "total"):
            outcome = comparison.annual[name]
            cells.append(interval(outcome.p10[index], outcome.p50[index], outcome.p90[index], signed=True))
            cells += [f"{p[index]:.2f}" for p in (outcome.p_catalysed, outcome.p_hindered, outcome.p_immaterial)]
        table.add_row(*cells)
    return table


def _others(comparison: Comparison, years: list[int]) -> Table:
    table = Table(title="Home-made output, the other two measures of compute, and years behind", title_justify="left")
    table.add_column("year")
    names = [name for name in OUTCOMES if name not in ("domestic", "total")]
    for name in names:
        table.add_column(f"Δ {name.replace('_', ' ')}\n{OUTCOMES[name].unit}", justify="right")
    table.add_column("home-made share of output\npolicy / counterfactual", justify="right")
    shares = [_home_made_share(comparison, arm) for arm in ("policy", "counterfactual")]
    for index in years:
        cells = [str(comparison.years[index])]
        for name in names:
            outcome = comparison.annual[name]
            cells.append(interval(outcome.p10[index], outcome.p50[index], outcome.p90[index], signed=True))
        cells.append(" / ".join(f"{share[index]:.2f}" for share in shares))
        table.add_row(*cells)
    return table


def _home_made_share(comparison: Comparison, arm: str) -> np.ndarray:
    """Median share by year; 0 where nothing is made."""
    home, whole = (getattr(comparison.annual[name], arm) for name in ("home_made", "domestic"))
    return np.median(np.divide(home, whole, out=np.zeros_like(home), where=whole > 0), axis=0)


def _crossings(comparison: Comparison) -> Table:
    table = Table(title="First change of sign that holds for twelve months", title_justify="left")
    for column in ("outcome", "direction"):
        table.add_column(column)
    for column in ("10 %", "median", "90 %", "never", "further changes"):
        table.add_column(column, justify="right")
    for name, found in comparison.crossings.items():
        for each in found:
            dates = [f"{p:.1f}" if p is not None else "never" for p in (each.p10, each.p50, each.p90)]
            table.add_row(name.replace("_", " "), each.direction, *dates, f"{each.never:.2f}", f"{each.further:.1f}")
    return table


def _binding(comparison: Comparison) -> Table:
    """Quarters in which the input that binds in most draws changes, under the policy."""
    found = comparison.binding
    table = Table(
        title=f"Input that binds Ascend output under {comparison.scenario}, where it changes", title_justify="left"
    )
    table.add_column("from quarter")
    for name in found.inputs:
        table.add_column(f"P({name})", justify="right")
    before = None
    for quarter, row in zip(found.quarters, found.probability, strict=True):
        if (most := int(row.argmax())) != before:
            table.add_row(quarter, *(f"{p:.2f}" for p in row))
            before = most
    return table


def mechanisms(attributed: Attribution) -> Table:
    """Direct effect and mechanisms with standard errors, in the year for which they are quoted."""
    how = "one random order a draw" if attributed.method == "permutation" else "all sets"
    table = Table(
        title=f"What makes the difference in {attributed.year} (Shapley, {how}, {attributed.draws} draws; "
        "mean ± standard error)",
        title_justify="left",
    )
    table.add_column("mechanism")
    for name in ("domestic", "total"):
        table.add_column(f"{OUTCOMES[name].title}\n{OUTCOMES[name].unit}", justify="right")
    for row in attributed.rows:
        cells = [
            f"{number(getattr(row, name), signed=True)} ± {number(getattr(row, f'{name}_error'))}"
            for name in ("domestic", "total")
        ]
        table.add_row(row.mechanism.replace("_", " "), *cells)
    return table
