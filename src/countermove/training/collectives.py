"""Exposed communication by link level: tensor, expert, context, pipeline and data parallelism."""

from __future__ import annotations

import numpy as np

from countermove.training.columns import Column, Columns
from countermove.training.efficiency import Efficiency
from countermove.training.operators import BYTES, XLA, expert_tensor
from countermove.training.rates import Rates, excess, larger


def tensor_exchange(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> Column:
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


def expert_exchange(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> Column:
    """One forward pass's dispatch and combine of routed tokens, averaged over layers."""
    within, across = _sent_to_experts(c, tokens)
    gathered_within, gathered_across = _gathered(c, tokens)
    within = np.where(c.gathered > 0, gathered_within, within) / r.scale_up
    across = np.where(c.gathered > 0, gathered_across, across) / r.network
    exposed = e["exposed_expert"] * np.where(c.overlap_expert > 0, 0.3, 1.0)
    seconds = larger(across, within) + 4.0 * e["latency"]
    return np.where((c.expert > 1) & (c.moe_layers > 0), exposed * seconds * c.moe_layers / c.layers, 0.0)


def _sent_to_experts(c: Columns, tokens: Column) -> tuple[Column, Column]:
    """Bytes a chip sends in its fast domain and beyond where each token goes to its experts' chips alone."""
    ep = c.expert
    # An expert cut by tensor parallelism takes so many neighbouring chips.
    inside = np.clip(c.scale_up_size / expert_tensor(c), 1.0, ep)
    held = tokens / c.tensor * c.active_experts * c.hidden
    sent = held * (BYTES + np.where(c.bits >= 16, BYTES, 1.0))
    # A token goes once to each other node that holds one of its experts, then fans out inside the node.
    nodes = np.maximum(ep / inside, 1.0)
    reached = np.minimum(nodes * (1 - (1 - 1 / nodes) ** np.maximum(c.active_experts, 1.0)), 4.0)
    across = np.where(nodes > 1, sent / np.maximum(c.active_experts, 1.0) * reached * (nodes - 1) / nodes, 0.0)
    return sent * (inside - 1) / inside, across


def _gathered(c: Columns, tokens: Column) -> tuple[Column, Column]:
    """Bytes a chip receives where all tokens of an expert group are gathered on each of its chips, and reduced back.

    First every chip's part goes to its peers in the other nodes, then the node gathers what it holds. What tensor
    parallelism gathers and reduces in this block anyway is taken off.
    """
    cut = expert_tensor(c)
    group = cut * c.expert
    inside = np.minimum(c.scale_up_size, group)
    part = BYTES * tokens * c.hidden / c.tensor
    own = np.where(cut > 1, part * (c.tensor - 1.0), 0.0)
    within = np.maximum(part * group * (inside - 1.0) / inside - own, 0.0)
    return 2.0 * within, 2.0 * part * (group / inside - 1.0)


def context_exchange(c: Columns, e: Efficiency, r: Rates, tokens: Column) -> Column:
    """One forward pass's ring exchange of keys and values in one layer."""
    link = np.where(c.tensor * c.context <= c.scale_up_size, r.scale_up, r.network)
    seconds = tokens * c.kv_heads_width / c.tensor * BYTES * (c.context - 1) / link
    return np.where(c.context > 1, e["exposed_context"] * seconds + e["latency"], 0.0)


def _reduce(bytes_: Column, group: Column, inside: Column, r: Rates, latency: float) -> Column:
    """Seconds of a reduce-scatter of `bytes_` per chip over `group` chips, `inside` of them in one domain.

    Hierarchical: the fast domain moves the whole, the network what is left of it after the domain's own reduction.
    """
    inside = np.maximum(np.minimum(inside, group), 1.0)
    outside = group / inside
    fast = bytes_ * (inside - 1) / inside / r.scale_up
    slow = bytes_ / inside * (outside - 1) / outside / r.network
    return np.where(group > 1, larger(fast, slow) + latency * np.log2(np.maximum(group, 2.0)), 0.0)


def pipeline_exchange(c: Columns, e: Efficiency, r: Rates, tokens: Column, micro_batches: Column) -> Column:
    """What the transfers between stages add: one hop forward and one back per micro-batch and chunk."""
    hop = tokens * c.hidden * BYTES / np.where(c.sequence_parallel > 0, c.tensor, 1.0)
    link = np.where(c.tensor * c.context * c.pipeline <= c.scale_up_size, r.scale_up, r.network)
    seconds = 2.0 * micro_batches * c.interleave * (hop / link + e["latency"])
    return np.where(c.pipeline > 1, e["exposed_pipeline"] * seconds, 0.0)


def shards(c: Columns) -> tuple[Column, Column, Column]:
    """Weights per chip outside the experts, of experts, and the number of replicas of an expert shard."""
    plain = c.plain_parameters / (c.tensor * c.pipeline)
    spread = c.expert * expert_tensor(c)
    routed = c.routed_parameters / (spread * c.pipeline)
    replicas = np.maximum(c.tensor * c.data * c.context / spread, 1.0)
    return plain, routed, replicas


def data_exchange(c: Columns, e: Efficiency, r: Rates, micro_batches: Column, stage: Column) -> Column:
    """What data parallelism's traffic adds: once a step, or every micro-batch where weights are sharded."""
    plain, routed, replicas = shards(c)
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
    shown = excess(continuous, e["hidden_data"] * stage) + contention * continuous
    # Once a step: what hides it is the last backward pass, or with interleaving the last passes of every chunk.
    last = 2.0 / 3.0 * stage / micro_batches * np.where(c.interleave > 1, np.minimum(c.pipeline, micro_batches), 1.0)
    single = per_step * once
    return shown + excess(single, e["hidden_data"] * last) + contention * single
