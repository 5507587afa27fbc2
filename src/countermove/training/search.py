"""Layout search: every layout that fits a model, a chip and a cluster, evaluated at once; the fastest, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from countermove.errors import CountermoveError
from countermove.training.columns import Columns
from countermove.training.efficiency import Efficiency
from countermove.training.layout import Layout
from countermove.training.memory import FRAMEWORK_BYTES, USABLE_SHARE, memory
from countermove.training.step import step_time
from countermove.training.workload import Transformer

_FIELDS = ("tensor", "pipeline", "data", "context", "expert", "interleave", "micro_batch", "shard")


@dataclass(frozen=True)
class Candidates:
    """Layouts side by side with seconds per step, bytes per chip and whether they fit; fastest feasible first."""

    layouts: tuple[Layout, ...]
    seconds: Any
    bytes_needed: Any
    fitting: Any

    def best(self) -> int | None:
        """Index of the fastest layout that fits, or None."""
        if not bool(np.any(self.fitting)):
            return None
        return int(np.argmin(np.where(self.fitting, self.seconds, np.inf)))


def _divisors(number: int, limit: int) -> list[int]:
    return [d for d in range(1, min(number, limit) + 1) if number % d == 0]


def options(
    model: Transformer, chips: int, sequence: int, scale_up: int, batch_sequences: float
) -> dict[str, list[Any]]:
    """What each open setting may be, before the constraints that tie them together."""
    widths = [t for t in (1, 2, 4, 8, 16) if t <= max(min(scale_up, 16), 1) and chips % t == 0 and model.heads % t == 0]
    stages = [p for p in (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 16, 18, 20, 21, 24, 30, 32, 35, 42, 48, 63)
              if p <= model.layers and chips % p == 0]  # fmt: skip
    contexts = [c for c in (1, 2, 4, 8, 16, 32) if chips % c == 0 and (c == 1 or sequence / c >= 4096)]
    experts = (
        [e for e in (1, 2, 4, 8, 16, 32, 64, 128) if model.experts % e == 0 and e <= chips] if model.is_moe else [1]
    )
    return {
        "tensor": widths, "pipeline": stages, "context": contexts, "expert": experts, "interleave": [1, 2, 4, 6],
        "micro_batch": [b for b in (1, 2, 4, 8) if b * sequence <= 65536 or b == 1], "recompute_share": [0.0, 0.125, 0.25, 0.5, 0.75, 1.0],
        "shard": [1],
    }  # fmt: skip


def _chunks_fit(layers: int, layout: Layout) -> bool:
    """Whether interleaving makes sense: stages there are, and no chunk is left much smaller than the others."""
    chunks = layout.pipeline * layout.interleave
    return layout.interleave == 1 or (layout.pipeline > 1 and chunks <= layers and (-layers) % chunks <= layers // 8)


def enumerate_layouts(
    model: Transformer, chips: int, batch_sequences: float, choices: Mapping[str, Sequence[Any]], base: Layout
) -> list[Layout]:
    """Every consistent combination of the choices; settings not among the choices keep `base`'s value."""
    names = list(choices)
    found: list[Layout] = []
    for values in product(*choices.values()):
        setting = dict(zip(names, values, strict=True))
        layout = replace(base, **setting)
        if "recompute_share" in setting:
            layout = replace(layout, recompute="full" if layout.recompute_share > 0 else "none")
        fixed = layout.tensor * layout.pipeline * layout.context
        if chips % fixed:
            continue
        data = chips // fixed
        per_rank = batch_sequences / data
        if per_rank < layout.micro_batch and layout.micro_batch > 1:
            continue
        if "interleave" in setting and not _chunks_fit(model.layers, layout):
            continue
        if layout.expert > data * layout.tensor * layout.context or (layout.expert > 1 and data * layout.context % 1):
            continue
        found.append(replace(layout, data=data))
    return found


def spread(base: Columns, layouts: Sequence[Layout]) -> Columns:
    """The columns of one case with its layout replaced by many."""
    arrays: dict[str, Any] = {name: np.array([float(getattr(x, name)) for x in layouts]) for name in _FIELDS}
    arrays["recompute_full"] = np.array([x.recompute_share if x.recompute == "full" else 0.0 for x in layouts])
    arrays["recompute_selective"] = np.array([float(x.recompute == "selective") for x in layouts])
    return replace(base, **arrays)


def evaluate(base: Columns, layouts: Sequence[Layout], capacity_gb: float, efficiency: Efficiency) -> Candidates:
    """Step time and memory of every layout.

    Raises:
        CountermoveError: there is no layout to evaluate.
    """
    if not layouts:
        raise CountermoveError("no consistent layout: TP × PP × CP must divide the number of chips")
    cases = spread(base, layouts)
    needed = memory(cases).total + FRAMEWORK_BYTES
    fitting = needed <= USABLE_SHARE * capacity_gb * 1e9
    return Candidates(tuple(layouts), step_time(cases, efficiency).total, needed, fitting)
