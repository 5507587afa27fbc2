"""One quantity of the model explained: equation, unit, sources, what it depends on and what depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from countermove.engine import Input, Model, Quantity
from countermove.engine._latex import latex
from countermove.engine._symbol import Symbol
from countermove.engine.declare import CLOCK
from countermove.errors import unknown
from countermove.evidence import Citation, citation
from countermove.explain._algebra import formula, write
from countermove.parameters import Prior, Series, load_parameters, load_series

_CLOCK = {
    "month": "Months since the start",
    "year": "Calendar date at mid-month, as a decimal year",
    "months_per_year": "Twelve, with its unit",
    "one_month": "The length of the step",
}
_RULES = Citation(
    "rules", "rules", "The rules as data: their thresholds and dates", "", "", "",
    "worked out month by month from the rules in force; `countermove check` shows the paragraphs", "",
)  # fmt: skip


@dataclass(frozen=True)
class Equation:
    """An equation in both writings: left and right side, and the letters in it with what they stand for.

    The left side of a stock is its net flow per month, of anything else the quantity itself.
    """

    name: str
    left: str
    right: str
    where: dict[str, str]
    latex: str
    latex_where: dict[str, str]
    initial: str


@dataclass(frozen=True)
class Relation:
    """A neighbour in the graph of the model."""

    name: str
    kind: str
    unit: str


@dataclass(frozen=True)
class Explanation:
    """What a reader may want to know of a quantity or input.

    Attributes:
        kind: stock, flow, level, variable; parameter, series, held path, mechanism switch, structural variant; clock.
        sector: file of the model, or of the parameters, in which it stands; "" for the clock.
        dimensions: elements by name of the dimension.
        equations: its own first, then those of the stages behind it if it is a delay or an ageing chain; () for inputs.
        prior: interval of a parameter.
        series: knots of a series that is read from a file.
    """

    name: str
    kind: str
    sector: str
    description: str
    unit: str
    dimensions: dict[str, tuple[str, ...]]
    equations: tuple[Equation, ...]
    depends_on: tuple[Relation, ...]
    used_by: tuple[Relation, ...]
    sources: tuple[Citation, ...]
    prior: Prior | None = None
    series: Series | None = None


def explain(model: Model, name: str) -> Explanation:
    """Explain a quantity, an input or a name of the clock.

    Raises:
        CountermoveError: the model has no such name; says the nearest.
    """
    if name in model.quantities:
        return _of_quantity(model, model.quantities[name])
    if name in model.inputs:
        return _of_input(model, model.inputs[name])
    if name in CLOCK:
        return Explanation(name, "clock", "", _CLOCK[name], str(CLOCK[name]), {}, (), (), _used_by(model, name), ())
    raise unknown("quantity", name, [*model.quantities, *model.inputs, *CLOCK])


def kind(model: Model, name: str) -> str:
    """What sort of thing a name is, in one or two words."""
    if name in CLOCK:
        return "clock"
    if name in model.inputs:
        given = model.inputs[name].kind
        if given == "mechanism":
            return "structural variant" if name.startswith("variant_") else "mechanism switch"
        return "held path" if given == "held" else given
    quantity = model.quantities[name]
    if quantity.kind == "stock":
        return "stock"
    return "flow" if quantity.is_flow else "level" if quantity.is_level else "variable"


@cache
def sector(model: Model, name: str) -> str:
    """The file of the model, or of the parameters, in which a name stands; "" for the clock.

    Parameters of a file that is no sector's belong to the first sector that reads them.
    """
    if name in model.quantities:
        return Path(model.quantities[name].place.file).stem
    if name in CLOCK:
        return ""
    outside = load_parameters().get(name) or load_series().get(name)
    if outside:
        files = {Path(quantity.place.file).stem for quantity in model.quantities.values()}
        readers = (quantity for quantity in model.quantities.values() if name in quantity.arguments)
        reader = None if outside.sector in files else next(readers, None)
        return Path(reader.place.file).stem if reader else outside.sector
    return "mechanisms" if model.inputs[name].kind == "mechanism" else "policy"


def cited(source: str) -> Citation:
    """Title, date and address of a source of the model; the rules as data stand for themselves."""
    return _RULES if source == "rules" else citation(source)


def equation(model: Model, quantity: Quantity[Any]) -> Equation:
    """The equation of one quantity."""
    made = formula(model, quantity)
    right, where = made.plain()
    as_latex, latex_where = made.latex()
    itself = Symbol.named(quantity.name, quantity.dimensions)
    left, left_latex = write(itself), latex(itself)
    if quantity.kind == "stock":
        left = f"d {left} / dt"
        left_latex = rf"\frac{{\mathrm{{d}}}}{{\mathrm{{d}}t}}\, {left_latex}"
    initial = quantity.initial if isinstance(quantity.initial, str) else ""
    if isinstance(quantity.initial, (int, float)):
        initial = f"{quantity.initial:g}"
    return Equation(quantity.name, left, right, where, f"{left_latex} = {as_latex}", latex_where, initial)


def _of_quantity(model: Model, quantity: Quantity[Any]) -> Explanation:
    whole = (quantity, *quantity.parts)
    read = dict.fromkeys(name for each in whole for name in each.arguments if name != quantity.name)
    initial = dict.fromkeys(each.initial for each in whole if isinstance(each.initial, str))
    return Explanation(
        name=quantity.name,
        kind=kind(model, quantity.name),
        sector=sector(model, quantity.name),
        description=" ".join(quantity.description.split()),
        unit=str(quantity.unit),
        dimensions={dimension.name: dimension.elements for dimension in quantity.dimensions},
        equations=tuple(equation(model, each) for each in whole),
        depends_on=tuple(_relation(model, name) for name in read | initial),
        used_by=_used_by(model, quantity.name),
        sources=tuple(cited(source) for source in quantity.source),
    )


def _of_input(model: Model, item: Input) -> Explanation:
    return Explanation(
        name=item.name,
        kind=kind(model, item.name),
        sector=sector(model, item.name),
        description=item.description,
        unit=str(item.unit),
        dimensions={dimension.name: dimension.elements for dimension in item.dimensions},
        equations=(),
        depends_on=(),
        used_by=_used_by(model, item.name),
        sources=tuple(cited(source) for source in item.source),
        prior=load_parameters().get(item.name),
        series=load_series().get(item.name),
    )


def _used_by(model: Model, name: str) -> tuple[Relation, ...]:
    return tuple(
        _relation(model, each.name)
        for each in model.quantities.values()
        if each.name != name and (name in each.arguments or each.initial == name)
    )


def _relation(model: Model, name: str) -> Relation:
    unit = CLOCK[name] if name in CLOCK else (model.quantities.get(name) or model.inputs[name]).unit
    return Relation(name, kind(model, name), str(unit))
