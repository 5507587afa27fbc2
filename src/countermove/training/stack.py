"""Software stacks: which training framework ran the job, and what it could do at that date."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from countermove.training.launch_scripts import LaunchScript

# The order is that of the fitted effects; append only.
FAMILIES: tuple[str, ...] = (
    "volta",
    "ampere",
    "ada",
    "hopper",
    "blackwell",
    "rubin",
    "tpu",
    "cdna",
    "gaudi",
    "trainium",
    "ascend",
    "cambricon",
    "kunlun",
    "moore_threads",
    "other_domestic",
)
STACKS: tuple[str, ...] = (
    "megatron",
    "nemo",
    "megascale",
    "mlperf",
    "fsdp",
    "xla",
    "mindspeed",
    "rocm",
    "synapse",
    "deepspeed",
    "other",
)

# Without a named framework a chip's usual one is taken.
_BY_CHIP_STACK = {
    "cuda": "nemo",
    "xla": "xla",
    "cann": "mindspeed",
    "rocm": "rocm",
    "synapse": "synapse",
}

# What MindSpeed's predecessor ModelLink (github.com/Ascend/MindSpeed-LLM) could do, where a run's own launch script is
# not known. Products that overlap tensor parallelism's collectives came with CANN 24.RC2. Until November 2024 experts'
# products were launched one after another on tokens gathered from all chips of their group. Through 2024 fused
# attention padded the heads of latent attention, 192 and 128, to 256 (core/transformer/multi_head_latent_attention.py),
# and weight gradients were added up after the product, not within it (modellink/arguments.py keeps that off).
_OVERLAP_ON_CANN, _GROUPED_ON_CANN, _ACCUMULATION_ON_CANN, _LATENT_ON_CANN = 2024.4, 2024.9, 2025.0, 2025.0

# FlashAttention reached the frameworks in the second half of 2022 (Dao et al. 2022, May; Megatron-LM, late 2022).
_FLASH_FROM = 2022.6


@dataclass(frozen=True)
class Stack:
    """A framework at a date (decimal year) with the switches that change step time."""

    name: str
    date: float
    flash_attention: bool = True
    eager: bool = False
    captured: bool = False
    overlap_tensor: bool = False
    overlap_expert: bool = False
    sequence_parallel: bool = True
    fused_rotary: bool = True
    fused_activations: bool = True
    fused_accumulation: bool = True
    grouped_experts: bool = True
    gathered_dispatch: bool = False
    padded_latent: bool = False


def stack_of(
    chip_stack: str,
    date: float,
    model: str = "",
    source: str = "",
    organisation: str = "",
    script: LaunchScript | None = None,
) -> Stack:
    """The stack that the names of a run's model and source tell, else the chip's usual one.

    Only names are read: a framework, "async TP", "eager", "no FlashAttention" and the like; the model's name goes
    first. The chip vendor's own runs of Megatron count as its tuned stack. A launch script goes before the rules.
    """
    model, source = model.casefold(), source.casefold()
    text = f"{model} {source}"
    name = (
        _framework(chip_stack, text if "mlperf" in model else model)
        or _framework(chip_stack, source)
        or _BY_CHIP_STACK.get(chip_stack, "other")
    )
    if name == "megatron" and organisation.strip().casefold() == "nvidia":
        name = "nemo"
    stack = Stack(
        name=name,
        date=date,
        flash_attention=date >= _FLASH_FROM and "no flash" not in text and not _unfused(text, date),
        eager="eager" in text or name == "deepspeed",
        captured=name == "mlperf" and date >= 2024.0,
        overlap_tensor=_overlaps_tensor(name, date) or "async tp" in text,
        overlap_expert=name == "xla" or "deepseek-v3 readme" in text,
        # Sequence parallelism came with Korthikanti et al. 2022.
        sequence_parallel=date >= 2022.5 or "sequence parallel" in text,
    )
    return _on_cann(stack, script) if name == "mindspeed" else stack


def _on_cann(stack: Stack, script: LaunchScript | None) -> Stack:
    date = stack.date
    cann = replace(stack, fused_accumulation=date >= _ACCUMULATION_ON_CANN, padded_latent=date < _LATENT_ON_CANN)
    if script is None:
        grouped = date >= _GROUPED_ON_CANN
        return replace(cann, grouped_experts=grouped, gathered_dispatch=not grouped)
    return replace(
        cann,
        flash_attention=cann.flash_attention and "flash" not in script.without,
        overlap_tensor="overlap" not in script.without,
        fused_rotary="rotary" not in script.without,
        fused_activations="activations" not in script.without,
        grouped_experts="grouping" not in script.without,
        gathered_dispatch=script.gathers,
    )


def _overlaps_tensor(name: str, date: float) -> bool:
    """Whether the framework overlaps tensor-parallel collectives with products; Megatron-Core from mid-2023."""
    since = {"nemo": 2023.5, "mindspeed": _OVERLAP_ON_CANN}
    return name in ("megascale", "mlperf", "xla") or date >= since.get(name, math.inf)


def _unfused(text: str, date: float) -> bool:
    """Whether a model's attention has no fused kernel in its framework at that date.

    Attention sinks have none in Transformer Engine at first (github.com/NVIDIA/TransformerEngine/issues/2318); that
    the fused path is in use from mid-2026 is an assumption.
    """
    return "gpt-oss" in text and date < 2026.5


_FRAMEWORKS = (
    ("deepspeed", r"_deepspeed"),
    ("mlperf", r"mlperf"),
    ("megascale", r"\(megascale"),
    ("nemo", r"megatron-core|megatron bridge|nemo\b|nemotron|llama 3 herd|llama3_1|hai-llm|deepseek"),
    ("megatron", r"megatron|flagperf|flagscale|simumax|bigscience|bloom|falcon|starcoder|mt-nlg"),
    ("fsdp", r"llm-foundry|torchtitan|fsdp|internevo|internlm|touvron|llama \d model card"),
    ("deepspeed", r"deepspeed|pythia|biderman|neox"),
)


def _framework(chip_stack: str, text: str) -> str:
    if chip_stack != "cuda":
        return ""
    return next((name for name, pattern in _FRAMEWORKS if re.search(pattern, text)), "")
