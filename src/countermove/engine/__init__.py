"""The simulation engine: declare quantities, bind them into a graph, compile to one loop, run ensembles.

Importing this package does not import JAX; `countermove.engine.compile` does.
"""

from countermove.engine._dimension import Dimension
from countermove.engine.declare import (
    Input,
    Quantity,
    ageing_chain,
    delay,
    flow,
    level,
    pipeline,
    smooth,
    stock,
    variable,
)
from countermove.engine.graph import Model, build, declared

__all__ = [
    "Dimension",
    "Input",
    "Model",
    "Quantity",
    "ageing_chain",
    "build",
    "declared",
    "delay",
    "flow",
    "level",
    "pipeline",
    "smooth",
    "stock",
    "variable",
]
