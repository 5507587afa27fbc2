"""Inference by roofline: closed forms and published rows."""

from __future__ import annotations

from pathlib import Path

import pytest

import countermove
from countermove.errors import CountermoveError
from countermove.training.chips import accelerator
from countermove.training.inference import (
    Check,
    Serving,
    cache_bytes,
    checks,
    decode,
    largest_batch,
    memory_needed,
    prefill_tokens_per_second,
)
from countermove.training.models import model
from countermove.training.validation import read_table

V3 = model("deepseek-v3")


def test_latent_cache_is_seventy_kilobytes_a_token() -> None:
    """DeepSeek-AI 2024 (V3): 576 elements in 61 layers, 70,272 bytes in 16 bit."""
    assert cache_bytes(V3, Serving(8), 1.0) == 70272


def test_grouped_query_cache() -> None:
    """Llama 3.1 70B: 2 × 8 × 128 elements in 80 layers, 327,680 bytes in 16 bit."""
    assert cache_bytes(model("llama3.1-70b"), Serving(8), 1.0) == 327680


# Nothing is fitted on the published rows: a roofline without queueing, load and speculation is held to within a factor
# of 1.6 either way.
PUBLISHED_FACTOR = 1.6


@pytest.mark.parametrize("check", checks(), ids=lambda check: check.run)
def test_published_throughput(check: Check) -> None:
    rows = read_table(Path(countermove.__file__).parent / "evidence" / "tables" / "training_runs.csv")
    measured = next(float(row["measured_value"]) for row in rows if row["id"] == check.run)
    assert measured / PUBLISHED_FACTOR < check.predicted < measured * PUBLISHED_FACTOR


def test_bandwidth_not_peak_decides_generation() -> None:
    """H20 against H800: 0.15 of the operations, 1.19 of the bandwidth."""
    llama, serving = model("llama3.1-70b"), Serving(8, tensor=8)
    h20, h800 = accelerator("h20"), accelerator("h800")
    generation = (
        decode(llama, h20, serving, 4096, 2).tokens_per_second / decode(llama, h800, serving, 4096, 2).tokens_per_second
    )
    prompt = prefill_tokens_per_second(llama, h20, serving, 4096) / prefill_tokens_per_second(
        llama, h800, serving, 4096
    )
    assert generation > 1.0
    assert prompt < 0.5


def test_small_batches_read_weights_and_large_ones_compute() -> None:
    llama, serving, chip = model("llama3.1-8b"), Serving(1, bits=16), accelerator("h100")
    assert decode(llama, chip, serving, 128, 1).bound_by == "bandwidth"
    large = decode(llama, chip, serving, 128, 2048)
    assert large.products > large.weights


def test_what_does_not_fit_is_refused_with_the_figure() -> None:
    serving, chip = Serving(8, tensor=8), accelerator("h100")
    with pytest.raises(CountermoveError, match=r"needs .* GB on each of 8 nvidia_h100_sxm, 76\.0 of 80 GB are usable"):
        decode(V3, chip, serving, 4096, 1)
    llama = model("llama3.1-70b")
    batch = largest_batch(llama, chip, serving, 4096)
    assert (
        memory_needed(llama, chip, serving, 4096, batch) <= 76e9 < memory_needed(llama, chip, serving, 4096, batch + 1)
    )


def test_each_die_of_a_910c_reads_its_own_copy_of_what_is_not_split() -> None:
    """CloudMatrix384 serves DeepSeek with attention data-parallel over dies, experts spread over all of them."""
    split, whole = Serving(160, tensor=2, expert=160), Serving(160, expert=160)
    chip = accelerator("910c")
    plain = V3.parameters - V3.routed_parameters
    assert memory_needed(V3, chip, whole, 4096, 0) - memory_needed(V3, accelerator("h200"), whole, 4096, 0) == plain
    assert decode(V3, chip, whole, 4096, 96).weights > decode(V3, chip, split, 4096, 96).weights
