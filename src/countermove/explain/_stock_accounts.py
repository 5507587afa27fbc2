"""Which flows fill and drain a stock, where its net flow is nothing but a sum of declared flows."""

from __future__ import annotations

from collections.abc import Iterable

from countermove.engine._symbol import Symbol
from countermove.explain._xmile_text import cell_name

Account = tuple[tuple[str, ...], tuple[str, ...]]


def accounts_by_cell(
    stocks: Iterable[tuple[str, tuple[str, ...], Symbol | float]], flows: set[str]
) -> dict[str, Account]:
    """Inflows and outflows of each stock cell; a cell is left out where its net flow must be one flow of its own.

    In XMILE a flow fills at most one stock and drains at most one; what a second stock takes from it stays a net flow.

    Args:
        stocks: name, elements and scalar net flow of every stock cell.
        flows: names of the declared flows.
    """
    accounts: dict[str, Account] = {}
    taken: set[tuple[str, int]] = set()
    for name, elements, net_flow in stocks:
        signed = _signed(net_flow, 1, flows)
        if not signed or len({flow for flow, _ in signed}) < len(signed) or taken & set(signed):
            continue
        taken |= set(signed)
        filled = tuple(flow for flow, sign in signed if sign > 0)
        accounts[cell_name(name, elements)] = (filled, tuple(flow for flow, sign in signed if sign < 0))
    return accounts


def _signed(node: Symbol | float, sign: int, flows: set[str]) -> list[tuple[str, int]] | None:
    """The flow cells that a net flow adds (+1) and takes off (−1), or None if it contains anything else."""
    if not isinstance(node, Symbol):
        return None
    if node.word == "name":
        name = node.settings["name"]
        return [(cell_name(name, node.settings["elements"]), sign)] if name in flows else None
    if node.word not in ("add", "sum", "subtract", "negative"):
        return None
    found: list[tuple[str, int]] = []
    for index, argument in enumerate(node.arguments):
        opposite = node.word == "negative" or (node.word == "subtract" and index == 1)
        part = _signed(argument, -sign if opposite else sign, flows)
        if part is None:
            return None
        found.extend(part)
    return found
