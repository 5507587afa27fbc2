"""The elements of an assembled dimension, grouped as a reader would say them."""

from __future__ import annotations

from countermove.engine._dimension import Dimension
from countermove.engine._symbol import Symbol

Case = tuple[tuple[str, ...] | Dimension, Symbol | float]


def grouped_cases(stack: Symbol) -> list[Case]:
    """What each part of a `stack` is: single elements, neighbours that share one expression, contained dimensions.

    A contained dimension (the vendors among the options) whose elements are those of one quantity along it becomes one
    case with that quantity.
    """
    dimension: Dimension = stack.settings["dimension"]
    pieces = dict(zip(dimension.elements, stack.arguments, strict=True))
    whole = {
        inner.elements[0]: (inner, found)
        for inner in dimension.contains
        if (found := _along(inner, pieces)) is not None
    }
    grouped: list[Case] = []
    skipped: set[str] = set()
    for element, piece in pieces.items():
        if element in skipped:
            continue
        if element in whole:
            grouped.append(whole[element])
            skipped.update(whole[element][0].elements)
        elif grouped and isinstance(before := grouped[-1][0], tuple) and _same(grouped[-1][1], piece):
            grouped[-1] = ((*before, element), piece)
        else:
            grouped.append(((element,), piece))
    return [(_name(dimension, where, piece), piece) for where, piece in grouped]


def _name(
    dimension: Dimension, where: tuple[str, ...] | Dimension, piece: Symbol | float
) -> tuple[str, ...] | Dimension:
    """The contained dimension that has just these elements, if there is one and the piece does not vary along it."""
    for inner in dimension.contains:
        if inner.elements == where and not (isinstance(piece, Symbol) and inner in piece.dimensions):
            return inner
    return where


def _along(inner: Dimension, pieces: dict[str, Symbol | float]) -> Symbol | None:
    """The one expression along `inner` of which every piece is the value at its own element."""
    found: Symbol | None = None
    for element in inner.elements:
        piece = pieces[element]
        if not isinstance(piece, Symbol) or piece.word != "at" or piece.settings["element"] != element:
            return None
        if piece.settings["dimension"] != inner.name or (found is not None and found is not piece.arguments[0]):
            return None
        found = piece.arguments[0]
    return found


def _same(one: Symbol | float, other: Symbol | float) -> bool:
    return one is other or (isinstance(one, float) and one == other)
