"""Sweeps: scenarios × structural variants × any number of draws, streamed to disk, on one machine or a cluster."""

from countermove.sweep.plan import Plan, load_plan
from countermove.sweep.run import Sweep, sweep

__all__ = ["Plan", "Sweep", "load_plan", "sweep"]
