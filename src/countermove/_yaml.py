"""YAML 1.2 (`NO` is Norway, not false), safe, with duplicate keys refused and the line of every key at hand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from countermove.errors import CountermoveError

_Base: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # pyright: ignore[reportUntypedBaseClass]
    pass


# The 1.1 resolvers for bool, int and float read NO, 0777 and 1_000 otherwise than YAML 1.2 does; dates stay.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":int", ":float", ":merge"))]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_FLOAT = re.compile(r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan)$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    _FLOAT,
    list("-+0123456789."),
)


def _construct_mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in mapping:
            raise CountermoveError(f"line {key_node.start_mark.line + 1}: key '{key}' appears twice")
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_mapping)


def parse(text: str, where: str = "YAML") -> Any:
    """Python values of a YAML text.

    Raises:
        CountermoveError: not YAML, or a key appears twice; names `where` and the line.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # derived from the safe loader
    except CountermoveError as error:
        raise CountermoveError(f"{where}: {error}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        raise CountermoveError(f"{where}:{line} not valid YAML: {getattr(error, 'problem', None) or error}") from None


def load(path: Path) -> Any:
    """Python values of a YAML file; errors as in `parse`."""
    try:
        return parse(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise CountermoveError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def key_lines(text: str) -> dict[tuple[str, ...], int]:
    """Line number (from 1) of every key of a YAML text, by path, for error messages."""
    lines: dict[tuple[str, ...], int] = {}

    def walk(node: yaml.Node | None, path: tuple[str, ...]) -> None:
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                here = (*path, str(key_node.value))
                lines[here] = key_node.start_mark.line + 1
                walk(value_node, here)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*path, str(index)))

    walk(yaml.compose(text, Loader=_Loader), ())
    return lines


class _Dumper(yaml.SafeDumper):
    """Quotes every text that `parse` would take for a number, and folds long ones."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">" if len(text) > 80 else None)


_Dumper.add_representer(str, _text)
_Dumper.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))


def dump(values: Any) -> str:
    """YAML text of plain Python values, keys in their order; `parse` gives the same values back."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
