"""The value of information as sentences, as plain values, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from countermove._export import Array, Files, plain, provenance

if TYPE_CHECKING:
    from countermove.decide.information import Information, Worth

_SPOKEN = 5


def decision(found: Information) -> str:
    """The decision in words."""
    measure = found.objective
    return (
        f"choice between {', '.join(found.scenarios)} by the {found.sense} {measure.outcome.title} in {measure.year}, "
        "in expectation"
    )


def sentences(found: Information) -> list[str]:
    """The advice, what would change it, and what knowing that is worth."""
    from countermove.decide._wording import amount

    unit, best = found.objective.unit, found.scenarios[found.best]
    now = f"{best}, with {amount(float(found.means[found.best]))} {unit}"
    change = f"would change the choice with probability {found.perfect.changes:.2f}"
    said = [
        f"The {decision(found)}: {now}; it is best in {found.each_best[found.best]:.0%} of the draws.",
        f"Knowing every assumption {change} and is worth {amount(found.perfect.value)} {unit}.",
    ]
    for row in found.order[:_SPOKEN]:
        factor, worth = found.factors[row], found.partial[row]
        words = factor.name.replace("_", " ").replace(".", " of ")
        said.append(
            f"Knowing {words} better would change the choice with probability {worth.changes:.2f} and is worth "
            f"{amount(worth.value)} {unit} [{amount(worth.low)} … {amount(worth.high)}]."
        )
    if not found.order:
        said.append("No single assumption, known alone, is worth more than chance would make it seem.")
    return said


def answer(found: Information) -> dict[str, Any]:
    """Everything as plain values."""
    return {
        "decision": decision(found),
        "scenarios": [
            {"scenario": name, "mean": float(mean), "standard_error": plain(error), "best_in": float(share)}
            for name, mean, error, share in zip(
                found.scenarios, found.means, found.errors, found.each_best, strict=True
            )
        ],
        "objective": found.objective.name,
        "sense": found.sense,
        "unit": found.objective.unit,
        "best": found.scenarios[found.best],
        "perfect": _worth(found.perfect),
        "noise": found.noise,
        "parameters": [{"parameter": found.factors[row].name, **_worth(found.partial[row])} for row in _ranked(found)],
        "sentences": sentences(found),
        **provenance(found.origin),
    }


def _worth(worth: Worth) -> dict[str, float | None]:
    return {
        "value": worth.value,
        "low": plain(worth.low),
        "high": plain(worth.high),
        "changes_the_choice": worth.changes,
    }


def _ranked(found: Information) -> list[int]:
    return sorted(range(len(found.partial)), key=lambda row: -found.partial[row].value)


def rows(found: Information) -> list[dict[str, Any]]:
    """A row for each parameter, the most valuable first."""
    return [
        {
            "objective": found.objective.name,
            "sense": found.sense,
            "unit": found.objective.unit,
            "parameter": found.factors[row].name,
            "sector": found.factors[row].sector,
            "description": found.factors[row].description,
            **_worth(found.partial[row]),
            "above_noise": found.partial[row].value > found.noise,
        }
        for row in _ranked(found)
    ]


def files(found: Information) -> Files:
    """The value of information in every form, with its figure."""
    from countermove.figures.information import information

    return Files(
        name="information",
        table="information",
        rows=rows(found),
        content=answer(found),
        arrays=_arrays(found),
        coordinates={"parameter": [factor.name for factor in found.factors], "scenario": list(found.scenarios)},
        figures={"information": lambda: information(found)},
        origin=found.origin,
    )


def _arrays(found: Information) -> dict[str, Array]:
    unit = found.objective.unit
    units = {"value": unit, "low": unit, "high": unit, "changes": "1"}
    by_parameter: dict[str, Array] = {
        name: (("parameter",), np.array([getattr(worth, name) for worth in found.partial]), unit)
        for name, unit in units.items()
    }
    return {**by_parameter, "mean": (("scenario",), found.means, unit)}
