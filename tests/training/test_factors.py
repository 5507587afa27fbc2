"""The link from the calculator to the simulation."""

from __future__ import annotations

import pytest

from countermove.parameters import load_parameters
from countermove.training import factors
from countermove.training.chips import accelerator
from countermove.training.equivalent import effective_h100e, eight_bit_h100e


def test_the_shipped_file_is_what_the_calculator_gives() -> None:
    assert factors.PATH.read_text(encoding="utf-8") == factors.text(), "run python -m countermove.training.factors"


def test_the_simulation_reads_it() -> None:
    prior = load_parameters()["training_achieved"]
    assert prior.elements == tuple(factors.REPRESENTATIVES)
    # Two digits are kept.
    central = dict(zip(prior.elements, prior.central, strict=True))  # type: ignore[arg-type]
    wanted = effective_h100e("p800", "training", factors.MATURE) / eight_bit_h100e("p800")
    assert central["kunlunxin"] == pytest.approx(wanted, abs=0.0051)


def test_the_h100_achieves_its_own_compute() -> None:
    for purpose in ("training", "inference"):
        low, central, high = factors.factor(accelerator("h100"), purpose)
        assert central == pytest.approx(1.0)
        assert low < 1.0 < high


def test_bandwidth_counts_in_inference_more_than_in_training() -> None:
    """An H20 has an H100's memory at a seventh of its operations."""
    h20 = accelerator("h20")
    assert factors.factor(h20, "inference")[1] > factors.factor(h20, "training")[1] > 1.0
