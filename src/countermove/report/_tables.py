"""The tables behind the figures: the same numbers, to be read or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.explore.compare import quoted_year
from countermove.figures import _observed, _summary
from countermove.figures.assumptions import readable
from countermove.figures.binding_input import INPUTS, first_quarter, quarter_name, quarterly_shares
from countermove.figures.buyers import BUYERS, ORIGINS, origin_shares
from countermove.figures.measures import MEASURES, year_ends
from countermove.figures.mechanisms import steps
from countermove.figures.probability import shares
from countermove.parameters import load_parameters

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.inference.claims import Judgement


@dataclass(frozen=True, slots=True)
class Table:
    """One table; the first cell of each row is its heading. `words`: the columns that hold words, not numbers."""

    title: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: tuple[int, ...] = ()


def differences(comparison: Comparison) -> list[Table]:
    """D, its home-made part and C by year: medians of both scenarios and the difference with its 10 and 90 %."""
    return [
        _difference(comparison, "domestic", "D: output of Chinese-designed chips, million H100e a year"),
        _difference(
            comparison, "home_made", "Home-made part of D, million H100e a year (rises by construction, see the text)"
        ),
        _difference(comparison, "total", "C: usable compute, million H100e at 31 December"),
    ]


def _difference(comparison: Comparison, outcome: str, title: str) -> Table:
    annual = comparison.annual[outcome]
    arms = [_summary.quantiles(np.asarray(values))[1] / 1e6 for values in (annual.policy, annual.counterfactual)]
    spread = _summary.quantiles(np.asarray(annual.delta)) / 1e6
    columns = np.vstack([*arms, spread])
    return Table(
        title=f"Numbers: {title.split(',')[0]}",
        caption=f"{title}. Δ: {comparison.scenario} minus {comparison.against}, draw by draw.",
        columns=(
            "year", f"{comparison.scenario}, median", f"{comparison.against}, median", "Δ 10 %", "Δ median", "Δ 90 %",
        ),
        rows=tuple(
            (str(year), *(_summary.significant(value) for value in columns[:, i]))
            for i, year in enumerate(comparison.years)
        ),
    )  # fmt: skip


def probabilities(comparison: Comparison) -> list[Table]:
    """The three probabilities by year, for D and for C."""
    columns = [
        (f"{letter} {name}", share) for outcome, letter in (("domestic", "D"), ("total", "C"))
        for name, _, share in shares(comparison, outcome)
    ]  # fmt: skip
    return [
        Table(
            title="Numbers: probabilities by year",
            caption="Share of draws, %.",
            columns=("year", *(name for name, _ in columns)),
            rows=tuple(
                (str(year), *(f"{100 * float(share[i]):.1f}" for _, share in columns))
                for i, year in enumerate(comparison.years)
            ),
        )
    ]


def observations(comparison: Comparison) -> list[Table]:
    """Every published figure of the history panels."""
    rows: list[tuple[str, ...]] = []
    for panel in _observed.observed_series():
        for point in _observed.points(panel):
            low, high = point.value - point.below, point.value + point.above
            value = f"{point.bound} {_summary.significant(point.value)}".strip()
            reach = f"{_summary.significant(low)}–{_summary.significant(high)}" if high > low else ""
            fact = point.fact
            read = "not verified" if fact.verified == "no" else fact.verified
            period = f"{fact.period_start}–{fact.period_end}"
            rows.append((fact.id, panel.title, panel.unit, period, value, reach, fact.kind, read))
    return [
        Table(
            title="Numbers: published figures shown",
            caption="In the unit of the panel; verified: whether the figure was read at its source.",
            columns=("row", "series", "unit", "period", "figure", "range", "kind", "verified"),
            words=(1, 2, 3, 6, 7),
            rows=tuple(rows),
        )
    ]


def binding(comparison: Comparison) -> list[Table]:
    """Shares of the constraint by year."""
    quarters = 100 * quarterly_shares(comparison)
    start = float(_summary.first_year(comparison.policy))
    return [
        Table(
            title="Numbers: binding input by quarter",
            caption="Mean share of the constraint, %.",
            columns=("quarter", *(words for _, words, _ in INPUTS)),
            rows=tuple(
                (quarter_name(start, quarter), *(f"{value:.0f}" for value in quarters[:, quarter]))
                for quarter in range(first_quarter(comparison), quarters.shape[1])
            ),
        )
    ]


def contributions(comparison: Comparison) -> list[Table]:
    """Direct effect, contributions and sum."""
    domestic, total = (steps(comparison, outcome) for outcome in ("domestic", "total"))
    return [
        Table(
            title="Numbers: contributions",
            caption="Million H100e, means over draws, with standard errors.",
            columns=("mechanism", "ΔD", "standard error", "ΔC", "standard error"),
            rows=tuple(
                (
                    d.words,
                    *(text for bar in (d, t) for text in (
                        _summary.significant(bar.value), "" if bar.is_total else _summary.significant(bar.error, 2)
                    )),
                )
                for d, t in zip(domestic, total, strict=True)
            ),
        )
    ]  # fmt: skip


def measures(comparison: Comparison) -> list[Table]:
    """Three measures by year, both scenarios."""
    arms = ((comparison.scenario, comparison.policy), (comparison.against, comparison.counterfactual))
    columns: list[tuple[str, np.ndarray]] = []
    for name, result in arms:
        for (_, words, *_), stock in zip(MEASURES, year_ends(result), strict=True):
            columns.append((f"{name}: {words}", _summary.quantiles(stock)))
    return [
        Table(
            title="Numbers: three measures",
            caption="Million H100e at 31 December: median (10–90 %).",
            columns=("year", *(name for name, _ in columns)),
            rows=tuple(
                (str(year), *(_with_range(lines[:, i]) for _, lines in columns))
                for i, year in enumerate(_summary.years_of(comparison.policy))
            ),
        )
    ]


def _with_range(quantiles: np.ndarray) -> str:
    low, middle, high = (_summary.significant(value) for value in quantiles)
    return f"{middle} ({low}–{high})"


def buyers(comparison: Comparison) -> list[Table]:
    """Shares by origin for every buyer and year."""
    years = _summary.years_of(comparison.policy)
    return [
        Table(
            title="Numbers: buyers by origin",
            caption="Mean share of H100e acquired in the year, %.",
            columns=("buyer and year", *(words for _, words, _ in ORIGINS)),
            rows=tuple(
                (f"{BUYERS[buyer]} {year}", *(f"{100 * value:.1f}" for value in values[:, i]))
                for buyer, values in origin_shares(comparison).items()
                for i, year in enumerate(years)
            ),
        )
    ]


def claims(judgements: Sequence[Judgement]) -> Table:
    """Every claim with its verdict and what speaks for and against it."""
    return Table(
        title=f"Claims: {len(judgements)}",
        caption="Decided by code; the number of tests for and against, and the latest date of their evidence.",
        columns=("claim", "what is claimed", "verdict", "for", "against", "latest evidence"),
        words=(1, 2),
        rows=tuple(
            (
                each.claim.id,
                each.claim.text + (f" ({each.claim.by})" if each.claim.by else ""),
                each.verdict,
                str(len(each.side("for"))),
                str(len(each.side("against"))),
                max((outcome.dated for outcome in each.outcomes), default="") or "–",
            )
            for each in judgements
        ),
    )


def chips_classed(_: Comparison) -> list[Table]:
    """Every chip with what the rules test of it, its class and the US verdict for China, on the last day reviewed."""
    from countermove.rules import LAW_REVIEWED_TO
    from countermove.rules.classes import lines

    def shown(value: str | float | None) -> str:
        return "–" if value is None else value if isinstance(value, str) else f"{value:,.6g}"

    return [
        Table(
            title="Numbers: every chip and its class",
            caption=f"By the rules of {LAW_REVIEWED_TO}; verdict of the US gate for an unlisted commercial buyer in "
            "China. Not legal advice.",
            columns=("chip", "TPP", "density, per mm²", "memory, GB/s", "links, GB/s", "class", "to China", "note"),
            words=(5, 6, 7),
            rows=tuple(
                (
                    line.name, shown(line.tpp), shown(line.density), shown(line.memory_bandwidth),
                    shown(line.interconnect), line.classed, line.to_china, line.note,
                )
                for line in lines(LAW_REVIEWED_TO)
            ),
        )
    ]  # fmt: skip


def correlations(comparison: Comparison) -> list[Table]:
    """Rank correlations of every parameter that goes with either difference beyond chance."""
    found = [
        {each.parameter: each.correlation for each in comparison.drivers.get(outcome, ())}
        for outcome in ("domestic", "total")
    ]
    names = sorted(set().union(*found), key=lambda name: -max(abs(each.get(name, 0.0)) for each in found))
    priors = load_parameters()
    year = quoted_year(comparison.years)
    return [
        Table(
            title="Numbers: every parameter beyond chance",
            caption=f"Spearman’s rank correlation over draws with the difference in {year}; –: no more than chance.",
            columns=("parameter", "ΔD", "ΔC", "what it is"),
            words=(3,),
            rows=tuple(
                (
                    readable(name),
                    *(f"{each[name]:+.2f}".replace("-", "−") if name in each else "–" for each in found),
                    priors[name.split(".")[0]].description,
                )
                for name in names
            ),
        )
    ]
