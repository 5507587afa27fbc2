"""Inference by roofline: prompt (prefill) and generation (decode) throughput per chip for a model, context and batch.

Prefill is compute: the forward pass of the fitted step model. Decode reads weights and cached keys and values once
per token of the batch, so bandwidth and not peak operations decides; its efficiencies are measured ones
(chip_efficiency.csv), not fitted. Latent attention decodes in its absorbed form (DeepSeek-AI 2024): scores and values
in the compressed space.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermove import _yaml
from countermove.errors import CountermoveError
from countermove.training.chips import Accelerator, accelerator
from countermove.training.columns import columns
from countermove.training.fitted import fitted
from countermove.training.layout import Layout
from countermove.training.models import model as named_model
from countermove.training.stack import FAMILIES, Stack
from countermove.training.step import forward_time
from countermove.training.workload import Transformer

# EFF_087..089: latent attention decode reaches 0.65 to 0.67 of compute and 0.84 to 0.90 of bandwidth.
MEMORY_EFFICIENCY = 0.85
ATTENTION_EFFICIENCY = 0.65
# EFF_069..072: expert all-to-all at 43 to 46 GB/s of a 50 GB/s NIC, 155 of 160 inside the node.
EXCHANGE_EFFICIENCY = 0.90
# Each collective of a small message waits this long (EFF_041: 1 MiB all-reduce at 40 GB/s takes 50 µs on eight chips).
EXCHANGE_LATENCY = 5e-5
# Kernels of a layer at small batch, fused and captured: about ten launches of 5 µs.
LAYER_OVERHEAD = 5e-5
# Bytes per element sent: 8-bit dispatch, 16-bit combine.
DISPATCH_BYTES, COMBINE_BYTES = 1.0, 2.0


@dataclass(frozen=True)
class Serving:
    """How a model is served: chips of one instance, expert and tensor parallelism, bits of weights and of the cache."""

    chips: int
    tensor: int = 1
    expert: int = 1
    bits: int = 8
    cache_bits: int = 16


@dataclass(frozen=True)
class Decode:
    """One decoding step of `batch` sequences per chip. Seconds by what takes them; `tokens_per_second` is per chip."""

    weights: float
    products: float
    cache: float
    attention: float
    exchange: float
    overhead: float
    batch: float

    @property
    def seconds(self) -> float:
        """Reading and computing overlap within an operator; operators follow one another."""
        return max(self.weights, self.products) + max(self.cache, self.attention) + self.exchange + self.overhead

    @property
    def tokens_per_second(self) -> float:
        return self.batch / self.seconds

    @property
    def bound_by(self) -> str:
        """What takes most of the step."""
        parts = {
            "bandwidth": (self.weights if self.weights > self.products else 0.0)
            + (self.cache if self.cache > self.attention else 0.0),
            "compute": (self.products if self.products >= self.weights else 0.0)
            + (self.attention if self.attention >= self.cache else 0.0),
            "interconnect": self.exchange,
            "overhead": self.overhead,
        }
        return max(parts, key=lambda name: parts[name])


def _copies(chip: Accelerator, serving: Serving) -> int:
    """Copies of what is not split: without tensor parallelism each device of a package holds and reads its own."""
    return chip.devices if serving.tensor == 1 else 1


def _weights_touched(model: Transformer, chip: Accelerator, serving: Serving, batch: float) -> float:
    """Weights a chip reads in one step: its share of the dense part, and those of its experts that any token chose."""
    plain = (model.parameters - model.routed_parameters - model.vocabulary * model.hidden_size) / serving.tensor
    plain *= _copies(chip, serving)
    if not model.is_moe:
        return plain
    tokens = batch * serving.chips  # all chips' tokens choose among all experts
    chosen = 1.0 - (1.0 - model.active_experts / model.experts) ** tokens
    spread = max(serving.expert * (serving.tensor if serving.expert < serving.chips else 1), serving.tensor)
    return plain + model.routed_parameters * chosen / min(spread, serving.chips)


def memory_needed(model: Transformer, chip: Accelerator, serving: Serving, context: float, batch: float) -> float:
    """Bytes per chip for weights and for the cache of `batch` sequences per chip."""
    spread = max(serving.expert, serving.tensor)
    plain = (model.parameters - model.routed_parameters) / serving.tensor * _copies(chip, serving)
    weights = (plain + model.routed_parameters / min(spread, serving.chips)) * serving.bits / 8.0
    return weights + cache_bytes(model, serving, context) * batch


def cache_bytes(model: Transformer, serving: Serving, context: float) -> float:
    """Bytes of cached keys and values of one sequence, on the chip that holds it."""
    kept = (
        min(context, model.window) * model.window_share + context * (1 - model.window_share)
        if model.window
        else context
    )
    return model.layers * model.key_value_elements * kept * serving.cache_bits / 8.0


def decode(model: Transformer, chip: Accelerator, serving: Serving, context: float, batch: float) -> Decode:
    """One decoding step with `batch` sequences per chip at `context` tokens each.

    Raises:
        CountermoveError: weights and cache do not fit, with the figures.
    """
    needed = memory_needed(model, chip, serving, context, batch)
    if needed > 0.95 * chip.memory * 1e9:
        raise CountermoveError(
            f"{model.name} with {batch:g} sequences of {context:g} tokens per chip needs {needed / 1e9:.1f} GB on each "
            f"of {serving.chips} {chip.id}, {0.95 * chip.memory:.1f} of {chip.memory:.0f} GB are usable"
        )
    bandwidth = MEMORY_EFFICIENCY * chip.bandwidth * 1e9
    best = float(fitted().efficiency.of("gemm", FAMILIES.index(chip.family)))
    peak = chip.peak(serving.bits) * 1e12 * best
    if model.latent is None:
        per_position = 2.0 * (model.query_width + model.value_width)
    else:
        per_position = 2.0 * model.heads * (2 * model.latent.key_value_rank + model.latent.rope_size)
    attention = batch * model.layers * per_position * context
    weights = _weights_touched(model, chip, serving, batch) * serving.bits / 8.0
    return Decode(
        weights=weights / bandwidth,
        products=2.0 * model.matmul_parameters * batch / peak,
        cache=cache_bytes(model, serving, context) * batch / bandwidth,
        attention=attention / (ATTENTION_EFFICIENCY * chip.peak_16 * 1e12),
        exchange=_exchange(model, chip, serving, batch),
        overhead=model.layers * LAYER_OVERHEAD,
        batch=batch,
    )


def _exchange(model: Transformer, chip: Accelerator, serving: Serving, batch: float) -> float:
    """Seconds of collectives in one step: expert dispatch and combine, or tensor-parallel all-reduces."""
    total = 0.0
    if model.is_moe and serving.expert > 1:
        link = chip.scale_up_bandwidth if serving.expert <= chip.scale_up_size else chip.network_bandwidth
        bytes_ = batch * model.active_experts * model.hidden_size * (DISPATCH_BYTES + COMBINE_BYTES)
        total += model.moe_layers * (bytes_ / (EXCHANGE_EFFICIENCY * link * 1e9) + 2 * EXCHANGE_LATENCY)
    if serving.tensor > 1:
        link = chip.scale_up_bandwidth if serving.tensor <= chip.scale_up_size else chip.network_bandwidth
        bytes_ = 2.0 * (serving.tensor - 1) / serving.tensor * batch * serving.tensor * model.hidden_size * 2.0
        total += 2 * model.layers * (bytes_ / (EXCHANGE_EFFICIENCY * link * 1e9) + EXCHANGE_LATENCY)
    return total


def prefill_tokens_per_second(
    model: Transformer, chip: Accelerator, serving: Serving, prompt: int, tokens_per_chip: int = 16384
) -> float:
    """Prompt tokens per second and chip: the fitted forward pass on `tokens_per_chip` tokens of prompts.

    Serving software is taken as neutral between the vendors: no training stack's factors, two micro-batches that
    overlap their expert exchange.
    """
    layout = Layout(
        tensor=serving.tensor, expert=serving.expert, data=max(serving.chips // serving.tensor, 1), micro_batch=1
    )
    stack = Stack("other", date=2025.5, overlap_tensor=True, overlap_expert=True)
    case = columns(model, layout, chip, stack, sequence=prompt, batch_tokens=tokens_per_chip, bits=serving.bits)
    seconds = forward_time(case, fitted().efficiency, float(tokens_per_chip * serving.tensor))
    return tokens_per_chip / float(seconds)


def largest_batch(model: Transformer, chip: Accelerator, serving: Serving, context: float) -> float:
    """Sequences per chip whose cache fits beside the weights; 0 where not even the weights fit."""
    free = 0.95 * chip.memory * 1e9 - memory_needed(model, chip, serving, context, 0.0)
    return max(free // cache_bytes(model, serving, context), 0.0)


@dataclass(frozen=True)
class Check:
    """A published inference figure: its row, the tokens per second and chip predicted, and what was assumed."""

    run: str
    model: str
    chip: str
    purpose: str
    predicted: float
    about: str


def checks() -> list[Check]:
    """The roofline's answers to the published inference rows (data/inference_checks.yaml)."""
    entries: list[dict[str, Any]] = _yaml.load(Path(__file__).parent / "data" / "inference_checks.yaml")
    return [_check(entry) for entry in entries]


def _check(entry: dict[str, Any]) -> Check:
    model, chip = named_model(entry["model"]), accelerator(entry["chip"])
    serving = Serving(entry["chips"], expert=entry["expert"])
    if entry["purpose"] == "prefill":
        predicted = prefill_tokens_per_second(model, chip, serving, entry["prompt"])
    else:
        predicted = decode(model, chip, serving, entry["context"], entry["batch"]).tokens_per_second
    return Check(entry["run"], entry["model"], chip.id, entry["purpose"], predicted, entry["about"])
