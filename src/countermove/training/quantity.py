"""From step time to the quantity a document prints and back, and from steps to elapsed time."""

from __future__ import annotations

from typing import Any

from countermove.training.efficiency import Efficiency
from countermove.training.reliability import availability
from countermove.training.runs import Run
from countermove.training.workload import Convention, training_flops_per_token


def flops_per_token(run: Run) -> float:
    """Operations per token that a printed utilisation counts; a published parameter count goes before ours in 6N."""
    convention: Convention = run.convention  # pyright: ignore[reportAssignmentType]
    recompute = run.layout.recompute if convention == "hardware" else "none"
    ours = training_flops_per_token(run.model, run.sequence, convention, recompute)
    if convention in ("palm", "6ND") and run.published_active:
        ours += 6.0 * (run.published_active - run.model.active_parameters)
    return ours


def elapsed_name(run: Run) -> str:
    """The efficiency parameter by which elapsed exceeds stepping time; empty for a rate or a step time."""
    if run.quantity not in ("chip_hours", "days"):
        return ""
    if run.benchmark:
        return "fine_tuning_overhead" if run.kind == "fine-tuning" else "benchmark_overhead"
    return "run_overhead"


def fixed_elapsed(run: Run) -> float:
    """The part of elapsed over stepping time that is not fitted: failures and restarts of a whole run."""
    return 1.0 / availability(run.chips) if elapsed_name(run) == "run_overhead" else 1.0


def elapsed_factor(run: Run, efficiency: Efficiency) -> Any:
    """Elapsed over stepping time."""
    name = elapsed_name(run)
    return efficiency[name] * fixed_elapsed(run) if name else 1.0


def quantity(run: Run, seconds: Any, efficiency: Efficiency) -> Any:
    """The run's measured quantity, in the table's unit, for `seconds` per step."""
    per_chip = run.batch_tokens / seconds / run.chips
    if run.quantity == "tokens_per_s_per_chip":
        return per_chip
    if run.quantity == "step_time_s":
        return seconds
    if run.quantity == "TFLOPs_per_chip":
        return per_chip * flops_per_token(run) / 1e12
    if run.quantity in ("MFU", "HFU"):
        return per_chip * flops_per_token(run) / (run.peak_tflops * 1e12)
    hours = run.tokens / per_chip / 3600.0 * elapsed_factor(run, efficiency)
    return hours if run.quantity == "chip_hours" else hours / 24.0 / run.chips


def step_seconds(run: Run, value: float) -> float:
    """Seconds per step (elapsed, where the quantity is) that a printed value implies: the inverse of `quantity`."""
    if run.quantity == "step_time_s":
        return value
    if run.quantity == "tokens_per_s_per_chip":
        per_chip = value
    elif run.quantity == "TFLOPs_per_chip":
        per_chip = value * 1e12 / flops_per_token(run)
    elif run.quantity in ("MFU", "HFU"):
        per_chip = value * run.peak_tflops * 1e12 / flops_per_token(run)
    else:
        hours = value * (1.0 if run.quantity == "chip_hours" else 24.0 * run.chips)
        per_chip = run.tokens / (hours * 3600.0)
    return run.batch_tokens / per_chip / run.chips


def falls_with_time(run: Run) -> bool:
    """Whether the quantity gets smaller when a step takes longer."""
    return run.quantity in ("tokens_per_s_per_chip", "TFLOPs_per_chip", "MFU", "HFU")
