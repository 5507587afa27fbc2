"""What a chip's nominal compute achieves, by how it came to its buyer: the simulation's link to this calculator.

Run as ``python -m countermove.training.factors``; writes ``parameters/achieved.yaml``. A factor is effective over
nominal (8-bit) H100-equivalents with both chips on mature software, because the simulation has its own maturity of
home software. Where several chips came by one way the interval spans them all.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from countermove._atomic import write_whole
from countermove.training.chips import Accelerator, accelerator
from countermove.training.equivalent import Purpose, effective_h100e, eight_bit_h100e
from countermove.training.fitted import fitted
from countermove.training.uncertainty import INTERVAL, interval

PATH = Path(__file__).parent.parent / "parameters" / "achieved.yaml"
# Late enough that what a young chip's software loses is gone on every stack.
MATURE = 2036.0
# The 5 to 95 % interval of a normal distribution over its 80 % interval.
_WIDER = 1.6449 / 1.2816
assert INTERVAL == 0.80

# The chips that stand for each origin of compute; T-Head's own has no published bandwidth and inherits from the others.
_OTHER_DOMESTIC = ("mthreads_s5000", "metax_c500_oam", "iluvatar_bi_v100")
REPRESENTATIVES: dict[str, tuple[str, ...]] = {
    "foreign_legal": (
        "nvidia_a100_sxm_80gb",
        "nvidia_a800_sxm",
        "nvidia_h800_sxm",
        "nvidia_h20_96gb",
        "nvidia_h200_sxm",
    ),
    "foreign_low_end": ("nvidia_l20",),
    "grey": ("nvidia_a100_sxm_80gb", "nvidia_h100_sxm", "nvidia_h200_sxm", "nvidia_b200"),
    "offshore": ("nvidia_h100_sxm", "nvidia_h200_sxm", "nvidia_b200", "nvidia_gb200"),
    "huawei": ("huawei_ascend_910b", "huawei_ascend_910c", "huawei_ascend_950pr"),
    "cambricon": ("cambricon_mlu590",),
    "kunlunxin": ("baidu_kunlun_p800",),
    "t_head": ("cambricon_mlu590", "baidu_kunlun_p800", *_OTHER_DOMESTIC),
    "other_domestic": _OTHER_DOMESTIC,
}
Range = tuple[float, float, float]


def factor(chip: Accelerator, purpose: Purpose) -> Range:
    """Low, central and high (5, 50, 95 %) of a chip's effective over its nominal H100-equivalents."""
    central = effective_h100e(chip, purpose, MATURE) / eight_bit_h100e(chip)
    width = interval(chip.family, None, fitted().uncertainty) ** _WIDER
    return central / width, central, central * width


def achieved(purpose: Purpose) -> dict[str, Range]:
    """Low, central and high by origin of compute: the span and the median of the chips that stand for it."""
    found: dict[str, Range] = {}
    for origin, ids in REPRESENTATIVES.items():
        low, central, high = zip(*(factor(accelerator(id), purpose) for id in ids), strict=True)
        found[origin] = (min(low), float(np.median(central)), max(high))
    return found


def text() -> str:
    """The parameter file."""
    lines = [
        "# What nominal compute achieves by origin, the H100 = 1, on mature software.",
        "# Written by `python -m countermove.training.factors` from the training calculator; not edited by hand.",
        "# low, central, high are the 5, 50 and 95 % quantiles.",
        "",
        "parameters:",
    ]
    for purpose in ("training", "inference"):
        lines += [
            f"  {purpose}_achieved:",
            f'    description: "Achieved over nominal compute in {purpose}, by origin, on mature software; H100 = 1"',
            '    unit: "1"',
            "    distribution: lognormal",
            "    dimension: option",
        ]
        values = achieved(purpose)
        for i, name in enumerate(("low", "central", "high")):
            entries = ", ".join(f"{origin}: {value[i]:.2f}" for origin, value in values.items())
            lines.append(f"    {name}: {{ {entries} }}")
        ids = list(dict.fromkeys(id for chips in REPRESENTATIVES.values() for id in chips))
        sources = [name for name in ids if name != "huawei_ascend_910b"] + ["huawei_ascend_910b2"]
        lines += [
            "    sources:",
            "      [",
            *(f"        {name}," for name in sources),
            "      ]",
            "    note: Spans the chips that came by each way and the error of the calculator.",
            "",
        ]
    return "\n".join(lines)


def main() -> None:
    """Write the parameter file."""
    write_whole(PATH, text())
    print(f"written: {PATH}")


if __name__ == "__main__":
    main()
