"""Where the boxes and arrows of a causal-loop diagram lie, in pixels from the upper left corner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from countermove.explain.diagram import Diagram, Node
from countermove.explain.polarity import Link

ROW, _MARGIN, _CHARACTER, _BETWEEN = 40, 24, 6.9, 110
_HALF_HEIGHT, _HEAD = 12, 8
# Where along an arrow its sign stands: near the effect, which is what the sign is about.
_SIGN_AT = 0.8

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A quantity: centre, half its width and half its height."""

    node: Node
    x: float
    y: float
    half_width: float
    half_height: float


@dataclass(frozen=True)
class Arrow:
    """A link as a cubic curve of four points, the head as a triangle, and where the sign stands."""

    link: Link
    curve: tuple[Point, Point, Point, Point]
    head: tuple[Point, Point, Point]
    sign: Point


@dataclass(frozen=True)
class Geometry:
    """Everything that is drawn, and the size of the sheet."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def label(name: str) -> str:
    """A quantity's name as it is written in its box."""
    return name.replace("_", " ")


def geometry(drawn: Diagram) -> Geometry:
    """Lay the diagram out on a sheet: columns as wide as their longest name, arrows that leave and enter sideways."""
    widest: dict[float, float] = defaultdict(float)
    for node in drawn.nodes:
        widest[node.x] = max(widest[node.x], len(node.name) * _CHARACTER / 2 + 8)
    middle, right = {}, float(_MARGIN) - _BETWEEN
    for column in sorted(widest):
        middle[column] = right + _BETWEEN + widest[column]
        right = middle[column] + widest[column]
    top = min(node.y for node in drawn.nodes)
    bottom = max(node.y for node in drawn.nodes)
    boxes = {
        node.name: Box(
            node, middle[node.x], (node.y - top) * ROW + _MARGIN + _HALF_HEIGHT,
            len(node.name) * _CHARACTER / 2 + 6, _HALF_HEIGHT,
        )
        for node in drawn.nodes
    }  # fmt: skip
    inside_column = any(boxes[link.cause].x == boxes[link.effect].x for link in drawn.links)
    return Geometry(
        tuple(boxes.values()),
        _arrows(drawn.links, boxes),
        right + _MARGIN + (_BETWEEN / 2 if inside_column else 0),
        (bottom - top) * ROW + 2 * (_MARGIN + _HALF_HEIGHT),
    )


def _arrows(links: tuple[Link, ...], boxes: dict[str, Box]) -> tuple[Arrow, ...]:
    """Each arrow has a point of its own at either box: those to higher boxes above those to lower ones."""
    ends: dict[tuple[str, int], list[tuple[float, Link, bool]]] = defaultdict(list)
    for link in links:
        cause, effect = boxes[link.cause], boxes[link.effect]
        leaves, enters = _sides(cause, effect)
        ends[link.cause, leaves].append((effect.y, link, True))
        ends[link.effect, enters].append((cause.y, link, False))
    at: dict[tuple[str, str, bool], Point] = {}
    for (name, side), there in ends.items():
        box = boxes[name]
        there.sort(key=lambda end: (end[0], end[1].cause, end[1].effect, end[2]))
        step = min(6.0, 2 * (box.half_height - 2) / max(len(there) - 1, 1))
        for index, (_, link, leaving) in enumerate(there):
            shift = (index - (len(there) - 1) / 2) * step
            at[link.cause, link.effect, leaving] = (box.x + side * box.half_width, box.y + shift)
    return tuple(
        _arrow(
            link, at[link.cause, link.effect, True], at[link.cause, link.effect, False],
            *_sides(boxes[link.cause], boxes[link.effect]),
        )
        for link in links
    )  # fmt: skip


def _sides(cause: Box, effect: Box) -> tuple[int, int]:
    """On which side, −1 left or 1 right, an arrow leaves the cause and enters the effect."""
    if cause.x == effect.x:
        return 1, 1
    return (1, -1) if cause.x < effect.x else (-1, 1)


def _arrow(link: Link, start: Point, tip: Point, leaves: int, enters: int) -> Arrow:
    base = (tip[0] + enters * _HEAD, tip[1])
    reach = max(30.0, abs(base[0] - start[0]) / 2)
    curve = (start, (start[0] + leaves * reach, start[1]), (base[0] + enters * reach, base[1]), base)
    head = (tip, (base[0], base[1] - _HEAD / 2), (base[0], base[1] + _HEAD / 2))
    x, y = _on(curve, _SIGN_AT)
    return Arrow(link, curve, head, (x, y - 7))


def _on(curve: tuple[Point, Point, Point, Point], t: float) -> Point:
    """The point of a Bézier curve at 0 ≤ t ≤ 1."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    return tuple(sum(w * p[axis] for w, p in zip(weights, curve, strict=True)) for axis in (0, 1))  # type: ignore[return-value]
