"""Scalar expressions as XMILE 1.0 text (OASIS, section 3), without losing a digit."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

from countermove.engine._symbol import Symbol
from countermove.engine.vocabulary import LARGEST_WHOLE_POWER, SMALLEST_BASE
from countermove.errors import CountermoveError

_COMPARISON = {"greater": ">", "greater_equal": ">="}
_FUNCTION = {"minimum": "MIN", "maximum": "MAX", "floor_at": "MAX", "exp": "EXP", "log": "LN", "absolute": "ABS"}
# How tightly a text binds; an argument that binds less tightly than its place demands goes into parentheses.
_TRUTH, _SUM, _PRODUCT, _POWER, _ATOM = 0, 1, 2, 3, 4
# A shared expression of at least so many operations becomes a term of its own instead of being repeated.
_WORTH_A_TERM = 3


def cell_name(name: str, elements: Iterable[str] = ()) -> str:
    """Name of one cell in the export: `sales` at (`baidu`, `huawei`) is `sales_baidu_huawei`."""
    return re.sub(r"\W", "_", "_".join((name, *elements)))


def number(value: float) -> str:
    """The shortest text that reads back as the same double.

    Raises:
        CountermoveError: infinite or not a number, which XMILE cannot say.
    """
    if not math.isfinite(value):
        raise CountermoveError(f"cannot export the number {value}")
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))


def texts(roots: list[Symbol | float], prefix: str) -> tuple[list[str], dict[str, str]]:
    """The text of each root, and the terms that they share, by name: `PREFIX_term_1`, ….

    Without terms a text would repeat what the vocabulary uses several times, such as the least input of a smooth
    minimum, and grow exponentially with nesting.
    """
    uses = _uses(roots)
    terms: dict[str, str] = {}
    written: dict[int, tuple[_Text, int]] = {}  # by node: its text and the operations in it

    def write(node: Symbol | float) -> tuple[_Text, int]:
        if not isinstance(node, Symbol):
            return _Text(number(node) if node >= 0 else f"({number(node)})", _ATOM), 0
        if id(node) not in written:
            parts = [write(argument) for argument in node.arguments]
            text = _text(node, [part[0] for part in parts])
            operations = 1 + sum(part[1] for part in parts) if node.word != "name" else 0
            if uses[id(node)] > 1 and operations >= _WORTH_A_TERM:
                name = f"{prefix}_term_{len(terms) + 1}"
                terms[name] = text.at_least(_SUM)
                text, operations = _Text(name, _ATOM), 0
            written[id(node)] = (text, operations)
        return written[id(node)]

    return [write(root)[0].at_least(_SUM) for root in roots], terms


class _Text(NamedTuple):
    text: str
    binding: int

    def at_least(self, demanded: int) -> str:
        """The text as a number in a place that demands a binding; a truth value becomes 1 or 0."""
        if self.binding == _TRUTH:
            return f"(IF {self.text} THEN 1 ELSE 0)"
        return self.text if self.binding >= demanded else f"({self.text})"


def _uses(roots: list[Symbol | float]) -> Counter[int]:
    uses: Counter[int] = Counter()
    waiting = [root for root in roots if isinstance(root, Symbol)]
    while waiting:
        node = waiting.pop()
        uses[id(node)] += 1
        if uses[id(node)] == 1:
            waiting.extend(argument for argument in node.arguments if isinstance(argument, Symbol))
    return uses


def _text(node: Symbol, parts: list[_Text]) -> _Text:
    """Text of a node from the text of its arguments."""

    def side(index: int, demanded: int = _SUM) -> str:
        return parts[index].at_least(demanded)

    match node.word:
        case "name":
            return _Text(cell_name(node.settings["name"], node.settings["elements"]), _ATOM)
        case "add" | "sum":
            return _Text(" + ".join(side(index) for index in range(len(parts))), _SUM)
        case "subtract":
            return _Text(f"{side(0)} - {side(1, _PRODUCT)}", _SUM)
        case "multiply":
            return _Text(f"{side(0, _PRODUCT)} * {side(1, _POWER)}", _PRODUCT)
        case "divide":
            return _Text(f"{side(0, _PRODUCT)} / {side(1, _POWER)}", _PRODUCT)
        case "negative":
            return _Text(f"(-{side(0, _ATOM)})", _ATOM)
        case "power":
            return _power(node, side)
        case "where":
            condition = parts[0].text if parts[0].binding == _TRUTH else f"{side(0, _ATOM)} <> 0"
            return _Text(f"(IF {condition} THEN {side(1)} ELSE {side(2)})", _ATOM)
        case word if word in _COMPARISON:
            return _Text(f"{side(0)} {_COMPARISON[word]} {side(1)}", _TRUTH)
        case word if word in _FUNCTION:
            return _Text(f"{_FUNCTION[word]}({', '.join(side(index) for index in range(len(parts)))})", _ATOM)
        case word:
            raise CountermoveError(f"the word '{word}' has no XMILE text")


def _power(node: Symbol, side: Callable[[int, int], str]) -> _Text:
    """The same three forms as the engine's own arithmetic: multiplication, square root, e^(n ln x)."""
    exponent = node.arguments[1]
    if isinstance(exponent, float) and exponent.is_integer() and 1 <= exponent <= LARGEST_WHOLE_POWER:
        return _Text(f"{side(0, _ATOM)}^{int(exponent)}", _POWER)
    base = f"MAX({side(0, _SUM)}, {number(SMALLEST_BASE)})"
    if exponent == 0.5:
        return _Text(f"SQRT({base})", _ATOM)
    return _Text(f"EXP({side(1, _POWER)} * LN({base}))", _ATOM)
