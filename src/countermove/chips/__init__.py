"""The chip catalogue and the figures that the regulation computes from a specification."""

from __future__ import annotations

from countermove.chips.catalogue import catalogue, chip
from countermove.chips.find import Found, find
from countermove.chips.specification import ChipSpec, Interval, memory_bandwidth_density

__all__ = ["ChipSpec", "Found", "Interval", "catalogue", "chip", "find", "memory_bandwidth_density"]
