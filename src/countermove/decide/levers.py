"""US policy as a point in the unit cube: levers between their ends, and the month from which they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.explore.world import World
from countermove.scenario import Scenario, load, month_of

Floats = NDArray[np.floating[Any]]

FIRST, LAST = date(2026, 7, 1), date(2029, 7, 1)
"""Months between which a policy may begin: after the law reviewed, and while much of the horizon is left."""


class Lever(BaseModel, frozen=True):
    """One thing that is set to a value between `low` and `high`."""

    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    unit: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    paths: tuple[str, ...]

    def value(self, x: float) -> float:
        """Value at x from 0 to 1."""
        if self.scale == "log":
            return self.low * (self.high / self.low) ** x
        return self.low + (self.high - self.low) * x

    def slope(self, x: float) -> float:
        """Derivative of the value by x."""
        if self.scale == "log":
            return float(self.value(x) * np.log(self.high / self.low))
        return self.high - self.low

    def place(self, value: float) -> float:
        """The x at which the lever has a value, at most 1 and at least 0."""
        if self.scale == "log":
            x = np.log(max(value, self.low) / self.low) / np.log(self.high / self.low)
        else:
            x = (value - self.low) / (self.high - self.low)
        return float(np.clip(x, 0, 1))


@cache
def all_levers() -> dict[str, Lever]:
    """Every lever by name."""
    entries = _yaml.load(Path(__file__).parent / "levers.yaml")
    return {lever.name: lever for lever in (Lever.model_validate(entry) for entry in entries)}


def chosen(names: Sequence[str]) -> tuple[Lever, ...]:
    """Levers by name; all if none is named.

    Raises:
        CountermoveError: no such lever, or one named twice.
    """
    known = all_levers()
    for name in names:
        if name not in known:
            raise unknown("lever", name, known)
    if len(set(names)) < len(names):
        raise CountermoveError("levers: one is named twice")
    return tuple(known[name] for name in names) if names else tuple(known.values())


def begins(x: float) -> date:
    """The month in which a policy begins, from x of 0 to 1."""
    months = round(x * (month_of(LAST) - month_of(FIRST)))
    month = FIRST.year * 12 + FIRST.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def scenario(levers: Sequence[Lever], point: Floats, name: str, base: str) -> Scenario:
    """The policy at a point (levers, then the beginning) as a dated scenario.

    Values are rounded to four digits, as they are told.
    """
    *settings, beginning = (float(x) for x in point)
    since = begins(beginning)
    started = load(base)
    changes: dict[str, dict[date, float]] = {
        path: {day: value for day, value in dated.items() if day < since and value is not None}
        for path, dated in started.changes.items()
    }
    told: list[str] = []
    for lever, x in zip(levers, settings, strict=True):
        value = float(f"{lever.value(x):.4g}")
        told.append(f"{lever.name} {value:g}")
        for path in lever.paths:
            changes[path] = {**changes.get(path, {}), since: value}
    data = {
        **started.model_dump(exclude={"name", "title", "description", "changes", "extends"}),
        "name": name,
        "title": f"Policy from {since:%Y-%m}",
        "description": f"{started.name} to {since:%Y-%m}; from then on {', '.join(told)}.",
        "changes": {path: dated for path, dated in changes.items() if dated},
    }
    return Scenario.model_validate(data)


def as_law(levers: Sequence[Lever], given: World, base: str) -> Floats:
    """The point that is nearest to what the base has at the end of the law reviewed, from its first month on."""
    series = given.arm(load(base)).series
    month = month_of(FIRST)
    places: list[float] = []
    for lever in levers:
        name, at = _where(given, lever.paths[0])
        places.append(lever.place(float(np.mean(np.asarray(series[name])[(month, *at)]))))
    return np.array([*places, 0.0])


def laid(levers: Sequence[Lever], given: World, base: Mapping[str, Floats], point: Floats) -> dict[str, Floats]:
    """The series of the base that hang on levers, as they are under the policy at a point, (months, *dimensions)."""
    start = month_of(begins(float(point[-1])))
    found: dict[str, Floats] = {}
    for lever, x in zip(levers, point[:-1], strict=True):
        for path in lever.paths:
            name, at = _where(given, path)
            found.setdefault(name, np.array(base[name], dtype=np.float64))[(slice(start, None), *at)] = lever.value(x)
    return found


def slopes(levers: Sequence[Lever], given: World, by_series: Mapping[str, Floats], point: Floats) -> Floats:
    """Derivatives by the levers (lever,) from those by the series that hang on them, (months, *dimensions)."""
    start = month_of(begins(float(point[-1])))
    found = np.zeros(len(levers))
    for k, (lever, x) in enumerate(zip(levers, point[:-1], strict=True)):
        for path in lever.paths:
            name, at = _where(given, path)
            found[k] += np.asarray(by_series[name])[(slice(start, None), *at)].sum() * lever.slope(float(x))
    return found


def _where(given: World, path: str) -> tuple[str, tuple[int, ...]]:
    name, *elements = path.split(".")
    return name, tuple(d.index(e) for d, e in zip(given.model.dimensions(name), elements, strict=False))
