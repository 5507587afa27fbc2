"""The strongest loops of a graph by the strongest-path search of Eberlein and Schoenberg.

Models have more loops than can be listed. From every stock the search follows the links, the strongest first, and gives
up at a node that it has already reached by a stronger path; what closes at the stock is a loop (Eberlein and Schoenberg
2020, "Finding the Loops that Matter", International System Dynamics Conference). It finds the strongest loop through a
stock in most cases, not in all, as a path to a node may be stronger and yet not close.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Graph = Mapping[str, Sequence[tuple[str, float]]]


def strongest_loops(graph: Graph, starts: Iterable[str]) -> set[tuple[str, ...]]:
    """Loops found from the nodes `starts`, each beginning with its alphabetically first node.

    Args:
        graph: by node the nodes that it acts on with the size of the link's score, not negative. Links of size 0 close
            no loop.
    """
    ordered = {
        node: sorted(((effect, size) for effect, size in links if size > 0), key=lambda link: -link[1])
        for node, links in graph.items()
    }
    found: set[tuple[str, ...]] = set()
    for start in starts:
        found.update(map(canonical, _from(ordered, start)))
    return found


def canonical(loop: Sequence[str]) -> tuple[str, ...]:
    """The loop turned so that it begins with its alphabetically first node."""
    first = min(range(len(loop)), key=loop.__getitem__)
    return (*loop[first:], *loop[:first])


def _from(graph: Graph, start: str) -> list[tuple[str, ...]]:
    """Loops through a node. Depth first with a stack of its own, as chains of quantities are long."""
    found: list[tuple[str, ...]] = []
    best: dict[str, float] = {start: 1.0}
    path = [start]
    scores = [1.0]
    waiting = [iter(graph.get(start, ()))]
    while waiting:
        link = next(waiting[-1], None)
        if link is None:
            waiting.pop()
            path.pop()
            scores.pop()
            continue
        node, size = link
        score = scores[-1] * size
        if node == start:
            found.append(tuple(path))
        elif node not in path and score >= best.get(node, 0.0):
            best[node] = score
            path.append(node)
            scores.append(score)
            waiting.append(iter(graph.get(node, ())))
    return found
