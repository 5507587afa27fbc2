"""A training job and what it costs: the calculator's front."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from countermove.errors import CountermoveError
from countermove.training.chips import Accelerator
from countermove.training.columns import Columns, columns
from countermove.training.cost import Cost, cost
from countermove.training.fitted import fitted
from countermove.training.layout import Layout
from countermove.training.memory import FRAMEWORK_BYTES, USABLE_SHARE, Memory, memory
from countermove.training.reliability import availability
from countermove.training.search import Grid, evaluate, grid, options
from countermove.training.stack import Stack, stack_of
from countermove.training.step import StepTime, step_time
from countermove.training.uncertainty import interval
from countermove.training.workload import Transformer, training_flops_per_token

# The latest software that the fitted runs cover well.
DEFAULT_DATE = 2026.0
# Tokens per active parameter of a compute-optimal run (Hoffmann et al. 2022).
TOKENS_PER_PARAMETER = 20.0


@dataclass(frozen=True)
class Job:
    """A model trained on `chips` chips: `bits` is the width of the matrix products, `tokens` the length of the run."""

    model: Transformer
    chip: Accelerator
    chips: int
    sequence: int
    batch_tokens: float
    tokens: float
    bits: int
    stack: Stack

    def columns(self, layout: Layout) -> Columns:
        """The step model's inputs under a layout."""
        return columns(
            self.model,
            self.chip_layout(layout),
            self.chip,
            self.stack,
            sequence=self.sequence,
            batch_tokens=self.batch_tokens,
            bits=self.bits,
        )

    def chip_layout(self, layout: Layout) -> Layout:
        """The layout with the stack's sequence parallelism."""
        return replace(layout, sequence_parallel=self.stack.sequence_parallel)


@dataclass(frozen=True)
class Prediction:
    """What a job takes. Times in seconds, hours or days as named; `low` and `high` bound 80 % of step time."""

    job: Job
    layout: Layout
    step: StepTime
    low: float
    high: float
    memory: Memory

    @property
    def seconds(self) -> float:
        """Seconds per step."""
        return float(self.step.total)

    @property
    def tokens_per_second_per_chip(self) -> float:
        return self.job.batch_tokens / self.seconds / self.job.chips

    @property
    def utilisation(self) -> float:
        """Model FLOPs utilisation: products and full attention, three passes, on the dense peak of the precision."""
        flops = training_flops_per_token(self.job.model, self.job.sequence, "megatron")
        return flops * self.tokens_per_second_per_chip / (self.job.chip.peak(self.job.bits) * 1e12)

    @property
    def effective_share(self) -> float:
        """Share of elapsed time in steps that count: failures and restarts, evaluation."""
        return availability(self.job.chips) / fitted().efficiency["run_overhead"]

    @property
    def chip_hours(self) -> float:
        """Elapsed chip-hours of the whole run."""
        return self.job.tokens / self.tokens_per_second_per_chip / 3600.0 / self.effective_share

    @property
    def days(self) -> float:
        return self.chip_hours / self.job.chips / 24.0

    @property
    def cost(self) -> Cost:
        return cost(self.job.chip, self.chip_hours)

    @property
    def memory_gigabytes(self) -> float:
        return (float(self.memory.total) + FRAMEWORK_BYTES) / 1e9

    def shares(self) -> dict[str, float]:
        """Share of step time by what it is spent on, largest first."""
        parts = {f.name: float(getattr(self.step, f.name)) / self.seconds for f in fields(StepTime)}
        return dict(sorted(parts.items(), key=lambda item: -item[1]))


def default_batch(chips: int, sequence: int) -> float:
    """Tokens per step where none are given: 8,192 per chip between 1 M and 16.8 M, whole sequences."""
    tokens = min(max(8192.0 * chips, 2.0**20), 2.0**24)
    return max(round(tokens / sequence), 1) * float(sequence)


def make_job(
    model: Transformer,
    chip: Accelerator,
    chips: int,
    *,
    sequence: int,
    batch_tokens: float | None = None,
    tokens: float | None = None,
    bits: int = 16,
    date: float = DEFAULT_DATE,
) -> Job:
    """A job with what is left open filled in: batch by the number of chips, tokens at twenty per active parameter.

    Raises:
        CountermoveError: a number that is not positive, or a precision the chip does not offer.
    """
    for name, value in (("chips", chips), ("sequence", sequence), ("batch", batch_tokens), ("tokens", tokens)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise CountermoveError(f"{name} is {value}, must be positive")
    if bits < 16 and chip.peak(bits) <= chip.peak_16:
        raise CountermoveError(f"chip {chip.id} offers no {bits}-bit products faster than its 16-bit ones; use bf16")
    batch = batch_tokens or default_batch(chips, sequence)
    if batch < sequence:
        raise CountermoveError(f"batch of {batch:.0f} tokens is less than one sequence of {sequence}")
    stack = stack_of(chip.stack, date)
    return Job(
        model, chip, chips, sequence, batch, tokens or TOKENS_PER_PARAMETER * model.active_parameters, bits, stack
    )


def predict(job: Job, layout: Layout | None = None) -> Prediction:
    """Step time, memory and the rest under a layout, or under the fastest layout that fits.

    Raises:
        CountermoveError: the layout is inconsistent or does not fit in memory, with the figures.
    """
    return _with_layout(job, layout) if layout is not None else best_layout(job)


def _with_layout(job: Job, layout: Layout) -> Prediction:
    layout.check(job.chips, job.model.layers, job.model.experts)
    replicas = layout.micro_batch * job.sequence * layout.data
    if job.batch_tokens < replicas * (1 - 1e-9):
        raise CountermoveError(
            f"batch of {job.batch_tokens:.0f} tokens is less than micro-batch {layout.micro_batch} "
            f"× sequence {job.sequence} × DP {layout.data} = {replicas}"
        )
    prediction = _predicted(job, layout)
    if prediction.memory_gigabytes > USABLE_SHARE * job.chip.memory:
        part = prediction.memory
        raise CountermoveError(
            f"layout does not fit: {prediction.memory_gigabytes:.1f} GB needed (weights {part.weights / 1e9:.1f}, "
            f"gradients {part.gradients / 1e9:.1f}, optimiser {part.optimizer / 1e9:.1f}, activations "
            f"{part.activations / 1e9:.1f}), {USABLE_SHARE * job.chip.memory:.1f} of {job.chip.memory:.0f} GB usable "
            f"on {job.chip.id}"
        )
    return prediction


def _predicted(job: Job, layout: Layout) -> Prediction:
    case = job.columns(layout)
    known = fitted()
    step = step_time(case, known.efficiency)
    seconds = float(step.total)
    factor = interval(job.chip.family, "mixture of experts" if job.model.is_moe else None, known.uncertainty)
    return Prediction(job, layout, step, seconds / factor, seconds * factor, memory(case))


def _sharding(fixed: Layout, keep: Sequence[str]) -> list[dict[str, list[float]]]:
    """Optimiser states sharded with stages, or everything sharded without; what is given stays."""
    if "shard" in keep:
        return [{}]
    staged = ("pipeline" in keep and fixed.pipeline > 1) or ("interleave" in keep and fixed.interleave > 1)
    alone: dict[str, list[float]] = {"shard": [3.0], "pipeline": [1.0], "interleave": [1.0]}
    return [{"shard": [1.0]}] if staged else [{"shard": [1.0]}, alone]


def _merged(parts: list[Grid], sequences: float, data: int | None) -> Grid:
    """Grids one after another, less what the batch cannot feed or what has another number of replicas."""
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    keep = whole["data"] * whole["micro_batch"] <= sequences * (1 + 1e-9)
    if data is not None:
        keep &= whole["data"] == data
    return {name: values[keep] for name, values in whole.items()}


_SHORT = {
    "tensor": "TP",
    "pipeline": "PP",
    "data": "DP",
    "context": "CP",
    "expert": "EP",
    "interleave": "VPP",
    "micro_batch": "micro-batch",
}


def _no_layout(job: Job, fixed: Layout, keep: Sequence[str]) -> str:
    given = ", ".join(f"{short} {getattr(fixed, name)}" for name, short in _SHORT.items() if name in keep)
    sequences = job.batch_tokens / job.sequence
    return (
        f"no layout{' with ' + given if given else ''}: TP × PP × CP × DP must be the {job.chips} chips, PP × VPP at "
        f"most the {job.model.layers} layers, DP × micro-batch at most the {sequences:.4g} sequences of a batch"
    )


def best_layout(job: Job, fixed: Layout | None = None, keep: Sequence[str] = ()) -> Prediction:
    """The fastest layout that fits; settings named in `keep` stay as in `fixed`.

    Raises:
        CountermoveError: none fits, with the least memory any layout needs.
    """
    choices = options(job.model, job.chips, job.sequence, job.chip.scale_up_size)
    for name in keep:
        choices.pop("recompute_share" if name == "recompute" else name, None)
    base = fixed or Layout()
    if "interleave" in keep and base.interleave > 1 and "pipeline" in choices:
        # Chunks are of stages.
        choices["pipeline"] = [p for p in choices["pipeline"] if 1 < p <= job.model.layers // base.interleave]
    sequences = job.batch_tokens / job.sequence
    found = _merged(
        [grid(job.model, job.chips, sequences, {**choices, **shard}, base) for shard in _sharding(base, keep)],
        sequences,
        base.data if "data" in keep else None,
    )
    if len(found["tensor"]) == 0:
        raise CountermoveError(_no_layout(job, base, keep))
    found = evaluate(job.columns(base), found, base, job.chip.memory, fitted().efficiency)
    index = found.best()
    if index is None:
        least = float(min(found.bytes_needed)) / 1e9
        raise CountermoveError(
            f"{job.model.name} does not fit on {job.chips} {job.chip.id}: the leanest of {len(found)} layouts needs "
            f"{least:.1f} GB per chip, {USABLE_SHARE * job.chip.memory:.1f} of {job.chip.memory:.0f} GB are usable"
        )
    best = found.layout(index)
    if keep:
        best.check(job.chips, job.model.layers, job.model.experts)
    return _predicted(job, best)
