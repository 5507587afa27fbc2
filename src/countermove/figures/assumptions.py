"""The assumptions that matter: which uncertain parameters go with the sign and size of the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures import _labels, _palette, _summary, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, INK, POLICY
from countermove.figures._sheet import Canvas, Sheet, bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from countermove.explore.compare import Comparison
    from countermove.explore.drivers import Driver

_PANELS = (("domestic", "ΔD"), ("total", "ΔC"))
_ROW = 26
_GAP = 84
_SHOWN = 12


def assumptions(comparison: Comparison, screen: Screen = "laptop") -> go.Figure:
    """The parameters with the strongest rank correlation with ΔD and with ΔC in the quoted year, as two tornadoes."""
    return assumptions_sheet(comparison, screen).figure()


def assumptions_sheet(comparison: Comparison, screen: Screen = "laptop") -> Sheet:
    """As `assumptions`, not yet checked by Plotly."""
    from countermove.explore.compare import quoted_year

    year = quoted_year(comparison.years)
    shown = {outcome: tuple(comparison.drivers.get(outcome, ()))[:_SHOWN] for outcome, _ in _PANELS}
    beside = screen == "laptop"
    rows = max(3, *(len(bars) for bars in shown.values()))
    height = _ROW * rows
    total = height if beside else 2 * height + _GAP
    figure = Sheet(
        rows=1 if beside else 2,
        cols=2 if beside else 1,
        horizontal_spacing=0.24 if beside else 0,
        vertical_spacing=0 if beside else _GAP / total,
    )
    # Correlations up to this much cannot be told from none and are not shown.
    noise = 2 / np.sqrt(comparison.draws)
    reach = 1.35 * max([noise, *(abs(bars[0].correlation) for bars in shown.values() if bars)])
    for index, (outcome, letter) in enumerate(_PANELS):
        row, column = (1, index + 1) if beside else (index + 1, 1)
        _tornado(figure, shown[outcome], noise, screen, row, column)
        # The same room for each bar in both panels, from the top down.
        figure.update_yaxes(range=[rows - 0.5, -0.5], row=row, col=column)
        none = "" if shown[outcome] else ": no parameter clearly"
        _labels.panel_title(figure, f"{letter} in {year}{none}", screen=screen, row=row, column=column, wrap=46)
    figure.update_xaxes(range=[-reach, reach], nticks=5, title_text="rank correlation", tickformat="+.1f")
    _theme.finish(
        figure,
        title=f"The assumptions that go with the difference in {year}",
        source=_summary.source_line(
            comparison,
            f"Spearman’s rank correlation over draws; up to ±{noise:.2f} (shaded) it cannot be told from none.",
            bands=False,
        ),
        description=_description(shown),
        screen=screen,
        height=total,
        left=196 if beside else 150,
        right=24,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest", bargap=0.3)
    figure.update_xaxes(showgrid=True, gridcolor=_palette.GRID)
    figure.update_yaxes(showgrid=False, tickfont_color=INK)
    return figure


def readable(parameter: str) -> str:
    """The name of a parameter, NAME or NAME.ELEMENT, in words."""
    name, _, element = parameter.partition(".")
    words = f"{name} ({element})" if element else name
    return " ".join(word.upper() if word in ("hbm", "euv") else word for word in words.replace("_", " ").split())


def _tornado(figure: Canvas, bars: Sequence[Driver], noise: float, screen: Screen, row: int, column: int) -> None:
    figure.add_trace(
        bar(
            orientation="h",
            y=[_labels.wrapped(readable(bar.parameter), 30 if screen == "laptop" else 22) for bar in bars] or [""],
            x=[bar.correlation for bar in bars] or [0],
            text=[f"{bar.correlation:+.2f}".replace("-", "−") for bar in bars],
            textposition="outside",
            textfont={"size": _labels.size(screen, "small"), "color": INK},
            cliponaxis=False,
            marker={
                "color": [POLICY if bar.correlation >= 0 else COUNTERFACTUAL for bar in bars] or [POLICY],
                "line": {"width": 0},
            },
            hovertemplate="%{y}: %{x:+.2f}<extra></extra>",
        ),
        row=row,
        col=column,
    )
    _theme.zone(figure, -noise, noise, axis="x", row=row, column=column)
    _theme.zero_line(figure, row=row, column=column)


def _description(shown: dict[str, tuple[Driver, ...]]) -> str:
    parts = [
        f"{letter}: "
        + (
            ", ".join(f"{readable(bar.parameter)} {bar.correlation:+.2f}" for bar in shown[outcome][:5])
            or "none clearly"
        )
        for outcome, letter in _PANELS
    ]
    return "Bars of rank correlation, strongest first. " + "; ".join(parts) + "."
