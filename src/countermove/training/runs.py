"""Published runs: a row of the table becomes a job; what the row leaves open is inferred by stated rules, and said.

`note` and `measured_value` are never read here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from countermove.errors import CountermoveError, unknown
from countermove.training import models
from countermove.training._cells import architecture, cell, number, quantity, sequence_length, whole
from countermove.training.chips import Accelerator, accelerator
from countermove.training.columns import Columns, columns
from countermove.training.launch_scripts import LaunchScript, launch_script
from countermove.training.layout import Layout
from countermove.training.stack import Stack, stack_of
from countermove.training.workload import Convention, Transformer

Kind = Literal["training", "fine-tuning"]
REQUIRED = ("id", "model", "architecture", "chip", "measured_quantity")


@dataclass(frozen=True)
class Run:
    """One published run as a job. `assumed` lists what the row did not say and how it was filled."""

    id: str
    model: Transformer
    chip: Accelerator
    stack: Stack
    chips: int
    sequence: int
    batch_tokens: float
    batch_known: bool
    tokens: float
    bits: int
    kind: Kind
    benchmark: bool
    layout: Layout
    layout_known: bool
    given: frozenset[str]
    network_bandwidth: float | None
    scale_up_size: int | None
    quantity: str
    published_parameters: float
    published_active: float
    capacity_factor: float
    convention: str
    peak_tflops: float
    assumed: tuple[str, ...] = field(default=())

    def columns(self, layout: Layout | None = None) -> Columns:
        """The job as the step model's inputs, with its own layout or another."""
        return columns(
            self.model,
            layout or self.layout,
            self.chip,
            self.stack,
            sequence=self.sequence,
            batch_tokens=self.batch_tokens,
            bits=self.bits,
            frozen=self.kind == "fine-tuning",
            network_bandwidth=self.network_bandwidth,
            scale_up_size=self.scale_up_size,
            capacity_factor=self.capacity_factor,
        )


def bits_of(precision: str) -> int:
    """Width of the matrix products: 16, 8, 4, or 6 for a recipe that runs part of them in INT8."""
    text = precision.casefold()
    if "fp4" in text:
        return 4
    if "int8" in text and "bf16" in text:
        return 6
    if "8" in text:
        return 8
    return 16


def _year(row: Mapping[str, str]) -> float:
    parts = (row.get("source_date") or "").split("-")
    if len(parts) >= 2 and parts[0].isdigit():
        return int(parts[0]) + (int(parts[1]) - 0.5) / 12
    year = number(row, "year")
    return year + 0.5 if year else 2025.0


def transformer_of(row: Mapping[str, str], assumed: list[str]) -> Transformer:
    """The model of a row: its own dimensions first, the catalogue for what the columns do not hold.

    Where head size, gating or tied embeddings are open, the combination is taken whose parameter count comes nearest
    to the published one.

    Raises:
        CountermoveError: dimensions missing and the model's name is not in the catalogue.
    """
    known = models.recognised(row.get("model", ""))
    if known and models.contradicts(row.get("model", ""), known) and not number(row, "layers"):
        known = None
    entry: dict[str, Any] = dict(models.entries().get(known or "", {}))
    given = {
        "layers": "layers",
        "hidden_size": "hidden_size",
        "ffn_size": "ffn_size",
        "heads": "heads",
        "kv_heads": "kv_heads",
        "vocab": "vocabulary",
        "experts": "experts",
        "active_experts": "active_experts",
        "head_size": "head_size",
        "shared_expert_size": "shared_expert_size",
        "dense_layers": "dense_layers",
    }
    values = {target: whole(row, source) for source, target in given.items() if cell(row, source)}
    if entry and (missing := [k for k in ("layers", "hidden_size", "ffn_size", "heads") if k not in values]):
        assumed.append(f"{', '.join(missing)} from the catalogue's {known}")
    if architecture(row) == "dense":
        values |= {"experts": 0, "active_experts": 0}
    if "heads" in values and values.get("kv_heads", 1) == 0:
        values.pop("kv_heads")
    changed = {k for k in ("hidden_size", "heads") if k in values and entry and values[k] != entry.get(k)}
    if changed:
        entry.pop("head_size", None)
    if entry.get("experts") and values.get("experts") == 0:
        for key in ("shared_expert_size", "dense_layers", "dense_ffn_size", "latent"):
            entry.pop(key, None)
    merged = {**entry, **values}
    absent = [k for k in ("layers", "hidden_size", "ffn_size") if not merged.get(k)]
    if absent:
        raise CountermoveError(
            f"missing dimensions: {', '.join(absent)}, and '{row.get('model', '')}' is not in the catalogue"
        )
    if architecture(row) == "moe" and not (merged.get("experts") and merged.get("active_experts")):
        raise CountermoveError("missing dimensions: experts and active_experts of a mixture of experts")
    if not merged.get("heads"):
        merged["heads"] = max(merged["hidden_size"] // 128, 1)
        assumed.append(f"{merged['heads']} heads of 128")
    if not merged.get("vocabulary"):
        merged["vocabulary"] = 51200 if architecture(row) == "dense" and whole(row, "hidden_size") >= 12288 else 64000
        assumed.append(f"vocabulary {merged['vocabulary']}")
    return _closest(row, entry, merged, assumed)


def _closest(row: Mapping[str, str], entry: dict[str, Any], merged: dict[str, Any], assumed: list[str]) -> Transformer:
    published = number(row, "params_total_bn") * 1e9
    default_head = merged["hidden_size"] // merged["heads"]
    heads = (
        [merged["head_size"]]
        if merged.get("head_size")
        else sorted({default_head, 128, 256}, key=lambda x: x != default_head)
    )
    # Four times the hidden size is the width of a block without gate.
    plain = 3.9 <= merged["ffn_size"] / merged["hidden_size"] <= 4.1
    gates = [merged["gated"]] if "gated" in entry else ([True] if entry else [not plain, plain])
    ties = [merged["tied_embeddings"]] if "tied_embeddings" in merged else ([False] if entry else [False, True])
    candidates = [
        models.from_mapping(
            row.get("model", "") or "?", {**merged, "head_size": head, "gated": gate, "tied_embeddings": tie}
        )
        for head in heads
        for gate in gates
        for tie in ties
    ]
    if not published or len(candidates) == 1:
        return candidates[0]

    # Nearly the same count can come from unusual choices; they need clear evidence, two percent each.
    def distance(candidate: Transformer) -> float:
        unusual = (candidate.head_size not in (default_head, 128)) + (candidate.gated != gates[0])
        return abs(candidate.parameters / published - 1.0) + 0.025 * unusual

    best = min(candidates, key=distance)
    if best.head_size != default_head:
        assumed.append(f"head size {best.head_size} from the parameter count")
    return best


def network_of(interconnect: str, scale_up: int) -> tuple[float | None, int | None]:
    """Network bandwidth per chip in GB/s and chips per fast domain, where the interconnect's description tells them."""
    text = interconnect.casefold()
    size = 72 if "nvl72" in text else None
    per_node = re.search(r"(\d+)x(\d+) ?gb", text)
    total = re.search(r"(\d{4})gb/s [a-z]* ?per node", text)
    single = re.search(r"(\d{3}) ?gb\b", text)
    if per_node:
        return int(per_node[1]) * int(per_node[2]) / 8 / 8, size
    if total:
        return int(total[1]) / 8 / 8, size
    if single:
        return int(single[1]) / 8, size
    return None, size


_SHARD = (("3", 3), ("fsdp in slice", 3), ("no reshard", 2), ("fsdp", 3), ("zero", 1), ("2", 2), ("1", 1), ("0", 0))


def shard_of(text: str, framework: str) -> int:
    """ZeRO stage from the column's text; blank means FSDP for FSDP and XLA stacks, distributed optimiser elsewhere."""
    lower = text.casefold()
    if not lower:
        return 3 if framework in ("fsdp", "xla") else 1
    if "shard_grad_op" in lower:
        return 2
    return next((stage for key, stage in _SHARD if key in lower), 1)


def convention_of(quantity: str, framework: str, date: float, recompute: str) -> str:
    """Which operations a printed utilisation counts.

    A column `flop_convention` goes before this. Rules: HFU and Megatron's tables before mid-2022 count recompute;
    MaxText halves attention from 2025; Megatron's formula counts the matrix products; all others are 6N plus full
    attention.
    """
    if quantity == "HFU" or (
        quantity == "TFLOPs_per_chip" and framework in ("megatron", "nemo") and date < 2022.3 and recompute == "full"
    ):
        return "hardware"
    if framework == "xla" and date >= 2025:
        return "causal"
    return "megatron" if framework in ("megatron", "nemo", "megascale", "mlperf", "mindspeed") else "palm"


def read_run(row: Mapping[str, str]) -> Run:
    """The job a row describes.

    Raises:
        CountermoveError: why the row cannot be predicted (unknown chip, missing dimensions, no token count …).
    """
    assumed: list[str] = []
    wanted = _trained(row)
    chip = accelerator(row.get("chip", ""))
    model = transformer_of(row, assumed)
    sequence = _sequence(row, model, assumed)
    script = _script(row, chip, sequence)
    stack = _stack(row, chip, script)
    if stack.name == "megascale":
        # MegaScale's model: parallel block and sliding-window attention (Jiang et al. 2024, section 3.1).
        model = replace(model, parallel_block=True)
    chips = whole(row, "chips_count")
    tokens = _tokens(row, wanted, assumed)
    bits = bits_of(row.get("precision", ""))
    assumed += _unsaid(row, bits, stack.date)
    if not chips:
        chips = _usual_chips(model, chip, tokens, bits)
        assumed.append(f"{chips} chips")
    capacity = re.search(r"\bcf ?(\d(?:\.\d+)?)", row.get("model", "").casefold())
    kind: Kind = "fine-tuning" if "lora" in row.get("model", "").casefold() else "training"
    network, size = network_of(row.get("interconnect", ""), chip.scale_up_size)
    layout, given = _layout(row, stack, script)
    repeated = layout.recompute if "recompute" in given else "none"
    convention = _given_convention(row) or convention_of(wanted, stack.name, stack.date, repeated)
    peak = number(row, "peak_tflops") or chip.peak(16 if bits == 6 else bits)
    batch = number(row, "global_batch_tokens")
    return Run(
        id=row.get("id", ""),
        model=model,
        chip=chip,
        stack=stack,
        chips=chips,
        sequence=sequence,
        batch_tokens=batch,
        batch_known=batch > 0,
        tokens=tokens,
        bits=bits,
        kind=kind,
        benchmark="mlperf" in f"{row.get('model', '')} {row.get('source', '')}".casefold(),
        layout=layout,
        layout_known={"tensor", "pipeline"} <= given,
        given=given,
        network_bandwidth=network,
        scale_up_size=size,
        quantity=wanted,
        published_parameters=number(row, "params_total_bn") * 1e9,
        published_active=number(row, "params_active_bn") * 1e9,
        capacity_factor=float(capacity[1]) if capacity else 0.0,
        convention=convention,
        peak_tflops=peak,
        assumed=tuple(assumed),
    )


def _unsaid(row: Mapping[str, str], bits: int, date: float) -> list[str]:
    """What is assumed where precision and date are blank or not understood."""
    found = [] if bits < 16 or "16" in row.get("precision", "") else ["16-bit products"]
    dated = re.match(r"\d{4}-\d", row.get("source_date") or "") or number(row, "year")
    return found if dated else [*found, f"software of {date:g}"]


def _sequence(row: Mapping[str, str], model: Transformer, assumed: list[str]) -> int:
    sequence = sequence_length(row)
    if not sequence:
        sequence = models.usual_sequence(replace(model, name=models.recognised(row.get("model", "")) or ""))
        assumed.append(f"sequence {sequence}")
    return sequence


def _script(row: Mapping[str, str], chip: Accelerator, sequence: int) -> LaunchScript | None:
    if chip.stack != "cann":
        return None
    return launch_script(row.get("model", ""), row.get("source", ""), sequence, _year(row))


def _stack(row: Mapping[str, str], chip: Accelerator, script: LaunchScript | None) -> Stack:
    source = f"{row.get('source', '')} {row.get('software_version', '')}"
    date = script.measured if script else _year(row)
    return stack_of(chip.stack, date, row.get("model", ""), source, row.get("organisation", ""), script)


def _tokens(row: Mapping[str, str], wanted: str, assumed: list[str]) -> float:
    """Tokens of the run; where they are needed and the row has none, the length of the model's published run."""
    tokens = number(row, "tokens_tn") * 1e12
    if tokens > 0 or wanted not in ("chip_hours", "days"):
        return tokens
    tokens = models.usual_tokens(models.recognised(row.get("model", "")) or "")
    if tokens <= 0:
        raise CountermoveError("no token count (tokens_tn), so no run length")
    assumed.append(f"{tokens / 1e12:.4g} T tokens, the length of the model's published run")
    return tokens


def _trained(row: Mapping[str, str]) -> str:
    if "inference" in row.get("model", "").casefold():
        raise CountermoveError("an inference run; see the inference roofline")
    return quantity(row)


def _given_convention(row: Mapping[str, str]) -> str:
    convention = (row.get("flop_convention") or "").strip()
    if convention and convention not in get_args(Convention):
        raise unknown("flop_convention", convention, get_args(Convention))
    return convention


def _usual_chips(model: Transformer, chip: Accelerator, tokens: float, bits: int) -> int:
    """Chips of a run that does not say: those that finish it in about two months at 40 % of peak, a power of two."""
    operations = 6.0 * model.active_parameters * tokens if tokens else 6.0 * model.active_parameters * 1e12
    wanted = operations / (0.4 * chip.peak(bits) * 1e12 * 60 * 86400)
    power = 64
    while power < wanted and power < 16384:
        power *= 2
    return power


def _layout(row: Mapping[str, str], stack: Stack, script: LaunchScript | None) -> tuple[Layout, frozenset[str]]:
    names = {
        "tensor": "tp",
        "pipeline": "pp",
        "data": "dp",
        "context": "cp",
        "expert": "ep",
        "interleave": "vpp",
        "micro_batch": "micro_batch",
    }
    given = {name for name, column in names.items() if whole(row, column) > 0}
    values = {name: max(whole(row, names[name]), 1) for name in names}
    text = (row.get("activation_recompute") or "").casefold()
    recompute, share = "none", 1.0
    if text:
        given.add("recompute")
        # "full(1 layers)" quotes launch arguments: the uniform method in chunks of so many layers repeats them all.
        partial = None if re.search(r"full ?\(", text) else re.search(r"(\d+) layers?", text)
        recompute = "full" if "full" in text else ("selective" if "selective" in text or "minimal" in text else "none")
        if recompute == "full" and partial:
            share = min(int(partial[1]) / max(whole(row, "layers"), 1), 1.0)
        if "offloaded" in text:
            # Query, key and value projections kept on the host, the rest of the layer repeated.
            recompute, share = "full", 0.85
    if cell(row, "zero_stage"):
        given.add("shard")
    if stack.name == "xla":
        # These tables give sequences per chip; a tensor-parallel group shares its chips' sequences.
        values["micro_batch"] *= values["tensor"]
    lower = row.get("model", "").casefold()
    if re.search(r"\b1f1b", lower):
        given.add("interleave")
        values["interleave"] = 2 if "interleaved" in lower else 1
    stages = script.stages if script else ()
    layout = Layout(
        **values,  # pyright: ignore[reportArgumentType]
        recompute=recompute,
        recompute_share=share,  # pyright: ignore[reportArgumentType]
        shard=shard_of(cell(row, "zero_stage"), stack.name),
        sequence_parallel=stack.sequence_parallel,
        stage_layers=stages if len(stages) == values["pipeline"] else (),
    )
    return layout, frozenset(given)
