"""What a chip delivers under the fitted efficiencies: products, attention, memory and links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countermove.training.columns import Column, Columns
from countermove.training.efficiency import Efficiency


def larger(a: Column, b: Column) -> Column:
    """The larger of two positive times. Smooth, since what overlaps does not do so perfectly and a fit needs slopes."""
    return (a**12 + b**12) ** (1.0 / 12.0)


def excess(a: Column, b: Column) -> Column:
    """What positive `a` exceeds `b` by, or nothing; smooth over a tenth of `a`."""
    over = a - b
    return 0.5 * (over + np.sqrt(over**2 + (0.1 * a) ** 2))


@dataclass(frozen=True)
class Rates:
    """What the chip delivers: FLOP/s on layer products, logits and attention; byte/s of memory and links."""

    layer_products: Column
    products_16: Column
    attention: Column
    memory: Column
    scale_up: Column
    network: Column
    traffic: Column
    accumulate: Column


def rates(c: Columns, e: Efficiency) -> Rates:
    clock = c.watts_ratio ** e["power"] * e.of("chip", c.chip)
    best = 1.0 / larger(1.0 / (e.of("gemm", c.family) * clock), 1.0 / 0.97)
    products_16 = c.peak_16 * best
    low = c.peak_low * best * np.where(c.bits <= 4, e["four_bit"] * e["eight_bit"], e["eight_bit"])
    # 6 stands for a mixed 8/16-bit recipe: part of the products at each rate.
    share = np.minimum(e["partly_int8"], 1.0)
    mixed = 1.0 / (share / low + (1 - share) / products_16)
    layer = np.where(c.bits >= 16, products_16, np.where(c.bits == 6, mixed, low))
    heads = np.minimum(c.head_size / 128.0, 1.0) ** e["head_size"]
    newer = 1.0 + e["attention_new"] * c.newer_attention
    return Rates(
        layer_products=layer,
        products_16=products_16,
        attention=c.peak_16
        * clock
        * e["attention"]
        * e.of("attention", c.family)
        * e.of("kernel", c.stack)
        * newer
        * heads,
        memory=0.8 * c.bandwidth,
        scale_up=e["scale_up"] * e.of("link", c.family) * c.scale_up_bandwidth,
        network=e["network"] * c.network_bandwidth,
        traffic=e["gemm_traffic"] * e.of("traffic", c.family),
        # Bytes a weight's gradient takes beyond its own 16 bits. Added up within the product: the 32-bit sum read and
        # written, less the gradient; after it: the gradient read, the sum read and written.
        accumulate=np.where((c.frozen > 0) | (c.shard >= 3), 0.0, np.where(c.unfused_accumulation > 0, 10.0, 6.0)),
    )
