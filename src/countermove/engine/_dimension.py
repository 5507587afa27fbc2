"""Named array dimensions: chip vendors, buyers, origins, …"""

from __future__ import annotations

from dataclasses import dataclass

from countermove.errors import CountermoveError, unknown


@dataclass(frozen=True)
class Dimension:
    """A named axis with named elements, such as `buyer` with ByteDance, Baidu, ….

    `contains` names smaller dimensions whose elements are all among these (the vendors among the options), so that a
    part can be taken out or put in by name.
    """

    name: str
    elements: tuple[str, ...]
    contains: tuple[Dimension, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.elements)) != len(self.elements) or not self.elements:
            raise CountermoveError(f"dimension '{self.name}': elements must be distinct and at least one")
        for inner in self.contains:
            for element in inner.elements:
                self.index(element)

    def __len__(self) -> int:
        return len(self.elements)

    def index(self, element: str) -> int:
        """Position of an element.

        Raises:
            CountermoveError: no such element; names the nearest.
        """
        try:
            return self.elements.index(element)
        except ValueError:
            raise unknown(self.name, element, self.elements) from None

    def positions(self, part: Dimension) -> tuple[int, ...]:
        """Positions of a contained dimension's elements, in that dimension's order."""
        return tuple(self.index(element) for element in part.elements)


def union(*groups: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    """Dimensions of an expression: each once, in order of first appearance."""
    found: dict[str, Dimension] = {}
    for group in groups:
        for dimension in group:
            if found.setdefault(dimension.name, dimension) != dimension:
                raise CountermoveError(f"two different dimensions are both named '{dimension.name}'")
    return tuple(found.values())


def find(dimensions: tuple[Dimension, ...], name: str) -> Dimension:
    """The dimension of that name among `dimensions`.

    Raises:
        CountermoveError: it is not among them.
    """
    for dimension in dimensions:
        if dimension.name == name:
            return dimension
    raise unknown("dimension", name, [dimension.name for dimension in dimensions] or ["(none: this is a scalar)"])
