"""Failures, checkpoints and restarts: the share of elapsed time in which a job makes steps that count.

Evidence (cluster_reliability.csv): 50,670 chip-hours per unexpected interruption on 16,384 H100 (REL_003), with over
90 % of time effective (REL_004), which leaves at most 17 minutes for each; diagnosis within 10 minutes (REL_012).
"""

from __future__ import annotations

import math

CHIP_HOURS_PER_INTERRUPTION = 50_670.0
RESTART_HOURS = 10.0 / 60.0
CHECKPOINT_HOURS = 20.0 / 3600.0


def checkpoint_interval(chips: float, chip_hours_per_interruption: float = CHIP_HOURS_PER_INTERRUPTION) -> float:
    """Hours between checkpoints that lose least time (Young 1974): √(2 × cost × mean time between interruptions)."""
    return math.sqrt(2.0 * CHECKPOINT_HOURS * chip_hours_per_interruption / chips)


def availability(
    chips: float,
    chip_hours_per_interruption: float = CHIP_HOURS_PER_INTERRUPTION,
    restart_hours: float = RESTART_HOURS,
) -> float:
    """Effective share of elapsed time: restarts, half an interval replayed at each, and the checkpoints themselves."""
    between = chip_hours_per_interruption / chips
    interval = checkpoint_interval(chips, chip_hours_per_interruption)
    lost = (restart_hours + interval / 2.0) / between + CHECKPOINT_HOURS / interval
    return 1.0 / (1.0 + lost)
