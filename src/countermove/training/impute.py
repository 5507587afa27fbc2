"""Filling what a published run leaves open: batch by rule, layout by the fastest one still possible that fits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from countermove.errors import CountermoveError
from countermove.training.efficiency import prior
from countermove.training.layout import Layout, complete
from countermove.training.runs import Run
from countermove.training.search import evaluate, grid, options

# Tokens per chip and step of published runs whose batch is known: 2,000 to 16,000; bounds from 0.13 M to 16.8 M
# tokens a step.
TOKENS_PER_CHIP = 8192.0
ALLOWANCE = 1.2
# Until selective recompute and fused attention spread, large runs repeated the whole forward pass.
FULL_RECOMPUTE_BEFORE = 2023.0
LEAST_BATCH, MOST_BATCH = 2.0**18, 2.0**24


def _batch(run: Run) -> float:
    """Tokens per step where the run does not say: rule by chips, rounded to whole micro-batches for every replica."""
    layout = run.layout
    if {"tensor", "pipeline"} <= run.given:
        data = max(run.chips // (layout.tensor * layout.pipeline * layout.context), 1)
        micro_batch = layout.micro_batch if "micro_batch" in run.given else max(round(4096 / run.sequence), 1)
        rounds = max(16 * layout.pipeline, 16)
        return min(float(data * micro_batch * rounds * run.sequence), max(MOST_BATCH, data * run.sequence))
    return min(max(TOKENS_PER_CHIP * run.chips, LEAST_BATCH), MOST_BATCH)


def _recompute(run: Run) -> Layout:
    """The row's layout; where recompute is open and attention unfused its scores are not kept (Korthikanti 2022)."""
    unfused = not run.stack.flash_attention and run.stack.date >= FULL_RECOMPUTE_BEFORE
    return replace(run.layout, recompute="selective") if unfused and "recompute" not in run.given else run.layout


def _product(layout: Layout) -> int:
    return layout.tensor * layout.pipeline * layout.context


def _check(run: Run, layout: Layout) -> None:
    """Refuse given parts that contradict the number of chips or of layers, and a batch below one sequence."""
    if {"tensor", "pipeline", "data"} <= run.given and layout.chips != run.chips:
        layout.check(run.chips, run.model.layers, run.model.experts)
    elif {"tensor", "pipeline", "context"} & run.given:
        complete(layout, run.chips)
    if "pipeline" in run.given and layout.pipeline > run.model.layers:
        raise CountermoveError(f"layout: PP {layout.pipeline} on a model of {run.model.layers} layers")
    if run.batch_tokens < run.sequence:
        raise CountermoveError(
            f"global_batch_tokens is {run.batch_tokens:g}, less than one sequence of {run.sequence} tokens"
        )


def _choices(run: Run) -> dict[str, list[float]]:
    layout = run.layout
    choices = options(run.model, run.chips, run.sequence, run.chip.scale_up_size)
    for name in run.given & choices.keys():
        choices.pop(name)
    if "recompute" in run.given:
        choices.pop("recompute_share")
    elif run.stack.date < FULL_RECOMPUTE_BEFORE:
        choices["recompute_share"] = [1.0]
    if run.stack.name == "xla" or run.layout.shard >= 3:
        # Fully sharded jobs split by data and tensor; stages come only where the row says so, or between TPU slices.
        choices.pop("interleave", None)
        slices = run.chips // run.chip.scale_up_size
        if "pipeline" in choices:
            choices["pipeline"] = [1, slices] if run.stack.name == "xla" and 1 < slices <= run.model.layers else [1]
    if "tensor" in run.given and "pipeline" not in run.given:
        choices.pop("pipeline", None)
    if {"tensor", "pipeline"} <= run.given:
        choices.pop("context", None)
        # A published layout without chunks has none, except in tuned benchmarks or where the bubble would be absurd.
        rounds = run.batch_tokens / run.sequence / (layout.micro_batch * max(run.chips // _product(layout), 1))
        if run.stack.name not in ("mlperf", "nemo") and layout.pipeline - 1 <= 0.25 * rounds:
            choices.pop("interleave", None)
        if "expert" not in run.given:
            choices.pop("expert", None)
    if run.stack.name == "xla" and "micro_batch" not in run.given:
        choices["micro_batch"] = [1, 2, 4, 8, 16, 32, 64]
    return choices


def complete_run(run: Run) -> Run:
    """The run with batch and layout filled in; `assumed` tells what was filled.

    The search uses the prior efficiency, so that what is filled in never depends on the fit.

    Raises:
        CountermoveError: the given parts of the layout contradict each other or the number of chips.
    """
    assumed = list(run.assumed)
    batch = run.batch_tokens
    if not run.batch_known:
        batch = _batch(run)
        assumed.append(f"batch of {batch / 1e6:.3g} M tokens")
    run = replace(run, batch_tokens=batch, layout=_recompute(run))
    layout = run.layout
    _check(run, layout)
    choices = _choices(run)
    open_layouts = grid(run.model, run.chips, batch / run.sequence, choices, layout)
    if len(open_layouts["tensor"]) == 0:
        open_layouts = grid(run.model, run.chips, batch / run.sequence, {}, layout)
    # Published runs did fit, with savings that the memory model leaves out: the limit is loose, and if nothing is
    # below it the fastest of the layouts that come within half of the least is taken.
    found = evaluate(run.columns(), open_layouts, layout, ALLOWANCE * run.chip.memory, prior())
    index = found.best()
    if index is None:
        near = found.bytes_needed <= 1.5 * np.min(found.bytes_needed)
        index = int(np.argmin(np.where(near, found.seconds, np.inf)))
    chosen = found.layout(index)
    if choices:
        assumed.append("layout found by search: " + ", ".join(_told(chosen, name) for name in sorted(choices)))
    return replace(run, layout=chosen, assumed=tuple(assumed))


def _told(layout: Layout, name: str) -> str:
    if name == "recompute_share":
        return (
            f"recompute {layout.recompute_share:.0%}" if layout.recompute == "full" else f"recompute {layout.recompute}"
        )
    return f"{name.replace('_', ' ')} {getattr(layout, name)}"
