"""The reading of an equation as symbols: called with symbols it returns its expression tree, to export or document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from countermove.engine._dimension import Dimension, find, union
from countermove.engine.vocabulary import Operand

Position = dict[str, int]


class Symbol(Operand):
    """A node of an expression.

    Attributes:
        word: a word of the vocabulary, an operator ("add", "greater", …) or "name" for a quantity that is read.
        arguments: symbols and literal numbers, in the order in which the word takes them.
        dimensions: named dimensions of the value; () for a scalar.
        settings: what else the word takes (`dimension`, `element`, `inner`, `new`); of a name `name` and, once
            expanded to scalars, `elements`, one per dimension of the quantity.
    """

    __slots__ = ("arguments", "dimensions", "settings", "word")

    def __init__(
        self, word: str, arguments: tuple[Any, ...] = (), dimensions: tuple[Dimension, ...] = (), **settings: Any
    ) -> None:
        self.word = word
        self.arguments = arguments
        self.dimensions = dimensions
        self.settings = settings

    @classmethod
    def named(cls, name: str, dimensions: tuple[Dimension, ...] = ()) -> Symbol:
        """The leaf for a quantity, input or clock name."""
        return cls("name", (), dimensions, name=name)

    @classmethod
    def apply(cls, word: str, arguments: tuple[Any, ...], **settings: Any) -> Symbol:
        plain = tuple(argument if isinstance(argument, Symbol) else float(argument) for argument in arguments)
        return cls(word, plain, _dimensions(word, plain, settings), **settings)


def _dimensions(word: str, arguments: tuple[Any, ...], settings: Mapping[str, Any]) -> tuple[Dimension, ...]:
    """Dimensions of the value; the reading as units has already refused what does not fit."""
    own = union(*(argument.dimensions for argument in arguments if isinstance(argument, Symbol)))
    match word:
        case "unity":
            return ()
        case "total" | "largest" | "at":
            removed = find(own, settings["dimension"])
            return tuple(dimension for dimension in own if dimension != removed)
        case "part" | "rename":
            old = find(own, settings["dimension"])
            new = settings["inner" if word == "part" else "new"]
            return tuple(new if dimension == old else dimension for dimension in own)
        case "stack":
            return (settings["dimension"], *own)
        case "shift":
            return arguments[0].dimensions
        case _:
            return own


def positions(dimensions: tuple[Dimension, ...]) -> Iterator[Position]:
    """Every element of the product of the dimensions, the last fastest; one empty position for a scalar."""
    names = [dimension.name for dimension in dimensions]
    for indices in product(*(range(len(dimension)) for dimension in dimensions)):
        yield dict(zip(names, indices, strict=True))


class Expansion:
    """Expands trees with dimensions into trees of scalars. Equal scalar expressions become one shared node.

    Literal arithmetic is carried out and x + 0, 1·x, 0·x are simplified, so that an indicator leaves no trace.
    """

    def __init__(self) -> None:
        self._done: dict[tuple[int, tuple[int, ...]], Symbol | float] = {}
        self._alive: list[Symbol] = []  # _done knows nodes by id: they must outlive it
        self._interned: dict[Any, Symbol] = {}

    def at(self, node: Symbol | float, position: Position) -> Symbol | float:
        """The scalar expression of `node` at `position`; dimensions that the node lacks are ignored."""
        if not isinstance(node, Symbol):
            return node
        own = {dimension.name: position[dimension.name] for dimension in node.dimensions}
        key = (id(node), tuple(own.values()))
        if key not in self._done:
            self._alive.append(node)
            self._done[key] = self._expand(node, own)
        return self._done[key]

    def _expand(self, node: Symbol, own: Position) -> Symbol | float:
        arguments, settings = node.arguments, node.settings
        match node.word:
            case "name":
                elements = tuple(dimension.elements[own[dimension.name]] for dimension in node.dimensions)
                return self._make("name", (), name=settings["name"], elements=elements)
            case "unity":
                return 1.0
            case "total":
                return self._total(arguments[0], settings["dimension"], own)
            case "largest":
                axis = find(arguments[0].dimensions, settings["dimension"])
                result = self.at(arguments[0], {**own, axis.name: 0})
                for index in range(1, len(axis)):
                    result = self._make("maximum", (result, self.at(arguments[0], {**own, axis.name: index})))
                return result
            case "at":
                axis = find(arguments[0].dimensions, settings["dimension"])
                return self.at(arguments[0], {**own, axis.name: axis.index(settings["element"])})
            case "part":
                axis, inner = find(arguments[0].dimensions, settings["dimension"]), settings["inner"]
                return self.at(arguments[0], {**own, axis.name: axis.positions(inner)[own[inner.name]]})
            case "rename":
                return self.at(arguments[0], {**own, settings["dimension"]: own[settings["new"].name]})
            case "shift":
                index = own[settings["dimension"]]
                if index == 0:
                    return self.at(arguments[1], own)
                return self.at(arguments[0], {**own, settings["dimension"]: index - 1})
            case "stack":
                return self.at(arguments[own[settings["dimension"].name]], own)
            case word:
                return self._make(word, tuple(self.at(argument, own) for argument in arguments))

    def _total(self, summed: Symbol, dimension: str, own: Position) -> Symbol | float:
        axis = find(summed.dimensions, dimension)
        terms = [self.at(summed, {**own, axis.name: index}) for index in range(len(axis))]
        kept = [term for term in terms if isinstance(term, Symbol) or term != 0]
        if len(kept) > 1:
            return self._make("sum", tuple(kept))
        return kept[0] if kept else 0.0

    def _make(self, word: str, arguments: tuple[Symbol | float, ...], **settings: Any) -> Symbol | float:
        simpler = _simplify(word, arguments)
        if simpler is not None:
            return simpler
        key = (
            word,
            tuple(id(argument) if isinstance(argument, Symbol) else argument for argument in arguments),
            tuple(settings.values()),
        )
        if key not in self._interned:
            self._interned[key] = Symbol(word, arguments, (), **settings)
        return self._interned[key]


def _simplify(word: str, arguments: tuple[Symbol | float, ...]) -> Symbol | float | None:
    """A simpler expression of exactly the same value, or None."""
    match word, arguments:
        case "add", (float() as left, float() as right):
            return left + right
        case "subtract", (float() as left, float() as right):
            return left - right
        case "multiply", (float() as left, float() as right):
            return left * right
        case "divide", (float() as left, float() as right) if right != 0:
            return left / right
        case "negative", (float() as value,):
            return -value
        case ("maximum" | "floor_at", (float() as left, float() as right)):
            return max(left, right)
        case "minimum", (float() as left, float() as right):
            return min(left, right)
        case ("add", (0.0, other)) | ("add", (other, 0.0)) | ("subtract", (other, 0.0)):
            return other
        case ("multiply", (1.0, other)) | ("multiply", (other, 1.0)) | ("divide", (other, 1.0)):
            return other
        case ("multiply", (0.0, _)) | ("multiply", (_, 0.0)):
            return 0.0
        case _:
            return None


__all__ = ["Expansion", "Position", "Symbol", "positions"]
