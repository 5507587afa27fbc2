"""Step time of a training job: roofline of every operator, exposed communication, pipeline bubble, optimiser.

One function, elementwise in every column, so that one case, a table and ten thousand layouts take the same code.
Structure follows Narayanan et al. 2021, Korthikanti et al. 2022 and Isaev et al. 2023 (Calculon); the efficiency
parameters are fitted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from countermove.training.columns import Column, Columns
from countermove.training.efficiency import Efficiency
from countermove.training.stack import STACKS

# A chip's share of its host, byte/s: PCIe 4.0 with 16 lanes one way; eight channels of DDR4-3200 for four chips.
HOST_LINK, HOST_MEMORY = 25e9, 50e9
BYTES = 2.0  # 16-bit activations and weights
XLA, MINDSPEED = STACKS.index("xla"), STACKS.index("mindspeed")


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


def _larger(a: Column, b: Column) -> Column:
    """The larger of two positive times. Smooth, since what overlaps does not do so perfectly and a fit needs slopes."""
    return (a**12 + b**12) ** (1.0 / 12.0)


def _excess(a: Column, b: Column) -> Column:
    """What positive `a` exceeds `b` by, or nothing; smooth over a tenth of `a`."""
    over = a - b
    return 0.5 * (over + np.sqrt(over**2 + (0.1 * a) ** 2))


@dataclass(frozen=True)
class _Rates:
    """What the chip delivers: FLOP/s on layer products, logits and attention; byte/s of memory and links."""

    layer_products: Column
    products_16: Column
    attention: Column
    memory: Column
    scale_up: Column
    network: Column
    traffic: Column
    accumulate: Column


def _rates(c: Columns, e: Efficiency) -> _Rates:
    clock = c.watts_ratio ** e["power"] * e.of("chip", c.chip)
    best = 1.0 / _larger(1.0 / (e.of("gemm", c.family) * clock), 1.0 / 0.97)
    products_16 = c.peak_16 * best
    low = c.peak_low * best * np.where(c.bits <= 4, e["four_bit"] * e["eight_bit"], e["eight_bit"])
    # 6 stands for a mixed 8/16-bit recipe: part of the products at each rate.
    share = np.minimum(e["partly_int8"], 1.0)
    mixed = 1.0 / (share / low + (1 - share) / products_16)
    layer = np.where(c.bits >= 16, products_16, np.where(c.bits == 6, mixed, low))
    heads = np.minimum(c.head_size / 128.0, 1.0) ** e["head_size"]
    newer = 1.0 + e["attention_new"] * c.newer_attention
    return _Rates(
        layer_products=layer,
        products_16=products_16,
        attention=c.peak_16
        * clock
        * e["attention"]
        * e.of("attention", c.family)
        * e.of("kernel", c.stack)
        * newer
        * heads,
        memory=0.8 * c.bandwidth,
        scale_up=e["scale_up"] * e.of("link", c.family) * c.scale_up_bandwidth,
        network=e["network"] * c.network_bandwidth,
        traffic=e["gemm_traffic"] * e.of("traffic", c.family),
        accumulate=np.where((c.frozen > 0) | (c.shard >= 3), 0.0, 1.0),
    )


def _product(m: Column, n: Column, k: Column, rate: Column, r: _Rates, width: Column) -> Column:
    """Seconds of one m × k by k × n product: operations at `rate` plus traffic of the three matrices.

    A third of three such products (forward, input gradient, weight gradient); the last adds to a 32-bit sum in memory
    (6 bytes more per weight) where gradients are kept whole over micro-batches.
    """
    accumulate = 2.0 * n * k * r.accumulate
    return 2.0 * m * n * k / rate + (r.traffic * width * (m * n + n * k + m * k) + accumulate) / r.memory


@dataclass(frozen=True)
class _Layer:
    """Seconds of one forward pass of one average layer and one micro-batch on one chip."""

    products: Column
    attention: Column
    attention_backward: Column
    elementwise: Column


def _layer(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> _Layer:
    width = np.where(c.bits >= 16, 2.0, 1.4)  # byte per element: 8-bit in, 16-bit out
    t, rate = c.tensor, r.layer_products
    h = c.hidden
    dense_share, moe_share = c.dense_layers / c.layers, c.moe_layers / c.layers
    products = _product(tokens, c.attention_in / t, h, rate, r, width)
    products = products + _product(tokens, h, c.value_width / t, rate, r, width)
    dense = _product(tokens, c.gate * c.dense_ffn / t, h, rate, r, width) + _product(
        tokens, h, c.dense_ffn / t, rate, r, width
    )
    products = products + dense_share * dense
    # Routed experts: a chip holds experts/ep of them, cut by TP unless EP reaches over TP, and gets ep replicas'
    # tokens.
    cut = expert_tensor(c)
    local = np.maximum(c.experts / c.expert, 1.0)
    even = tokens * c.active_experts / c.experts * c.expert * cut / t
    rows = even * np.where(c.capacity_factor > 0, c.capacity_factor, e["expert_overhead"])
    rows = np.maximum(rows, 1e-9)
    routed = local * (
        _product(rows, c.gate * c.expert_ffn / cut, h, rate, r, width)
        + _product(rows, h, c.expert_ffn / cut, rate, r, width)
    )
    shared = _product(tokens, c.gate * c.shared_ffn / t, h, rate, r, width) + _product(
        tokens, h, c.shared_ffn / t, rate, r, width
    )
    routed = routed * e.of("expert", c.stack)
    products = products + moe_share * (routed + np.where(c.shared_ffn > 0, shared, 0.0))
    return _Layer(products, *_attention(c, e, r, tokens), _elementwise(c, e, r, tokens, dense_share, moe_share))


def expert_tensor(c: Columns) -> Column:
    """Tensor parallelism inside an expert: as outside, or none where expert parallelism takes those chips too."""
    return np.where(c.expert <= c.data * c.context, c.tensor, 1.0)


def _attention(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> tuple[Column, Column]:
    """Scores, softmax and weighted sum: a fused causal kernel, or full scores written to memory."""
    flash = c.flash > 0
    span = c.sequence * np.where(flash, 0.5, 1.0)
    seen = np.where(c.window > 0, np.minimum(c.window, span), span)
    span = (1 - c.window_share) * span + c.window_share * seen
    flops = 2.0 * tokens * span * c.score_width / c.tensor
    scores = c.heads / c.tensor * tokens * c.sequence
    # On CANN what runs without the fused kernel has position biases (ALiBi); elsewhere one kernel masks and scales.
    traffic = np.where(c.stack == MINDSPEED, e["softmax_biased"], e["softmax_traffic"]) * scores / r.memory
    unfused = flops / r.products_16 + 0.4 * traffic
    unfused_backward = 2.0 * flops / r.products_16 + 0.6 * traffic
    forward = np.where(flash, flops / r.attention, unfused)
    # A fused kernel recomputes the scores in its backward pass: five products against two.
    backward = np.where(flash, 2.5 * flops / r.attention, unfused_backward)
    return forward, backward


def _copies(c: Columns) -> Column:
    """Copies of a token that dispatch moves: to each chosen expert, or to all chips where it gathers them whole."""
    return np.where((c.single_experts > 0) & (c.expert > 1), np.maximum(c.expert, c.active_experts), c.active_experts)


def _elementwise(
    c: Columns, e: Efficiency, r: _Rates, tokens: Column, dense_share: Column, moe_share: Column
) -> Column:
    """Norms, residuals, activation, casts: bytes read and written in a forward pass over bandwidth."""
    t = c.tensor
    replicated = np.where(c.sequence_parallel > 0, t, 1.0)
    ffn = dense_share * c.dense_ffn + moe_share * (c.active_experts * c.expert_ffn + c.shared_ffn)
    stream = 10.0 * c.hidden / replicated
    activations = (3.0 * c.attention_in + 1.0 * c.value_width) / t + (c.gate + 1.0) * ffn / t
    casts = np.where(c.bits >= 16, 0.0, 0.75) * (2.0 * c.hidden + c.value_width / t + ffn / t)
    fused = np.where(
        c.eager > 0, e["elementwise_eager"], np.where(c.stack == XLA, e["elementwise_xla"], e["elementwise"])
    )
    # Without kernels of their own rotary positions and gated activations run operator by operator.
    single = np.where(c.unfused_activations > 0, e["elementwise_eager"], fused)
    routed = moe_share * e["dispatch_traffic"] * e.of("expert", c.stack) * 4.0 * _copies(c) * c.hidden / replicated
    return tokens * BYTES * (fused * (stream + casts) + single * activations + routed) / r.memory


def _tensor_exchange(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> Column:
    """One forward pass's collectives of tensor parallelism in one layer: two all-reduces (one in a parallel block)."""
    t = c.tensor
    link = np.where(t <= c.scale_up_size, r.scale_up, r.network)
    count = 2.0 - c.parallel_block
    seconds = count * (2.0 * (t - 1) / t * tokens * c.hidden * BYTES / link + 2.0 * e["latency"])
    # Kernels that split a product to overlap it are for dense ones: a routed layer's second exchange stays exposed,
    # except under a compiler that splits any product.
    dense = 1.0 - np.where(c.stack == XLA, 0.0, 0.5) * c.moe_layers / c.layers
    overlapped = dense * e["exposed_tensor_overlapped"] + (1.0 - dense) * e["exposed_tensor"]
    exposed = np.where(c.overlap_tensor > 0, overlapped, e["exposed_tensor"])
    return np.where(t > 1, exposed * seconds, 0.0)


def _expert_exchange(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> Column:
    """One forward pass's dispatch and combine of routed tokens, averaged over layers."""
    ep = c.expert
    inside = np.minimum(c.scale_up_size / 1.0, ep)
    held = tokens / c.tensor * _copies(c) * c.hidden
    sent = held * (BYTES + np.where(c.bits >= 16, BYTES, 1.0))
    # A token goes once to each other node that holds one of its experts, then fans out inside the node.
    nodes = np.maximum(ep / inside, 1.0)
    reached = np.minimum(nodes * (1 - (1 - 1 / nodes) ** np.maximum(c.active_experts, 1.0)), 4.0)
    across = np.where(
        nodes > 1, sent / np.maximum(c.active_experts, 1.0) * reached * (nodes - 1) / nodes / r.network, 0.0
    )
    within = sent * (inside - 1) / inside / r.scale_up
    exposed = e["exposed_expert"] * np.where(c.overlap_expert > 0, 0.3, 1.0)
    seconds = _larger(across, within) + 4.0 * e["latency"]
    return np.where((ep > 1) & (c.moe_layers > 0), exposed * seconds * c.moe_layers / c.layers, 0.0)


def _context_exchange(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> Column:
    """One forward pass's ring exchange of keys and values in one layer."""
    link = np.where(c.tensor * c.context <= c.scale_up_size, r.scale_up, r.network)
    seconds = tokens * c.kv_heads_width / c.tensor * BYTES * (c.context - 1) / link
    return np.where(c.context > 1, e["exposed_context"] * seconds + e["latency"], 0.0)


def _reduce(bytes_: Column, group: Column, inside: Column, r: _Rates, latency: float) -> Column:
    """Seconds of a reduce-scatter of `bytes_` per chip over `group` chips, `inside` of them in one domain.

    Hierarchical: the fast domain moves the whole, the network what is left of it after the domain's own reduction.
    """
    inside = np.maximum(np.minimum(inside, group), 1.0)
    outside = group / inside
    fast = bytes_ * (inside - 1) / inside / r.scale_up
    slow = bytes_ / inside * (outside - 1) / outside / r.network
    return np.where(group > 1, _larger(fast, slow) + latency * np.log2(np.maximum(group, 2.0)), 0.0)


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


def _layer_work(c: Columns, e: Efficiency, r: _Rates, tokens: Column) -> _Work:
    layer = _layer(c, e, r, tokens)
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
        tensor=_tensor_exchange(c, e, r, tokens) * passes,
        expert=_expert_exchange(c, e, r, tokens) * passes,
        context=_context_exchange(c, e, r, tokens) * (3.0 + full),
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


def _logits(c: Columns, r: _Rates, tokens: Column) -> Column:
    """Three passes of the output projection and a softmax over the vocabulary in 32 bit, 14 bytes an element in all."""
    share = c.vocabulary / c.tensor
    return 3.0 * _product(tokens, share, c.hidden, r.products_16, r, 2.0) + 14.0 * tokens * share / r.memory


def _pipeline_exchange(c: Columns, e: Efficiency, r: _Rates, tokens: Column, micro_batches: Column) -> Column:
    """What the transfers between stages add: one hop forward and one back per micro-batch and chunk."""
    hop = tokens * c.hidden * BYTES / np.where(c.sequence_parallel > 0, c.tensor, 1.0)
    link = np.where(c.tensor * c.context * c.pipeline <= c.scale_up_size, r.scale_up, r.network)
    seconds = 2.0 * micro_batches * c.interleave * (hop / link + e["latency"])
    return np.where(c.pipeline > 1, e["exposed_pipeline"] * seconds, 0.0)


def step_time(c: Columns, e: Efficiency) -> StepTime:
    """Seconds per optimiser step, by part."""
    r = _rates(c, e)
    tokens = c.micro_batch * c.sequence / c.context
    micro_batches = np.maximum(c.batch_tokens / (c.micro_batch * c.sequence * c.data), 1.0)
    work = _layer_work(c, e, r, tokens)
    total = work.total
    # Host launches show only where the device has too little to do.
    stretched = (total**4 + _launch(c, e) ** 4) ** 0.25
    scale = _software(c, e)
    logits = _logits(c, r, tokens)
    per_stage = c.layers / c.pipeline
    uneven = np.where(c.pipeline > 1, np.ceil(per_stage - 1e-9) / per_stage, 1.0)
    # The last stage also computes the logits; an uneven split leaves room for them on the stage with fewer layers.
    room = (uneven - 1.0) * per_stage * stretched
    extra = np.where(uneven > 1, _excess(logits, room) * 0.5, logits)
    layers = micro_batches * per_stage * uneven * scale
    stage = layers * stretched + micro_batches * extra * scale
    idle = (c.pipeline - 1) / (c.interleave * micro_batches)
    pipeline = _pipeline_exchange(c, e, r, tokens, micro_batches)
    data = _data_exchange(c, e, r, micro_batches, stage)
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


def forward_time(c: Columns, e: Efficiency, tokens: Column) -> Column:
    """Seconds of a forward pass of all layers on `tokens` per chip, with collectives inside the layers.

    The accumulation of weight gradients and the maturity of training software belong to training and are left out.
    """
    r = replace(_rates(c, e), accumulate=0.0)
    layer = _layer(c, e, r, tokens)
    work = layer.products + layer.attention + layer.elementwise
    exchange = _tensor_exchange(c, e, r, tokens) + _expert_exchange(c, e, r, tokens)
    return c.layers * (work + exchange)


def _software(c: Columns, e: Efficiency) -> Column:
    """Time against the mature state of the stack: its own factor, and what a young chip's software still loses."""
    return e.of("stack", c.stack) * (1.0 + e["immaturity"] * e.of("young", c.stack) * np.exp(-c.age / e["maturing"]))


def _shards(c: Columns) -> tuple[Column, Column, Column]:
    """Weights per chip outside the experts, of experts, and the number of replicas of an expert shard."""
    plain = c.plain_parameters / (c.tensor * c.pipeline)
    spread = c.expert * expert_tensor(c)
    routed = c.routed_parameters / (spread * c.pipeline)
    replicas = np.maximum(c.tensor * c.data * c.context / spread, 1.0)
    return plain, routed, replicas


def _data_exchange(c: Columns, e: Efficiency, r: _Rates, micro_batches: Column, stage: Column) -> Column:
    """What data parallelism's traffic adds: once a step, or every micro-batch where weights are sharded."""
    plain, routed, replicas = _shards(c)
    trained = np.where(c.frozen > 0, 0.01, 1.0)
    group = c.data * c.context
    inside = np.maximum(c.scale_up_size / c.tensor, 1.0)
    latency = e["latency"]
    whole = BYTES * (plain + np.where(c.expert > 1, 0.0, routed))
    gather = _reduce(whole, group, inside, r, latency)
    spread = np.where(c.expert > 1, BYTES * routed, 0.0)
    gather_experts = _reduce(spread, replicas, np.maximum(c.scale_up_size / (c.expert * 1.0), 1.0), r, latency)
    gather_experts = np.where((c.expert > 1) & (replicas > 1), gather_experts, 0.0)
    once = gather + gather_experts
    # Stage 3 gathers weights forward and backward and scatters gradients each micro-batch; stage 2 gathers once per
    # step.
    each = np.where(c.shard >= 3, 2.0 + trained, np.where(c.shard == 2, trained, 0.0)) * micro_batches
    per_step = np.where(c.shard >= 3, 0.0, np.where(c.shard == 2, 1.0, 1.0 + 1.5 * trained))
    per_step = np.where(c.frozen > 0, np.where(c.shard >= 3, 0.0, 0.02), per_step)
    continuous = each * once
    # What always shows is contention for the chip's own units; a TPU moves data without them.
    contention = e["exposed_data"] * np.where(c.stack == XLA, 0.3, 1.0)
    shown = _excess(continuous, e["hidden_data"] * stage) + contention * continuous
    # Once a step: what hides it is the last backward pass, or with interleaving the last passes of every chunk.
    last = 2.0 / 3.0 * stage / micro_batches * np.where(c.interleave > 1, np.minimum(c.pipeline, micro_batches), 1.0)
    single = per_step * once
    return shown + _excess(single, e["hidden_data"] * last) + contention * single


def _optimizer(c: Columns, e: Efficiency, r: _Rates) -> Column:
    """Adam on the chip's share of the states: 30 bytes read and written per weight.

    Offloaded, the same in host memory, with 32-bit gradients sent there and 16-bit weights back (Ren et al. 2021).
    """
    plain, routed, replicas = _shards(c)
    sharded = c.shard >= 1
    plain = plain / np.where(sharded, c.data * c.context, 1.0)
    routed = routed / np.where(sharded, np.where(c.expert > 1, replicas, c.data * c.context), 1.0)
    on_host = 30.0 / HOST_MEMORY + 6.0 / HOST_LINK
    per_weight = np.where(c.offload > 0, on_host, 30.0 / r.memory)
    return np.where(c.frozen > 0, 0.01, 1.0) * e["optimizer"] * (plain + routed) * per_weight
