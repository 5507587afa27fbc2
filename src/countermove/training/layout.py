"""Parallel layouts and the rest of a job's settings, and the constraints they must meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from countermove.errors import CountermoveError

Recompute = Literal["none", "selective", "full"]


@dataclass(frozen=True)
class Layout:
    """How a job is spread over chips.

    `tensor` × `pipeline` × `data` × `context` is the number of chips; `expert` divides `data` × `context` × `tensor`.
    `interleave` is the number of model chunks per pipeline stage; `shard` the ZeRO stage, 0 to 3 (3 = FSDP);
    `micro_batch` is in sequences; `recompute_share` the share of layers that `recompute` applies to; `stage_layers` the
    layers of every stage where they are told, else they are split as evenly as can be.
    """

    tensor: int = 1
    pipeline: int = 1
    data: int = 1
    context: int = 1
    expert: int = 1
    interleave: int = 1
    micro_batch: int = 1
    shard: int = 1
    recompute: Recompute = "none"
    recompute_share: float = 1.0
    sequence_parallel: bool = True
    offload: bool = False
    stage_layers: tuple[int, ...] = ()

    @property
    def chips(self) -> int:
        return self.tensor * self.pipeline * self.data * self.context

    def check(self, chips: int, layers: int, experts: int) -> None:
        """Refuse a layout that cannot exist.

        Raises:
            CountermoveError: the product is not the number of chips, more stages than layers, experts that do not
            divide.
        """
        if self.chips != chips:
            raise CountermoveError(
                f"layout: TP {self.tensor} × PP {self.pipeline} × DP {self.data} × CP {self.context} = {self.chips}, "
                f"but the run has {chips} chips"
            )
        if self.pipeline * self.interleave > layers:
            raise CountermoveError(
                f"layout: PP {self.pipeline} × {self.interleave} chunks needs "
                f"{self.pipeline * self.interleave} layers, the model has {layers}"
            )
        if self.expert > 1 and experts == 0:
            raise CountermoveError(f"layout: EP {self.expert} on a dense model; it must be 1")
        if self.expert > 1 and experts % self.expert:
            raise CountermoveError(f"layout: EP {self.expert} does not divide {experts} experts")
        ranks = self.tensor * self.data * self.context
        if self.expert > ranks:
            raise CountermoveError(f"layout: EP {self.expert} exceeds the TP × DP × CP = {ranks} chips of a stage")


def complete(layout: Layout, chips: int) -> Layout:
    """The layout with data parallelism filled in so that the product is the number of chips.

    Raises:
        CountermoveError: TP × PP × CP does not divide the number of chips.
    """
    fixed = layout.tensor * layout.pipeline * layout.context
    if chips % fixed:
        raise CountermoveError(
            f"layout: TP {layout.tensor} × PP {layout.pipeline} × CP {layout.context} = {fixed} "
            f"does not divide {chips} chips"
        )
    return replace(layout, data=chips // fixed)


def bubble_fraction(stages: int, micro_batches: int, interleave: int = 1) -> float:
    """Idle share of ideal pipeline time, (p − 1) / (v m) (Narayanan et al. 2021, section 2.2)."""
    return (stages - 1) / (interleave * micro_batches)
