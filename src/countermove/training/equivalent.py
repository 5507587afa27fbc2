"""Effective H100-equivalents: what a chip achieves on a stated workload, apart from the 8-bit basis of stocks.

Training: tokens per second and chip of Llama 3.1 70B in BF16 on 512 chips, each chip on its fastest layout that fits
and on the software of the given date. Inference: requests of 2,048 prompt and 512 generated tokens to Llama 3.1 70B
on eight chips, weights in 8 bit where the chip has such products.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from countermove.training import models
from countermove.training.chips import Accelerator, accelerator
from countermove.training.inference import Serving, decode, largest_batch, prefill_tokens_per_second
from countermove.training.job import best_layout, make_job

Purpose = Literal["training", "inference"]
REFERENCE_CHIP = "nvidia_h100_sxm"
REFERENCE_MODEL = "llama3.1-70b"
REFERENCE_DATE = 2025.5
TRAINING_CHIPS, TRAINING_BATCH = 512, 4_194_304.0
PROMPT, GENERATED, SERVING_CHIPS, MOST_SEQUENCES = 2048, 512, 8, 32.0
H100_EIGHT_BIT = 1979.0


def _chip(chip: str | Accelerator) -> Accelerator:
    return accelerator(chip) if isinstance(chip, str) else chip


def effective_h100e(chip: str | Accelerator, purpose: Purpose = "training", date: float = REFERENCE_DATE) -> float:
    """Achieved throughput of a chip on the reference workload, H100 SXM = 1, both on the software of `date`.

    Raises:
        CountermoveError: unknown chip, specifications not published, or the reference model does not fit on it.
    """
    found = _chip(chip)
    if purpose == "training":
        return _training(found.id, date) / _training(REFERENCE_CHIP, date)
    return _inference(found.id) / _inference(REFERENCE_CHIP)


def eight_bit_h100e(chip: str | Accelerator) -> float:
    """Dense 8-bit operations against the H100's 1979 TOPS: the basis of compute stocks, nothing achieved about it."""
    return _chip(chip).peak(8) / H100_EIGHT_BIT


@cache
def _training(chip: str, date: float) -> float:
    model = models.model(REFERENCE_MODEL)
    job = make_job(
        model,
        accelerator(chip),
        TRAINING_CHIPS,
        sequence=models.usual_sequence(model),
        batch_tokens=TRAINING_BATCH,
        date=date,
    )
    return best_layout(job).tokens_per_second_per_chip


@cache
def _inference(chip: str) -> float:
    model, found = models.model(REFERENCE_MODEL), accelerator(chip)
    bits = 8 if found.peak(8) > found.peak_16 else 16
    serving = Serving(SERVING_CHIPS, tensor=SERVING_CHIPS, bits=bits)
    context = PROMPT + GENERATED / 2
    batch = max(min(largest_batch(model, found, serving, context), MOST_SEQUENCES), 1.0)
    generating = decode(model, found, serving, context, batch).tokens_per_second
    reading = prefill_tokens_per_second(model, found, serving, PROMPT, tokens_per_chip=PROMPT)
    return 1.0 / (PROMPT / reading + GENERATED / generating)
