"""Figures of the calculator: what they show is what was computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest

import countermove
from countermove.figures import training as figures
from countermove.training import page
from countermove.training.chips import accelerator
from countermove.training.comparison import compare
from countermove.training.evaluate import evaluate_table
from countermove.training.job import best_layout, make_job
from countermove.training.models import model
from countermove.training.validation import read_table

RESULTS = evaluate_table(read_table(Path(countermove.__file__).parent / "evidence" / "tables" / "training_runs.csv"))
REFERENCE = best_layout(make_job(model("llama3.1-70b"), accelerator("h100"), 512, sequence=8192))
OTHERS = compare(REFERENCE, [accelerator(name) for name in ("h20", "910b", "950dt")])
FAMILIES = {
    family: [r.error for r in RESULTS if r.family == family and r.error is not None and r.scored]
    for family in ("ampere", "hopper", "ascend")
}
BUILD = {
    "scatter": lambda screen: figures.predicted_against_measured(RESULTS, screen),
    "errors": lambda screen: figures.errors_by_family(FAMILIES, screen),
    "time": lambda screen: figures.where_time_goes([REFERENCE, OTHERS[0].same_chips or REFERENCE], screen),
    "chips": lambda screen: figures.chips_compared(REFERENCE, OTHERS, screen),
}


@pytest.mark.parametrize("screen", ["laptop", "phone"])
@pytest.mark.parametrize("name", list(BUILD))
def test_title_source_and_units(name: str, screen: str) -> None:
    figure = BUILD[name](screen)
    assert isinstance(figure, go.Figure)
    assert figure.layout.meta["source"]
    assert figure.layout.meta["description"]
    assert any(annotation.name == "source" for annotation in figure.layout.annotations)
    assert figure.layout.xaxis.title.text or figure.layout.yaxis.title.text


def test_the_scatter_shows_every_scored_run_once() -> None:
    figure = BUILD["scatter"]("laptop")
    shown = sum(len(trace.x) for trace in figure.data if trace.mode == "markers")
    assert shown == sum(r.scored and r.error is not None for r in RESULTS)
    for trace in figure.data:
        if trace.mode == "markers":
            assert np.all(np.isfinite(trace.x))
            assert np.all(np.asarray(trace.y, dtype=float) > 0)


def test_shares_of_time_sum_to_a_hundred() -> None:
    figure = BUILD["time"]("laptop")
    np.testing.assert_allclose(sum(np.asarray(trace.x) for trace in figure.data), 100.0)


def test_the_comparison_shows_ratio_and_peak() -> None:
    peaks, achieved = BUILD["chips"]("laptop").data
    assert peaks.x[0] == pytest.approx(148 / 989.5)
    assert achieved.x[0] == pytest.approx(OTHERS[0].throughput)


def test_the_page_in_the_documentation_is_the_one_the_command_writes() -> None:
    written = Path(countermove.__file__).parents[2] / "docs" / "training.md"
    if not written.exists():
        pytest.skip("installed without the documentation")
    assert written.read_text(encoding="utf-8") == page.text(), "python -m countermove.training.page writes it anew"
