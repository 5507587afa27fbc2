"""Binding the declared quantities into one model: every name known, used once, and free of circular definitions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, cast

from countermove.engine._dimension import Dimension
from countermove.engine._measure import Measure
from countermove.engine.declare import CLOCK, Input, Quantity
from countermove.errors import CountermoveError, nearest
from countermove.units import MONTH


@dataclass(frozen=True, eq=False)
class Model:
    """A checked model.

    Attributes:
        quantities: every equation by name, delays expanded into their stocks.
        inputs: every parameter, series and mechanism switch by name.
        order: names of the variables, each after all it depends on.
        initial_order: names of everything needed at the start, in order of evaluation; stocks among them.
        start: calendar date of month 0 as a decimal year.
    """

    name: str
    quantities: dict[str, Quantity[Any]]
    inputs: dict[str, Input]
    order: tuple[str, ...]
    initial_order: tuple[str, ...]
    start: float

    @property
    def stocks(self) -> tuple[str, ...]:
        """Names of the stocks in order of declaration."""
        return tuple(name for name, quantity in self.quantities.items() if quantity.kind == "stock")

    def dimensions(self, name: str) -> tuple[Dimension, ...]:
        """Dimensions of a quantity or input; () for the clock."""
        if name in self.quantities:
            return self.quantities[name].dimensions
        return self.inputs[name].dimensions if name in self.inputs else ()

    def needed(self, outputs: Iterable[str]) -> set[str]:
        """All quantities and inputs that the outputs depend on, through stocks too."""
        found: set[str] = set()
        waiting = list(outputs)
        while waiting:
            name = waiting.pop()
            if name in found or name in CLOCK:
                continue
            found.add(name)
            if name in self.quantities:
                quantity = self.quantities[name]
                waiting.extend(quantity.arguments)
                if isinstance(quantity.initial, str):
                    waiting.append(quantity.initial)
        return found


def declared(modules: Iterable[ModuleType]) -> list[Quantity[Any]]:
    """The quantities that the modules declare, in order of appearance; those only imported there are left out."""
    found: list[Quantity[Any]] = []
    for module in modules:
        found.extend(
            cast("Quantity[Any]", value)
            for value in vars(module).values()
            if isinstance(value, Quantity) and value.place.file == getattr(module, "__file__", None)
        )
    return found


def build(
    quantities: Iterable[Quantity[Any]],
    inputs: Iterable[Input] = (),
    *,
    name: str = "model",
    start: float = 2016.0,
    check_units: bool = True,
) -> Model:
    """Bind quantities and inputs by name and check the whole.

    Raises:
        CountermoveError: unknown, unused, duplicate or circular names, each with file and line and the nearest match
            or the cycle; a sum of unlike units; a result whose unit or dimensions are not those declared.
    """
    by_name: dict[str, Quantity[Any]] = {}
    for quantity in quantities:
        for each in (quantity, *quantity.parts):
            if each.name in by_name:
                other = by_name[each.name].place
                raise CountermoveError(f"{each.place}: '{each.name}' is declared twice, first at {other}")
            if each.name in CLOCK:
                raise CountermoveError(f"{each.place}: '{each.name}' is a name of the engine's clock")
            by_name[each.name] = each
    given: dict[str, Input] = {}
    for item in inputs:
        if item.name in by_name or item.name in given:
            raise CountermoveError(f"'{item.name}' is declared twice, once as {item.kind}")
        given[item.name] = item
    _check_names(by_name, given)
    _check_used(by_name, given)
    _check_levels(by_name, given)
    model = Model(
        name=name,
        quantities=by_name,
        inputs=given,
        order=_order(by_name, _variable_edges(by_name)),
        initial_order=_order(by_name, _initial_edges(by_name)),
        start=start,
    )
    if check_units:
        for quantity in by_name.values():
            _check_unit(model, quantity)
    return model


def _check_names(by_name: dict[str, Quantity[Any]], given: dict[str, Input]) -> None:
    known = [*by_name, *given, *CLOCK]
    for quantity in by_name.values():
        wanted = [*quantity.arguments, *([quantity.initial] if isinstance(quantity.initial, str) else [])]
        for argument in wanted:
            if argument not in by_name and argument not in given and argument not in CLOCK:
                close = nearest(argument, known)
                hint = f": did you mean '{close[0]}'?" if close else ""
                raise CountermoveError(f"{quantity.place}: '{quantity.name}' reads unknown '{argument}'{hint}")


def _check_used(by_name: dict[str, Quantity[Any]], given: dict[str, Input]) -> None:
    used = {argument for quantity in by_name.values() for argument in quantity.arguments}
    used |= {quantity.initial for quantity in by_name.values() if isinstance(quantity.initial, str)}
    unused = [name for name in given if name not in used]
    if unused:
        kinds = ", ".join(f"{given[name].kind} '{name}'" for name in unused)
        raise CountermoveError(f"declared but read by no equation: {kinds}")


def _check_levels(by_name: dict[str, Quantity[Any]], given: dict[str, Input]) -> None:
    for quantity in by_name.values():
        for argument in quantity.arguments if quantity.is_level else ():
            source = by_name.get(argument)
            constant = argument in given and given[argument].kind in ("parameter", "mechanism")
            if not constant and (source is None or not source.kept_at_end):
                raise CountermoveError(
                    f"{quantity.place}: level '{quantity.name}' reads '{argument}', which belongs to a month: "
                    "a level is counted from stocks, levels and parameters alone"
                )


def _variable_edges(by_name: dict[str, Quantity[Any]]) -> dict[str, list[str]]:
    """Within a month: a variable waits for the variables it reads; stocks are known."""
    return {
        name: [argument for argument in quantity.arguments if argument in by_name and by_name[argument].kind != "stock"]
        for name, quantity in by_name.items()
        if quantity.kind == "variable"
    }


def _initial_edges(by_name: dict[str, Quantity[Any]]) -> dict[str, list[str]]:
    """At the start: a stock waits for its initial value, a variable for all it reads."""
    edges: dict[str, list[str]] = {}
    waiting = [name for name, quantity in by_name.items() if quantity.kind == "stock"]
    while waiting:
        name = waiting.pop()
        if name in edges:
            continue
        quantity = by_name[name]
        if quantity.kind == "stock":
            before = [quantity.initial] if isinstance(quantity.initial, str) and quantity.initial in by_name else []
        else:
            before = [argument for argument in quantity.arguments if argument in by_name]
        edges[name] = before
        waiting.extend(before)
    return {name: edges[name] for name in by_name if name in edges}


def _order(by_name: dict[str, Quantity[Any]], edges: dict[str, list[str]]) -> tuple[str, ...]:
    done: dict[str, None] = {}
    path: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        if name in path:
            cycle = [*path[path.index(name) :], name]
            lines = "; ".join(f"{each} ({by_name[each].place})" for each in cycle[:-1])
            raise CountermoveError(
                f"circular definition: {' → '.join(cycle)}; a stock or a delay must break it: {lines}"
            )
        path.append(name)
        for before in edges[name]:
            visit(before)
        path.pop()
        done[name] = None

    for name in edges:
        visit(name)
    return tuple(done)


def _check_unit(model: Model, quantity: Quantity[Any]) -> None:
    values = {
        argument: Measure(CLOCK[argument])
        if argument in CLOCK
        else Measure((model.quantities.get(argument) or model.inputs[argument]).unit, model.dimensions(argument))
        for argument in quantity.arguments
    }
    expected = quantity.unit / MONTH if quantity.kind == "stock" else quantity.unit
    try:
        result = quantity.equation(**values)
    except CountermoveError as error:
        raise CountermoveError(f"{quantity.place}: in '{quantity.name}': {error}") from None
    if isinstance(quantity.initial, str):
        _check_initial(model, quantity)
    if not isinstance(result, Measure):
        if result != 0 and not expected.is_plain:
            raise CountermoveError(f"{quantity.place}: '{quantity.name}' is a plain number but should be in {expected}")
        if quantity.dimensions and quantity.kind != "stock":
            wanted = ", ".join(dimension.name for dimension in quantity.dimensions)
            raise CountermoveError(f"{quantity.place}: '{quantity.name}' is one number but is declared with {wanted}")
        return
    if result.unit != expected:
        what = "net flow of " if quantity.kind == "stock" else ""
        raise CountermoveError(
            f"{quantity.place}: {what}'{quantity.name}' comes out in {result.unit} but should be in {expected}"
        )
    if {d.name for d in result.dimensions} != {d.name for d in quantity.dimensions}:
        found = ", ".join(d.name for d in result.dimensions) or "none"
        wanted = ", ".join(d.name for d in quantity.dimensions) or "none"
        raise CountermoveError(
            f"{quantity.place}: '{quantity.name}' has dimensions {found} but is declared with {wanted}"
        )


def _check_initial(model: Model, quantity: Quantity[Any]) -> None:
    name = str(quantity.initial)
    unit = (model.quantities.get(name) or model.inputs[name]).unit
    if unit != quantity.unit:
        raise CountermoveError(f"{quantity.place}: '{quantity.name}' in {quantity.unit} starts at '{name}' in {unit}")
    if set(model.dimensions(name)) - set(quantity.dimensions):
        raise CountermoveError(f"{quantity.place}: '{quantity.name}' starts at '{name}', which has more dimensions")
