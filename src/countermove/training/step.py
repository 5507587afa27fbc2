"""Step time of a training job: roofline of every operator, exposed communication, pipeline bubble, optimiser.

One function, elementwise in every column, so that one case, a table and ten thousand layouts take the same code.
Structure follows Narayanan et al. 2021, Korthikanti et al. 2022 and Isaev et al. 2023 (Calculon); the efficiency
parameters are fitted. Its parts: `rates` (what a chip delivers), `operators` (a layer), `collectives` (links).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from countermove.training.collectives import (
    context_exchange,
    data_exchange,
    expert_exchange,
    pipeline_exchange,
    shards,
    tensor_exchange,
)
from countermove.training.columns import Column, Columns
from countermove.training.efficiency import Efficiency
from countermove.training.operators import layer_time, logits_time
from countermove.training.rates import Rates, excess, rates

# A chip's share of its host, byte/s: PCIe 4.0 with 16 lanes one way; eight channels of DDR4-3200 for four chips.
HOST_LINK, HOST_MEMORY = 25e9, 50e9


@dataclass(frozen=True)
class StepTime:
    """Seconds of one optimiser step on the busiest chip, split by what they are spent on; `total` is their sum."""

    matrix: Column
    attention: Column
    elementwise: Column
    recompute: Column
    tensor_communication: Column
    expert_communication: Column
    context_communication: Column
    pipeline_communication: Column
    bubble: Column
    data_communication: Column
    optimizer: Column
    overhead: Column

    @property
    def total(self) -> Any:
        return (
            self.matrix
            + self.attention
            + self.elementwise
            + self.recompute
            + self.tensor_communication
            + self.expert_communication
            + self.context_communication
            + self.pipeline_communication
            + self.bubble
            + self.data_communication
            + self.optimizer
            + self.overhead
        )


@dataclass(frozen=True)
class _Work:
    """Seconds of all passes of one average layer over one micro-batch on one chip."""

    products: Column
    attention: Column
    elementwise: Column
    recompute: Column
    tensor: Column
    expert: Column
    context: Column

    @property
    def total(self) -> Any:
        return (
            self.products
            + self.attention
            + self.elementwise
            + self.recompute
            + self.tensor
            + self.expert
            + self.context
        )


def _layer_work(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> _Work:
    layer = layer_time(c, e, r, tokens)
    backward = np.where(c.frozen > 0, 1.0, 2.0)
    full = c.recompute_full
    # Selective recompute repeats attention's scores; a fused kernel does so anyway.
    again = full + (1.0 - full) * np.where(c.flash > 0, 0.0, c.recompute_selective)
    passes = _passes(c)
    return _Work(
        products=layer.products * (1.0 + backward),
        attention=layer.attention + layer.attention_backward,
        elementwise=layer.elementwise * 2.8,  # the backward pass reads the inputs again and writes their gradients
        recompute=full * (layer.products + layer.elementwise) + again * layer.attention,
        tensor=tensor_exchange(c, e, r, tokens) * passes,
        expert=expert_exchange(c, e, r, tokens) * passes,
        context=context_exchange(c, e, r, tokens) * (3.0 + full),
    )


def _passes(c: Columns) -> Column:
    """Forward, backward, repeated forward: each runs the forward pass's collectives once."""
    return 2.0 + c.recompute_full


def _host(c: Columns) -> Column:
    """What is left of the host's work where captured graphs replay without it."""
    return 1.0 - 0.7 * c.captured


def _launch(c: Columns, e: Efficiency) -> Column:
    """Seconds in which the host launches one layer's passes over one micro-batch."""
    alone = c.single_experts * e["launch_expert"] * np.maximum(c.experts / c.expert, 1.0)
    seconds = e["launch"] * (1.0 + c.eager) + (e["launch_moe"] + alone) * c.moe_layers / c.layers
    return _host(c) * seconds * _passes(c) / 2.0


def step_time(c: Columns, e: Efficiency) -> StepTime:
    """Seconds per optimiser step, by part."""
    r = rates(c, e)
    tokens = c.micro_batch * c.sequence / c.context
    micro_batches = np.maximum(c.batch_tokens / (c.micro_batch * c.sequence * c.data), 1.0)
    work = _layer_work(c, e, r, tokens)
    total = work.total
    # Host launches show only where the device has too little to do.
    stretched = (total**4 + _launch(c, e) ** 4) ** 0.25
    scale = _software(c, e)
    fullest, extra = _stages(c, stretched, logits_time(c, r, tokens))
    layers = micro_batches * fullest * scale
    stage = layers * stretched + micro_batches * extra * scale
    # (p - 1) / (v m) of a stage's time where stages are equal (Narayanan et al. 2021, section 2.2).
    idle = (c.layers / fullest - 1.0) / (c.interleave * micro_batches)
    pipeline = pipeline_exchange(c, e, r, tokens, micro_batches)
    data = data_exchange(c, e, r, micro_batches, stage)
    optimizer = _optimizer(c, e, r)
    jitter = e["jitter"] * np.log2(np.maximum(c.tensor * c.pipeline * c.data * c.context / 64.0, 1.0))
    running = stage * (1.0 + idle) + pipeline + data + optimizer
    return StepTime(
        matrix=layers * work.products + micro_batches * extra * scale,
        attention=layers * work.attention,
        elementwise=layers * work.elementwise,
        recompute=layers * work.recompute,
        tensor_communication=layers * work.tensor,
        expert_communication=layers * work.expert,
        context_communication=layers * work.context,
        pipeline_communication=pipeline,
        bubble=stage * idle,
        data_communication=data,
        optimizer=optimizer,
        overhead=layers * (stretched - total)
        + np.where(c.captured >= 1, 0.3, 1.0) * e["step_overhead"]
        + jitter * running,
    )


def _stages(c: Columns, layer: Column, logits: Column) -> tuple[Column, Column]:
    """Layers of the fullest pipeline stage, and the seconds by which the logits lengthen the longest.

    The last stage also computes the logits. Where layers do not divide evenly the stage with fewer of them may be the
    last and leave room; it is not told which is, so half of what exceeds that room counts.
    """
    per_stage = c.layers / c.pipeline
    even = np.where(c.pipeline > 1, np.ceil(per_stage - 1e-9), c.layers)
    told = c.fullest_stage > 0
    fullest = np.where(told, c.fullest_stage, even)
    room = np.where(told, fullest - c.last_stage, fullest - per_stage) * layer
    share = np.where(told, 1.0, 0.5)
    return fullest, np.where(fullest > per_stage * (1.0 + 1e-9), share * excess(logits, room), logits)


def forward_time(c: Columns, e: Efficiency, tokens: Column) -> Column:
    """Seconds of a forward pass of all layers on `tokens` per chip, with collectives inside the layers.

    The accumulation of weight gradients and the maturity of training software belong to training and are left out.
    """
    r = replace(rates(c, e), accumulate=0.0)
    layer = layer_time(c, e, r, tokens)
    work = layer.products + layer.attention + layer.elementwise
    exchange = tensor_exchange(c, e, r, tokens) + expert_exchange(c, e, r, tokens)
    return c.layers * (work + exchange)


def _software(c: Columns, e: Efficiency) -> Column:
    """Time against the mature state of the stack: its own factor, and what a young chip's software still loses."""
    return e.of("stack", c.stack) * (1.0 + e["immaturity"] * e.of("young", c.stack) * np.exp(-c.age / e["maturing"]))


def _optimizer(c: Columns, e: Efficiency, r: Rates) -> Column:
    """Adam on the chip's share of the states: 30 bytes read and written per weight.

    Offloaded, the same in host memory, with 32-bit gradients sent there and 16-bit weights back (Ren et al. 2021).
    """
    plain, routed, replicas = shards(c)
    sharded = c.shard >= 1
    plain = plain / np.where(sharded, c.data * c.context, 1.0)
    routed = routed / np.where(sharded, np.where(c.expert > 1, replicas, c.data * c.context), 1.0)
    on_host = 30.0 / HOST_MEMORY + 6.0 / HOST_LINK
    per_weight = np.where(c.offload > 0, on_host, 30.0 / r.memory)
    return np.where(c.frozen > 0, 0.01, 1.0) * e["optimizer"] * (plain + routed) * per_weight
