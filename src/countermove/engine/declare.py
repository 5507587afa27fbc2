"""How a model is written down: each quantity is one pure function, bound to others by the names of its arguments.

    @variable(unit="1", source="murphy1964")
    def die_yield(defect_density, die_area): ...

Declaring checks the unit and the presence of a source; `graph.build` binds the names.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

from countermove.engine._dimension import Dimension
from countermove.engine.vocabulary import assemble, at, shift, total
from countermove.errors import CountermoveError
from countermove.units import MONTH, Unit

Kind = Literal["stock", "variable"]
Equation = TypeVar("Equation", bound=Callable[..., Any])


@dataclass(frozen=True)
class Place:
    """Where something is declared, for error messages."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, eq=False)
class Quantity(Generic[Equation]):
    """One declared equation. Call it to evaluate the equation alone: `die_yield(0.2, 1.07)`.

    Attributes:
        equation: for a variable its value, for a stock its net flow per month.
        unit: unit of the quantity itself.
        initial: for a stock the value at the start: a number in `unit` or the name of a quantity.
        source: key of the literature list, id of the evidence, or "identity" for accounting and definitions.
        arguments: names this equation reads.
        parts: further quantities that the declaration creates (the stages of a delay).
        is_smooth: whether it is a stock that follows what its equation gives, as `smooth` declares it.
    """

    name: str
    kind: Kind
    equation: Equation
    unit: Unit
    source: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    arguments: tuple[str, ...]
    description: str
    place: Place
    initial: float | str | None = None
    parts: tuple[Quantity[Any], ...] = field(default=())
    is_flow: bool = False
    is_level: bool = False
    is_smooth: bool = False

    @property
    def kept_at_end(self) -> bool:
        """Whether results hold it as of the end of the month (stocks and levels) rather than during the month."""
        return self.kind == "stock" or self.is_level

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.equation(*arguments, **named)


@dataclass(frozen=True)
class Input:
    """A quantity that comes from outside the equations: parameter, dated series, or mechanism switch.

    Attributes:
        kind: "parameter" is constant in time and varies by draw; "series" varies by month and scenario; "held" varies
            by month, scenario and draw (a path kept from another run); "mechanism" is 0 (off) or 1 (on).
    """

    name: str
    kind: Literal["parameter", "series", "held", "mechanism"]
    unit: Unit
    dimensions: tuple[Dimension, ...] = ()
    description: str = ""
    source: tuple[str, ...] = ()


# Names every equation may read: the month since the start (0, 1, …), the calendar date at mid-month, the factor
# between rates per year and per month, and the length of the step.
CLOCK: dict[str, Unit] = {
    "month": Unit.parse("month"),
    "year": Unit.parse("yr"),
    "months_per_year": Unit.parse("month/yr"),
    "one_month": MONTH,
}


def variable(
    *, unit: str, source: str | tuple[str, ...], dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare an auxiliary quantity, computed anew each month."""
    return lambda equation: _quantity(equation, "variable", unit, source, dims)


def flow(
    *, unit: str, source: str | tuple[str, ...], dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare a rate that fills or drains stocks; its unit must be per month."""

    def declare(equation: Equation) -> Quantity[Equation]:
        made = _quantity(equation, "variable", unit, source, dims, is_flow=True)
        if dict(made.unit.powers).get("month") is None or made.unit.scale != 1:
            raise CountermoveError(f"{made.place}: flow '{made.name}' needs a unit per month, not {unit}")
        return made

    return declare


def level(
    *, unit: str, source: str | tuple[str, ...], dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare what is counted from stocks alone, such as a sum of them; like a stock it is as of the end of the month.

    It may read stocks, other levels, parameters and switches, nothing that belongs to a month.
    """
    return lambda equation: replace(_quantity(equation, "variable", unit, source, dims), is_level=True)


def stock(
    *, unit: str, initial: float | str, source: str | tuple[str, ...], dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare an accumulation; the function returns its net flow per month."""
    return lambda equation: _quantity(equation, "stock", unit, source, dims, initial=initial)


def smooth(
    *, unit: str, months: str, source: str | tuple[str, ...], initial: float | str, dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare a first-order exponential average of what the function returns, with time constant `months`.

    Sterman, Business Dynamics (2000), chapter 11.
    """

    def declare(equation: Equation) -> Quantity[Equation]:
        target = _quantity(equation, "variable", unit, source, dims)

        def adjustment(**values: Any) -> Any:
            return (_call(equation, values) - values[target.name]) / values[months]

        arguments = _united(target.arguments, (target.name, months))
        return replace(_derived(target, "stock", adjustment, arguments, initial=initial), is_smooth=True)

    return declare


def delay(
    *,
    unit: str,
    months: str,
    source: str | tuple[str, ...],
    initial: float | str,
    order: int = 3,
    dims: tuple[Dimension, ...] = (),
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare a material delay of `order` equal stages: what the function returns comes out `months` later on average.

    `initial` is the outflow at the start (the stages then hold what keeps it steady). The amount under way is the
    quantity NAME_in_transit, by stage. Forrester, Industrial Dynamics (1961), chapter 9.
    """

    def declare(equation: Equation) -> Quantity[Equation]:
        out = _quantity(equation, "variable", unit, source, dims)
        stage = Dimension(f"{out.name}_stage", tuple(f"stage_{k + 1}" for k in range(order)))
        transit, start = f"{out.name}_in_transit", f"{out.name}_at_start"

        def net_flow(**values: Any) -> Any:
            leaving = values[transit] * order / values[months]
            return shift(leaving, stage.name, _call(equation, values)) - leaving

        def outflow(**values: Any) -> Any:
            return at(values[transit], stage.name, stage.elements[-1]) * order / values[months]

        if not isinstance(initial, str) and initial != 0:
            raise CountermoveError(f"{out.place}: '{out.name}': `initial` is 0 or the name of a quantity")
        content = out.unit * MONTH
        parts = [
            _part(out, transit, "stock", net_flow, _united(out.arguments, (transit, months)), content, (stage, *dims),
                  initial=start if isinstance(initial, str) else 0.0)
        ]  # fmt: skip
        if isinstance(initial, str):
            first: str = initial

            def under_way(**values: Any) -> Any:
                return assemble(stage, default=values[first] * values[months] / order)

            parts.append(_part(out, start, "variable", under_way, (first, months), content, (stage, *dims)))
        return _derived(out, "variable", outflow, (transit, months), parts=tuple(parts))

    return declare


def pipeline(
    *,
    unit: str,
    months: int,
    source: str | tuple[str, ...],
    initial: float | str = 0.0,
    dims: tuple[Dimension, ...] = (),
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare a pipeline delay: what the function returns, exactly `months` whole months later.

    `initial` is the value that comes out until then. Held as a shift register, so that export is exact.
    """

    def declare(equation: Equation) -> Quantity[Equation]:
        out = _quantity(equation, "variable", unit, source, dims)
        if months < 1:
            raise CountermoveError(f"{out.place}: pipeline '{out.name}' needs at least one month")
        stage = Dimension(f"{out.name}_stage", tuple(f"month_{k + 1}" for k in range(months)))
        register, start = f"{out.name}_register", f"{out.name}_at_start"

        def net_flow(**values: Any) -> Any:
            held = values[register]
            return (shift(held, stage.name, _call(equation, values)) - held) / values["one_month"]

        def last(**values: Any) -> Any:
            return at(values[register], stage.name, stage.elements[-1])

        parts = [
            _part(out, register, "stock", net_flow, _united(out.arguments, (register, "one_month")), out.unit,
                  (stage, *dims), initial=start if isinstance(initial, str) else initial)
        ]  # fmt: skip
        if isinstance(initial, str):
            first: str = initial

            def filled(**values: Any) -> Any:
                return assemble(stage, default=values[first])

            parts.append(_part(out, start, "variable", filled, (first,), out.unit, (stage, *dims)))
        return _derived(out, "variable", last, (register,), parts=tuple(parts))

    return declare


def ageing_chain(
    *, unit: str, months: str, source: str | tuple[str, ...], stages: int = 4, dims: tuple[Dimension, ...] = ()
) -> Callable[[Equation], Quantity[Equation]]:
    """Declare a stock of things that age through `stages` equal stages and retire after `months` on average.

    The function returns what enters per month. NAME is the whole stock, NAME_by_age the stages, NAME_retired the
    outflow. It starts empty. Sterman, Business Dynamics (2000), chapter 12.
    """

    def declare(equation: Equation) -> Quantity[Equation]:
        whole = _quantity(equation, "variable", unit, source, dims)
        stage = Dimension(f"{whole.name}_stage", tuple(f"stage_{k + 1}" for k in range(stages)))
        by_age = f"{whole.name}_by_age"

        def net_flow(**values: Any) -> Any:
            leaving = values[by_age] * stages / values[months]
            return shift(leaving, stage.name, _call(equation, values)) - leaving

        def retired(**values: Any) -> Any:
            return at(values[by_age], stage.name, stage.elements[-1]) * stages / values[months]

        parts = (
            _part(whole, by_age, "stock", net_flow, _united(whole.arguments, (by_age, months)), whole.unit,
                  (stage, *dims), initial=0.0),
            _part(whole, f"{whole.name}_retired", "variable", retired, (by_age, months), whole.unit / MONTH, dims,
                  is_flow=True),
        )  # fmt: skip

        def all_ages(**values: Any) -> Any:
            return total(values[by_age], stage.name)

        return replace(_derived(whole, "variable", all_ages, (by_age,), parts=parts), is_level=True)

    return declare


def _quantity(
    equation: Any,
    kind: Kind,
    unit: str,
    source: str | tuple[str, ...],
    dims: tuple[Dimension, ...],
    *,
    initial: float | str | None = None,
    is_flow: bool = False,
) -> Quantity[Any]:
    code = equation.__code__
    place = Place(code.co_filename, code.co_firstlineno)
    name: str = equation.__name__
    sources = (source,) if isinstance(source, str) else tuple(source)
    if not sources or not all(sources):
        raise CountermoveError(f"{place}: '{name}' has no source: cite one, or say source=\"identity\"")
    try:
        parsed = Unit.parse(unit)
    except CountermoveError as error:
        raise CountermoveError(f"{place}: '{name}': {error}") from None
    parameters = inspect.signature(equation).parameters.values()
    if any(parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD) for parameter in parameters):
        raise CountermoveError(f"{place}: '{name}': every argument must be named; * and ** bind to nothing")
    return Quantity(
        name=name, kind=kind, equation=equation, unit=parsed, source=sources, dimensions=tuple(dims),
        arguments=tuple(parameter.name for parameter in parameters), description=inspect.getdoc(equation) or "",
        place=place, initial=initial, is_flow=is_flow,
    )  # fmt: skip


def _derived(
    base: Quantity[Any],
    kind: Kind,
    equation: Any,
    arguments: tuple[str, ...],
    *,
    initial: float | str | None = None,
    parts: tuple[Quantity[Any], ...] | list[Quantity[Any]] = (),
) -> Quantity[Any]:
    return replace(base, kind=kind, equation=equation, arguments=arguments, initial=initial, parts=tuple(parts))


def _part(
    base: Quantity[Any],
    name: str,
    kind: Kind,
    equation: Any,
    arguments: tuple[str, ...],
    unit: Unit,
    dims: tuple[Dimension, ...],
    *,
    initial: float | str | None = None,
    is_flow: bool = False,
) -> Quantity[Any]:
    return replace(
        base, name=name, kind=kind, equation=equation, arguments=arguments, unit=unit, dimensions=dims,
        initial=initial, parts=(), is_flow=is_flow, description=f"Part of {base.name}.",
    )  # fmt: skip


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _call(equation: Any, values: dict[str, Any]) -> Any:
    """Evaluate with just those of `values` that the equation names."""
    code = equation.__code__
    return equation(*(values[name] for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]))
