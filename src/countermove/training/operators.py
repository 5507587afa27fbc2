"""Operators of a transformer layer and of the logits: seconds of one forward pass on one chip by roofline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countermove.training.columns import Column, Columns
from countermove.training.efficiency import Efficiency
from countermove.training.rates import Rates
from countermove.training.stack import STACKS

BYTES = 2.0  # 16-bit activations and weights
XLA, MINDSPEED = STACKS.index("xla"), STACKS.index("mindspeed")


def product(m: Column, n: Column, k: Column, rate: Column, r: Rates, width: Column) -> Column:
    """Seconds of one m × k by k × n product: operations at `rate` plus traffic of the three matrices.

    A third of three such products (forward, input gradient, weight gradient); the last adds to a 32-bit sum in memory
    where gradients are kept whole over micro-batches.
    """
    accumulate = n * k * r.accumulate / 3.0
    return 2.0 * m * n * k / rate + (r.traffic * width * (m * n + n * k + m * k) + accumulate) / r.memory


@dataclass(frozen=True)
class LayerTime:
    """Seconds of one forward pass of one average layer and one micro-batch on one chip."""

    products: Column
    attention: Column
    attention_backward: Column
    elementwise: Column


def layer_time(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> LayerTime:
    width = np.where(c.bits >= 16, 2.0, 1.4)  # byte per element: 8-bit in, 16-bit out
    t, rate = c.tensor, r.layer_products
    h = c.hidden
    dense_share, moe_share = c.dense_layers / c.layers, c.moe_layers / c.layers
    products = product(tokens, c.attention_in / t, h, rate, r, width)
    products = products + product(tokens, h, c.value_width / t, rate, r, width)
    dense = product(tokens, c.gate * c.dense_ffn / t, h, rate, r, width) + product(
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
        product(rows, c.gate * c.expert_ffn / cut, h, rate, r, width)
        + product(rows, h, c.expert_ffn / cut, rate, r, width)
    )
    shared = product(tokens, c.gate * c.shared_ffn / t, h, rate, r, width) + product(
        tokens, h, c.shared_ffn / t, rate, r, width
    )
    routed = routed * e.of("expert", c.stack)
    products = products + moe_share * (routed + np.where(c.shared_ffn > 0, shared, 0.0))
    return LayerTime(products, *_attention(c, e, r, tokens), _elementwise(c, e, r, tokens, dense_share, moe_share))


def expert_tensor(c: Columns) -> Column:
    """Tensor parallelism inside an expert: as outside, or none where expert parallelism takes those chips too."""
    return np.where(c.expert <= c.data * c.context, c.tensor, 1.0)


def _attention(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> tuple[Column, Column]:
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


def _elementwise(c: Columns, e: Efficiency, r: Rates, tokens: Column, dense_share: Column, moe_share: Column) -> Column:
    """Norms, residuals, activation, casts: bytes read and written in a forward pass over bandwidth."""
    t = c.tensor
    replicated = np.where(c.sequence_parallel > 0, t, 1.0)
    ffn = dense_share * c.dense_ffn + moe_share * (c.active_experts * c.expert_ffn + c.shared_ffn)
    stream = 10.0 * c.hidden / replicated
    heads = (3.0 * c.attention_in + 1.0 * c.value_width) / t
    activations = (c.gate + 1.0) * ffn / t
    casts = np.where(c.bits >= 16, 0.0, 0.75) * (2.0 * c.hidden + c.value_width / t + ffn / t)
    fused = np.where(
        c.eager > 0, e["elementwise_eager"], np.where(c.stack == XLA, e["elementwise_xla"], e["elementwise"])
    )
    # Without kernels of their own rotary positions and gated activations run operator by operator.
    eager = e["elementwise_eager"]
    heads = np.where(c.unfused_rotary > 0, eager, fused) * heads
    activations = np.where(c.unfused_activations > 0, eager, fused) * activations
    # Permuting a token's copies to and from the experts; gathered tokens are whole on every chip of the group.
    permuted = 4.0 * c.active_experts * c.hidden / np.where(c.gathered > 0, 1.0, replicated)
    routed = moe_share * e["dispatch_traffic"] * e.of("expert", c.stack) * permuted
    return tokens * BYTES * (fused * (stream + casts) + heads + activations + routed) / r.memory


def logits_time(c: Columns, r: Rates, tokens: Column) -> Column:
    """Three passes of the output projection and a softmax over the vocabulary in 32 bit, 14 bytes an element in all."""
    share = c.vocabulary / c.tensor
    return 3.0 * product(tokens, share, c.hidden, r.products_16, r, 2.0) + 14.0 * tokens * share / r.memory
