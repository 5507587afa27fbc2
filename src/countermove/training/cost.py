"""Energy and money of a run: chip and server power, cooling; chips bought and written off over their life."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from countermove import _yaml
from countermove.training.chips import Accelerator

HOURS_PER_YEAR = 8766.0
Level = Literal["low", "central", "high"]


@cache
def assumptions() -> dict[str, dict[str, Any]]:
    """What turns chip-hours into energy and money, each with low, central, high, unit and source."""
    return _yaml.load(Path(__file__).parent / "data" / "cost.yaml")


def _value(name: str, level: Level = "central") -> float:
    return float(assumptions()[name][level])


@dataclass(frozen=True)
class Cost:
    """Energy in MWh and money in USD; `hardware` is None where no price of the chip is known."""

    energy: float
    electricity: float
    hardware: float | None

    @property
    def total(self) -> float | None:
        """USD, or None where the chip has no known price."""
        return None if self.hardware is None else self.electricity + self.hardware


def kilowatts_per_chip(chip: Accelerator, level: Level = "central") -> float:
    """Power drawn from the grid per chip while training: chip, its share of the server, cooling."""
    drawn = chip.power * _value("draw_share_of_rated_power", level)
    return drawn * _value("server_power_per_chip_power", level) * _value("power_usage_effectiveness", level) / 1000.0


def hardware_per_chip_hour(chip: Accelerator, level: Level = "central") -> float | None:
    """USD per chip-hour: price with its share of the server, written off over the busy hours of its life."""
    price = {"low": chip.price_low or chip.price, "central": chip.price, "high": chip.price_high or chip.price}[level]
    if price <= 0:
        return None
    opposite: dict[Level, Level] = {"low": "high", "central": "central", "high": "low"}
    hours = _value("service_life", opposite[level]) * HOURS_PER_YEAR * _value("busy_share", opposite[level])
    return price * _value("server_cost_per_chip_price", level) / hours


def cost(chip: Accelerator, chip_hours: float, level: Level = "central") -> Cost:
    """Energy and money of `chip_hours` elapsed hours of chips."""
    energy = chip_hours * kilowatts_per_chip(chip, level) / 1000.0
    rate = hardware_per_chip_hour(chip, level)
    electricity = energy * 1000.0 * _value("electricity_price", level)
    return Cost(energy, electricity, None if rate is None else chip_hours * rate)
