"""How each sector behaves: its key quantities under the actual rules and without controls, as the pages show them.

The numbers are kept beside the figures that are drawn from them. A figure is stale when its numbers are: processors and
compilers round differently, so that numbers made elsewhere agree only within what a drawing can show.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove import _yaml
from countermove.engine import Model
from countermove.errors import CountermoveError, unknown
from countermove.explain.quantity import sector
from countermove.results import Basis, Result

Floats = NDArray[np.floating[Any]]

SCENARIOS = ("history", "no-controls")
DRAWS = 200
SEED = 1
QUANTILES = (0.1, 0.5, 0.9)
MADE = "<!-- Drawn by `countermove explain` from behaviour.json. -->"
"""How every picture of a sector begins."""

SAME = 0.01
"""Differences up to this share of a panel's largest number are none: less than two pixels of its height."""

_QUARTER = 3
_DIGITS = 3
_DECADES = 5
_KEYS = ("title", "unit", "log")


@dataclass(frozen=True)
class Shown:
    """A quantity that a page shows.

    Attributes:
        path: name of the quantity, and of the elements chosen, joined by dots; other dimensions are summed.
        unit: as it is read on the axis.
    """

    path: str
    quantity: str
    elements: tuple[str, ...]
    title: str
    unit: str
    logarithmic: bool


@dataclass(frozen=True, eq=False)
class Panel:
    """A quantity over time: by scenario (quantile, quarter), means of three months, in `shown.unit`."""

    shown: Shown
    bands: Mapping[str, Floats]

    @property
    def highest(self) -> float:
        """The largest number."""
        return max(float(band.max()) for band in self.bands.values())

    @property
    def lowest(self) -> float:
        """The smallest number that is drawn: on a logarithmic axis five decades below the largest at least."""
        least = min(float(band.min()) for band in self.bands.values())
        return max(least, self.highest / 10**_DECADES) if self.is_logarithmic else least

    @property
    def is_logarithmic(self) -> bool:
        """Whether the axis is logarithmic: where that is wanted and there is anything to see."""
        return self.shown.logarithmic and self.highest > 0


@dataclass(frozen=True, eq=False)
class Behaviour:
    """The panels of every sector, and what their draws are of."""

    parameters: Basis
    start: str
    panels: Mapping[str, tuple[Panel, ...]]


@cache
def shown(model: Model) -> Mapping[str, tuple[Shown, ...]]:
    """What is shown by sector, from behaviour.yaml.

    Raises:
        CountermoveError: a sector without panels; a panel of a quantity or an element that does not exist, or with an
            unknown key.
    """
    content = _yaml.load(Path(__file__).with_suffix(".yaml"))
    sectors = dict.fromkeys(sector(model, name) for name in model.quantities)
    for name in content:
        if name not in sectors:
            raise unknown("sector", name, sectors, where="behaviour.yaml")
    if missing := [name for name in sectors if not content.get(name)]:
        raise CountermoveError(f"behaviour.yaml: nothing is shown of sector {', '.join(missing)}")
    return {
        name: tuple(_shown(model, path, entry, f"behaviour.yaml: {name}") for path, entry in content[name].items())
        for name in sectors
    }


def _shown(model: Model, path: str, entry: Mapping[str, Any], where: str) -> Shown:
    name, *elements = path.split(".")
    if name not in model.quantities:
        raise unknown("quantity", name, model.quantities, where=where)
    for key in entry:
        if key not in _KEYS:
            raise unknown("key", key, _KEYS, where=f"{where}: {path}")
    dimensions = model.dimensions(name)
    if len(elements) > len(dimensions):
        raise CountermoveError(f"{where}: '{path}' names {len(elements)} elements; '{name}' has {len(dimensions)}")
    for element, dimension in zip(elements, dimensions, strict=False):
        if element not in dimension.elements:
            raise unknown(dimension.name, element, dimension.elements, where=f"{where}: {path}")
    unit = entry.get("unit") or str(model.quantities[name].unit)
    return Shown(path, name, tuple(elements), entry["title"], unit, bool(entry.get("log")))


def simulated(model: Model) -> Behaviour:
    """Every panel, from draws of the posterior where one ships, else of the prior; rounded to three digits."""
    from countermove.explore.simulate import simulate
    from countermove.scenario import load

    panels = shown(model)
    kept = tuple(dict.fromkeys(each.quantity for those in panels.values() for each in those))
    results = simulate([load(name) for name in SCENARIOS], DRAWS, SEED, outputs=kept)
    return Behaviour(
        results[0].origin.parameters,
        results[0].start,
        {
            name: tuple(
                Panel(each, {result.origin.scenario: _band(result, each) for result in results}) for each in those
            )
            for name, those in panels.items()
        },
    )


def _band(result: Result, one: Shown) -> Floats:
    values = np.asarray(result[one.quantity], dtype=np.float64)
    dimensions = result.variables[one.quantity].dimensions
    for element, (_, elements) in zip(one.elements, dimensions, strict=False):
        values = values[:, :, elements.index(element)]
    values = values.sum(axis=tuple(range(2, values.ndim)))
    quarters = values.reshape(len(values), -1, _QUARTER).mean(axis=2)
    return _rounded(np.quantile(quarters, QUANTILES, axis=0))


def _rounded(values: Floats) -> Floats:
    return np.vectorize(lambda value: float(f"{value:.{_DIGITS}g}"))(values)


def to_json(found: Behaviour) -> str:
    """The numbers as a file: a line for each panel, scenario and quantile."""
    rows = [
        json.dumps([name, panel.shown.path, scenario, quantile, _short(line)], separators=(",", ":"))
        for name, panels in found.panels.items()
        for panel in panels
        for scenario, band in panel.bands.items()
        for quantile, line in zip(QUANTILES, band, strict=True)
    ]
    head = {"draws": DRAWS, "seed": SEED, "parameters": found.parameters, "start": found.start}
    listed = ",\n".join(rows)
    return f'{json.dumps(head)[:-1]}, "rows": [\n{listed}\n]}}\n'


def _short(line: Floats) -> list[float]:
    """Numbers as they are written: whole ones without a decimal point."""
    return [int(value) if value == int(value) else value for value in line.tolist()]


def from_json(model: Model, text: str) -> Behaviour:
    """The panels of a file, with titles and units as they are now.

    Raises:
        CountermoveError: the file is of other draws, or does not have the numbers of some panel.
    """
    content = json.loads(text)
    if (content["draws"], content["seed"]) != (DRAWS, SEED):
        raise CountermoveError(f"behaviour of {content['draws']} draws, seed {content['seed']}, not {DRAWS}, {SEED}")
    lines = {(name, path, scenario, q): line for name, path, scenario, q, line in content["rows"]}

    def band(name: str, path: str, scenario: str) -> Floats:
        try:
            return np.array([lines.pop((name, path, scenario, q)) for q in QUANTILES])
        except KeyError:
            raise CountermoveError(f"behaviour of {name}: no numbers of {path} under {scenario}") from None

    panels = {
        name: tuple(
            Panel(each, {scenario: band(name, each.path, scenario) for scenario in SCENARIOS}) for each in those
        )
        for name, those in shown(model).items()
    }
    if lines:
        name, path, *_ = next(iter(lines))
        raise CountermoveError(f"behaviour of {name}: numbers of {path}, which is not shown")
    return Behaviour(content["parameters"], content["start"], panels)


def differing(one: Behaviour, other: Behaviour) -> list[str]:
    """Panels whose numbers differ by more than a drawing can show, or are of draws of another kind."""
    if one.parameters != other.parameters:
        return [f"drawn from the {one.parameters}, not from the {other.parameters}"]
    return [
        f"{name}: {panel.shown.path} under {scenario}"
        for name, panels in one.panels.items()
        for panel, against in zip(panels, other.panels[name], strict=True)
        for scenario, band in panel.bands.items()
        if not _alike(panel, band, against.bands[scenario])
    ]


def _alike(panel: Panel, band: Floats, other: Floats) -> bool:
    if band.shape != other.shape:
        return False
    if panel.is_logarithmic:
        one, two = (np.log10(np.maximum(each, panel.lowest)) for each in (band, other))
        return bool((np.abs(one - two) <= SAME).all())  # of a decade, of which the axis has at least one
    return bool((np.abs(band - other) <= SAME * max(np.abs(band).max(), np.abs(other).max())).all())
