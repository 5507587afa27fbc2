"""Priors and dated series of the model: one YAML file per sector, each number with unit, interval and sources."""

from __future__ import annotations

from countermove.parameters._load import load_parameters, load_series
from countermove.parameters._prior import Prior
from countermove.parameters._series import Series

__all__ = ["Prior", "Series", "load_parameters", "load_series"]
