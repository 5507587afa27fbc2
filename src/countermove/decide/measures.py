"""What is asked about: one number a draw, named in words that a command line can carry.

domestic:2030          home-designed output in 2030, policy minus counterfactual (or as such, if there is none)
crossing:domestic      decimal year in which the sign first turns from hindered to catalysed and holds
catalysed:total        first calendar year in which the policy materially catalyses usable compute
hindered:total         first calendar year in which it materially hinders it
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from countermove.errors import CountermoveError, unknown
from countermove.explore.annual import is_material
from countermove.explore.compare import IMMATERIAL
from countermove.explore.crossing import crossings
from countermove.explore.outcomes import OUTCOMES, Outcome
from countermove.scenario import END, START

Floats = NDArray[np.floating[Any]]
Block = Mapping[str, Floats]
Kind = Literal["annual", "crossing", "catalysed", "hindered"]

ASKABLE: dict[str, Outcome] = {
    **OUTCOMES,
    **{
        outcome.name: outcome
        for outcome in (
            Outcome("us_revenue", "data-centre revenue of Nvidia", "nvidia_data_center_revenue", "flow", "USD/yr"),
            Outcome("us_china_revenue", "Nvidia's revenue billed to China", "nvidia_china_revenue", "flow", "USD/yr"),
            Outcome("us_research", "research of Nvidia", "us_research", "flow", "USD/yr"),
            Outcome("ally_sales", "sales of allied suppliers to China", "ally_sales", "flow", "USD/yr"),
        )
    },
}
"""Outcomes by name: those of a comparison, and what the policy does to US vendors."""

NEVER = float(END.year + 1)
"""What a date is set to where it does not come within the horizon: the end of the horizon, in decimal years."""


@dataclass(frozen=True)
class Measure:
    """One number a draw.

    Attributes:
        kind: "annual": the outcome in a calendar year; else the date of an event, `NEVER` where it does not come.
        year: of an annual measure; else 0.
    """

    kind: Kind
    outcome: Outcome
    year: int = 0

    @property
    def name(self) -> str:
        """As it is written on the command line."""
        return f"{self.outcome.name}:{self.year}" if self.kind == "annual" else f"{self.kind}:{self.outcome.name}"

    @property
    def unit(self) -> str:
        return self.outcome.unit if self.kind == "annual" else "yr"

    def title(self, *, difference: bool) -> str:
        """In words, as the subject of a sentence."""
        what = self.outcome.title
        if self.kind == "annual":
            return f"{'difference in ' if difference else ''}{what} in {self.year}"
        if self.kind == "crossing":
            return f"date at which {what} turns from hindered to catalysed"
        return f"first year in which {what} is materially {self.kind}"

    def short(self, *, difference: bool) -> str:
        """In as few words as a figure has room for."""
        if self.kind == "annual":
            return f"{'Δ ' if difference else ''}{self.outcome.title}, {self.year}"
        return f"{self.kind}: {self.outcome.title}"


def parse(text: str, *, difference: bool = True) -> Measure:
    """The measure of that name.

    Args:
        difference: whether there is a counterfactual; dates of a change of sign need one.

    Raises:
        CountermoveError: no such outcome, a year outside the horizon, a date of a change without a counterfactual.
    """
    first, separator, second = text.strip().partition(":")
    where = f"outcome '{text}'"
    if not separator:
        raise CountermoveError(f"{where}: give OUTCOME:YEAR, such as {first or 'total'}:2030, or crossing:OUTCOME")
    if first in ("crossing", "catalysed", "hindered"):
        if second not in OUTCOMES:
            raise unknown("outcome", second, OUTCOMES, where=where)
        if not difference:
            raise CountermoveError(f"{where}: a change of sign needs a counterfactual; none was given")
        return Measure(first, OUTCOMES[second])
    if first not in ASKABLE:
        raise unknown("outcome", first, [*ASKABLE, "crossing", "catalysed", "hindered"], where=where)
    if not second.isdecimal() or not START.year <= int(second) <= END.year:
        raise CountermoveError(f"{where}: '{second}' is not a year from {START.year} to {END.year}")
    return Measure("annual", ASKABLE[first], int(second))


def quantities() -> tuple[str, ...]:
    """Quantities from which every measure can be made: one set, so that one compiled program serves all questions."""
    return tuple(dict.fromkeys(outcome.quantity for outcome in ASKABLE.values()))


class Reading:
    """Reads measures from blocks of simulated months, keeping of each arm only what the measures need."""

    def __init__(self, measures: Sequence[Measure], have: Sequence[str]) -> None:
        """`have`: quantities of the model; a measure whose quantity is not among them is refused."""
        for measure in measures:
            if measure.outcome.quantity not in have:
                raise CountermoveError(f"outcome '{measure.name}': this model has no '{measure.outcome.quantity}'")
        self.measures = tuple(measures)
        self._annual = {m.outcome.name: m.outcome for m in measures if m.kind != "crossing"}
        self._monthly = {m.outcome.name: m.outcome for m in measures if m.kind == "crossing"}

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(measure.outcome.quantity for measure in self.measures))

    def of_block(self, block: Block) -> dict[str, Floats]:
        """What is kept of one arm's block: annual figures (year, draw), and months (month, draw) for crossings."""
        kept = {name: outcome.annual_of_block(block[outcome.quantity]) for name, outcome in self._annual.items()}
        for name, outcome in self._monthly.items():
            values = block[outcome.quantity]
            kept[f"monthly {name}"] = values.sum(axis=tuple(range(1, values.ndim - 1)), dtype=np.float64)
        return kept

    def values(self, policy: Block, counterfactual: Block | None) -> Floats:
        """The measures (measure, draw) from what was kept of both arms, or of one."""
        return np.stack([_value(measure, policy, counterfactual) for measure in self.measures])


def _value(measure: Measure, policy: Block, counterfactual: Block | None) -> Floats:
    name, outcome = measure.outcome.name, measure.outcome
    if measure.kind == "annual":
        row = measure.year - START.year
        return policy[name][row] - (counterfactual[name][row] if counterfactual else 0.0)
    assert counterfactual is not None  # `parse` refuses a change of sign without one
    if measure.kind == "crossing":
        return _crossing(outcome, policy[f"monthly {name}"].T, counterfactual[f"monthly {name}"].T)
    one, other = policy[name], counterfactual[name]
    more = (one > other) == outcome.more_is_capability
    happens = is_material(one, other, IMMATERIAL) & (more if measure.kind == "catalysed" else ~more)
    return np.where(happens.any(axis=0), START.year + happens.argmax(axis=0), NEVER).astype(np.float64)


def _crossing(outcome: Outcome, policy: Floats, counterfactual: Floats) -> Floats:
    one, other = outcome.running(policy), outcome.running(counterfactual)
    with np.errstate(invalid="ignore"):  # the months before a flow has twelve of them
        material = is_material(one, other, IMMATERIAL)
    up, _ = crossings(one - other if outcome.more_is_capability else other - one, material, float(START.year))
    return np.nan_to_num(up.dates, nan=NEVER)
