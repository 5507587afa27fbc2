"""Cases that several tests of the calculator share."""

from __future__ import annotations

from countermove.training.chips import accelerator
from countermove.training.columns import Columns, columns
from countermove.training.layout import Layout
from countermove.training.stack import Stack
from countermove.training.workload import Transformer


def gpt(layers: int, hidden: int, heads: int, vocabulary: int = 51200) -> Transformer:
    return Transformer(
        "gpt", layers, hidden, 4 * hidden, heads, heads, hidden // heads, vocabulary, gated=False, tied_embeddings=True
    )


def case(model: Transformer, layout: Layout, *, chip: str = "a100", batch: float = 1e6, flash: bool = False) -> Columns:
    stack = Stack("megatron", 2022.5 if not flash else 2024.0, flash_attention=flash)
    return columns(model, layout, accelerator(chip), stack, sequence=2048, batch_tokens=batch, bits=16)
