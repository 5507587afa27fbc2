"""Where to put labels of points so that they cover neither each other nor other points."""

from __future__ import annotations

from math import cos, pi, sin

Point = tuple[float, float]
_Box = tuple[float, float, float, float]

_DIRECTIONS = 16
_RADII = (10, 20, 32, 46, 62, 80, 100)
# Mean width of a character over its height, of the fonts in use.
_ASPECT = 0.56


def merged(places: list[Point], labels: list[str]) -> list[str]:
    """One label for points that lie on each other, at the first of them; the others stay without."""
    gathered: list[dict[str, None]] = [{} for _ in labels]
    for k, (x, y) in enumerate(places):
        first = next(n for n, (u, v) in enumerate(places) if abs(x - u) <= 3 and abs(y - v) <= 3)
        gathered[first][labels[k]] = None
    return [", ".join(names) for names in gathered]


def offsets(places: list[Point], labels: list[str], area: tuple[int, int], font: float) -> list[Point]:
    """For each label the centre of its box relative to its point, in pixels (y upwards).

    The nearest place counts that is inside the area and overlaps no point and no earlier label; where there is none,
    the one with the fewest overlaps. Points in the thickest crowd choose first.
    """
    taken: list[_Box] = [(x - 5, y - 5, x + 5, y + 5) for x, y in places]
    found: list[Point] = [(0.0, 0.0)] * len(places)
    crowd = [sum(abs(x - u) < 60 and abs(y - v) < 40 for u, v in places) for x, y in places]
    for k in sorted(range(len(places)), key=lambda k: -crowd[k]):
        if labels[k]:
            width, height = _ASPECT * font * len(labels[k]) + 4, font + 3
            found[k], box = _nearest(places[k], width, height, taken, area)
            taken.append(box)
    return found


def _nearest(place: Point, width: float, height: float, taken: list[_Box], area: tuple[int, int]) -> tuple[Point, _Box]:
    x, y = place
    options: list[tuple[int, int, Point, _Box]] = []
    for rank, radius in enumerate(_RADII):
        for step in range(_DIRECTIONS):
            angle = 2 * pi * step / _DIRECTIONS
            shift = (cos(angle) * (radius + width / 2), sin(angle) * (radius + height / 2))
            middle = (x + shift[0], y + shift[1])
            box = (middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)
            outside = box[0] < 0 or box[1] < 0 or box[2] > area[0] or box[3] > area[1]
            options.append((sum(_overlap(box, other) for other in taken) + 3 * outside, rank, shift, box))
        if min(options)[0] == 0:
            break
    _, _, shift, box = min(options)
    return shift, box


def _overlap(a: _Box, b: _Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
