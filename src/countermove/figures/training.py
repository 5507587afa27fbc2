"""The training calculator: predicted against measured runs, errors by family, where time goes, chips compared."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import plotly.graph_objects as go

from countermove.figures._labels import Screen, plain, wrapped
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, NEUTRAL, POLICY, faint
from countermove.figures._theme import finish

if TYPE_CHECKING:
    from countermove.training.comparison import Alternative
    from countermove.training.evaluate import RowResult
    from countermove.training.job import Prediction

_RUNS = "Published training runs (evidence table training_runs.csv); predictions of the countermove calculator."
# Families told apart by shape as well as colour, so that the figure reads in grey.
_MARKS: dict[str, tuple[str, str]] = {
    "ampere": (POLICY, "circle"),
    "hopper": (POLICY, "square"),
    "blackwell": (POLICY, "diamond"),
    "tpu": (COUNTERFACTUAL, "triangle-up"),
    "ascend": (COUNTERFACTUAL, "circle-open"),
    "cdna": (INK, "x"),
    "gaudi": (INK, "cross"),
    "ada": (INK, "star"),
}


def _speed(result: RowResult, value: float) -> float:
    """A value so that larger means faster: elapsed quantities are turned over."""
    return 1.0 / value if result.quantity in ("step_time_s", "chip_hours", "days") else value


def predicted_against_measured(results: Sequence[RowResult], screen: Screen = "laptop") -> go.Figure:
    """Predicted against measured speed of every scored run, both over the constant-utilisation baseline; log scales."""
    figure = go.Figure()
    scored = [r for r in results if r.scored and r.error is not None and r.baseline]
    for family in sorted({r.family for r in scored}):
        members = [r for r in scored if r.family == family]
        colour, symbol = _MARKS.get(family, (MUTED, "circle"))
        base = [_speed(r, r.baseline or math.nan) for r in members]
        figure.add_trace(
            go.Scatter(
                x=[_speed(r, r.measured or math.nan) / b for r, b in zip(members, base, strict=True)],
                y=[_speed(r, r.predicted or math.nan) / b for r, b in zip(members, base, strict=True)],
                text=[plain(f"{r.id}: {r.error:+.1%}") for r in members],
                mode="markers",
                name=family,
                marker={"color": colour, "symbol": symbol, "size": 7, "line": {"width": 1, "color": colour}},
                hovertemplate="%{text}<extra>" + plain(family) + "</extra>",
            )
        )
    ends = [0.25, 4.0]
    for factor, dash in ((1.0, "solid"), (1.25, "dot"), (0.8, "dot")):
        line = {"color": MUTED, "width": 1, "dash": dash}
        figure.add_trace(
            go.Scatter(
                x=ends, y=[e * factor for e in ends], mode="lines", line=line, hoverinfo="skip", showlegend=False
            )
        )
    ticks = [0.25, 0.5, 1, 2, 4]
    axis = {"type": "log", "tickvals": ticks, "ticktext": [f"{t:g}" for t in ticks], "range": [-0.65, 0.65]}
    figure.update_xaxes(title_text="measured speed, constant utilisation of the family = 1", **axis)
    figure.update_yaxes(title_text="predicted speed, same basis", **axis)
    finish(
        figure,
        title="Predicted and measured speed of published training runs",
        source=f"{_RUNS} Dotted: ±25 %. {len(scored)} runs.",
        description="Scatter of predicted against measured speed, one mark per run, by chip family.",
        screen=screen,
        height=460,
        titled_x=True,
    )
    # Shapes tell families apart as well as colours, so the key must show them.
    legend = {"x": 0.01, "y": 0.99, "xanchor": "left", "yanchor": "top"}
    figure.update_layout(hovermode="closest", showlegend=True, legend=legend)
    return figure


def errors_by_family(errors: Mapping[str, Sequence[float]], screen: Screen = "laptop") -> go.Figure:
    """Errors of the printed quantity in percent by chip family: every run, and the 10, 50 and 90 % quantiles."""
    figure = go.Figure()
    names = sorted(errors, key=lambda name: -len(errors[name]))
    for position, name in enumerate(names):
        values = 100.0 * np.asarray(errors[name])
        jitter = position + 0.6 * ((np.arange(len(values)) * 0.618) % 1.0 - 0.5)
        colour = _MARKS.get(name, (MUTED, ""))[0]
        dots = {"color": faint(colour, 0.5), "size": 5}
        figure.add_trace(go.Scatter(x=jitter, y=values, mode="markers", marker=dots, name=name, hoverinfo="y"))
        low, middle, high = np.quantile(values, [0.1, 0.5, 0.9])
        error = {"type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low], "width": 8}
        error |= {"color": INK, "thickness": 2}
        mark = {"color": INK, "symbol": "line-ew-open", "size": 22, "line": {"width": 3}}
        figure.add_trace(
            go.Scatter(
                x=[position],
                y=[middle],
                error_y=error,
                mode="markers",
                marker=mark,
                name=name,
                hovertemplate=f"{name}: median %{{y:.1f}} %<extra></extra>",
            )
        )
    figure.update_xaxes(
        tickvals=list(range(len(names))),
        ticktext=[f"{plain(name)}<br>{len(errors[name])}" for name in names],
        range=[-0.6, len(names) - 0.4],
    )
    figure.update_yaxes(title_text="error of the prediction, % of measured", range=[-60, 100])
    figure.add_hline(y=0, line_width=1, line_color=MUTED)
    finish(
        figure,
        title="Errors by chip family, each run predicted without its source document",
        source=f"{_RUNS} Bars: 10, 50 and 90 % quantiles; numbers: runs.",
        description="Errors of cross-validated predictions by chip family in percent.",
        screen=screen,
        height=340,
        titled_x=True,
    )
    figure.update_layout(hovermode="closest")
    return figure


_GROUPS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("matrix products", ("matrix",), POLICY),
    ("attention", ("attention",), faint(POLICY, 0.55)),
    ("memory-bound operators", ("elementwise", "optimizer"), NEUTRAL),
    ("recompute", ("recompute",), faint(COUNTERFACTUAL, 0.35)),
    (
        "communication",
        (
            "tensor_communication",
            "expert_communication",
            "context_communication",
            "pipeline_communication",
            "data_communication",
        ),
        COUNTERFACTUAL,
    ),
    ("bubble", ("bubble",), faint(COUNTERFACTUAL, 0.65)),
    ("overhead", ("overhead",), MUTED),
)


# Characters of a line that names a chip, and the room for it in pixels.
_NAME: dict[Screen, int] = {"laptop": 30, "phone": 17}
_ROOM: dict[Screen, int] = {"laptop": 215, "phone": 125}


def where_time_goes(predictions: Sequence[Prediction], screen: Screen = "laptop") -> go.Figure:
    """Seconds per step by what they are spent on, one bar per prediction."""
    figure = go.Figure()
    labels = [wrapped(plain(f"{p.job.chips:,} × {p.job.chip.name}"), _NAME[screen]) for p in predictions]
    shares = [p.shares() for p in predictions]
    for name, parts, colour in _GROUPS:
        values = [100.0 * sum(share[part] for part in parts) for share in shares]
        figure.add_trace(
            go.Bar(
                y=labels,
                x=values,
                orientation="h",
                name=name,
                marker={"color": colour},
                text=[name if value >= 12 else "" for value in values],
                textposition="inside",
                hovertemplate=f"{name}: %{{x:.1f}} %<extra></extra>",
            )
        )
    figure.update_layout(barmode="stack")
    figure.update_xaxes(title_text="share of a step's time, %", range=[0, 100])
    figure.update_yaxes(showgrid=False, autorange="reversed", ticklabelstandoff=6)
    model = predictions[0].job.model.name
    finish(
        figure,
        title=f"Where the time of a training step goes: {model}",
        source="countermove training calculator; fastest layout that fits, or the one given.",
        description="Share of step time by kind of work, one bar per chip.",
        screen=screen,
        height=(60 if screen == "laptop" else 90) * len(predictions),
        left=_ROOM[screen],
        titled_x=True,
        key=[(name, colour) for name, _, colour in _GROUPS],
    )
    figure.update_layout(hovermode="closest")
    return figure


def chips_compared(reference: Prediction, others: Sequence[Alternative], screen: Screen = "laptop") -> go.Figure:
    """Achieved throughput of one chip against the reference with its 80 % interval, beside the ratio of peaks."""
    figure = go.Figure()
    shown = [other for other in others if other.throughput is not None]
    labels = [wrapped(plain(other.chip.name), _NAME[screen]) for other in shown]
    bits = reference.job.bits
    achieved = [other.throughput or math.nan for other in shown]
    figure.add_trace(
        go.Scatter(
            x=[other.chip.peak(other.bits) / reference.job.chip.peak(bits) for other in shown],
            y=labels,
            mode="markers",
            marker={"symbol": "line-ns-open", "size": 16, "color": COUNTERFACTUAL, "line": {"width": 3}},
            name="ratio of peaks",
            hovertemplate="ratio of peaks %{x:.2f}<extra></extra>",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=achieved,
            y=labels,
            mode="markers",
            marker={"size": 10, "color": POLICY},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [(o.high or math.nan) - (o.throughput or math.nan) for o in shown],
                "arrayminus": [(o.throughput or math.nan) - (o.low or math.nan) for o in shown],
                "color": POLICY,
            },
            name="achieved",
            hovertemplate="achieved %{x:.2f}<extra></extra>",
        )
    )
    basis = f"{plain(reference.job.chip.name)} = 1" if screen == "laptop" else "the first = 1"
    figure.update_xaxes(title_text=f"throughput per chip, {basis}", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    finish(
        figure,
        title=f"One chip against one {reference.job.chip.name}, training {reference.job.model.name}",
        source="countermove training calculator. Bar: 80 % interval of what is achieved; tick: ratio of peaks.",
        description="Achieved throughput per chip against the reference, beside the ratio of peak operations.",
        screen=screen,
        height=60 + 40 * len(shown),
        left=_ROOM[screen],
        titled_x=True,
        key=[("achieved throughput", POLICY), ("ratio of peak operations", COUNTERFACTUAL)],
    )
    figure.update_layout(hovermode="closest")
    return figure
