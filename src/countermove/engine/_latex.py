"""Equations as LaTeX, from the same trees as every other reading."""

from __future__ import annotations

from countermove.engine._cases import grouped_cases
from countermove.engine._dimension import Dimension, find
from countermove.engine._symbol import Symbol

# How tightly a text binds; an argument that binds less tightly than its place demands goes into parentheses.
_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_COMPARISON = {"greater": ">", "greater_equal": r"\ge"}
_FUNCTION = {
    "minimum": r"\min", "maximum": r"\max", "floor_at": r"\max", "exp": r"\exp", "log": r"\ln",
    "soft_minimum": r"\operatorname{softmin}", "logistic": r"\operatorname{logistic}",
}  # fmt: skip
_Text = tuple[str, int]


def latex(node: Symbol | float) -> str:
    r"""The expression as LaTeX mathematics: names upright, dimensions as indices, sums over them as \sum."""
    return _write(node, {})[0]


def _write(node: Symbol | float, index: dict[str, str]) -> _Text:
    """Text of a node; `index` gives the subscript of a dimension where it is not simply the dimension itself."""
    if not isinstance(node, Symbol):
        return (_number(node), _ATOM) if node >= 0 else (f"({_number(node)})", _ATOM)
    arguments, settings = node.arguments, node.settings

    def side(position: int, demanded: int = _SUM) -> str:
        text, binding = _write(arguments[position], index)
        return text if binding >= demanded else rf"\left({text}\right)"

    match node.word:
        case "name":
            subscripts = r",\, ".join(index.get(each.name, _upright(each.name)) for each in node.dimensions)
            name = _upright(settings["name"])
            return (f"{name}_{{{subscripts}}}" if subscripts else name), _ATOM
        case "unity":
            return "1", _ATOM
        case "add":
            return f"{side(0)} + {side(1)}", _SUM
        case "subtract":
            return f"{side(0)} - {side(1, _PRODUCT)}", _SUM
        case "multiply":
            return rf"{side(0, _PRODUCT)} \cdot {side(1, _PRODUCT)}", _PRODUCT
        case "divide":
            return rf"\frac{{{side(0)}}}{{{side(1)}}}", _PRODUCT
        case "negative":
            return f"-{side(0, _PRODUCT)}", _SUM
        case "power":
            return f"{{{side(0, _ATOM)}}}^{{{side(1)}}}", _POWER
        case "absolute":
            return rf"\left|{side(0)}\right|", _ATOM
        case "where":
            cases = rf"{side(1)} & \text{{if }} {side(0, 0)} \\ {side(2)} & \text{{otherwise}}"
            return rf"\begin{{cases}} {cases} \end{{cases}}", _ATOM
        case word if word in _COMPARISON:
            return f"{side(0)} {_COMPARISON[word]} {side(1)}", 0
        case word if word in _FUNCTION:
            listed = r",\, ".join(side(position) for position in range(len(arguments)))
            return rf"{_FUNCTION[word]}\left({listed}\right)", _ATOM
        case _:
            return _on_dimensions(node, index)


def _on_dimensions(node: Symbol, index: dict[str, str]) -> _Text:
    arguments, settings = node.arguments, node.settings
    name: str = settings["dimension"].name if node.word == "stack" else settings["dimension"]
    own = index.get(name, _upright(name))
    match node.word:
        case "total" | "largest":
            inner = {key: value for key, value in index.items() if key != name}
            text, binding = _write(arguments[0], inner)
            operator = r"\sum" if node.word == "total" else r"\max"
            body = text if binding >= _PRODUCT else rf"\left({text}\right)"
            return rf"{operator}_{{{_upright(name)}}} {body}", _PRODUCT
        case "at":
            return _write(arguments[0], {**index, name: _upright(settings["element"])})
        case "part" | "rename":
            new = settings["inner" if node.word == "part" else "new"]
            return _write(arguments[0], {**index, name: index.get(new.name, _upright(new.name))})
        case "shift":
            first = _upright(find(node.dimensions, name).elements[0])
            entering, before = _write(arguments[1], index)[0], _write(arguments[0], {**index, name: f"{own} - 1"})[0]
            cases = rf"{entering} & {own} = {first} \\ {before} & \text{{otherwise}}"
            return rf"\begin{{cases}} {cases} \end{{cases}}", _ATOM
        case "stack":
            rows = r" \\ ".join(_case(where, piece, own, index) for where, piece in grouped_cases(node))
            return rf"\begin{{cases}} {rows} \end{{cases}}", _ATOM
        case word:
            raise ValueError(f"the word '{word}' has no LaTeX")


def _case(where: tuple[str, ...] | Dimension, piece: Symbol | float, own: str, index: dict[str, str]) -> str:
    if isinstance(where, Dimension):
        return rf"{_write(piece, {**index, where.name: own})[0]} & {own} \in \text{{{where.name.replace('_', ' ')}s}}"
    listed = r",\, ".join(_upright(element) for element in where)
    condition = f"{own} = {listed}" if len(where) == 1 else rf"{own} \in \{{{listed}\}}"
    return f"{_write(piece, index)[0]} & {condition}"


def _upright(name: str) -> str:
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}"


def _number(value: float) -> str:
    text = f"{value:.10g}"
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    power = rf"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
