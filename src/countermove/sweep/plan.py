"""A sweep's plan: what is simulated and what is kept of it.

scenarios: [history, no-controls]     # names, or paths of your own
draws: 1000000
seed: 1
against: no-controls                  # one of the scenarios: differences from it, draw by draw
variants:                             # every combination is run; what is not named stays as the scenario has it
  learning: [own, spillover]
outcomes: [domestic, total]           # calendar-year figures, kept draw by draw; all if not stated
quantities: [readiness_index]         # monthly quantities, of which quantiles are kept
immaterial: 0.05
parameters: prior                     # or posterior; by default the posterior where one ships
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from countermove import _yaml
from countermove._frozen import FrozenMapping
from countermove.errors import CountermoveError, unknown
from countermove.explore.outcomes import OUTCOMES
from countermove.explore.world import World
from countermove.results import Basis
from countermove.scenario import Scenario, load

# Counts of draws are kept in 32 bits.
_MOST_DRAWS = 2**32 - 1


class Plan(BaseModel, frozen=True):
    """What a sweep simulates and keeps; see the module's example."""

    model_config = ConfigDict(extra="forbid")

    scenarios: Annotated[tuple[str, ...], Field(min_length=1)]
    draws: Annotated[StrictInt, Field(ge=1, le=_MOST_DRAWS)]
    seed: Annotated[StrictInt, Field(ge=0)] = 1
    against: str | None = None
    variants: FrozenMapping[str, tuple[str, ...]] = FrozenMapping()
    outcomes: Annotated[tuple[str, ...], Field(min_length=1)] = tuple(OUTCOMES)
    quantities: tuple[str, ...] = ()
    immaterial: Annotated[float, Field(ge=0, lt=1)] = 0.05
    parameters: Basis | None = None


@dataclass(frozen=True)
class Cell:
    """One scenario under one combination of structural variants; `name` names both."""

    name: str
    scenario: Scenario
    variant: tuple[tuple[str, str], ...] = ()

    @property
    def variant_text(self) -> str:
        """The combination in words; "" where the plan names none."""
        return ", ".join(f"{name} {choice}" for name, choice in self.variant)


def load_plan(path: str | Path) -> Plan:
    """A plan from its YAML file; paths of scenarios are relative to the file.

    Raises:
        CountermoveError: no such file; an unknown key, with its line and the nearest match; a value not allowed.
    """
    path = Path(path)
    content = _yaml.load(path)
    if not isinstance(content, dict):
        raise CountermoveError(f"{path}: a plan is a mapping of {', '.join(Plan.model_fields)}")
    try:
        plan = Plan.model_validate(content)
    except ValidationError as error:
        raise _one_line(error, path) from None
    placed = {name: str(path.parent / name) for name in plan.scenarios if name.endswith((".yaml", ".yml"))}
    return plan.model_copy(
        update={
            "scenarios": tuple(placed.get(name, name) for name in plan.scenarios),
            "against": placed.get(plan.against or "", plan.against),
        }
    )


def cells(plan: Plan, given: World) -> tuple[Cell, ...]:
    """The cells of a plan, scenario by scenario.

    Raises:
        CountermoveError: a scenario, outcome, quantity, variant or choice that does not exist or is named twice.
    """
    _check(plan, given)
    scenarios = [load(name) for name in plan.scenarios]
    _once("scenario", [scenario.name for scenario in scenarios])
    names, choices = list(plan.variants), list(plan.variants.values())
    return tuple(
        _cell(scenario, tuple(zip(names, chosen, strict=True)))
        for scenario in scenarios
        for chosen in itertools.product(*choices)
    )


def counterfactual(plan: Plan, cell: Cell, among: tuple[Cell, ...]) -> int | None:
    """Index of the cell that a cell is compared with: the same variant of `against`; None if it is that itself."""
    if plan.against is None:
        return None
    wanted = load(plan.against).name
    if cell.scenario.name == wanted:
        return None
    return next(
        index for index, other in enumerate(among) if (other.scenario.name, other.variant) == (wanted, cell.variant)
    )


def canonical(plan: Plan, of: tuple[Cell, ...]) -> str:
    """What decides the results, as JSON: equal for plans that give the same results in the same order."""
    content = plan.model_dump(mode="json", exclude={"scenarios", "against", "parameters"})
    content["cells"] = [json.loads(cell.scenario.canonical) for cell in of]
    content["against"] = load(plan.against).name if plan.against else None
    return json.dumps(content, sort_keys=True)


def _cell(scenario: Scenario, variant: tuple[tuple[str, str], ...]) -> Cell:
    merged = FrozenMapping({**scenario.variant, **dict(variant)})
    text = ", ".join(f"{name} {choice}" for name, choice in variant)
    return Cell(
        f"{scenario.name} ({text})" if text else scenario.name,
        scenario.model_copy(update={"variant": merged}),
        variant,
    )


def _check(plan: Plan, given: World) -> None:
    for name in plan.outcomes:
        if name not in OUTCOMES:
            raise unknown("outcome", name, OUTCOMES, where="plan: outcomes")
    for name in plan.quantities:
        if name not in given.model.quantities:
            raise unknown("quantity", name, given.model.quantities, where="plan: quantities")
    for name, choices in plan.variants.items():
        if name not in given.variants:
            raise unknown("variant", name, given.variants, where="plan: variants")
        for choice in choices:
            if choice not in given.variants[name]:
                raise unknown(f"choice of variant '{name}'", choice, given.variants[name], where="plan: variants")
        if not choices:
            raise CountermoveError(f"plan: variants: '{name}' has no choice; leave it out or name at least one")
        _once(f"choice of variant '{name}'", choices)
    if plan.against is not None and plan.against not in plan.scenarios:
        raise unknown("scenario", plan.against, plan.scenarios, where="plan: against, which is one of 'scenarios'")
    _once("outcome", plan.outcomes)
    _once("quantity", plan.quantities)


def _once(kind: str, names: list[str] | tuple[str, ...]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise CountermoveError(f"plan: {kind} '{name}' is named twice")


def _one_line(error: ValidationError, path: Path) -> CountermoveError:
    """The first of pydantic's complaints, with the line of the key it is about."""
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")  # a typo explains what is missing
    loc = tuple(str(step) for step in first["loc"])
    lines: Mapping[tuple[str, ...], int] = _yaml.key_lines(path.read_text(encoding="utf-8"))
    known = next((loc[:n] for n in range(len(loc), 0, -1) if loc[:n] in lines), ())
    place = f"{path} line {lines[known]}" if known else str(path)
    if first["type"] == "extra_forbidden":
        return unknown("key", loc[-1], Plan.model_fields, where=place)
    if first["type"] == "missing":
        return CountermoveError(f"{place}: '{loc[-1]}' is missing")
    given: Any = first["input"]
    return CountermoveError(f"{place}: {loc[0]}: {first['msg']}, not {given!r}")
