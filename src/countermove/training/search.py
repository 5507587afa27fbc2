"""Layout search: every layout of a model on a cluster, evaluated at once; the fastest that fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError
from countermove.training.columns import Columns
from countermove.training.efficiency import Efficiency
from countermove.training.layout import Layout
from countermove.training.memory import FRAMEWORK_BYTES, USABLE_SHARE, memory
from countermove.training.step import step_time
from countermove.training.workload import Transformer

Choices = Mapping[str, Sequence[float]]
Grid = dict[str, NDArray[np.float64]]

_STAGES = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 16, 18, 20, 21, 24, 30, 32, 35, 42, 48, 63)
_SETTINGS = ("tensor", "pipeline", "data", "context", "expert", "interleave", "micro_batch", "shard")


def options(model: Transformer, chips: int, sequence: int, scale_up: int) -> dict[str, list[float]]:
    """What each open setting may be, before the constraints that tie them together."""
    return {
        "tensor": [t for t in (1, 2, 4, 8, 16) if t <= max(scale_up, 1) and chips % t == 0 and model.heads % t == 0],
        "pipeline": [p for p in _STAGES if p <= model.layers and chips % p == 0],
        "context": [c for c in (1, 2, 4, 8, 16, 32) if chips % c == 0 and (c == 1 or sequence / c >= 4096)],
        "expert": [e for e in (1, 2, 4, 8, 16, 32, 64, 128) if e == 1 or (model.is_moe and model.experts % e == 0)],
        "interleave": [1, 2, 4, 6],
        "micro_batch": [b for b in (1, 2, 4, 8) if b == 1 or b * sequence <= 65536],
        "recompute_share": [0.0, 0.125, 0.25, 0.5, 0.75, 1.0],
    }


def grid(model: Transformer, chips: int, batch_sequences: float, choices: Choices, base: Layout) -> Grid:
    """Every consistent combination of the choices, as columns; settings not among the choices keep `base`'s value."""
    names = list(choices)
    mesh = np.meshgrid(*(np.asarray(choices[name], dtype=float) for name in names), indexing="ij")
    columns: Grid = {name: values.ravel() for name, values in zip(names, mesh, strict=True)}
    length = len(next(iter(columns.values()))) if columns else 1
    for name in _SETTINGS:
        columns.setdefault(name, np.full(length, float(getattr(base, name))))
    columns.setdefault("recompute_share", np.full(length, base.recompute_share if base.recompute == "full" else 0.0))
    fixed = columns["tensor"] * columns["pipeline"] * columns["context"]
    columns["data"] = np.maximum(np.floor(chips / fixed), 1.0)
    keep = (chips % fixed == 0) & (columns["expert"] <= columns["tensor"] * columns["context"] * columns["data"])
    if "micro_batch" in choices:
        keep &= (columns["micro_batch"] == 1) | (columns["micro_batch"] * columns["data"] <= batch_sequences)
    if "interleave" in choices:
        keep &= _chunks_fit(model.layers, columns["pipeline"], columns["interleave"])
    return {name: values[keep] for name, values in columns.items()}


def _chunks_fit(layers: int, pipeline: Any, interleave: Any) -> Any:
    """Whether interleaving makes sense: stages there are, and no chunk is left much smaller than the others."""
    chunks = pipeline * interleave
    return (interleave == 1) | ((pipeline > 1) & (chunks <= layers) & ((-layers) % chunks <= layers // 8))


def layout_at(found: Grid, index: int, base: Layout) -> Layout:
    """One combination of a grid as a layout."""
    values = {name: round(float(found[name][index])) for name in _SETTINGS}
    share = float(found["recompute_share"][index])
    if share > 0:
        return replace(base, **values, recompute="full", recompute_share=share)
    recompute = "none" if base.recompute == "full" else base.recompute
    return replace(base, **values, recompute=recompute, recompute_share=1.0)


@dataclass(frozen=True)
class Candidates:
    """Layouts side by side with seconds per step, bytes per chip and whether they fit."""

    found: Grid
    base: Layout
    seconds: NDArray[np.float64]
    bytes_needed: NDArray[np.float64]
    fitting: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seconds)

    def best(self) -> int | None:
        """Index of the fastest layout that fits, or None."""
        return int(np.argmin(np.where(self.fitting, self.seconds, np.inf))) if bool(np.any(self.fitting)) else None

    def layout(self, index: int) -> Layout:
        return layout_at(self.found, index, self.base)


def evaluate(case: Columns, found: Grid, base: Layout, capacity_gb: float, efficiency: Efficiency) -> Candidates:
    """Step time and memory of every layout of a grid for one case.

    Raises:
        CountermoveError: the grid is empty.
    """
    if len(found["tensor"]) == 0:
        raise CountermoveError("no layout has TP × PP × CP that divides the number of chips")
    cases = replace(case, **{name: found[name] for name in _SETTINGS}, recompute_full=found["recompute_share"])
    needed = memory(cases).total + FRAMEWORK_BYTES
    seconds = np.broadcast_to(step_time(cases, efficiency).total, needed.shape)
    return Candidates(found, base, seconds, needed, needed <= USABLE_SHARE * capacity_gb * 1e9)
