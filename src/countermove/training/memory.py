"""Memory of a training job on one chip: weights, gradients, optimiser states, activations.

Activations follow Korthikanti et al. 2022, equations 1 to 4: per layer ``s b h (10 + 24/t + 5 a s / (h t))`` bytes
without sequence parallelism, ``s b h (34 + 5 a s / h) / t`` with it, ``34 s b h / t`` with attention's scores
recomputed or fused, and the layer's input ``2 s b h`` with full recompute. Generalised to any feed-forward width,
gating, grouped queries and experts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from countermove.training.columns import Column, Columns

# Allocator, communication buffers, kernels and the framework itself take their part.
USABLE_SHARE = 0.94
FRAMEWORK_BYTES = 2.0e9


@dataclass(frozen=True)
class Memory:
    """Bytes on the fullest chip."""

    weights: Column
    gradients: Column
    optimizer: Column
    activations: Column

    @property
    def total(self) -> Any:
        return self.weights + self.gradients + self.optimizer + self.activations


def layer_activation_bytes(c: Columns, tokens: Column) -> Column:
    """Bytes kept per layer and micro-batch, for `tokens` per chip's tensor-parallel group."""
    t = c.tensor
    share = np.where(c.sequence_parallel > 0, t, 1.0)
    dense, moe = c.dense_layers / c.layers, c.moe_layers / c.layers
    ffn = dense * c.dense_ffn + moe * (c.active_experts * c.expert_ffn + c.shared_ffn)
    h = c.hidden
    # Inputs of norms and products 2 + 2 + 2 + 2 bytes, masks of both dropouts 1 + 1 (gone from gated models' recipes).
    narrow = np.where(c.bits >= 16, 2.0, 1.0)  # 8-bit products keep 8-bit inputs
    stream = (4.0 + 2.0 * narrow + np.where(c.gate > 1, 0.0, 2.0)) * h / share
    # Attention: Q, K, V and its output.
    attention = (2.0 * c.attention_in + narrow * c.value_width) / t
    # Feed-forward: pre-activation (twice if gated) and activation.
    mlp = ffn * (2.0 * c.gate + narrow) / t
    fused = (c.flash > 0) | (c.recompute_selective > 0)
    scores = np.where(fused, 0.0, 5.0 * c.heads * c.sequence / t)
    kept = stream + attention + mlp + scores + moe * 2.0 * c.active_experts * h / share
    checkpoint = 2.0 * h / share
    return tokens * ((1.0 - c.recompute_full) * kept + c.recompute_full * checkpoint)


def memory(c: Columns) -> Memory:
    """Bytes by kind: Adam with a 32-bit master copy, per weight 2 + 4 (2 if fully sharded) + 12 (0 if offloaded)."""
    plain = c.plain_parameters / (c.tensor * c.pipeline)
    spread = c.expert * np.where(c.expert <= c.data * c.context, c.tensor, 1.0)
    routed = c.routed_parameters / (spread * c.pipeline)
    replicas = np.maximum(c.tensor * c.data * c.context / spread, 1.0)
    group = c.data * c.context
    routed_group = np.where(c.expert > 1, replicas, group)

    def held(stage: int, bytes_: float) -> Column:
        cut = c.shard >= stage
        return bytes_ * (plain / np.where(cut, group, 1.0) + routed / np.where(cut, routed_group, 1.0))

    tokens = c.micro_batch * c.sequence / c.context
    micro_batches = np.maximum(c.batch_tokens / (c.micro_batch * c.sequence * c.data), 1.0)
    per_layer = layer_activation_bytes(c, tokens)
    # 1F1B keeps as many micro-batches as there are stages; interleaving adds (p - 1)/(p v) of that (Korthikanti, eq.
    # 3).
    flight = np.minimum(
        np.where(c.interleave > 1, c.pipeline + (c.pipeline - 1) / c.interleave, c.pipeline), micro_batches * 1.0
    )
    working = np.where(c.recompute_full > 0, layer_activation_bytes_full(c, tokens), 0.0)
    logits = 6.0 * tokens * c.vocabulary / c.tensor / np.maximum(c.pipeline, 1.0)
    activations = per_layer * c.layers / c.pipeline * flight + working + logits
    trained = np.where(c.frozen > 0, 0.02, 1.0)
    optimizer = trained * held(1, 12.0)
    return Memory(
        weights=held(3, 2.0),
        gradients=trained * np.where(c.shard >= 3, held(3, 2.0), held(2, 4.0)),
        optimizer=optimizer * (1.0 - c.offload),
        activations=activations,
    )


def layer_activation_bytes_full(c: Columns, tokens: Column) -> Column:
    """Bytes of one layer while its forward pass is repeated."""
    return layer_activation_bytes(replace(c, recompute_full=0.0 * c.recompute_full), tokens)
