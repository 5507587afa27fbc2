"""What each figure of the app rests on: quantities of the model, parameters and series upstream of them, evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from countermove import _yaml

if TYPE_CHECKING:
    from countermove.engine import Model


@dataclass(frozen=True)
class Provenance:
    """Where the numbers of one figure come from.

    Attributes:
        quantities: those of the model that are drawn; () if the figure shows no run.
        rows: ids of the published figures drawn beside them.
    """

    figure: str
    title: str
    about: str
    quantities: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@cache
def provenance() -> Mapping[str, Provenance]:
    """Of every figure of the app, by its name on the page."""
    found: dict[str, Provenance] = {}
    for entry in _yaml.load(Path(__file__).parent / "provenance.yaml"):
        found[entry["figure"]] = Provenance(
            entry["figure"], entry["title"], entry["about"].strip(), tuple(entry.get("quantities", ())),
            _rows(entry.get("rows", "")),
        )  # fmt: skip
    return found


def _rows(which: str) -> tuple[str, ...]:
    from countermove.figures._observed import observed_series
    from countermove.figures.base import published

    panels = {"": (), "observations": observed_series(), "sectors": tuple(published().values())}[which]
    return tuple(dict.fromkeys(row for panel in panels for row in panel.rows))


@lru_cache(maxsize=64)
def upstream(model: Model, quantities: tuple[str, ...]) -> tuple[str, ...]:
    """Inputs of the model that quantities depend on, directly or through others, in the order of the alphabet."""
    seen: set[str] = set()
    waiting = list(quantities)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in model.quantities:
            quantity = model.quantities[name]
            waiting += quantity.arguments
            waiting += [quantity.initial] if isinstance(quantity.initial, str) else []
    return tuple(sorted(name for name in seen if name in model.inputs))
