"""Stylised facts: what a model of this must reproduce, computed from its output and judged by the rows' own tolerances.

A fact that the model misses is a result and stands as a miss; no tolerance is widened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.evidence import Row, table
from countermove.inference._measures import MEASURES, QUANTITIES, Floats, Paths

FILE = Path(__file__).parent / "facts.yaml"
_PART_KEYS = ("name", "measure", "unit", "low", "high", "within", "needs")


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a fact and the bounds that its median must keep.

    `within`: a published figure that must lie in the 80 % interval of the draws instead. `needs`: what the model lacks.
    """

    name: str
    measure: str
    unit: str
    low: float
    high: float
    within: float | None
    needs: str


@dataclass(frozen=True, slots=True)
class Spec:
    """How a row of stylised_facts.csv is computed; `if_missed` says what in the model makes it miss."""

    id: str
    parts: tuple[Part, ...]
    note: str
    if_missed: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A part as computed: 10, 50 and 90 % of the draws, and whether it is met; all nan and None if not computed."""

    part: Part
    low: float
    median: float
    high: float
    met: bool | None
    missing: str = ""

    @property
    def reaches(self) -> bool:
        """Whether the 80 % interval has values within the bounds; of no meaning where a figure must lie in it."""
        return self.low <= self.part.high and self.high >= self.part.low


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact as computed."""

    row: Row
    spec: Spec
    figures: tuple[Figure, ...]

    @property
    def hit(self) -> bool | None:
        """True if every part is met, False if one is missed, None if none is missed and one could not be computed."""
        met = [figure.met for figure in self.figures]
        return False if False in met else None if None in met else True

    @property
    def value(self) -> float | dict[str, float | None] | None:
        """The median, or medians by part; None for what could not be computed."""
        values = {f.part.name: None if np.isnan(f.median) else f.median for f in self.figures}
        return next(iter(values.values())) if len(values) == 1 else values

    @property
    def note(self) -> str:
        """Intervals, what was missed and why, what could not be computed, and how the fact was read."""
        parts: list[str] = []
        for figure in self.figures:
            if figure.met is None:
                parts.append(f"not computed: {figure.part.name}: needs {figure.missing}")
                continue
            word = "" if figure.met else ", missed" if figure.reaches else ", missed by the whole interval"
            low, median, high = (_text(number, figure.part.unit) for number in (figure.low, figure.median, figure.high))
            parts.append(f"{figure.part.name} {median} [{low}, {high}]{word}")
        why = self.spec.if_missed if self.hit is False else ""
        return "; ".join([*parts, *(text for text in (self.spec.note, why) if text)])


def _text(value: float, unit: str) -> str:
    return f"{value:.2f}" if unit == "year" else f"{value:.3g}"


@cache
def specs() -> Mapping[str, Spec]:
    """The computation of every fact.

    Raises:
        CountermoveError: a key or measure that does not exist; a row of stylised_facts.csv without computation.
    """
    content = _yaml.load(FILE)
    found = {id: _spec(id, entry) for id, entry in content.items()}
    rows = {row["id"] for row in table("stylised_facts")}
    for id in rows.symmetric_difference(found):
        raise CountermoveError(f"{FILE.name}: {id} stands {'in the table' if id in rows else 'here'} alone")
    return found


def _spec(id: str, entry: dict[str, Any]) -> Spec:
    parts: list[Part] = []
    for given in entry["parts"]:
        place = f"{FILE.name}: {id}"
        for key in given:
            if key not in _PART_KEYS:
                raise unknown("key", key, _PART_KEYS, where=place)
        measure = str(given.get("measure", ""))
        if measure and measure not in MEASURES:
            raise unknown("measure", measure, MEASURES, where=place)
        within = given.get("within")
        parts.append(
            Part(
                name=str(given["name"]),
                measure=measure,
                unit=str(given.get("unit", "")),
                low=float(given.get("low", -np.inf)),
                high=float(given.get("high", np.inf)),
                within=None if within is None else float(within),
                needs=str(given.get("needs", "")),
            )
        )
    return Spec(id, tuple(parts), str(entry.get("note", "")), str(entry.get("if_missed", "")))


def compute(
    *, draws: int, seed: int, only: Sequence[str] = (), progress: Callable[[int, int], None] | None = None
) -> tuple[Finding, ...]:
    """Every fact, or those of the ids in `only`, under the actual rules.

    Raises:
        CountermoveError: no such fact; an impossible number of draws.
    """
    from countermove.explore.simulate import simulate
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    rows = {row["id"]: row for row in table("stylised_facts")}
    for id in only:
        if id not in rows:
            raise unknown("stylised fact", id, rows)
    given = world()
    history = as_scenario("history")
    there = tuple(name for name in QUANTITIES if name in given.model.quantities)
    (result,) = simulate([history], draws, seed, outputs=there, progress=progress)
    values = {name: np.moveaxis(result[name], 0, -1) for name in there}
    paths = Paths(given.model, values, given.series(history, given.months))
    return tuple(
        Finding(rows[id], spec, _figures(spec, paths)) for id, spec in specs().items() if not only or id in only
    )


def _figures(spec: Spec, paths: Paths) -> tuple[Figure, ...]:
    return tuple(_figure(part, paths) for part in spec.parts)


def _figure(part: Part, paths: Paths) -> Figure:
    if part.needs:
        return Figure(part, np.nan, np.nan, np.nan, None, part.needs)
    try:
        values: Floats = MEASURES[part.measure](paths)
    except KeyError as missing:  # a quantity that the model does not have
        return Figure(part, np.nan, np.nan, np.nan, None, str(missing.args[0]))
    if part.measure == "placebo":  # one test a draw: the figure is the share that finds what is not there
        values = np.full_like(values, values.mean())
    low, median, high = (float(q) for q in np.quantile(values, [0.1, 0.5, 0.9]))
    if np.isnan(median):
        return Figure(part, np.nan, np.nan, np.nan, None, "a licence with a number of cards")
    met = low <= part.within <= high if part.within is not None else part.low <= median <= part.high
    return Figure(part, low, median, high, met)


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Facts as plain values."""
    return {
        "facts": [
            {
                "id": finding.row["id"],
                "value": finding.value,
                "unit": finding.row["unit"],
                "test": finding.row["test"],
                "hit": finding.hit,
                "note": finding.note,
            }
            for finding in findings
        ]
    }
