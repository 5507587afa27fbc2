"""What feeds what: the weight of the unrestricted sectors, what is felt of it, what it adds to chips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from countermove.figures import _labels, _summary, _theme
from countermove.figures._labels import Label, Screen
from countermove.figures._palette import COUNTERFACTUAL, POLICY
from countermove.figures._sheet import Sheet
from countermove.figures.base import source

if TYPE_CHECKING:
    from countermove.figures._summary import Array
    from countermove.results import Result

_HEIGHT, _GAP = 240, 100


def added(policy: Result, unlinked: Result) -> Array:
    """What the link adds to output of chips of Chinese design, thousand H100e a year, (draw, year)."""
    one, other = (
        _summary.by_year(_summary.monthly(run, "domestic_output").sum(axis=-1), "sum") for run in (policy, unlinked)
    )
    return (one - other) / 1e3


def feeding(policy: Result, unlinked: Result, screen: Screen = "laptop") -> Sheet:
    """Three panels by year: value added over GDP and as felt; the factor on budgets and engineers; what it adds.

    Args:
        unlinked: the same policy and draws with the mechanism diversification_base off.
    """
    wide = screen == "laptop"
    total = _HEIGHT if wide else 3 * _HEIGHT + 2 * _GAP
    figure = Sheet(
        rows=1 if wide else 3, cols=3 if wide else 1, horizontal_spacing=0.08 if wide else 0,
        vertical_spacing=0 if wide else _GAP / total,
    )  # fmt: skip
    places = [(1, 1), (1, 2), (1, 3)] if wide else [(1, 1), (2, 1), (3, 1)]
    index = 100 * _summary.by_year(_summary.monthly(policy, "base_index"), "mean")
    felt = 100 * _summary.by_year(_summary.monthly(policy, "base_index_felt"), "mean")
    factor = _summary.by_year(_summary.monthly(policy, "diversification_effect"), "mean")
    more = added(policy, unlinked)
    weights = ((index, POLICY, "now"), (felt, COUNTERFACTUAL, "felt"))
    panels = (
        ("1  Solar, batteries, vehicles", "value added, % of GDP", weights),
        ("2  Budgets and engineers", "factor", ((factor, POLICY, ""),)),
        ("3  Chips, with the link less without", "thousand H100e a year", ((more, POLICY, ""),)),
    )  # fmt: skip
    for (title, unit, lines), (row, column) in zip(panels, places, strict=True):
        tops: list[Label] = []
        for values, colour, name in lines:
            quantiles = _summary.quantiles(values)
            _theme.band(
                figure, [year + 0.5 for year in _summary.years_of(policy)], quantiles.tolist(), colour=colour,
                name=name or title, row=row, column=column, custom=quantiles.T.tolist(),
                dash="dash" if name == "felt" else "solid",
                hover="%{customdata[1]:.3~g} (%{customdata[0]:.3~g} to %{customdata[2]:.3~g})<extra></extra>",
            )  # fmt: skip
            if name:
                tops.append(Label(name, colour, float(quantiles[1, len(quantiles[1]) // 2])))
        for label in tops:
            figure.add_annotation(
                text=label.text, x=_summary.years_of(policy)[0] + 10, y=label.value, showarrow=False,
                yshift=12 if label.text == "now" else -12, font={"color": label.colour}, row=row, col=column,
            )  # fmt: skip
        figure.update_yaxes(title_text=unit, nticks=5, tickformat="~g", row=row, col=column)
        _labels.panel_title(figure, title, screen=screen, row=row, column=column, wrap=40)
    _theme.year_axis(figure, _summary.years_of(policy), screen="phone")
    return _theme.finish(
        figure,
        title="What feeds what: the base, what is felt of it, what it adds to chips",
        source=source(
            policy.origin,
            "Bands: 10–90 % of draws; lines: medians. The factor multiplies the fiscal base and the supply of "
            "engineers; the third panel is the same policy with the mechanism diversification base on and off. The "
            "elasticity of the link is a judgement with a wide interval.",
        ),
        description=_description(index, factor, more, policy),
        screen=screen,
        height=total,
    )


def _description(index: Array, factor: Array, more: Array, policy: Result) -> str:
    last = _summary.years_of(policy)[-1]
    ends = [_summary.significant(np.median(values[:, -1])) for values in (index, factor, more)]
    return (
        f"Three panels. In {last}: value added {ends[0]} % of GDP; factor on budgets and engineers {ends[1]}; "
        f"{ends[2]} thousand H100e of chips a year more."
    )
