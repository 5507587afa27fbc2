"""Equations for readers: expression trees made shorter, what is used twice named once, written as plain algebra."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from string import ascii_lowercase
from typing import Any

from countermove.engine import Dimension, Model
from countermove.engine._cases import grouped_cases
from countermove.engine._latex import latex
from countermove.engine._symbol import Symbol
from countermove.engine.declare import Quantity
from countermove.engine.vocabulary import SOFTNESS, TINY

Node = Symbol | float

# A repeated expression of at least so many operations gets a letter.
_WORTH_A_LETTER = 2
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_WORDS = {"minimum": "min", "maximum": "max", "floor_at": "max", "exp": "exp", "log": "ln", "absolute": "abs"}


@dataclass(frozen=True)
class Formula:
    """An equation: its right-hand side, and the letters in it with what they stand for, in order of use."""

    right: Node
    letters: dict[str, Node]

    def plain(self) -> tuple[str, dict[str, str]]:
        """Right-hand side and letters as plain algebra."""
        return write(self.right), {letter: write(node) for letter, node in self.letters.items()}

    def latex(self) -> tuple[str, dict[str, str]]:
        """Right-hand side and letters as LaTeX mathematics."""
        return latex(self.right), {letter: latex(node) for letter, node in self.letters.items()}


def formula(model: Model, quantity: Quantity[Any]) -> Formula:
    """The equation of a quantity of the model (for a stock its net flow), ready to be read.

    Left out are floors at 1e-9 of the unit, which keep a divisor from zero and matter only where there is nothing yet,
    and sums that start at 0.
    """
    symbols = {name: Symbol.named(name, model.dimensions(name)) for name in quantity.arguments}
    tree = quantity.equation(**symbols)
    return lettered(_Shorter().of(tree if isinstance(tree, Symbol) else float(tree)))


def lettered(root: Node) -> Formula:
    """The tree with every larger expression that it holds more than once replaced by a letter."""
    uses = Counter(id(argument) for node in _nodes(root) for argument in node.arguments if isinstance(argument, Symbol))
    taken = {node.settings["name"] for node in _nodes(root) if node.word == "name"}
    free = (letter for letter in _letters() if letter not in taken)
    letters: dict[str, Node] = {}
    done: dict[int, Node] = {}

    def replaced(node: Node) -> Node:
        if not isinstance(node, Symbol):
            return node
        if id(node) not in done:
            arguments = tuple(replaced(argument) for argument in node.arguments)
            made = Symbol(node.word, arguments, node.dimensions, **node.settings)
            if uses[id(node)] > 1 and _operations(made) >= _WORTH_A_LETTER:
                letter = next(free)
                letters[letter] = made
                made = Symbol.named(letter, node.dimensions)
            done[id(node)] = made
        return done[id(node)]

    return Formula(replaced(root), letters)


def _letters() -> Iterator[str]:
    """a, b, …, z, a1, b1, …"""
    yield from ascii_lowercase
    for number in count(1):
        yield from (f"{letter}{number}" for letter in ascii_lowercase)


def _nodes(root: Node) -> Iterator[Symbol]:
    """Every node once."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol) and id(node) not in seen:
            seen.add(id(node))
            waiting.extend(node.arguments)
            yield node


def _operations(node: Node) -> int:
    if not isinstance(node, Symbol) or node.word in ("name", "unity"):
        return 0
    return 1 + sum(_operations(argument) for argument in node.arguments)


class _Shorter:
    """Rewrites a tree for readers; equal expressions become one node, so that they can be given one letter."""

    def __init__(self) -> None:
        self._done: dict[int, Node] = {}
        self._alive: list[Symbol] = []  # _done knows nodes by id: they must outlive it
        self._interned: dict[Any, Symbol] = {}

    def of(self, node: Node) -> Node:
        if not isinstance(node, Symbol):
            return node
        if id(node) not in self._done:
            self._alive.append(node)
            self._done[id(node)] = self._rewrite(node)
        return self._done[id(node)]

    def _rewrite(self, node: Symbol) -> Node:
        limiting = _soft_minimum(node)
        if limiting:
            return self._make("soft_minimum", tuple(self.of(each) for each in limiting), node)
        arguments = tuple(self.of(argument) for argument in node.arguments)
        match node.word, arguments:
            case ("floor_at", (kept, floor)) if floor == TINY:
                return kept
            case ("floor_at", (zero, floor)) if zero == 0.0:
                return floor
            case ("multiply", (0.0, _)) | ("multiply", (_, 0.0)):
                return 0.0
            case ("multiply", (1.0, kept)) | ("multiply", (kept, 1.0)) | ("add", (0.0, kept)) | ("add", (kept, 0.0)):
                return kept
            case ("divide" | "subtract", (kept, right)) if right == (1.0 if node.word == "divide" else 0.0):
                return kept
            case ("unity", _):
                return 1.0
            case ("negative", (float() as value,)):
                return -value
            case ("at", (Symbol() as inner,)) if (
                inner.word == "stack"
                and inner.settings == {"dimension": inner.settings["dimension"]}
                and inner.settings["dimension"].name == node.settings["dimension"]
            ):
                return inner.arguments[inner.settings["dimension"].index(node.settings["element"])]
            case ("minimum" | "maximum", _):
                flat: list[Node] = []
                for each in arguments:
                    flat += each.arguments if isinstance(each, Symbol) and each.word == node.word else (each,)
                return self._make(node.word, tuple(flat), node)
            case ("divide", (1.0, below)) if (x := _exponential(below)) is not None:
                return self._make("logistic", (x,), node)
            case _:
                return self._make(node.word, arguments, node)

    def _make(self, word: str, arguments: tuple[Node, ...], like: Symbol) -> Symbol:
        parts = tuple(id(each) if isinstance(each, Symbol) else each for each in arguments)
        key = (word, parts, tuple(sorted((name, str(value)) for name, value in like.settings.items())))
        if key not in self._interned:
            self._interned[key] = Symbol(word, arguments, like.dimensions, **like.settings)
        return self._interned[key]


def _exponential(below: Node) -> Node | None:
    """The x of 1 + exp(min(−x, 60)), as `logistic` of the vocabulary writes it."""
    match below:
        case Symbol(word="add", arguments=(1.0, Symbol(word="exp", arguments=(Symbol(word="minimum") as capped,)))):
            match capped.arguments:
                case (Symbol(word="negative", arguments=(x,)), 60.0):
                    return x
    return None


def _soft_minimum(node: Symbol) -> tuple[Node, ...]:
    """The inputs of a `soft_minimum` of the vocabulary, m·(Σ (m / x)^12)^(−1/12); () for anything else."""
    match node:
        case Symbol(
            word="multiply",
            arguments=(Symbol() as least, Symbol(word="power", arguments=(Symbol() as summed, exponent))),
        ) if isinstance(exponent, float) and math.isclose(exponent, -1 / SOFTNESS):
            inputs: list[Node] = []
            while summed.word == "add":
                match summed.arguments:
                    case (rest, Symbol(word="power", arguments=(Symbol(word="divide") as ratio, power))) if (
                        power == SOFTNESS and ratio.arguments[0] is least
                    ):
                        inputs.insert(0, ratio.arguments[1])
                        if not isinstance(rest, Symbol):
                            return tuple(inputs) if rest == 0 else ()
                        summed = rest
                    case _:
                        return ()
    return ()


def write(node: Node) -> str:
    """The expression as plain algebra: `a · b / c`, indices in brackets, `sum over buyer of …`."""
    return _write(node)[0]


def _write(node: Node) -> tuple[str, int]:
    if not isinstance(node, Symbol):
        return f"{node:.10g}", _ATOM if node >= 0 else _SUM

    def side(index: int, demanded: int = _SUM) -> str:
        text, binding = _write(node.arguments[index])
        return text if binding >= demanded else f"({text})"

    def listed() -> str:
        return ", ".join(side(index) for index in range(len(node.arguments)))

    match node.word:
        case "name":
            return node.settings["name"] + _index([each.name for each in node.dimensions]), _ATOM
        case "add":
            return f"{side(0)} + {side(1)}", _SUM
        case "subtract":
            return f"{side(0)} − {side(1, _PRODUCT)}", _SUM
        case "multiply":
            return f"{side(0, _PRODUCT)} · {side(1, _PRODUCT)}", _PRODUCT
        case "divide":
            return f"{side(0, _PRODUCT)} / {side(1, _POWER)}", _PRODUCT
        case "negative":
            return f"−{side(0, _PRODUCT)}", _SUM
        case "power":
            return f"{side(0, _ATOM)} ^ {side(1, _ATOM)}", _POWER
        case "greater" | "greater_equal":
            return f"{side(0)} {'>' if node.word == 'greater' else '≥'} {side(1)}", 0
        case "where":
            return f"({side(1)} if {side(0, 0)}, else {side(2)})", _ATOM
        case "total" | "largest":
            operator = "sum" if node.word == "total" else "largest"
            return f"{operator} over {node.settings['dimension']} of {side(0, _PRODUCT)}", _PRODUCT
        case "at" | "part" | "rename":
            return _reindexed(node)
        case "shift":
            name = node.settings["dimension"]
            return f"{{first {name}: {side(1)}; else of the {name} before: {side(0)}}}", _ATOM
        case "stack":
            name = node.settings["dimension"].name
            return "{" + "; ".join(_case(name, where, piece) for where, piece in grouped_cases(node)) + "}", _ATOM
        case word:
            return f"{_WORDS.get(word, word)}({listed()})", _ATOM


def _case(name: str, where: tuple[str, ...] | Dimension, piece: Node) -> str:
    if isinstance(where, Dimension):
        return f"any {where.name}: {write(piece)}"
    return f"{name} {' or '.join(where)}: {write(piece)}"


def _reindexed(node: Symbol) -> tuple[str, int]:
    """A value at an element, or along another dimension: the index of a name; of more, what is meant in words."""
    inner, name = node.arguments[0], node.settings["dimension"]
    if node.word == "at":
        new, said = node.settings["element"], f"at {node.settings['element']}"
    else:
        new = node.settings["inner" if node.word == "part" else "new"].name
        said = f"for the {new}" if node.word == "part" else f"by {new} for {name}"
    if isinstance(inner, Symbol) and inner.word == "name":
        return inner.settings["name"] + _index(
            [new if each.name == name else each.name for each in inner.dimensions]
        ), _ATOM
    return f"[{write(inner)}] {said}", _PRODUCT


def _index(names: list[str]) -> str:
    return f"[{', '.join(names)}]" if names else ""
