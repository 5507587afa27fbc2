"""Loops That Matter as pysimlin computes it on an exported model, in the names of the model here."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from countermove.engine import Model
from countermove.engine._symbol import positions
from countermove.explain._xmile_text import cell_name
from countermove.explain.dominance.search import canonical
from countermove.explain.xmile import to_xmile

Loops = dict[tuple[str, ...], np.ndarray]


def pysimlin_loops(model: Model, inputs: Mapping[str, Any], months: int) -> Loops:
    """Relative loop scores by TIME of every loop, those of all chains of cells along the same quantities summed.

    Asserts that pysimlin lists all loops and that all stocks act on each other, as the shares are otherwise of parts.
    """
    import simlin

    quantity = _quantities(model)
    found: Loops = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xmile"
        path.write_text(to_xmile(model, inputs, months), encoding="utf-8")
        with simlin.Project.open(path).main_model.simulate(enable_ltm=True) as run:
            run.run_to_end()
            assert run.get_ltm_mode().name == "EXHAUSTIVE"
            listed = run.get_loops_runtime()
            assert len({loop.partition for loop in listed}) == 1
            for loop in listed:
                names = [quantity[cell] for cell in loop.variables if cell in quantity]
                chain = canonical(
                    tuple(name for name, next_ in zip(names, (*names[1:], ""), strict=True) if name != next_)
                )
                found[chain] = found.get(chain, 0) + run.get_relative_loop_score(loop.id)
    return found


def pysimlin_links(model: Model, inputs: Mapping[str, Any], months: int) -> dict[tuple[str, str], np.ndarray]:
    """Link scores by TIME between cells; those into a stock's net flow count as links into the stock."""
    import simlin

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xmile"
        path.write_text(to_xmile(model, inputs, months), encoding="utf-8")
        with simlin.Project.open(path).main_model.simulate(enable_ltm=True) as run:
            run.run_to_end()
            return {
                (link.from_var, link.to_var.removesuffix("_net_flow")): link.score
                for link in run.get_links()
                if link.score is not None
            }


def cells(model: Model, name: str) -> list[str]:
    """Names in the exported model of a quantity's cells, in their order here."""
    dimensions = model.dimensions(name)
    return [
        cell_name(name, [dimension.elements[place[dimension.name]] for dimension in dimensions]).casefold()
        for place in positions(dimensions)
    ]


def _quantities(model: Model) -> dict[str, str]:
    return {cell: name for name in model.quantities for cell in cells(model, name)}
