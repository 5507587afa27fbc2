"""The efficiency parameters of the step-time model: what each means, its prior, and the fitted values that ship."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.training.chips import CHIPS
from countermove.training.stack import FAMILIES, STACKS

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Prior:
    """Log-normal prior of a positive quantity: median and standard deviation of its logarithm; where it comes from."""

    median: float
    sd: float
    source: str


PRIORS: dict[str, Prior] = {
    # Roofline of one matrix product: time = flops / (peak e) + k bytes / bandwidth.
    "gemm_traffic": Prior(1.5, 0.3, "DeepGEMM shapes on H800 (chip_efficiency EFF_075..085) give 1.7"),
    "eight_bit": Prior(
        0.90, 0.08, "FP8 against BF16 best-shape efficiency on H100, B200, GB200, Gaudi2 (EFF_002..020)"
    ),
    "four_bit": Prior(
        0.70, 0.2, "against 8 bit at twice its peak: scaling, transposes, layers kept wider; no direct row"
    ),
    "partly_int8": Prior(0.7, 0.25, "share of products in INT8 in mixed INT8/BF16 recipes: forward and input gradient"),
    # Attention core against the 16-bit peak.
    "attention": Prior(0.40, 0.2, "fused causal kernels, forward and backward; by family below"),
    "attention_new": Prior(
        1.0, 0.2, "size of the gain that later kernels bring (Shah et al. 2024: Hopper 0.35 to 0.75)"
    ),
    "softmax_traffic": Prior(
        10.0, 0.4, "bytes per score, forward and backward, without a fused kernel (Korthikanti 2022)"
    ),
    "softmax_biased": Prior(
        40.0,
        0.3,
        "the same where position biases are scaled and added operator by operator: 20 reads and writes of 16 bit",
    ),
    # Elementwise operators, in bytes per element counted, by how far they are fused.
    "elementwise": Prior(1.0, 0.3, "count of reads and writes at 80 % of bandwidth (EFF_034)"),
    "elementwise_eager": Prior(1.5, 0.25, "the same without fusion"),
    "elementwise_xla": Prior(0.7, 0.3, "the same with a fusing compiler"),
    "launch": Prior(3e-4, 0.5, "seconds per layer and micro-batch in host launches, about 60 kernels of 5 µs"),
    "dispatch_traffic": Prior(1.5, 0.4, "permuting tokens to and from experts"),
    "expert_overhead": Prior(1.15, 0.12, "imbalance and padding of routed tokens"),
    # Communication.
    "scale_up": Prior(0.78, 0.10, "bus bandwidth against link rate, A100 0.78 (EFF_038); by family below"),
    "network": Prior(0.85, 0.15, "bus bandwidth against NIC rate (EFF_058..062, EFF_070)"),
    "latency": Prior(2.5e-5, 0.4, "seconds per collective (H200 node: 1 MiB all-reduce at 40 GB/s, EFF_041)"),
    "exposed_tensor": Prior(1.0, 0.15, "tensor-parallel collectives on the critical path"),
    "exposed_tensor_overlapped": Prior(
        0.45, 0.3, "the same with computation split to overlap it (async TP, MC2, user buffers)"
    ),
    "exposed_expert": Prior(0.8, 0.25, "all-to-all on the critical path"),
    "exposed_context": Prior(0.3, 0.4, "ring exchange of keys and values behind attention"),
    "exposed_data": Prior(0.15, 0.4, "share of gradient and parameter traffic that always shows, by contention"),
    "hidden_data": Prior(0.6, 0.3, "share of computation behind which that traffic can hide"),
    "exposed_pipeline": Prior(0.5, 0.4, "point-to-point transfers between stages on the critical path"),
    "optimizer": Prior(1.3, 0.3, "optimiser traffic over its byte count"),
    "step_overhead": Prior(0.03, 0.6, "seconds per step outside the model: data, logging, gradient norm"),
    "jitter": Prior(0.012, 0.4, "slow-down per doubling of chips beyond 64: stragglers"),
    # Software.
    "immaturity": Prior(0.20, 0.4, "time lost on a chip the day it ships, beyond its mature state"),
    "maturing": Prior(1.2, 0.4, "years in which that loss falls to 1/e"),
    "power": Prior(0.30, 0.35, "exponent of sustained throughput against watts per peak FLOP/s, within a family"),
    "head_size": Prior(0.40, 0.4, "exponent of attention efficiency against head size below 128"),
    "launch_moe": Prior(
        3e-3, 0.7, "seconds per routed layer and micro-batch: host waits for token counts, launches per expert"
    ),
    "launch_expert": Prior(
        5e-4,
        0.5,
        "seconds per expert of a chip, routed layer and micro-batch where products are not grouped: 30 launches",
    ),
    # From steps to elapsed time.
    "benchmark_overhead": Prior(1.05, 0.04, "evaluation and start-up in a timed benchmark"),
    "fine_tuning_overhead": Prior(1.25, 0.12, "evaluation, start-up and adapters in a short fine-tuning run"),
    "run_overhead": Prior(
        1.12, 0.08, "evaluation, replay, hand-over and idle time in a whole run, beside failures (REL_017, REL_031)"
    ),
}

# Best-shape matrix efficiency by family at 16 bit (chip_efficiency.csv); where none is measured a wide prior.
GEMM_PRIORS: dict[str, Prior] = {
    "volta": Prior(0.80, 0.12, "no row; as Ampere"),
    "ampere": Prior(0.85, 0.05, "EFF_002, EFF_004, EFF_028"),
    "ada": Prior(0.75, 0.15, "no row"),
    "hopper": Prior(0.80, 0.05, "EFF_003, EFF_005"),
    "blackwell": Prior(0.76, 0.05, "EFF_006, EFF_007, EFF_009"),
    "rubin": Prior(0.74, 0.15, "no row; as Blackwell"),
    "tpu": Prior(0.95, 0.06, "no row; about 95 % of peak in large products (jax-ml.github.io/scaling-book)"),
    "cdna": Prior(0.60, 0.08, "EFF_010..012"),
    "gaudi": Prior(0.90, 0.10, "EFF_001, EFF_008"),
    "trainium": Prior(0.75, 0.15, "no row"),
    "ascend": Prior(0.86, 0.06, "EFF_021 against 354 TFLOP/s"),
    "cambricon": Prior(0.70, 0.2, "no row"),
    "kunlun": Prior(0.70, 0.2, "no row"),
    "moore_threads": Prior(0.65, 0.2, "no row"),
    "other_domestic": Prior(0.75, 0.2, "EFF_025 (MetaX)"),
}

# Attention kernels against the common value. FlashAttention-2 reaches 0.50-0.73 of an A100's peak (Dao 2023) and 0.35
# of an H100's (Shah et al. 2024); Blackwell's kernels are written for it; the rest has no row.
ATTENTION_PRIORS: dict[str, float] = {"ampere": 1.15, "hopper": 0.75, "blackwell": 1.1}
# In-switch reduction lifts bus bandwidth above a ring's (H200 1.07, B200 0.94 of the link rate, EFF_048, EFF_061); a
# mesh without a switch stays below (MI300X 0.70, EFF_039).
LINK_PRIORS: dict[str, float] = {
    "hopper": 1.25,
    "blackwell": 1.15,
    "rubin": 1.15,
    "cdna": 0.9,
    "ascend": 0.9,
    "gaudi": 0.9,
}
# How much a young chip's software loses against the common value: a compiler that serves every generation loses less,
# a stack that came with the chip more.
YOUNG_PRIORS: dict[str, float] = {"xla": 0.4, "mindspeed": 2.5, "rocm": 2.5, "synapse": 2.5, "other": 2.5}
ATTENTION_SD = 0.2
LINK_SD = 0.2
STACK_SD = 0.10
EXPERT_SD = 0.25
KERNEL_SD = 0.15
YOUNG_SD = 0.5
TRAFFIC_SD = 0.25
CHIP_SD = 0.06

# Watts per dense 16-bit TFLOP/s of the chip that stands for each family; others are scaled from it by "power".
REFERENCE_POWER: dict[str, float] = {
    "volta": 2.4,
    "ampere": 1.28,
    "ada": 0.97,
    "hopper": 0.707,
    "blackwell": 0.48,
    "rubin": 0.45,
    "tpu": 1.18,
    "cdna": 0.57,
    "gaudi": 1.39,
    "trainium": 0.75,
    "ascend": 1.13,
    "cambricon": 1.11,
    "kunlun": 1.01,
    "moore_threads": 1.2,
    "other_domestic": 1.6,
}

_MEMBERS: dict[str, tuple[str, ...]] = {
    "gemm": FAMILIES,
    "attention": FAMILIES,
    "link": FAMILIES,
    "stack": STACKS,
    "expert": STACKS,
    "kernel": STACKS,
    "young": STACKS,
    "chip": CHIPS,
    "traffic": FAMILIES,
}
NAMES: tuple[str, ...] = (*PRIORS, *(f"{group}:{member}" for group, members in _MEMBERS.items() for member in members))
INDEX: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
_GROUPS: dict[str, int] = {group: INDEX[f"{group}:{members[0]}"] for group, members in _MEMBERS.items()}
_GROUP_SD = {
    "attention": ATTENTION_SD,
    "link": LINK_SD,
    "stack": STACK_SD,
    "expert": EXPERT_SD,
    "kernel": KERNEL_SD,
    "young": YOUNG_SD,
    "chip": CHIP_SD,
    "traffic": TRAFFIC_SD,
}


def prior_mean() -> Vector:
    """Logarithms of the prior medians, in the order of `NAMES`; members of a group are 1 unless said above."""
    mean = np.zeros(len(NAMES))
    mean[: len(PRIORS)] = np.log([p.median for p in PRIORS.values()])
    start = _GROUPS["gemm"]
    mean[start : start + len(FAMILIES)] = np.log([GEMM_PRIORS[family].median for family in FAMILIES])
    for group, medians in (("attention", ATTENTION_PRIORS), ("link", LINK_PRIORS), ("young", YOUNG_PRIORS)):
        for member, median in medians.items():
            mean[INDEX[f"{group}:{member}"]] = np.log(median)
    return mean


def prior_sd() -> Vector:
    """Standard deviations of the logarithms, in the order of `NAMES`."""
    sd = np.empty(len(NAMES))
    sd[: len(PRIORS)] = [p.sd for p in PRIORS.values()]
    start = _GROUPS["gemm"]
    sd[start : start + len(FAMILIES)] = [GEMM_PRIORS[family].sd for family in FAMILIES]
    for group, value in _GROUP_SD.items():
        start = _GROUPS[group]
        sd[start : start + len(_MEMBERS[group])] = value
    return sd


@dataclass(frozen=True)
class Efficiency:
    """Efficiency parameters from a vector of logarithms in the order of `NAMES`, or from many as rows.

    With many, every value gains a leading axis, and the step model answers for all of them at once.
    """

    log: Vector

    def __getitem__(self, name: str) -> Any:
        value = np.exp(self.log[..., INDEX[name]])
        return value[:, None] if self.log.ndim == 2 else value

    def of(self, group: str, member: Any) -> Any:
        """The value of one member, or of an array of members, of a group.

        Groups: "gemm", "attention", "link" and "traffic" by family; "stack", "expert", "kernel" and "young" by stack;
        "chip" by chip.
        """
        value = np.exp(self.log[..., _GROUPS[group] + member])
        return value[:, None] if self.log.ndim == 2 and np.ndim(member) == 0 else value


def prior() -> Efficiency:
    """The efficiency parameters at their prior medians."""
    return Efficiency(prior_mean())
