"""Reading parameters/*.yaml: one file per sector, `parameters:` with intervals and `series:` with dated knots."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.parameters._prior import DISTRIBUTIONS, Distribution, Prior, Value, check
from countermove.parameters._series import INTERPOLATIONS, Interpolation, Series

FOLDER = Path(__file__).parent

_COMMON = ("unit", "description", "sources", "note")
_PRIOR_KEYS = (*_COMMON, "distribution", "low", "central", "high", "value", "bounds", "dimension")
_SERIES_KEYS = (*_COMMON, "interpolation", "knots")


@cache
def load_parameters() -> dict[str, Prior]:
    """Every parameter of the model by name, sector by sector.

    Raises:
        CountermoveError: a file that is not of the schema; names file, line, key and nearest match.
    """
    return _collect("parameters", parse_prior)


@cache
def load_series() -> dict[str, Series]:
    """Every series that comes from outside the model, by name; errors as in `load_parameters`."""
    return _collect("series", parse_series)


@cache
def _files() -> dict[str, dict[str, Any]]:
    """Content by sector; a name may stand once in all of them, be it a parameter or a series."""
    content: dict[str, dict[str, Any]] = {}
    seen: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        content[path.stem] = _yaml.load(path) or {}
        for section, entries in content[path.stem].items():
            if section not in ("parameters", "series"):
                raise unknown("section", section, ("parameters", "series"), where=str(path))
            for name in entries or {}:
                if name in seen:
                    raise CountermoveError(f"{path}: '{name}' already stands in {seen[name]}.yaml")
                seen[name] = path.stem
    return content


def _collect(section: str, parse: Callable[[str, str, dict[str, Any]], Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for sector, content in _files().items():
        for name, entry in (content.get(section) or {}).items():
            try:
                found[name] = parse(name, sector, entry)
            except CountermoveError as error:
                raise CountermoveError(f"{_place(sector, section, name)}: {error}") from None
    return found


def _place(sector: str, section: str, name: str) -> str:
    path = FOLDER / f"{sector}.yaml"
    line = _yaml.key_lines(path.read_text(encoding="utf-8")).get((section, name))
    return f"{path}:{line}"


def _checked(name: str, entry: Any, allowed: tuple[str, ...], required: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise CountermoveError(f"'{name}' must be a mapping")
    for key in entry:
        if key not in allowed:
            raise unknown("key", str(key), allowed, where=f"'{name}'")
    for key in required:
        if not entry.get(key) and entry.get(key) != 0:
            raise CountermoveError(f"'{name}' lacks '{key}'")
    return cast(dict[str, Any], entry)


def parse_prior(name: str, sector: str, entry: Any) -> Prior:
    """One entry of `parameters:`.

    Raises:
        CountermoveError: unknown or missing key, unknown distribution, values that are no interval.
    """
    entry = _checked(name, entry, _PRIOR_KEYS, ("unit", "description", "sources", "distribution"))
    distribution = entry["distribution"]
    if distribution not in DISTRIBUTIONS:
        raise unknown("distribution", str(distribution), DISTRIBUTIONS, where=f"'{name}'")
    wanted = ("value",) if distribution == "fixed" else ("low", "central", "high")
    unwanted = [key for key in ("value", "low", "central", "high") if key in entry and key not in wanted]
    if unwanted or any(key not in entry for key in wanted):
        raise CountermoveError(f"'{name}': a {distribution} parameter has {', '.join(wanted)} and no others")
    elements: tuple[str, ...] = ()
    if "dimension" in entry:
        if not isinstance(entry[wanted[0]], dict):
            raise CountermoveError(f"'{name}': a parameter by {entry['dimension']} needs a value for each element")
        elements = tuple(entry[wanted[0]])
    values = [_values(name, key, entry[key], elements) for key in wanted]
    low, central, high = values * 3 if distribution == "fixed" else values
    bounds = entry.get("bounds", [-math.inf, math.inf])
    if not (isinstance(bounds, list) and len(bounds) == 2):
        raise CountermoveError(f"'{name}': bounds are written [lowest, highest]")
    prior = Prior(
        name=name,
        sector=sector,
        unit=str(entry["unit"]),
        description=entry["description"],
        distribution=cast(Distribution, distribution),
        low=low,
        central=central,
        high=high,
        sources=tuple(entry["sources"]),
        note=entry.get("note", ""),
        bounds=(float(bounds[0]), float(bounds[1])),
        dimension=entry.get("dimension"),
        elements=elements,
    )
    check(prior)
    return prior


def _values(name: str, key: str, given: Any, elements: tuple[str, ...]) -> Value:
    if not elements:
        return _number(name, key, given)
    if not isinstance(given, dict) or set(given) != set(elements):
        raise CountermoveError(f"'{name}': '{key}' must have the elements {', '.join(elements)}")
    return tuple(_number(name, f"{key}, {element}", given[element]) for element in elements)


def _number(name: str, key: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)) or not math.isfinite(given):
        raise CountermoveError(f"'{name}': {key} is {given!r}, not a number")
    return float(given)


def parse_series(name: str, sector: str, entry: Any) -> Series:
    """One entry of `series:`.

    Raises:
        CountermoveError: unknown or missing key, unknown interpolation, knots that are not dated or not in order.
    """
    entry = _checked(name, entry, _SERIES_KEYS, ("unit", "description", "sources", "interpolation", "knots"))
    if entry["interpolation"] not in INTERPOLATIONS:
        raise unknown("interpolation", str(entry["interpolation"]), INTERPOLATIONS, where=f"'{name}'")
    if not isinstance(entry["knots"], dict):
        raise CountermoveError(f"'{name}': knots are written year: value, one a line")
    years = tuple(_decimal_year(name, key) for key in entry["knots"])
    values = tuple(_number(name, f"knot {key}", value) for key, value in entry["knots"].items())
    if any(later <= earlier for earlier, later in pairwise(years)):
        raise CountermoveError(f"'{name}': knots must be in the order of time")
    if entry["interpolation"] == "log_linear" and min(values) <= 0:
        raise CountermoveError(f"'{name}': log_linear needs positive values")
    return Series(
        name=name,
        sector=sector,
        unit=str(entry["unit"]),
        description=entry["description"],
        interpolation=cast(Interpolation, entry["interpolation"]),
        years=years,
        values=values,
        sources=tuple(entry["sources"]),
        note=entry.get("note", ""),
    )


def _decimal_year(name: str, key: Any) -> float:
    if isinstance(key, date):
        start, end = date(key.year, 1, 1), date(key.year + 1, 1, 1)
        return key.year + (key - start).days / (end - start).days
    return _number(name, "a knot's date", key)
