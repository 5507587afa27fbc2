"""A sensitivity as rows, as plain values, and as files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._export import Array, Files, plain, provenance

if TYPE_CHECKING:
    from countermove.decide.sensitivity import Sensitivity


def rows(found: Sensitivity) -> Iterator[dict[str, Any]]:
    """A row for each measure and group, the strongest first."""
    for place, measure in enumerate(found.measures):
        for group in order(found, place):
            name, members = found.groups[group]
            one = found.factors[members[0]] if len(members) == 1 else None
            row: dict[str, Any] = {
                "question": found.words,
                "measure": measure.name,
                "group": name,
                "sector": one.sector if one else "",
                "unit": one.unit if one else "",
                "description": one.description if one else f"{len(members)} inputs varied together",
                "low": one.low if one else None,
                "central": one.central if one else None,
                "high": one.high if one else None,
            }
            yield row | _numbers(found, place, group)


def order(found: Sensitivity, measure: int) -> list[int]:
    """Groups of a measure, those with the greatest index first."""
    values = found.indices.total if found.indices else found.first_order.value  # type: ignore[union-attr]
    return [int(group) for group in np.argsort(-values[measure], kind="stable")]


def _numbers(found: Sensitivity, measure: int, group: int) -> dict[str, float | None]:
    at = (measure, group)
    if found.indices:
        four = found.indices
        arrays = (four.first, four.first_interval, four.total, four.total_interval)
        names = ("first", "first_half_width", "total", "total_half_width")
        return {name: float(array[at]) for name, array in zip(names, arrays, strict=True)}
    first = found.first_order
    assert first is not None
    effect = found.shapley[measure]
    place = effect.rows.index(group) if group in effect.rows else None
    shares = (effect.value, effect.low, effect.high)
    return {
        "first": float(first.value[at]),
        "first_low": float(first.low[at]),
        "first_high": float(first.high[at]),
        **{
            name: None if place is None else float(share[place])
            for name, share in zip(("shapley", "shapley_low", "shapley_high"), shares, strict=True)
        },
    }


def answer(found: Sensitivity) -> dict[str, Any]:
    """Everything as plain values."""
    table = list(rows(found))
    measures: list[dict[str, Any]] = []
    for place, measure in enumerate(found.measures):
        entry: dict[str, Any] = {
            "measure": measure.name,
            "title": found.title(place),
            "unit": measure.unit,
            "central": plain(found.tornado[place, 0, 1]) if found.tornado.shape[1] else None,
            "never": found.never[place],
            "groups": [
                {key: value for key, value in row.items() if key not in ("question", "measure")}
                for row in table
                if row["measure"] == measure.name
            ],
            "tornado": tornado(found, place),
        }
        if found.indices:
            entry |= {"mean": plain(found.indices.mean[place]), "variance": plain(found.indices.variance[place])}
            entry["sum_of_first"] = float(found.indices.first[place].sum())
        if found.shapley:
            entry["unexplained"] = found.shapley[place].unexplained
        measures.append(entry)
    return {
        "question": found.words,
        "method": "Sobol" if found.indices else "given data",
        "convergence": _convergence(found),
        "screening": _screening(found),
        "measures": measures,
        **provenance(found.origin),
    }


def _convergence(found: Sensitivity) -> dict[str, Any] | None:
    if not found.indices:
        return None
    each = found.indices.convergence
    return {
        "converged": each.met,
        "verdict": each.verdict,
        "widest_half_width": each.widest,
        "tolerance": each.tolerance,
        "base_points": each.base,
        "points": each.points,
    }


def _screening(found: Sensitivity) -> dict[str, Any] | None:
    if not found.screening:
        return None
    each = found.screening
    return {"points": each.points, "kept": [found.factors[row].name for row in each.kept], "left_out": each.left}


def tornado(found: Sensitivity, measure: int) -> list[dict[str, Any]]:
    """Parameters by the range they move the measure over, one at a time; those that do not move it are left out."""
    swings = np.ptp(found.tornado[measure], axis=1)
    ranked = [int(row) for row in np.argsort(-swings, kind="stable") if swings[row] > 0]
    return [
        {
            "parameter": found.factors[row].name,
            "at_low": plain(found.tornado[measure, row, 0]),
            "central": plain(found.tornado[measure, row, 1]),
            "at_high": plain(found.tornado[measure, row, 2]),
        }
        for row in ranked
    ]


def files(found: Sensitivity) -> Files:
    """The indices in every form, with their figures."""
    from countermove.figures.indices import indices
    from countermove.figures.tornado import tornado as bars

    arrays, coordinates = _arrays(found)
    return Files(
        name="sensitivity",
        table="indices",
        rows=list(rows(found)),
        content=answer(found),
        arrays=arrays,
        coordinates=coordinates,
        figures={"indices": lambda: indices(found), "tornado": lambda: bars(found)},
        origin=found.origin,
    )


def _arrays(found: Sensitivity) -> tuple[dict[str, Array], dict[str, list[str]]]:
    parameters = [factor.name for factor in found.factors if factor.kind == "parameter"]
    coordinates = {
        "measure": [measure.name for measure in found.measures],
        "group": [name for name, _ in found.groups],
        "parameter": parameters,
        "quantile": ["0.05", "0.50", "0.95"],
    }
    both = ("measure", "group")
    arrays: dict[str, Array] = {"tornado": (("measure", "parameter", "quantile"), found.tornado, "of the measure")}
    if found.indices:
        for name in ("first", "first_interval", "total", "total_interval"):
            arrays[name] = (both, getattr(found.indices, name), "1")
    if found.first_order:
        for name in ("value", "low", "high"):
            arrays[f"first_{name}"] = (both, getattr(found.first_order, name), "1")
    if found.screening:
        coordinates["factor"] = [factor.name for factor in found.factors]
        for name in ("mean_absolute", "interval", "spread"):
            arrays[f"elementary_effect_{name}"] = (
                ("measure", "factor"), getattr(found.screening, name), "of the measure",
            )  # fmt: skip
    return arrays, coordinates
