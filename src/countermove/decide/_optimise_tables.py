"""Policies found as rows, as plain values, as files, and as scenarios that can be run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml

from countermove._atomic import write_whole
from countermove._export import Array, Files, provenance
from countermove.decide.levers import begins

if TYPE_CHECKING:
    from countermove.decide.optimise import Optimum


def answer(found: Optimum) -> dict[str, Any]:
    """The front and its robustness as plain values."""
    names = [objective.outcome.name for objective in found.objectives]
    last = len(found.policies) - 1
    return {
        "objectives": [
            {
                "outcome": each.outcome.name,
                "wanted": "more" if each.more else "less",
                "year": each.year,
                "unit": each.outcome.unit,
            }
            for each in found.objectives
        ],
        "levers": [lever.model_dump(mode="json") for lever in found.levers],
        "base": found.base,
        "parameters": found.origin.parameters,
        "front": {
            "found": len(found.front.points),
            "by_gradient": found.by_gradient,
            "by_evolution": found.by_evolution,
            "values": [{name: row[name] for name in names} for row in rows(found)],
        },
        "structures": list(found.structures),
        "policies": [
            {
                "name": policy.name,
                "description": policy.description if k < last else "the base as it is",
                "values": {name: float(found.values[k, j].mean()) for j, name in enumerate(names)},
                "largest_regret": {name: float(found.judged.regret[k, j]) for j, name in enumerate(names)},
                "satisficing": float(found.judged.satisficing[k]),
            }
            for k, policy in enumerate(found.policies)
        ],
        "minimax_regret": {name: found.policies[k].name for name, k in zip(names, found.judged.minimax, strict=True)},
        "balanced": found.policies[found.judged.balanced].name,
        **provenance(found.origin),
    }


def rows(found: Optimum) -> list[dict[str, Any]]:
    """A row for each point of the front: how it sets the levers, from when, and what that brings."""
    values = found.front.objectives * [objective.sign for objective in found.objectives]
    names = [objective.outcome.name for objective in found.objectives]
    return [
        {
            **{lever.name: float(lever.value(x)) for lever, x in zip(found.levers, point[:-1], strict=True)},
            "begins": f"{begins(float(point[-1])):%Y-%m}",
            **{name: float(value) for name, value in zip(names, row, strict=True)},
        }
        for point, row in zip(found.front.points, values, strict=True)
    ]


def files(found: Optimum) -> Files:
    """The front in every form, with its figure."""
    from countermove.figures.front import front

    return Files(
        name="optimum",
        table="front",
        rows=rows(found),
        content=answer(found),
        arrays=_arrays(found),
        coordinates={
            "lever": [lever.name for lever in found.levers],
            "objective": [objective.outcome.name for objective in found.objectives],
            "policy": [policy.name for policy in found.policies],
            "structure": list(found.structures),
        },
        figures={"front": lambda: front(found)},
        origin=found.origin,
    )


def save(found: Optimum, path: Path) -> Path:
    """Write one file or all of them; into a folder also each policy as a scenario that every other command takes."""
    written = files(found).save(path)
    if written.is_dir():
        for policy in found.policies[:-1]:
            data = policy.model_dump(mode="json", exclude_defaults=True)
            text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
            write_whole(written / f"{policy.name}.yaml", text)
    return written


def _arrays(found: Optimum) -> dict[str, Array]:
    """The front by point; means and regret of the policies told, the last of which is the base."""
    table = rows(found)
    names = [objective.outcome.name for objective in found.objectives]
    levers = [[row[lever.name] for lever in found.levers] for row in table]
    objectives = np.array([[row[name] for name in names] for row in table])
    return {
        "lever_value": (("point", "lever"), levers, "of the lever"),
        "begins": (("point",), [row["begins"] for row in table], ""),
        "objective_value": (("point", "objective"), objectives, "of the objective"),
        "policy_value": (("policy", "objective", "structure"), found.values, "of the objective"),
        "largest_regret": (("policy", "objective"), found.judged.regret, "of the objective"),
        "satisficing": (("policy",), found.judged.satisficing, "1"),
    }
