"""A comparison as rows, as JSON, and as files."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._atomic import write_whole
from countermove._export import as_text
from countermove.explore.attribute import YEAR
from countermove.explore.outcomes import OUTCOMES
from countermove.results import PROVENANCE

if TYPE_CHECKING:
    from countermove.explore.attribute import Contribution
    from countermove.explore.compare import AnnualOutcome, Comparison

# Outcomes of the JSON answer; home-made output and years behind have no probabilities there.
_ANSWERED = ("domestic", "home_made", "total", "owned", "with_smuggled")
_PROBABLE = ("domestic", "total")


def annual(comparison: Comparison) -> list[list[Any]]:
    """Header and one row for each outcome and year."""
    header = [
        "scenario", "against", "outcome", "unit", "year", "policy_p50", "counterfactual_p50", "delta_p10", "delta_p50",
        "delta_p90", "p_catalysed", "p_hindered", "p_immaterial", *PROVENANCE, "beliefs",
    ]  # fmt: skip
    origin = comparison.policy.origin
    tail = [*(getattr(origin, name) for name in PROVENANCE), beliefs(comparison)]
    rows: list[list[Any]] = [header]
    for name, outcome in comparison.annual.items():
        columns = _columns(outcome)
        for index, year in enumerate(comparison.years):
            numbers = [float(column[index]) for column in columns]
            words = [comparison.scenario, comparison.against, name, OUTCOMES[name].unit, year]
            rows.append([*words, *numbers, *tail])
    return rows


def _columns(outcome: AnnualOutcome) -> list[Any]:
    return [
        np.median(outcome.policy, axis=0), np.median(outcome.counterfactual, axis=0), outcome.p10, outcome.p50,
        outcome.p90, outcome.p_catalysed, outcome.p_hindered, outcome.p_immaterial,
    ]  # fmt: skip


def answer(comparison: Comparison) -> dict[str, Any]:
    """The answer as plain values."""
    from countermove import answer as words

    return {
        "scenario": comparison.scenario,
        "against": comparison.against,
        "draws": comparison.draws,
        "seed": comparison.seed,
        "parameters": comparison.parameters,
        "version": comparison.policy.origin.version,
        "headline": " ".join(words.headline(comparison)),
        "units": units(comparison),
        "years": [_year(comparison, index, year) for index, year in enumerate(comparison.years)],
        "crossing": {
            name: [
                {"direction": each.direction, "p10": each.p10, "p50": each.p50, "p90": each.p90, "never": each.never}
                for each in comparison.crossings[name]
            ]
            for name in _PROBABLE
        },
        "cumulative_deficit": {name: _quantiles(comparison.cumulative_deficit[name]) for name in _ANSWERED},
        "attribution": mechanisms(comparison.attribution),
    }


def mechanisms(rows: Sequence[Contribution]) -> list[dict[str, Any]]:
    """Contributions as plain values; an error that a single draw leaves unknown is None."""
    return [
        {
            "mechanism": row.mechanism,
            "domestic": row.domestic,
            "total": row.total,
            "error": {"domestic": _finite(row.domestic_error), "total": _finite(row.total_error)},
        }
        for row in rows
    ]


def units(comparison: Comparison) -> dict[str, str]:
    """What the numbers of the answer are."""
    caveat = comparison.policy.origin.caveat
    share = f"{100 * comparison.immaterial:g} %"
    return {
        "domestic_delta": "H100e per calendar year",
        "home_made_delta": "H100e per calendar year",
        "total_delta": "H100e on 31 December",
        "owned_delta": "H100e on 31 December",
        "with_smuggled_delta": "H100e on 31 December",
        "H100e": "dense 8-bit operations, one H100 SXM = 1",
        "probabilities": f"share of draws; a difference up to {share} of the smaller arm is immaterial; {caveat}",
        "crossing": "decimal year; null: later than 2035 or never; never: share of draws",
        "cumulative_deficit": "counterfactual minus policy: H100e of output, H100e·year of compute",
        "attribution": f"mean over draws in {YEAR}, with standard errors: H100e per year (domestic), H100e (total)",
        **({"beliefs": beliefs(comparison)} if beliefs(comparison) else {}),
    }


def beliefs(comparison: Comparison) -> str:
    """The analyst's own intervals in either arm, as text; "" if none."""
    arms = (comparison.policy.origin, comparison.counterfactual.origin)
    return "; ".join(dict.fromkeys(f"{arm.scenario}: {arm.beliefs}" for arm in arms if arm.beliefs))


def save(comparison: Comparison, folder: Path) -> Path:
    """Both arms as NetCDF, the annual table as CSV, the answer as JSON."""
    comparison.policy.save(folder / "policy.nc")
    comparison.counterfactual.save(folder / "counterfactual.nc")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(annual(comparison))
    write_whole(folder / "annual.csv", text.getvalue())
    write_whole(folder / "answer.json", as_text(answer(comparison)))
    return folder


def _year(comparison: Comparison, index: int, year: int) -> dict[str, Any]:
    row: dict[str, Any] = {"year": year}
    for name in _ANSWERED:
        outcome = comparison.annual[name]
        row[f"{name}_delta"] = {key: float(getattr(outcome, key)[index]) for key in ("p10", "p50", "p90")}
    for name in _PROBABLE:
        outcome = comparison.annual[name]
        row[f"p_{name}_catalysed"] = float(outcome.p_catalysed[index])
        row[f"p_{name}_hindered"] = float(outcome.p_hindered[index])
    return row


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _quantiles(given: Any) -> dict[str, float]:
    return {"p10": given.p10, "p50": given.p50, "p90": given.p90}
