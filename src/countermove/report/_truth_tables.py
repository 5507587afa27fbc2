"""The tables of the truth page: the same numbers as its figures, to be read or copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from countermove.answer import verdict
from countermove.figures._summary import significant
from countermove.report._tables import Table

if TYPE_CHECKING:
    from countermove.inference.truth import Truth


def _number(value: float | None, digits: int = 2) -> str:
    return "–" if value is None else f"{value:.{digits}f}".replace("-", "−")


def backtests(found: Truth) -> list[Table]:
    """Scores by date, with later rules unknown and with them given; and by series."""
    from countermove.inference import naive
    from countermove.inference.backtest import ARMS, against
    from countermove.inference.operators import operators

    by_date = Table(
        title="Numbers: by date of forecast",
        caption="Figures that came after, coverage of intervals in %, CRPS skill against each naive forecast and "
                "against "
                "the one that did best over each series, share of series with skill above nought.",
        columns=("from, later rules", "figures", "50 %", "80 %", "95 %", *naive.NAMES, "best", "series above 0"),
        rows=tuple(
            (
                f"{each}, {arm.rsplit(' ', 1)[-1]}", str(len(scores.rows)),
                *(_number(None if (c := scores.coverage(level)) is None else 100 * c, 0) for level in (0.5, 0.8, 0.95)),
                *(_number(against(scores, name)) for name in naive.NAMES),
                _number(scores.skill()), _number(scores.share_of_series_with_skill()),
            )
            for each, arm, scores in (
                *((each.as_of, arm, scores) for each in found.backtests for arm, scores in each.scores.items()),
                ("a fifth held back", "given", found.held_back),
            )
        ),
    )  # fmt: skip
    names = sorted({row.observation.operator.name for each in found.backtests for row in each.scores[ARMS[0]].rows})
    rows: list[tuple[str, ...]] = []
    for name in names:
        cells = [operators().series[name].title]
        for each in found.backtests:
            scores = each.scores[ARMS[0]]
            own = [row for row in scores.rows if row.observation.operator.name == name]
            within = sum(row.covered[0.8] for row in own)
            cells += [f"{within} of {len(own)}" if own else "–", _number(scores.by_series().get(name))]
        rows.append(tuple(cells))
    dates = [str(each.as_of) for each in found.backtests]
    by_series = Table(
        title="Numbers: by series",
        caption="Later rules unknown: figures within the 80 % interval, and CRPS skill where a naive forecast exists.",
        columns=("series", *(f"{date}: {what}" for date in dates for what in ("within", "skill"))),
        rows=tuple(rows),
    )
    return [by_date, by_series]


def named(found: Truth) -> list[Table]:
    """Matched forecasts of named forecasters."""
    rows = [
        (
            each.row, each.forecaster, each.made_on.isoformat(), each.outcome, str(test.as_of),
            significant(each.forecast), significant(each.observed), _number(each.theirs), _number(each.ours),
        )
        for test in found.backtests for each in test.named
    ]  # fmt: skip
    return [
        Table(
            title="Numbers: named forecasters",
            caption="Distances to the outcome on the scale of its series (logarithm, or log-odds of a share); "
                    "ours is that "
                    "of the median.",
            columns=("forecast", "forecaster", "made on", "outcome", "ours from", "forecast", "outcome is", "theirs",
                     "ours"),
            words=(1, 2, 3, 4),
            rows=tuple(rows),
        )
    ] if rows else []  # fmt: skip


def replay(found: Truth) -> Table:
    """Every figure beside the model's."""
    rows = []
    for each in sorted(found.rows, key=lambda one: (one.operator.name, one.last)):
        low, middle, high = np.quantile(found.figures[each.fact.id], [0.1, 0.5, 0.9]) / each.factor
        bound = {"low": "≥ ", "high": "≤ "}.get(each.bound or "", "")
        rows.append(
            (each.fact.id, each.operator.title, f"{each.first}–{each.last}", each.fact.unit,
             f"{bound}{significant(each.value / each.factor)}", significant(middle),
             f"{significant(low)}–{significant(high)}")
        )  # fmt: skip
    return Table(
        title=f"Numbers: {len(rows)} published figures and the model’s",
        caption="In the unit of the row; the model’s median and 10–90 % of draws, without the errors of sources.",
        columns=("row", "series", "period", "unit", "published", "model", "10–90 %"),
        words=(1, 2, 3),
        rows=tuple(rows),
    )


def facts(found: Truth) -> Table:
    """Every fact with its figures."""
    words = {True: "hit", False: "missed", None: "open"}
    return Table(
        title="Numbers: every fact",
        caption="Medians [10, 90 %] by part; what was missed is said.",
        columns=("fact", "what must be reproduced", "result", "test", "model"),
        words=(1, 2, 3, 4),
        rows=tuple(
            (each.row["id"], each.row["claim"], words[each.hit], each.row["test"], each.note) for each in found.findings
        ),
    )


def paces(found: Truth) -> Table:
    """Paces of the sectors that industrial policy is judged by."""
    quantiles = np.quantile(found.industrial.pace, [0.1, 0.5, 0.9])
    return Table(
        title="Numbers: pace of each sector",
        caption="Growth of log-odds a year by least squares; of a further sector: median and 10–90 %.",
        columns=("sector", "figures", "pace", "standard error"),
        rows=(
            *((each.title, str(len(each.points)), _number(each.slope), _number(each.error))
              for each in found.industrial.paces),
            ("a further sector", "–", _number(quantiles[1]), f"{_number(quantiles[0])} to {_number(quantiles[2])}"),
        ),
    )  # fmt: skip


def explained(found: Truth) -> Table:
    """What industrial policy explains of each rise."""
    rows = []
    for each in found.industrial.chips:
        part = [100 * q for q in np.quantile(each.explained, [0.1, 0.5, 0.9])]
        rest = [100 * q for q in np.quantile(each.remainder, [0.1, 0.5, 0.9])]
        rows.append(
            (
                each.title,
                f"{100 * each.first.share:.0f} % ({each.first.year:.0f})",
                f"{100 * each.last.share:.0f} % ({each.last.year:.0f})",
                f"{part[1]:.0f} % ({part[0]:.0f} to {part[2]:.0f})",
                f"{rest[1]:+.0f} ({rest[0]:+.0f} to {rest[2]:+.0f})",
                f"{100 * (each.explained >= 1).mean():.0f} %",
            )
        )
    return Table(
        title="Numbers: explained and remainder",
        caption="Part of the rise that the pace of other sectors explains, remainder in points of share, each "
                "median and "
                "10–90 %; probability that nothing remains. Over a year or two the intervals are wide.",
        columns=("measure", "first", "last", "explained", "remainder", "nothing remains"),
        rows=tuple(tuple(cell.replace("-", "−") for cell in row) for row in rows),
    )  # fmt: skip


def variants(found: Truth) -> Table:
    """Answers of every variant in the quoted year."""
    index = found.structure.years.index(found.year)
    names = ("domestic", "home_made", "total")
    rows = []
    for number, each in enumerate(found.structure.variants):
        gap, error = found.structure.difference(number)
        cells = [f"{verdict(each.annual[n], index)} ({each.annual[n].p_catalysed[index]:.2f})" for n in names]
        rows.append((each.label, f"{100 * each.weight:.0f} %", f"{gap:.1f} ± {error:.1f}".replace("-", "−"), *cells))
    stacked = found.structure.stacked
    mixed = [f"{verdict(stacked[n], index)} ({stacked[n].p_catalysed[index]:.2f})" for n in names]
    return Table(
        title="Numbers: every variant",
        caption="Weight, log score below that of the best (sum over series, with its standard error), and for "
                f"{found.year} "
                "the verdict with the probability that it is catalysed.",
        columns=("variant", "weight", "log score", "chips of Chinese design", "made in China", "usable compute"),
        words=(3, 4, 5),
        rows=(*rows, ("all, by weight", "100 %", "–", *mixed)),
    )  # fmt: skip


def rests(found: Truth) -> Table:
    """Parameters by share of the variance of either difference."""
    by_name = [{one.parameter: one for one in each.shares} for each in found.rests]
    names = sorted(by_name[0], key=lambda n: -max(each[n].share for each in by_name))[:40]
    told = "; ".join(
        f"{each.outcome}: {100 * each.uninformed:.0f} % on uninformed parameters, {100 * each.main:.0f} % of the "
        "variance "
        f"by single parameters, {100 * each.remaining:.0f} % of it left given the record"
        for each in found.rests
    )
    return Table(
        title="Numbers: what the differences rest on",
        caption=f"{told}. First-order shares in %, and the share of the parameter’s own variance that the record "
                "takes.",
        columns=("parameter", *(f"Var Δ {each.outcome}" for each in found.rests), "taken by the record"),
        rows=tuple(
            (name, *(_number(100 * each[name].share, 1) for each in by_name),
             _number(100 * by_name[0][name].contraction, 0))
            for name in names
        ),
    )  # fmt: skip
