"""Transformer workloads: dimensions, parameter counts and floating-point operations with the convention explicit.

Conventions (Kaplan et al. 2020; Chowdhery et al. 2022, appendix B; Narayanan et al. 2021; Korthikanti et al. 2022):

- ``6ND``: six operations per parameter and token, attention ignored.
- ``palm``: 6ND plus ``12 L w s`` for full (not causally halved) attention of width ``w``.
- ``megatron``: 72 B s L h² (1 + s/6h + V/12Lh), i.e. the matrix products only, full attention, logits once.
- ``causal``: as ``megatron`` with attention halved, because a causal kernel skips the masked half.
- ``hardware``: ``megatron`` plus what activation recompute repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from countermove.errors import CountermoveError

Convention = Literal["6ND", "palm", "megatron", "causal", "hardware"]


@dataclass(frozen=True)
class LatentAttention:
    """Multi-head latent attention (DeepSeek-AI 2024): ranks and head sizes; `query_rank` 0 = no low rank."""

    query_rank: int
    key_value_rank: int
    rope_size: int
    head_size: int
    value_size: int


@dataclass(frozen=True)
class Transformer:
    """A decoder-only transformer.

    Sizes are in elements; `ffn_size` is the width of one expert where `experts` > 0; `dense_layers` of the `layers`
    carry a dense feed-forward block of width `dense_ffn_size` instead of experts. `window` limits attention to that
    many tokens in `window_share` of the layers.
    """

    name: str
    layers: int
    hidden_size: int
    ffn_size: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    gated: bool = True
    tied_embeddings: bool = False
    experts: int = 0
    active_experts: int = 0
    shared_expert_size: int = 0
    dense_layers: int = 0
    dense_ffn_size: int = 0
    latent: LatentAttention | None = None
    parallel_block: bool = False
    window: int = 0
    window_share: float = 0.0
    learned_positions: int = 0
    extra_parameters: float = 0.0

    def __post_init__(self) -> None:
        for field in ("layers", "hidden_size", "ffn_size", "heads", "kv_heads", "head_size", "vocabulary"):
            if getattr(self, field) <= 0:
                raise CountermoveError(
                    f"model {self.name}: {field} is {getattr(self, field)}, must be a positive whole number"
                )
        if self.active_experts > self.experts:
            raise CountermoveError(f"model {self.name}: {self.active_experts} active experts of {self.experts}")
        if self.dense_layers > self.layers:
            raise CountermoveError(f"model {self.name}: {self.dense_layers} dense layers of {self.layers}")

    @property
    def is_moe(self) -> bool:
        return self.experts > 0

    @property
    def moe_layers(self) -> int:
        return self.layers - self.dense_layers if self.is_moe else 0

    @property
    def query_width(self) -> int:
        """Width of queries over all heads."""
        if self.latent is not None:
            return self.heads * (self.latent.head_size + self.latent.rope_size)
        return self.heads * self.head_size

    @property
    def value_width(self) -> int:
        """Width of attention's output over all heads."""
        return self.heads * (self.latent.value_size if self.latent is not None else self.head_size)

    @property
    def key_value_elements(self) -> int:
        """Elements cached per token and layer for decoding."""
        if self.latent is not None:
            return self.latent.key_value_rank + self.latent.rope_size
        return 2 * self.kv_heads * self.head_size

    @property
    def attention_parameters(self) -> float:
        """Weights of the attention projections in one layer."""
        h = self.hidden_size
        if self.latent is None:
            return float(h * (self.query_width + 2 * self.kv_heads * self.head_size) + self.value_width * h)
        m = self.latent
        query = h * m.query_rank + m.query_rank * self.query_width if m.query_rank else h * self.query_width
        key_value = h * (m.key_value_rank + m.rope_size) + m.key_value_rank * self.heads * (m.head_size + m.value_size)
        return float(query + key_value + self.value_width * h)

    @property
    def _matrices(self) -> int:
        return 3 if self.gated else 2

    @property
    def expert_parameters(self) -> float:
        """Weights of one routed expert (or of the dense feed-forward block of a dense model)."""
        return float(self._matrices * self.hidden_size * self.ffn_size)

    @property
    def dense_mlp_parameters(self) -> float:
        """Weights of the feed-forward block in a dense layer of an MoE model."""
        return float(self._matrices * self.hidden_size * (self.dense_ffn_size or self.ffn_size))

    @property
    def shared_parameters(self) -> float:
        """Weights of the shared expert and the router in one MoE layer."""
        return float(self._matrices * self.hidden_size * self.shared_expert_size + self.hidden_size * self.experts)

    @property
    def embedding_parameters(self) -> float:
        copies = 1 if self.tied_embeddings else 2
        return float(copies * self.vocabulary * self.hidden_size + self.learned_positions * self.hidden_size)

    @property
    def routed_parameters(self) -> float:
        """All routed experts of all layers; zero for a dense model."""
        return self.moe_layers * self.experts * self.expert_parameters

    def _layer_parameters(self, experts: int) -> float:
        attention = self.layers * self.attention_parameters
        if not self.is_moe:
            return attention + self.layers * self.expert_parameters
        moe = self.moe_layers * (experts * self.expert_parameters + self.shared_parameters)
        return attention + moe + self.dense_layers * self.dense_mlp_parameters

    @property
    def parameters(self) -> float:
        """All weights, norms and biases left out (below 0.1 % of the models in the catalogue)."""
        return self._layer_parameters(self.experts) + self.embedding_parameters + self.extra_parameters

    @property
    def active_parameters(self) -> float:
        """Weights one token passes through, both embeddings counted as in model cards."""
        return self._layer_parameters(self.active_experts) + self.embedding_parameters + self.extra_parameters

    @property
    def matmul_parameters(self) -> float:
        """Weights one token is multiplied with: layers and logits, not the look-up of its embedding."""
        return self._layer_parameters(self.active_experts) + self.vocabulary * self.hidden_size

    def attention_flops(self, sequence: float, causal: bool) -> float:
        """Forward operations per token of scores and weighted sum, all layers (2 s w each, halved if causal)."""
        full = 2.0 * sequence * (self.query_width + self.value_width) * (0.5 if causal else 1.0)
        if not self.window or self.window >= sequence:
            return self.layers * full
        windowed = 2.0 * self.window * (self.query_width + self.value_width)
        return self.layers * ((1 - self.window_share) * full + self.window_share * min(windowed, full))


def training_flops_per_token(
    model: Transformer,
    sequence: float,
    convention: Convention,
    recompute: Literal["none", "selective", "full"] = "none",
) -> float:
    """Operations per trained token under a published convention; a multiply-add counts as two.

    `recompute` matters under ``hardware`` only: full recompute repeats the forward pass of the layers (Narayanan et
    al. 2021, eq. 3, four passes instead of three), selective repeats attention's scores (Korthikanti et al. 2022,
    section 5).
    """
    if convention == "6ND":
        return 6.0 * model.active_parameters
    if convention == "palm":
        return 6.0 * model.active_parameters + 3.0 * model.attention_flops(sequence, causal=False)
    attention = model.attention_flops(sequence, causal=convention == "causal")
    forward = 2.0 * model.matmul_parameters + attention
    if convention != "hardware" or recompute == "none":
        return 3.0 * forward
    layers_only = forward - 2.0 * model.vocabulary * model.hidden_size
    return 3.0 * forward + (attention if recompute == "selective" else layers_only)
