"""The inputs of the step-time model as columns: one number per case, or arrays over cases that broadcast together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from countermove.training.chips import CHIPS, Accelerator
from countermove.training.efficiency import REFERENCE_POWER
from countermove.training.layout import Layout
from countermove.training.stack import FAMILIES, STACKS, Stack
from countermove.training.workload import Transformer

# Elements to which a fused kernel pads the heads of latent attention where it has no sizes of its own for them.
PADDED_HEAD = 256

Column = Any  # float or float64 array; the model is elementwise in every column


@dataclass
class Columns:
    """Model, layout, chip and stack of one case or of many: sizes in elements, byte/s, FLOP/s."""

    # model
    layers: Column
    hidden: Column
    attention_in: Column  # output width of the query, key and value projections
    value_width: Column
    score_width: Column  # query width + value width
    kv_heads_width: Column
    heads: Column
    head_size: Column
    dense_layers: Column
    dense_ffn: Column
    gate: Column  # matrices before the activation: 2 gated, 1 not
    moe_layers: Column
    expert_ffn: Column
    experts: Column
    active_experts: Column
    shared_ffn: Column
    capacity_factor: Column  # tokens an expert takes against an even share; 0 = dropless
    vocabulary: Column
    plain_parameters: Column  # all but the routed experts
    routed_parameters: Column
    window: Column
    window_share: Column
    parallel_block: Column
    # job
    sequence: Column
    batch_tokens: Column
    bits: Column
    frozen: Column  # 1 where the weights get no gradient (LoRA)
    # layout
    tensor: Column
    pipeline: Column
    data: Column
    context: Column
    expert: Column
    interleave: Column
    fullest_stage: Column  # layers of the stage with the most and of the last, where they are told; else 0
    last_stage: Column
    micro_batch: Column
    shard: Column
    reshard_gradients_only: Column
    recompute_full: Column  # share of layers whose forward pass is repeated
    recompute_selective: Column
    sequence_parallel: Column
    offload: Column  # 1 where optimiser states live in host memory
    # chip
    peak_16: Column
    peak_low: Column
    bandwidth: Column
    scale_up_size: Column
    scale_up_bandwidth: Column
    network_bandwidth: Column
    watts_ratio: Column  # watts per peak FLOP/s against the family's reference
    # software
    age: Column
    date: Column
    flash: Column
    eager: Column
    captured: Column  # share of the launches that captured graphs replay; 1 where whole steps are
    newer_attention: Column  # 0 to 1: later attention kernels at hand
    overlap_tensor: Column
    overlap_expert: Column
    unfused_rotary: Column
    unfused_activations: Column
    unfused_accumulation: Column  # 1 where weight gradients are added up after the product
    single_experts: Column  # 1 where experts' products are launched one by one
    gathered: Column  # 1 where tokens are gathered whole on all chips of an expert group
    family: Column  # index into FAMILIES
    stack: Column  # index into STACKS
    chip: Column  # index into CHIPS


def _of_model(model: Transformer) -> dict[str, float]:
    """The model's columns."""
    moe = model.is_moe
    return {
        "layers": float(model.layers),
        "hidden": float(model.hidden_size),
        "attention_in": model.attention_parameters / model.hidden_size - model.value_width,
        "value_width": float(model.value_width),
        "score_width": float(model.query_width + model.value_width),
        "kv_heads_width": float(model.key_value_elements),
        "heads": float(model.heads),
        "head_size": float(model.head_size),
        "dense_layers": float(model.dense_layers if moe else model.layers),
        "dense_ffn": float((model.dense_ffn_size or model.ffn_size) if moe else model.ffn_size),
        "gate": 2.0 if model.gated else 1.0,
        "moe_layers": float(model.moe_layers),
        "expert_ffn": float(model.ffn_size if moe else 0),
        "experts": float(max(model.experts, 1)),
        "active_experts": float(model.active_experts),
        "shared_ffn": float(model.shared_expert_size),
        "vocabulary": float(model.vocabulary),
        "plain_parameters": model.parameters - model.routed_parameters,
        "routed_parameters": model.routed_parameters,
        "window": float(model.window),
        "window_share": float(model.window_share if model.window else 0.0),
        "parallel_block": float(model.parallel_block),
    }


def _of_layout(layout: Layout) -> dict[str, float]:
    """The layout's columns."""
    return {
        "tensor": float(layout.tensor),
        "pipeline": float(layout.pipeline),
        "data": float(layout.data),
        "context": float(layout.context),
        "expert": float(layout.expert),
        "interleave": float(layout.interleave),
        "fullest_stage": float(max(layout.stage_layers, default=0)),
        "last_stage": float(layout.stage_layers[-1] if layout.stage_layers else 0),
        "micro_batch": float(layout.micro_batch),
        "shard": float(layout.shard),
        "reshard_gradients_only": float(layout.shard == 2),
        "recompute_full": layout.recompute_share if layout.recompute == "full" else 0.0,
        "recompute_selective": float(layout.recompute == "selective"),
        "sequence_parallel": float(layout.sequence_parallel),
        "offload": float(layout.offload),
    }


def _of_stack(model: Transformer, chip: Accelerator, stack: Stack) -> dict[str, float]:
    """The columns of what the software does on that chip for that model."""
    return {
        "flash": float(stack.flash_attention),
        "eager": float(stack.eager),
        "captured": _captured(model, chip, stack),
        "newer_attention": _newer_attention(chip, stack),
        "overlap_tensor": float(stack.overlap_tensor),
        "overlap_expert": float(stack.overlap_expert),
        "unfused_rotary": float(not stack.fused_rotary),
        "unfused_activations": float(model.gated and not stack.fused_activations),
        "unfused_accumulation": float(not stack.fused_accumulation),
        "single_experts": float(not stack.grouped_experts),
        "gathered": float(stack.gathered_dispatch),
    }


def columns(
    model: Transformer,
    layout: Layout,
    chip: Accelerator,
    stack: Stack,
    *,
    sequence: int,
    batch_tokens: float,
    bits: int,
    frozen: bool = False,
    network_bandwidth: float | None = None,
    scale_up_size: int | None = None,
    capacity_factor: float = 0.0,
) -> Columns:
    """The columns of one case; `network_bandwidth` (GB/s) and `scale_up_size` replace the chip's usual ones."""
    sizes = _of_model(model)
    if model.latent is not None and stack.padded_latent:
        sizes["score_width"] = 2.0 * model.heads * PADDED_HEAD
    return Columns(
        **sizes,
        capacity_factor=capacity_factor,
        sequence=float(sequence),
        batch_tokens=float(batch_tokens),
        bits=float(bits),
        frozen=float(frozen),
        **_of_layout(layout),
        peak_16=chip.peak_16 * 1e12,
        peak_low=chip.peak(bits) * 1e12,
        bandwidth=chip.bandwidth * 1e9,
        scale_up_size=float(scale_up_size or chip.scale_up_size),
        scale_up_bandwidth=chip.scale_up_bandwidth * 1e9,
        network_bandwidth=(network_bandwidth or chip.network_bandwidth) * 1e9,
        watts_ratio=chip.power / chip.peak_16 / REFERENCE_POWER[chip.family] if chip.power else 1.0,
        age=max(stack.date - chip.shipped, 0.0),
        date=stack.date,
        **_of_stack(model, chip, stack),
        family=FAMILIES.index(chip.family),
        stack=STACKS.index(stack.name),
        chip=CHIPS.index(chip.id),
    )


def _captured(model: Transformer, chip: Accelerator, stack: Stack) -> float:
    """Whole steps in tuned benchmarks; attention and routing, not experts, in MoE recipes for Grace hosts.

    Megatron Bridge's recipes capture `attn, moe_router, moe_preprocess` on GB200 and GB300 and mostly nothing on H100
    and B200 (github.com/NVIDIA-NeMo/Megatron-Bridge, perf_recipes); two thirds of a routed layer's launches.
    """
    if stack.captured:
        return 1.0
    grace = chip.id in ("nvidia_gb200", "nvidia_gb300")
    return 2.0 / 3.0 if grace and model.is_moe and stack.name == "nemo" and stack.date >= 2025.7 else 0.0


def _newer_attention(chip: Accelerator, stack: Stack) -> float:
    """Hopper's asynchronous attention kernels: in cuDNN from early 2024, FlashAttention-3 in mid-2024."""
    if chip.family != "hopper" or stack.name not in ("megatron", "nemo", "mlperf"):
        return 0.0
    return min(max((stack.date - 2023.9) / 0.8, 0.0), 1.0)


def joined(cases: Sequence[Columns]) -> Columns:
    """Many cases as one set of arrays."""
    return Columns(**{f.name: np.array([getattr(case, f.name) for case in cases]) for f in fields(Columns)})
