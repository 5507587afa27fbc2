"""The model as an XMILE 1.0 file, which other system-dynamics software runs to the same trajectories.

Every cell of an array is written as a scalar, NAME_element1_element2. Method Euler, time step one month. Where the
engine keeps stocks and levels as of the end of month t, XMILE shows them at time t + 1; other variables are those of
month t in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from countermove._version import version
from countermove.engine._symbol import Expansion, Symbol, positions
from countermove.engine.declare import CLOCK, Quantity
from countermove.engine.graph import Model
from countermove.errors import CountermoveError
from countermove.explain._stock_accounts import accounts_by_cell
from countermove.explain._xmile_text import cell_name, number, texts
from countermove.units import MONTH, Unit

_CLOCK_TEXT = {
    "month": "TIME",
    "year": "{start} + (TIME + 0.5) / 12",
    "months_per_year": "12",
    "one_month": "1",
}
_YEAR = CLOCK["year"]
# Names that XMILE software reads as functions, operators or the clock, in any case.
_RESERVED = frozenset((
    "abs", "and", "cos", "delay", "delay1", "delay3", "delayn", "dt", "else", "endtime", "exp", "forcst", "graph",
    "history", "if", "inf", "init", "int", "ln", "log10", "max", "mean", "min", "mod", "nan", "normal", "not", "or",
    "pi", "poisson", "previous", "pulse", "ramp", "random", "safediv", "self", "sin", "size", "smth1", "smth3",
    "smthn", "sqrt", "starttime", "stddev", "step", "stop", "sum", "tan", "then", "time", "trend", "uniform",
))  # fmt: skip


@dataclass(frozen=True)
class _Variable:
    """One element of the file."""

    tag: str
    name: str
    lines: tuple[str, ...]
    unit: Unit | None
    description: str = ""

    def __str__(self) -> str:
        described = [f"<doc>{escape(self.description)}</doc>"] if self.description else []
        measured = [f"<units>{escape(_unit(self.unit))}</units>"] if self.unit is not None else []
        body = "".join(f"\n    {line}" for line in (*described, *self.lines, *measured))
        return f"   <{self.tag} name={quoteattr(self.name)}>{body}\n   </{self.tag}>"


def to_xmile(model: Model, inputs: Mapping[str, Any], months: int) -> str:
    """The whole model at one draw as XMILE text.

    Args:
        inputs: for every input of the model an array without batch: (*dimensions) for a parameter or mechanism,
            (months, *dimensions) for a series.
        months: length of the run.

    Raises:
        CountermoveError: an input is missing or misshapen; two cells would get one name, or one that is reserved.
    """
    variables = [*_clock(model), *_inputs(model, inputs, months), *_quantities(model)]
    _check_names(variables)
    body = "\n".join(str(variable) for variable in variables)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<xmile version="1.0" xmlns="http://docs.oasis-open.org/xmile/ns/XMILE/v1.0">
 <header>
  <vendor>countermove</vendor>
  <product version={quoteattr(version())} lang="en">countermove</product>
  <name>{escape(model.name)}</name>
 </header>
 <sim_specs method="Euler" time_units="month">
  <start>0</start>
  <stop>{months}</stop>
  <dt>1</dt>
 </sim_specs>
 <model>
  <variables>
{body}
  </variables>
 </model>
</xmile>
"""


def _clock(model: Model) -> Iterator[_Variable]:
    read = {argument for quantity in model.quantities.values() for argument in quantity.arguments}
    for name, unit in CLOCK.items():
        if name in read:
            text = _CLOCK_TEXT[name].format(start=number(model.start))
            yield _Variable("aux", name, (_equation(text),), unit)


def _inputs(model: Model, inputs: Mapping[str, Any], months: int) -> Iterator[_Variable]:
    for name, item in model.inputs.items():
        if name not in inputs:
            raise CountermoveError(f"input '{name}' is missing")
        dated = item.kind in ("series", "held")
        sizes = tuple(len(dimension) for dimension in item.dimensions)
        wanted = (months, *sizes) if dated else sizes
        array = np.asarray(inputs[name], dtype=float)
        if array.shape != wanted:
            raise CountermoveError(f"input '{name}' has shape {array.shape}, not {wanted}")
        for position in positions(item.dimensions):
            index = tuple(position.values())
            elements = tuple(dimension.elements[position[dimension.name]] for dimension in item.dimensions)
            lines = _series(array[(slice(None), *index)]) if dated else (_equation(number(float(array[index]))),)
            description = _documented(item.description, item.source)
            yield _Variable("aux", cell_name(name, elements), lines, item.unit, description)


def _series(values: np.ndarray) -> tuple[str, ...]:
    """A dated series as a graphical function of TIME with a point at every month; a constant as itself."""
    if (values == values[0]).all():
        return (_equation(number(float(values[0]))),)
    # Months are written out because some software misplaces the points of an <xscale> by rounding.
    months = ",".join(str(month) for month in range(len(values)))
    points = ",".join(number(float(value)) for value in values)
    return (_equation("TIME"), f'<gf type="continuous"><xpts>{months}</xpts><ypts>{points}</ypts></gf>')


def _quantities(model: Model) -> Iterator[_Variable]:
    expanded = {name: _scalars(model, quantity) for name, quantity in model.quantities.items()}
    stocks = [(name, at, root) for name in model.stocks for at, root in expanded[name].items()]
    accounts = accounts_by_cell(stocks, {name for name, quantity in model.quantities.items() if quantity.is_flow})
    moving = {flow for filled, drained in accounts.values() for flow in (*filled, *drained)}
    for name, quantity in model.quantities.items():
        roots = expanded[name]
        equations, terms = texts(list(roots.values()), cell_name(name))
        described = _documented(quantity.description, quantity.source)
        if quantity.kind == "stock":
            rates: dict[str, str] = {}
            for elements, text in zip(roots, equations, strict=True):
                cell = cell_name(name, elements)
                filled, drained = accounts.get(cell, ((f"{cell}_net_flow",), ()))
                if cell not in accounts:
                    rates[filled[0]] = text
                lines = (
                    _equation(_initial(model, quantity, elements)),
                    *(f"<inflow>{flow}</inflow>" for flow in filled),
                    *(f"<outflow>{flow}</outflow>" for flow in drained),
                )
                yield _Variable("stock", cell, lines, quantity.unit, described)
            for rate, text in rates.items():
                yield _Variable("flow", rate, (_equation(text),), quantity.unit / MONTH)
            if not rates:
                continue
        else:
            for elements, text in zip(roots, equations, strict=True):
                cell = cell_name(name, elements)
                tag = "flow" if cell in moving else "aux"
                yield _Variable(tag, cell, (_equation(text),), quantity.unit, described)
        for term, text in terms.items():
            yield _Variable("aux", term, (_equation(text),), None, f"Part of the equation of {name}.")


def _scalars(model: Model, quantity: Quantity[Any]) -> dict[tuple[str, ...], Symbol | float]:
    """The equation of every cell of a quantity, by its elements."""
    tree = quantity.equation(
        **{argument: Symbol.named(argument, model.dimensions(argument)) for argument in quantity.arguments}
    )
    root = tree if isinstance(tree, Symbol) else float(tree)
    expansion = Expansion()
    return {
        tuple(dimension.elements[place[dimension.name]] for dimension in quantity.dimensions): expansion.at(root, place)
        for place in positions(quantity.dimensions)
    }


def _initial(model: Model, quantity: Quantity[Any], elements: tuple[str, ...]) -> str:
    if not isinstance(quantity.initial, str):
        return number(float(quantity.initial or 0.0))
    at = {dimension.name: element for dimension, element in zip(quantity.dimensions, elements, strict=True)}
    return cell_name(quantity.initial, [at[dimension.name] for dimension in model.dimensions(quantity.initial)])


def _equation(text: str) -> str:
    return f"<eqn>{escape(text)}</eqn>"


def _unit(unit: Unit) -> str:
    """The unit in XMILE's algebra, which knows no constants: a scale of 12 months becomes a unit `yr` of its own."""
    years, rest = 0, unit
    while rest.scale != 1 and abs(years) < 4:
        years, rest = (years + 1, rest / _YEAR) if rest.scale > 1 else (years - 1, rest * _YEAR)
    if years == 0 or rest.scale != 1:
        return str(unit)
    factor = "yr" if abs(years) == 1 else f"yr^{abs(years)}"
    if years < 0:
        return f"{rest}/{factor}"
    return factor if rest.is_plain else f"{rest}*{factor}"


def _documented(description: str, source: tuple[str, ...]) -> str:
    cited = f"Source: {', '.join(source)}." if source else ""
    return " ".join(part for part in (*description.split(), cited) if part)


def _check_names(variables: Iterable[_Variable]) -> None:
    taken: dict[str, str] = {}
    for variable in variables:
        folded = variable.name.casefold()
        if folded in _RESERVED:
            raise CountermoveError(f"'{variable.name}' cannot be exported: XMILE reserves the name")
        if folded in taken:
            raise CountermoveError(
                f"'{variable.name}' and '{taken[folded]}' would be one variable in XMILE, which ignores case and joins "
                "a name and its elements: rename one of them"
            )
        taken[folded] = variable.name
