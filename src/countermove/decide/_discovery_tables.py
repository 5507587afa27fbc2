"""Boxes as sentences with units, as plain values, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._export import Array, Files, plain, provenance
from countermove.decide._wording import amount
from countermove.decide.factors import Factor

if TYPE_CHECKING:
    from countermove.decide.discovery import Discovery, Event
    from countermove.decide.prim import Box


def event_words(event: Event, *, difference: bool) -> str:
    """The event as a clause."""
    measure = event.measure
    if measure.kind == "annual":
        side = "above" if event.above else "below"
        return f"the {measure.title(difference=difference)} is {side} {amount(event.value)} {measure.unit}"
    when = "after" if event.above else "before"
    what = measure.outcome.title
    if measure.kind == "crossing":
        return f"{what} turns from hindered to catalysed {when} {event.value:g}"
    first = "first " if event.above else ""
    return f"{what} is {first}materially {measure.kind} {when} {event.value:g}"


def limit_words(factor: Factor, low: float, high: float, share: float) -> str:
    """One restriction as a clause, with the share of the prior that it leaves."""
    name = factor.name.replace("_", " ").replace(".", " of ")
    unit = "" if factor.unit == "1" else f" {factor.unit}"
    if np.isinf(high):
        return f"{name} is above {low:.4g}{unit} (the upper {share:.0%} of all draws)"
    if np.isinf(low):
        return f"{name} is at most {high:.4g}{unit} (the lower {share:.0%})"
    return f"{name} is between {low:.4g} and {high:.4g}{unit} (a middle {share:.0%})"


def box_words(found: Discovery, place: int) -> str:
    """A box as a sentence."""
    box = found.boxes[place]
    limits = [
        limit_words(found.factors[row], *box.limits[row], found.restricted[place][row]) for row in _by_strength(box)
    ]
    where = limits[0] if len(limits) == 1 else f"{', '.join(limits[:-1])} and {limits[-1]}"
    happens = event_words(found.event, difference=found.difference)
    return (
        f"Where {where}, {happens} in {box.density:.0%} of the draws (in {found.share:.0%} of all). That covers "
        f"{box.coverage:.0%} of the draws in which it happens."
    )


def _by_strength(box: Box) -> list[int]:
    return sorted(box.limits, key=lambda row: box.chance.get(row, 1.0))


def sentences(found: Discovery) -> list[str]:
    """Every box, what they hold together, and how stable they are."""
    if not found.boxes:
        happens = event_words(found.event, difference=found.difference)
        return [f"No box of assumptions sets the draws apart in which {happens} ({found.share:.0%} of all)."]
    first, *_ = found.boxes
    said = [box_words(found, place) for place in range(len(found.boxes))]
    if len(found.boxes) > 1:
        said.append(
            f"Together the {len(found.boxes)} boxes cover {found.coverage:.0%} at a density of {found.density:.0%}."
        )
    if first.density < found.wanted_density:
        said.append(
            f"No box that restricts so few assumptions reaches a density of {found.wanted_density:.0%}: this is the "
            "best compromise of coverage and density."
        )
    stable = found.stability
    rows = sorted({row for box in found.boxes for row in box.limits}, key=lambda row: -stable.chosen.get(row, 0.0))
    often = ", ".join(f"{found.factors[row].name.replace('_', ' ')} {stable.chosen.get(row, 0.0):.0%}" for row in rows)
    said.append(
        f"Sought again in {stable.resamples} random halves of the draws and judged by the other halves, the boxes "
        f"cover {stable.coverage[0]:.0%} ± {stable.coverage[1]:.0%} at a density of {stable.density[0]:.0%} ± "
        f"{stable.density[1]:.0%}; the same assumptions are restricted in: {often}."
    )
    return said


def rows(found: Discovery) -> list[dict[str, Any]]:
    """A row for each box and restriction."""
    table: list[dict[str, Any]] = []
    for place, box in enumerate(found.boxes):
        for row in _by_strength(box):
            factor, (low, high) = found.factors[row], box.limits[row]
            table.append(
                {
                    "question": found.words,
                    "event": found.event.name,
                    "box": place + 1,
                    "coverage": box.coverage,
                    "density": box.density,
                    "mass": box.mass,
                    "parameter": factor.name,
                    "above": plain(low),
                    "at_most": plain(high),
                    "unit": factor.unit,
                    "share_of_prior": found.restricted[place][row],
                    "quasi_p": box.chance[row],
                    "chosen_in_resamples": found.stability.chosen.get(row, 0.0),
                    "description": factor.description,
                }
            )
    return table


def answer(found: Discovery) -> dict[str, Any]:
    """Everything as plain values."""
    stable = found.stability
    keys = ("parameter", "above", "at_most", "unit", "share_of_prior", "quasi_p", "description")
    table = rows(found)
    return {
        "question": found.words,
        "event": found.event.name,
        "event_in_words": event_words(found.event, difference=found.difference),
        "method": found.method,
        "share": found.share,
        "coverage": found.coverage,
        "density": found.density,
        "boxes": [
            {
                "coverage": box.coverage,
                "density": box.density,
                "mass": box.mass,
                "restrictions": [{key: row[key] for key in keys} for row in table if row["box"] == place + 1],
            }
            for place, box in enumerate(found.boxes)
        ],
        "stability": {
            "resamples": stable.resamples,
            "coverage": dict(zip(("mean", "standard_deviation"), map(plain, stable.coverage), strict=True)),
            "density": dict(zip(("mean", "standard_deviation"), map(plain, stable.density), strict=True)),
            "chosen": {found.factors[row].name: share for row, share in stable.chosen.items()},
        },
        "sentences": sentences(found),
        **provenance(found.origin),
    }


def files(found: Discovery) -> Files:
    """The boxes in every form, with their figure."""
    from countermove.figures.boxes import boxes

    arrays, coordinates = _arrays(found)
    return Files(
        name="discovery",
        table="boxes",
        rows=rows(found) or [{"question": found.words, "event": found.event.name, "box": "none"}],
        content=answer(found),
        arrays=arrays,
        coordinates=coordinates,
        figures={"boxes": lambda: boxes(found)},
        origin=found.origin,
    )


def _arrays(found: Discovery) -> tuple[dict[str, Array], dict[str, list[Any]]]:
    count = len(found.factors)
    low = np.full((len(found.boxes), count), -np.inf)
    high = np.full((len(found.boxes), count), np.inf)
    for place, box in enumerate(found.boxes):
        for row, ends in box.limits.items():
            low[place, row], high[place, row] = ends
    both = ("box", "parameter")
    arrays: dict[str, Array] = {
        "above": (both, low, "of the parameter"),
        "at_most": (both, high, "of the parameter"),
        "coverage": (("box",), [box.coverage for box in found.boxes], "1"),
        "density": (("box",), [box.density for box in found.boxes], "1"),
        "path_coverage": (("step",), [box.coverage for box in found.path], "1"),
        "path_density": (("step",), [box.density for box in found.path], "1"),
        "path_restricted": (("step",), [len(box.limits) for box in found.path], "1"),
        "chosen": (("parameter",), [found.stability.chosen.get(row, 0.0) for row in range(count)], "1"),
    }
    coordinates: dict[str, list[Any]] = {
        "box": list(range(1, len(found.boxes) + 1)),
        "parameter": [factor.name for factor in found.factors],
        "step": list(range(len(found.path))),
    }
    return arrays, coordinates
