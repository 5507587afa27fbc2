"""Scenario discovery: under which assumptions a stated outcome happens (Bryant and Lempert 2010)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.decide import cart, prim
from countermove.decide.factors import Factor
from countermove.decide.measures import Measure, parse
from countermove.decide.prim import Box, inside
from countermove.decide.question import Progress, ask
from countermove.errors import CountermoveError
from countermove.explore.simulate import SEED, check_numbers
from countermove.explore.world import World
from countermove.results import Origin
from countermove.scenario import Scenario

Floats = NDArray[np.floating[Any]]
Cases = NDArray[np.bool_]
Method = Literal["prim", "cart"]
Finder = Callable[[Floats, Cases], Sequence[Box]]

DRAWS = 8192
DENSITY = 0.8
MOST_INPUTS = 4
MOST_BOXES = 3
RESAMPLES = 20
LEAST_CASES = 50

_EVENT = re.compile(r"^\s*(?P<measure>[^<>\s]+)\s*(?P<sign>[<>])\s*(?P<value>[-+]?[0-9.]+(?:[eE][-+]?\d+)?)\s*$")


@dataclass(frozen=True)
class Event:
    """A measure above or below a value."""

    measure: Measure
    above: bool
    value: float

    @property
    def name(self) -> str:
        """As it is written on the command line."""
        return f"{self.measure.name}{'>' if self.above else '<'}{self.value:g}"


@dataclass(frozen=True, eq=False)
class Stability:
    """What remains of the boxes when they are sought in random halves of the draws.

    Attributes:
        chosen: by row of the inputs the share of halves in which some box restricts it.
        coverage, density: of the boxes found in one half, in the other half: mean and standard deviation over halves.
    """

    resamples: int
    chosen: dict[int, float]
    coverage: tuple[float, float]
    density: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Discovery:
    """Boxes of assumptions in which an event is frequent.

    Attributes:
        share: of all draws in which the event happens.
        boxes: the one that covers most first.
        coverage, density: of all boxes together.
        path: trajectory of the first peeling, for the choice between coverage and density; empty for a tree.
        restricted: for each box by row the share of all draws that its limits on this input alone leave.
        below: likewise the share that lies below its lower limit.
    """

    words: str
    difference: bool
    event: Event
    method: Method
    factors: tuple[Factor, ...]
    origin: Origin
    share: float
    boxes: tuple[Box, ...]
    coverage: float
    density: float
    wanted_density: float
    path: tuple[Box, ...]
    restricted: tuple[dict[int, float], ...]
    below: tuple[dict[int, float], ...]
    stability: Stability

    @property
    def sentences(self) -> list[str]:
        """The boxes in words, with units."""
        from countermove.decide import _discovery_tables

        return _discovery_tables.sentences(self)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        from countermove.decide import _discovery_tables

        return _discovery_tables.answer(self)

    def save(self, path: str | Path) -> Path:
        """Write the boxes to one file (.nc, .csv, .json, .html), or in all forms into a folder; each whole or not.

        Raises:
            CountermoveError: the path ends in anything else.
        """
        from countermove.decide import _discovery_tables

        return _discovery_tables.files(self).save(path)


def parse_event(text: str, *, difference: bool = True) -> Event:
    """The event written as MEASURE<VALUE or MEASURE>VALUE.

    Raises:
        CountermoveError: it is not; no such measure.
    """
    found = _EVENT.match(text)
    if not found:
        raise CountermoveError(f"event '{text}': write MEASURE<NUMBER or MEASURE>NUMBER, such as catalysed:total<2030")
    try:
        value = float(found["value"])
    except ValueError:
        raise CountermoveError(f"event '{text}': '{found['value']}' is not a number") from None
    return Event(parse(found["measure"], difference=difference), found["sign"] == ">", value)


def discover(
    scenario: Scenario | str | Path,
    event: str,
    against: Scenario | str | Path | None = "no-controls",
    *,
    method: Method = "prim",
    draws: int = DRAWS,
    density: float = DENSITY,
    most_inputs: int = MOST_INPUTS,
    most_boxes: int = MOST_BOXES,
    seed: int = SEED,
    progress: Progress | None = None,
    given: World | None = None,
) -> Discovery:
    """Boxes of the uncertain parameters in which an event happens.

    Args:
        event: such as "domestic:2030>0" or "catalysed:total<2030".
        density: least share of the event in a box; the box that covers most of it at this density is chosen.
        most_inputs: greatest number of parameters that a box restricts: boxes that restrict more are hard to act upon.

    Raises:
        CountermoveError: as `ask`; an event that happens, or fails to, in fewer than fifty draws.
    """
    check_numbers(draws, seed)
    if not 0 < density <= 1:
        raise CountermoveError(f"density: {density:g} is not a share above 0 and up to 1")
    if most_inputs < 1 or most_boxes < 1:
        raise CountermoveError("a box restricts at least one parameter, and there is at least one box")
    sought = parse_event(event, difference=against is not None)
    question = ask(scenario, against, [sought.measure.name], given=given)
    values = question.draws(seed, draws)
    measured = question.answers(question.parameters, values, progress)[0]
    cases = measured > sought.value if sought.above else measured < sought.value
    _check_cases(sought, cases, measured)

    find = _finder(method, values, cases, density=density, most_inputs=most_inputs, most_boxes=most_boxes)
    found = tuple(find(values, cases))
    within = _union(found, values)
    return Discovery(
        words=question.words,
        difference=question.against is not None,
        event=sought,
        method=method,
        factors=question.parameters,
        origin=question.origin(draws, seed),
        share=float(cases.mean()),
        boxes=found,
        coverage=float((within & cases).sum() / cases.sum()),
        density=float((within & cases).sum() / max(int(within.sum()), 1)),
        wanted_density=density,
        path=tuple(prim.best_path(values, cases, density=density, most_inputs=most_inputs)) if method == "prim" else (),
        restricted=tuple(
            {row: float(inside({row: ends}, values).mean()) for row, ends in box.limits.items()} for box in found
        ),
        below=tuple({row: float((values[row] <= low).mean()) for row, (low, _) in box.limits.items()} for box in found),
        stability=stability(find, values, cases, seed=seed),
    )


def _finder(method: Method, values: Floats, cases: Cases, *, most_inputs: int, **limits: float) -> Finder:
    """What finds boxes in some of the draws; how far a tree is pruned is chosen on all of them."""
    rules: dict[str, Any] = {"most_inputs": most_inputs, **limits}
    if method == "cart":
        rules["pruning"] = cart.choose_pruning(values, cases, most_inputs)
        return lambda some, hits: cart.boxes(some, hits, **rules)
    return lambda some, hits: prim.boxes(some, hits, **rules)


def stability(find: Finder, values: Floats, cases: Cases, *, seed: int, resamples: int = RESAMPLES) -> Stability:
    """Seek the boxes in random halves of the draws and judge them by the other half."""
    generator = np.random.default_rng(seed)
    count = len(cases)
    times: dict[int, int] = {}
    judged: list[tuple[float, float]] = []
    for _ in range(resamples):
        order = generator.permutation(count)
        half, other = order[: count // 2], order[count // 2 :]
        found = find(values[:, half], cases[half])
        for row in {row for box in found for row in box.limits}:
            times[row] = times.get(row, 0) + 1
        within, hits = _union(found, values[:, other]), cases[other]
        both = (within & hits).sum()
        judged.append((both / max(int(hits.sum()), 1), both / int(within.sum()) if within.any() else np.nan))
    coverage, density = np.array(judged).T
    return Stability(
        resamples,
        {row: times[row] / resamples for row in sorted(times, key=lambda row: -times[row])},
        (float(coverage.mean()), float(coverage.std())),
        (float(np.nanmean(density)), float(np.nanstd(density))) if np.isfinite(density).any() else (np.nan, np.nan),
    )


def _union(boxes: Sequence[Box], values: Floats) -> Cases:
    within = np.zeros(values.shape[1], dtype=bool)
    for box in boxes:
        within |= inside(box.limits, values)
    return within


def _check_cases(event: Event, cases: Cases, measured: Floats) -> None:
    hits, count = int(cases.sum()), len(cases)
    if min(hits, count - hits) < LEAST_CASES:
        low, high = np.quantile(measured, [0.1, 0.9])
        raise CountermoveError(
            f"event '{event.name}' happens in {hits:,} of {count:,} draws: boxes need at least {LEAST_CASES} draws "
            f"with it and without it; {event.measure.name} runs from {low:.4g} to {high:.4g} (10 to 90 %)"
        )
