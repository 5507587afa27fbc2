"""Software stacks: which training framework ran the job, and what it could do at that date."""

from __future__ import annotations

import re
from dataclasses import dataclass

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

# What ModelLink's launch scripts of September 2024 do (github.com/Ascend/MindSpeed-LLM). Those of older models run
# without the fused kernels of rotary positions and of gated activations. Until November the experts' products are
# launched one after another on tokens gathered from all chips (--moe-token-dispatcher-type allgather), and the fused
# attention pads the heads of latent attention, 192 and 128, to 256
# (modellink/core/transformer/multi_head_latent_attention.py).
_LEGACY_SCRIPTS = r"^(aquila|baichuan2? ?7b|baichuan 13b|internlm \d+b|llama \d+b|qwen \d+b)"
_GROUPED_ON_CANN = 2024.9

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
    fused_activations: bool = True
    grouped_experts: bool = True
    padded_latent: bool = False


def stack_of(chip_stack: str, date: float, model: str = "", source: str = "", organisation: str = "") -> Stack:
    """The stack that the names of a run's model and source tell, else the chip's usual one.

    Only names are read: a framework, "async TP", "eager", "no FlashAttention" and the like; the model's name goes
    first. The chip vendor's own runs of Megatron count as its tuned stack.
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
    return Stack(
        name=name,
        date=date,
        flash_attention=date >= _FLASH_FROM and "no flash" not in text and not _unfused(name, text, date),
        eager="eager" in text or name == "deepspeed",
        captured=name == "mlperf" and date >= 2024.0,
        overlap_tensor=_overlaps_tensor(name, date) or "async tp" in text,
        overlap_expert=name == "xla" or "deepseek-v3 readme" in text,
        # Sequence parallelism came with Korthikanti et al. 2022.
        sequence_parallel=date >= 2022.5 or "sequence parallel" in text,
        fused_activations=name != "mindspeed" or date >= 2025.0 or not re.search(_LEGACY_SCRIPTS, model),
        grouped_experts=name != "mindspeed" or date >= _GROUPED_ON_CANN,
        padded_latent=name == "mindspeed" and date < 2025.0,
    )


def _overlaps_tensor(name: str, date: float) -> bool:
    """Whether the framework overlaps tensor-parallel collectives with products; Megatron-Core from mid-2023."""
    return name in ("megascale", "mlperf", "mindspeed", "xla") or (name == "nemo" and date >= 2023.5)


def _unfused(name: str, text: str, date: float) -> bool:
    """Whether a model's attention has no fused kernel in its framework at that date.

    Attention sinks have none in Transformer Engine at first (github.com/NVIDIA/TransformerEngine/issues/2318); that
    the fused path is in use from mid-2026 is an assumption. ModelLink's scripts run ALiBi models without, a fused
    kernel being optional (examples/bloom, examples/baichuan; Baichuan2 has it).
    """
    if name == "mindspeed" and re.search(r"bloom|baichuan[ -]13b", text):
        return date < 2025.0
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
