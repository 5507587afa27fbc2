"""Solar, batteries and electric vehicles against chips: output by year, with what was published."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove import _yaml
from countermove.evidence import facts
from countermove.figures import _labels, _observed, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._observed import ObservedSeries, Point
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, POLICY
from countermove.figures._sheet import Sheet, scatter
from countermove.figures.history import symbol

if TYPE_CHECKING:
    from countermove.results import Origin, Result

BASE: tuple[str, ...] = (
    "solar_output", "battery_output", "ev_output", "sector_relative_price", "sector_cumulative_output", "base_index",
    "base_index_felt", "diversification_effect", "domestic_output", "unit_cost", "cards_made", "card_compute",
)  # fmt: skip
"""Quantities that a run has to keep for the figures of the base."""

_MAPPING = Path(__file__).parent / "base.yaml"
_OUTPUTS: dict[str, float] = {"solar_output": 1.0, "battery_output": 1.0, "ev_output": 1e6}
_HEIGHT, _GAP = 210, 96
_FIRST, _LAST = 2016, 2030
_WHOLE_YEAR = 360


@cache
def published() -> Mapping[str, ObservedSeries]:
    """The panels by series, each with its rows of evidence.

    Raises:
        CountermoveError: a row without period or number.
    """
    found: dict[str, ObservedSeries] = {}
    for entry in _yaml.load(_MAPPING):
        rows = tuple(
            row.id
            for row in facts("sectors")
            if (row.entity, row.quantity) == (entry["entity"], entry["quantity"])
            and row.period_start
            and row.period_end
            and (row.period_end - row.period_start).days >= _WHOLE_YEAR
        )
        panel = {key: entry[key] for key in ("series", "title", "unit", "divide_by")}
        found[entry["series"]] = ObservedSeries(**panel, at="middle", rows=rows, logarithmic=True)
    return found


def base_history(policy: Result, counterfactual: Result, screen: Screen = "laptop") -> Sheet:
    """Yearly output of the three sectors beside published figures, and of Chinese AI chips, on logarithmic axes."""
    wide = screen == "laptop"
    total = (2 if wide else 4) * _HEIGHT + (1 if wide else 3) * _GAP
    figure = Sheet(
        rows=2 if wide else 4, cols=2 if wide else 1, vertical_spacing=_GAP / total,
        horizontal_spacing=0.1 if wide else 0,
    )  # fmt: skip
    for index, (name, scale) in enumerate(_OUTPUTS.items()):
        row, column = (index // 2 + 1, index % 2 + 1) if wide else (index + 1, 1)
        panel = published()[name]
        values = _summary.by_year(_summary.monthly(policy, name), "mean") / scale
        observed = [point for point in _observed.points(panel) if point.x >= _FIRST]
        _line(figure, policy, values, row, column)
        _markers(figure, observed, row, column)
        _frame(figure, panel.title, panel.unit, screen, row, column)
    _chips(figure, policy, counterfactual, screen, *((2, 2) if wide else (4, 1)))
    _theme.year_axis(figure, range(_FIRST, _LAST + 1), screen=screen if wide else "phone")
    _theme.finish(
        figure,
        title="What no control restricts, and chips: output by year",
        source=source(
            policy.origin,
            "Bands: 10–90 % of draws; lines: medians; dashed: without what the policy changes. Markers: rows of "
            "evidence that cover a year (◆ estimate, ▲ forecast; hollow: recalled, not read at the source).",
        ),
        description=_description(policy),
        screen=screen,
        height=total,
        left=66,
    )
    figure.update_layout(hovermode="closest")
    return figure


def source(origin: Origin, note: str) -> str:
    """What a reader needs to find the numbers again."""
    return (
        f"Source: countermove {origin.version}; {origin.scenario}, {origin.draws:,} draws, seed {origin.seed}, "
        f"{origin.caveat}; evidence to {origin.evidence_date}. {note}"
    )


def _line(
    figure: Sheet, result: Result, values: Any, row: int, column: int, *, colour: str = POLICY, dash: str = "solid"
) -> None:
    years = _summary.years_of(result)
    chosen = [index for index, year in enumerate(years) if _FIRST <= year <= _LAST]
    lines = np.maximum(_summary.quantiles(values)[:, chosen], 1e-6)
    _theme.band(
        figure,
        [years[index] + 0.5 for index in chosen],
        lines.tolist(),
        colour=colour,
        name=result.origin.scenario,
        row=row,
        column=column,
        dash=dash,
        custom=lines.T.tolist(),
        hover="%{customdata[1]:,.3~g} (%{customdata[0]:,.3~g}–%{customdata[2]:,.3~g})<extra>"
        f"{result.origin.scenario}</extra>",
    )


def _markers(figure: Sheet, observed: list[Point], row: int, column: int) -> None:
    figure.add_trace(
        scatter(
            x=[round(point.x, 3) for point in observed],
            y=[point.value for point in observed],
            mode="markers",
            name="evidence",
            marker={
                "size": 8,
                "symbol": [symbol(point) for point in observed],
                "color": COUNTERFACTUAL,
                "line": {"color": INK, "width": 1},
            },
            customdata=[told(point) for point in observed],
            hovertemplate="%{customdata}<extra></extra>",
        ),
        row=row,
        col=column,
    )


def told(point: Point) -> str:
    """A row of evidence as its marker says it."""
    row = point.fact
    words = _labels.wrapped(_labels.plain(f"{row.entity}, {row.quantity}; {row.source}"), 48)
    read = {"yes": "read at its source", "partial": "partly derived", "no": "recalled, not read"}.get(row.verified, "")
    return f"<b>{_summary.significant(point.value)} {row.unit}</b>, {point.x:.0f}<br>{words}<br>{read} [{row.id}]"


def _chips(figure: Sheet, policy: Result, counterfactual: Result, screen: Screen, row: int, column: int) -> None:
    for result, colour, dash in ((counterfactual, MUTED, "dash"), (policy, POLICY, "solid")):
        output = _summary.monthly(result, "domestic_output").sum(axis=-1)
        _line(figure, result, _summary.by_year(output, "sum") / 1e3, row, column, colour=colour, dash=dash)
    _frame(figure, "AI chips of Chinese design", "thousand H100e a year", screen, row, column)
    figure.update_yaxes(range=[-2, 4.5], row=row, col=column)


def _frame(figure: Sheet, title: str, unit: str, screen: Screen, row: int, column: int) -> None:
    figure.update_yaxes(type="log", dtick=1, tickformat=",~g", exponentformat="none", row=row, col=column)
    figure.update_yaxes(title_text=unit, row=row, col=column)
    _labels.panel_title(figure, title, screen=screen, row=row, column=column, wrap=44)


def _description(policy: Result) -> str:
    parts: list[str] = []
    for name, scale in _OUTPUTS.items():
        values = np.median(_summary.by_year(_summary.monthly(policy, name), "mean"), axis=0) / scale
        panel = published()[name]
        parts.append(
            f"{panel.title}: {_summary.significant(values[0])} in {_FIRST}, {_summary.significant(values[9])} in "
            f"{_FIRST + 9} {panel.unit}, {len(panel.rows)} published figures"
        )
    return f"Four small panels. {'; '.join(parts)}."
