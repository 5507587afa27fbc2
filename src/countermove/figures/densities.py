"""Prior and posterior of parameters as densities over one axis each, in a grid of small panels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from countermove.figures import _labels, _palette, _theme
from countermove.figures._labels import Screen
from countermove.figures._palette import COUNTERFACTUAL, MUTED, POLICY
from countermove.parameters import Prior

Floats = NDArray[np.float64]

PRIOR, POSTERIOR, OWN = "prior", "posterior", "own interval"
_COLOURS = {PRIOR: (MUTED, "solid"), POSTERIOR: (POLICY, "solid"), OWN: (COUNTERFACTUAL, "dash")}
_SHARES = np.linspace(0.005, 0.995, 199)
_POINTS = 160
_ROW = 96


@dataclass(frozen=True, slots=True)
class Panel:
    """One parameter, or one element of it.

    Attributes:
        curves: by name of the curve points (value in the unit, density per unit).
    """

    title: str
    unit: str
    curves: Mapping[str, tuple[Floats, Floats]]


def panels(
    priors: Sequence[Prior], posterior: Mapping[str, Any], own: Mapping[str, Prior] | None = None
) -> list[Panel]:
    """A panel for each parameter and element that has an interval; single elements may be certain.

    Args:
        priors: the parameters, none of them fixed.
        posterior: by name what is fitted, with its draws in `values` (*elements, draws).
        own: by name an interval in place of ours.
    """
    found: list[Panel] = []
    for prior in priors:
        for place, element in enumerate(prior.elements or ("",)):
            if _is_certain(prior, place):
                continue
            curves = {PRIOR: of_quantiles(prior, place)}
            if prior.name in posterior:
                values = np.atleast_2d(posterior[prior.name].values)[place]
                curves[POSTERIOR] = of_draws(values, prior)
            if own and prior.name in own:
                curves[OWN] = of_quantiles(own[prior.name], place)
            words = prior.name.replace("_", " ") + (f": {element.replace('_', ' ')}" if element else "")
            found.append(Panel(words, prior.unit, curves))
    return found


def _is_certain(prior: Prior, place: int) -> bool:
    low, high = (value[place] if isinstance(value, tuple) else value for value in (prior.low, prior.high))
    return low == high


def of_quantiles(prior: Prior, place: int = 0) -> tuple[Floats, Floats]:
    """The density of a prior from 0.5 to 99.5 %: the slope of its quantile function, inverted.

    It jumps at the median where the two halves of the interval differ in width, as the two-piece prior does.
    """
    shares = np.tile(_SHARES, (len(prior.elements), 1)) if prior.elements else _SHARES
    x = np.atleast_2d(prior.quantile(shares))[place]
    rise = np.diff(x)
    inside = rise > 0  # a bound holds what lies beyond it, where the density is none
    middle = (x[1:] + x[:-1]) / 2
    return middle[inside], np.diff(_SHARES)[inside] / rise[inside]


def of_draws(values: Floats, prior: Prior) -> tuple[Floats, Floats]:
    """The density of draws by Gaussian kernels (Silverman's width), on the scale on which the prior is normal."""
    from scipy.stats import gaussian_kde

    from countermove.parameters._prior import _scale

    forward, backward = _scale(prior.distribution)
    inside = values[np.isfinite(forward(np.asarray(values, dtype=np.float64)))]
    z = forward(np.asarray(inside, dtype=np.float64))
    if np.ptp(z) == 0:
        return np.empty(0), np.empty(0)
    at = np.linspace(z.min() - 0.15 * np.ptp(z), z.max() + 0.15 * np.ptp(z), _POINTS)
    x = backward(at)
    return x, gaussian_kde(z, "silverman")(at) / np.gradient(x, at)


def densities(
    shown: Sequence[Panel], *, title: str, source: str, screen: Screen = "laptop", columns: int | None = None
) -> go.Figure:
    """A panel for each parameter: its prior, its posterior and an own interval, where there are such.

    Each panel has an axis of its own; a curve is as high as its density, so that the narrower one is the higher.
    """
    across = columns or (4 if screen == "laptop" else 2)
    down = max(1, -(-len(shown) // across))
    figure = make_subplots(
        rows=down, cols=across, vertical_spacing=min(0.62 / down, 0.9), horizontal_spacing=0.035,
    )  # fmt: skip
    for place, panel in enumerate(shown):
        row, column = place // across + 1, place % across + 1
        for name, curve in panel.curves.items():
            _draw(figure, panel, name, curve, row, column)
        _labels.panel_title(
            figure, panel.title, screen=screen, row=row, column=column, note=_unit(panel),
            wrap=30 if screen == "laptop" else 24,
        )  # fmt: skip
    names = [name for name in _COLOURS if any(name in panel.curves for panel in shown)]
    _theme.finish(
        figure,
        title=title,
        source=source,
        description=f"Densities of {len(shown)} parameters: {', '.join(names)}.",
        screen=screen,
        height=_ROW * down + 70 * (down - 1),
        left=16,
        key=[(name, _COLOURS[name][0]) for name in names],
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(nticks=5)
    figure.update_yaxes(visible=False, rangemode="tozero")
    return figure


def _unit(panel: Panel) -> str:
    return "" if panel.unit == "1" else panel.unit


def _draw(figure: go.Figure, panel: Panel, name: str, curve: tuple[Floats, Floats], row: int, column: int) -> None:
    colour, dash = _COLOURS[name]
    figure.add_trace(
        go.Scatter(
            x=curve[0].tolist(),
            y=curve[1].tolist(),
            mode="lines",
            name=name,
            line={"color": colour, "dash": dash, "width": 1.8},
            fill="tozeroy" if name == POSTERIOR else None,
            fillcolor=_palette.faint(colour, 0.15) if name == POSTERIOR else None,
            hovertemplate=f"{panel.title}, {name}: %{{x:.4g}} {_unit(panel)}<extra></extra>",
        ),
        row=row,
        col=column,
    )
