"""Figures of the model that claims are about: simulated once for each scenario that a claim needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._frozen import FrozenMapping
from countermove.errors import CountermoveError, unknown
from countermove.inference._measures import Paths

Floats = NDArray[np.floating[Any]]

DOMESTIC = ("huawei", "cambricon", "kunlunxin", "t_head", "other_domestic")
ONSHORE = ("foreign_legal", "foreign_low_end", *DOMESTIC)
_GROUPS = {"DOMESTIC": DOMESTIC, "ONSHORE": ONSHORE}

_AS = ("sum", "mean", "end")


@dataclass(frozen=True, eq=False)
class ModelFigures:
    """Trajectories by scenario, simulated when first asked for, on the same draws.

    Attributes:
        quantities: every quantity that some claim reads.
    """

    quantities: tuple[str, ...]
    draws: int
    seed: int
    _kept: dict[str, Paths] = field(default_factory=dict)

    def figure(self, test: Mapping[str, Any]) -> Floats:
        """One number a draw; keys as at the top of claims.yaml.

        Raises:
            CountermoveError: unknown quantity, element, scenario or mechanism.
        """
        return self._figure(test, "")

    def by_variant(self, test: Mapping[str, Any]) -> dict[str, Floats]:
        """A difference that a policy or mechanism makes, with each variant in turn set to its other choice."""
        from countermove.explore.world import world

        choices = {name: both[0] for name, both in world().variants.items()}
        return {f"{name}: {choice}": self._figure(test, f"{name}={choice}") for name, choice in choices.items()}

    def _figure(self, test: Mapping[str, Any], variant: str) -> Floats:
        base = self._at(test, test.get("in_scenario", "history"), test["in"], variant)
        if "than" in test:
            before = self._at(test, "history", test["than"], variant)
            return base / before if "times" in test else base - before
        other = None
        if "scenario" in test:
            other = self._at(test, test["scenario"], test["in"], variant)
        elif "without" in test:
            other = self._at(test, f"history without {test['without']}", test["in"], variant)
        if other is None:
            return base
        return (base - other) / other if test.get("relative") else base - other

    def given(self, series: str, month: int) -> float:
        """A series that the rules of history give, in a month."""
        found = self._paths("history").series
        if series not in found:
            raise unknown("series", series, found, where="claims.yaml")
        return float(np.asarray(found[series])[month])

    def _at(self, test: Mapping[str, Any], scenario: str, years: Any, variant: str) -> Floats:
        paths = self._paths(f"{scenario} with {variant}" if variant else scenario)
        if test["as"] not in _AS:
            raise unknown("'as'", str(test["as"]), _AS, where="claims.yaml")
        first, last = years if isinstance(years, list) else (years, years)
        part = self._over_time(paths, test["of"], test["as"], first, last)
        if "minus" in test:
            part = part - self._over_time(paths, test["minus"], test["as"], first, last)
        if "over" in test:
            return part / np.maximum(self._over_time(paths, test["over"], test["as"], first, last), 1e-12)
        return part

    def _over_time(self, paths: Paths, of: list[str], how: str, first: int, last: int) -> Floats:
        months = slice((first - 2016) * 12, (last - 2015) * 12)
        values = _read(paths, of)[months]
        return values[-1] if how == "end" else values.sum(axis=0) if how == "sum" else values.mean(axis=0)

    def _paths(self, scenario: str) -> Paths:
        if scenario not in self._kept:
            self._kept[scenario] = self._simulated(scenario)
        return self._kept[scenario]

    def _simulated(self, name: str) -> Paths:
        from countermove.explore.simulate import simulate
        from countermove.inference.fits import variant_world
        from countermove.scenario import as_scenario

        rest, _, variant = name.partition(" with ")
        base, _, mechanism = rest.partition(" without ")
        scenario = as_scenario(base)
        changes = {"mechanisms": FrozenMapping({mechanism: "off"})} if mechanism else {}
        if variant:
            changes["variant"] = FrozenMapping({variant.partition("=")[0]: variant.partition("=")[2]})
        scenario = scenario.model_copy(update=changes)
        given = variant_world(scenario.variant)
        for quantity in self.quantities:
            if quantity not in given.model.quantities:
                raise unknown("quantity", quantity, given.model.quantities, where="claims.yaml")
        (result,) = simulate([scenario], self.draws, self.seed, outputs=self.quantities, given=given)
        values = {quantity: np.moveaxis(result[quantity], 0, -1) for quantity in self.quantities}
        return Paths(given.model, values, given.series(scenario, given.months))


def quantities_of(test: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """The quantities that a test reads: those words of its terms that are quantities of the model."""
    words = [word for key in ("of", "over", "minus") for word in test.get(key, ())]
    found = [word for word in words if word in known]
    for key in ("of", "over", "minus"):
        if key in test and test[key][0] not in known:
            raise unknown("quantity", test[key][0], known, where="claims.yaml")
    return found


def _read(paths: Paths, of: list[str]) -> Floats:
    """Quantities added up, each at the elements named; a group of options stands for its elements."""
    names = [word for word in of if word in paths.values]
    chosen = [word for word in of if word not in paths.values]
    group = next((_GROUPS[word] for word in chosen if word in _GROUPS), None)
    single = [word for word in chosen if word not in _GROUPS]
    elements = {e for name in names for d in paths.model.dimensions(name) for e in d.elements}
    for word in single:
        if word not in elements:
            raise CountermoveError(f"claims.yaml: '{word}' is neither a quantity nor an element of {', '.join(names)}")
    return sum(
        (paths.of(name, *single, member) if member else paths.of(name, *single))
        for name in names
        for member in (group or ("",))
    )  # type: ignore[return-value]
