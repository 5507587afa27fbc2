"""The causal-loop diagram of the model or of the surroundings of one quantity: what is drawn, and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from countermove.engine import Model
from countermove.errors import CountermoveError, unknown
from countermove.explain.polarity import Link, Loop, Polarity, loops
from countermove.explain.quantity import kind, sector

if TYPE_CHECKING:
    from countermove.explain.dominance import Dominance

# Links of the longest feedback loop that is looked for.
LONGEST_LOOP = 10
# Sweeps that bring neighbours to like heights; the order no longer changes after a few.
_SWEEPS = 8
# Width of a line, in pixels, and what is added where all loops pass.
_THIN, _THICKER = 1.4, 5.0


@dataclass(frozen=True)
class Node:
    """A quantity at column `x`, counted along the arrows, and row `y` from the top; rows of a column are centred."""

    name: str
    kind: str
    sector: str
    x: float
    y: float


@dataclass(frozen=True)
class Diagram:
    """What is drawn.

    Attributes:
        around: the quantity in the middle, causes to its left and effects to its right; "" for the whole model, whose
            columns are the sectors.
        loops: feedback loops through that quantity, of at most `LONGEST_LOOP` links, drawn whole or not.
        scenario: the run along which the polarities were measured.
        shares: what part the loops through a link have, on average over the run, in all loops through that quantity;
            empty where loop dominance was not asked for or no loop passes there.
        loop_shares: the same of each loop of `loops`, in their order.
    """

    around: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    loops: tuple[Loop, ...]
    scenario: str
    shares: Mapping[tuple[str, str], float] = field(default_factory=dict[tuple[str, str], float])
    loop_shares: tuple[float, ...] = ()


def measured(scenario: str) -> tuple[Model, list[Link]]:
    """The model, and its links as measured twice a year along a scenario's run at the medians of all parameters.

    Raises:
        CountermoveError: no such scenario.
    """
    from countermove.explain.central import central_inputs
    from countermove.explain.polarity import links, states
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    given = world()
    at = range(6, given.months, 6)
    inputs = central_inputs(given, as_scenario(scenario))
    return given.model, links(given.model, states(given.model, inputs, given.months, at), at)


def diagram(model: Model, found: Sequence[Link], scenario: str, around: str = "", depth: int = 1) -> Diagram:
    """Lay out the links between the quantities at most `depth` links up or down from one, or between all.

    Raises:
        CountermoveError: no such quantity, or one that no other quantity is linked to; a depth below 1.
    """
    import networkx as nx

    graph: Any = nx.DiGraph([(link.cause, link.effect) for link in found])
    if around and around not in model.quantities:
        raise unknown("quantity", around, graph)
    if around and around not in graph:
        raise CountermoveError(f"'{around}' depends on inputs alone and no quantity depends on it: nothing to draw")
    if depth < 1:
        raise CountermoveError(f"--depth {depth}: at least 1")
    columns = _around(graph, around, depth) if around else _by_sector(model, graph)
    rows = _rows(graph, columns)
    nodes = tuple(Node(name, kind(model, name), sector(model, name), columns[name], rows[name]) for name in columns)
    drawn = tuple(link for link in found if link.cause in columns and link.effect in columns)
    return Diagram(around, nodes, drawn, tuple(loops(found, around, LONGEST_LOOP)) if around else (), scenario)


def weighed(drawn: Diagram, found: Dominance) -> Diagram:
    """The diagram with what its links and loops contribute, by Loops That Matter along the same run."""
    from countermove.explain.dominance.search import canonical

    shares: dict[tuple[str, str], float] = {}
    means = {loop.names: float(loop.share.mean()) for loop in found.loops}
    for names, mean in means.items():
        for link in zip(names, (*names[1:], names[0]), strict=True):
            shares[link] = shares.get(link, 0.0) + mean
    return replace(
        drawn, shares=shares, loop_shares=tuple(means.get(canonical(loop.names), 0.0) for loop in drawn.loops)
    )


def told(drawn: Diagram, index: int) -> str:
    """A loop of the diagram in words, with its share where that is known."""
    loop = drawn.loops[index]
    share = f", {100 * drawn.loop_shares[index]:.0f} %" if drawn.loop_shares else ""
    return f"{loop.behaviour}{share}: {' → '.join(loop.names)}"


def _around(graph: Any, around: str, depth: int) -> dict[str, int]:
    """Column of each quantity near one: how many links before (negative) or after it; before, if both are as near."""
    import networkx as nx

    after = nx.single_source_shortest_path_length(graph, around, depth)
    before = nx.single_source_shortest_path_length(graph.reverse(copy=False), around, depth)
    far = depth + 1
    return {
        name: -before[name] if before.get(name, far) <= after.get(name, far) else after[name]
        for name in sorted({*before, *after})
    }


def _by_sector(model: Model, graph: Any) -> dict[str, int]:
    order: dict[str, int] = {}
    for name in model.quantities:
        order.setdefault(sector(model, name), len(order))
    return {name: order[sector(model, name)] for name in model.quantities if name in graph}


def _rows(graph: Any, columns: dict[str, int]) -> dict[str, float]:
    """Rows within each column, ordered by the mean height of neighbours (Sugiyama, Tagawa and Toda 1981)."""
    by_column: dict[int, list[str]] = {}
    for name, column in columns.items():
        by_column.setdefault(column, []).append(name)
    rows = _heights(by_column.values())
    for _ in range(_SWEEPS):
        for column in by_column.values():
            wanted = {name: _mean(rows, (*graph.predecessors(name), *graph.successors(name)), name) for name in column}
            column.sort(key=lambda name, wanted=wanted: (wanted[name], name))
        rows = _heights(by_column.values())
    return rows


def _heights(columns: Iterable[list[str]]) -> dict[str, float]:
    return {name: index - (len(column) - 1) / 2 for column in columns for index, name in enumerate(column)}


def _mean(rows: dict[str, float], neighbours: Iterable[str], itself: str) -> float:
    heights = [rows[name] for name in neighbours if name in rows and name != itself]
    return sum(heights) / len(heights) if heights else rows[itself]


def width_of(drawn: Diagram, link: Link) -> float:
    """Width of a link's line: thicker, the more the loops through it contribute."""
    return _THIN + _THICKER * drawn.shares.get((link.cause, link.effect), 0.0)


_DOT_STYLE: dict[Polarity, str] = {
    "+": 'color="#0b4f8a" style=solid',
    "−": 'color="#a84a00" style=dashed',
    "mixed": 'color="#545c67" style=dotted',
    "none": 'color="#c9ced4" style=dotted arrowhead=empty',
}
SIGN: dict[Polarity, str] = {"+": "+", "−": "−", "mixed": "±", "none": "0"}


def caption(drawn: Diagram) -> str:
    """What the signs mean and where they come from, in a line."""
    thick = " Thicker: what loops through the link contribute to all loops through it." if drawn.shares else ""
    return (
        f"Signs of the partial derivatives along the run '{drawn.scenario}' at the medians of all parameters: + solid, "
        f"− dashed, ± changes sign or differs between elements, 0 no response in any month.{thick}"
    )


def dot(drawn: Diagram) -> str:
    """The diagram in the DOT language of Graphviz, stocks as boxes; loops and meaning of the signs in the label."""
    lines = ["digraph countermove {", "  rankdir=LR; labelloc=b; fontname=sans;", "  node [fontname=sans];"]
    said = [caption(drawn), *(told(drawn, index) for index in range(len(drawn.loops)))]
    label = "".join(line + r"\l" for line in said)
    lines.append(f'  label="{label}";')
    for node in drawn.nodes:
        shape = "box" if node.kind == "stock" else "plaintext"
        bold = " penwidth=2" if node.name == drawn.around else ""
        lines.append(f'  {node.name} [label="{node.name.replace("_", " ")}" shape={shape}{bold}];')
    for link in drawn.links:
        width = f" penwidth={width_of(drawn, link):.1f}" if drawn.shares else ""
        lines.append(
            f'  {link.cause} -> {link.effect} [{_DOT_STYLE[link.polarity]} label="{SIGN[link.polarity]}"{width}];'
        )
    return "\n".join([*lines, "}"]) + "\n"
