"""The link from the calculator to the simulation."""

from __future__ import annotations

import pytest

from countermove.model import build
from countermove.parameters import load_parameters
from countermove.training import factors
from countermove.training.chips import accelerator


@pytest.mark.parametrize("purpose", ["training", "inference"])
def test_the_shipped_file_is_what_the_calculator_gives(purpose: factors.Purpose) -> None:
    """Within a twentieth, far inside the intervals of a quarter: a refit smaller than that needs no new file."""
    prior = load_parameters()[f"{purpose}_achieved"]
    wanted = factors.achieved(purpose)
    assert prior.elements == tuple(wanted)
    for given, i in ((prior.low, 0), (prior.central, 1), (prior.high, 2)):
        found = dict(zip(prior.elements, given, strict=True))  # type: ignore[arg-type]
        for origin, values in wanted.items():
            assert found[origin] == pytest.approx(values[i], rel=0.05), "run python -m countermove.training.factors"


def test_the_simulation_reads_it() -> None:
    assert {"training_achieved", "inference_achieved"} <= set(build().inputs)


def test_the_h100_achieves_its_own_compute() -> None:
    for purpose in ("training", "inference"):
        low, central, high = factors.factor(accelerator("h100"), purpose)
        assert central == pytest.approx(1.0)
        assert low < 1.0 < high


def test_bandwidth_counts_in_inference_more_than_in_training() -> None:
    """An H20 has an H100's memory at a seventh of its operations."""
    h20 = accelerator("h20")
    assert factors.factor(h20, "inference")[1] > factors.factor(h20, "training")[1] > 1.0
