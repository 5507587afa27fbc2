"""The same model, exported to XMILE, in pysimlin and in PySD: seconds to load and seconds a run."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from ours import best

from countermove.explain._xmile_text import cell_name
from countermove.explain.central import central_inputs
from countermove.explain.xmile import to_xmile
from countermove.explore.world import world
from countermove.scenario import load


def export(path: Path) -> dict[str, Any]:
    """Write the history scenario at median parameters; its size."""
    given = world()
    start = time.perf_counter()
    text = to_xmile(given.model, central_inputs(given, load("history")), given.months)
    path.write_text(text, encoding="utf-8")
    return {
        "quantities": len(given.model.quantities),
        "cells": sum(int(np.prod([len(d) for d in q.dimensions])) for q in given.model.quantities.values()),
        "variables_in_xmile": sum(text.count(f"<{tag} name=") for tag in ("stock", "flow", "aux")),
        "months": given.months,
        "seconds": time.perf_counter() - start,
    }


def pysimlin(path: Path) -> tuple[dict[str, float], np.ndarray]:
    """Times, and total compute by month for comparison."""
    import simlin

    start = time.perf_counter()
    with simlin.Project.open(path).main_model.simulate() as run:
        run.run_to_end()
        first = time.perf_counter() - start

        def again() -> None:
            run.reset()
            run.run_to_end()

        seconds = best(again, 15)
        return {"load_and_first_run_s": first, "run_s": seconds}, run.get_series("china_all")


def pysd(path: Path) -> tuple[dict[str, float], np.ndarray]:
    """Times, and total compute by month for comparison. Only the outputs that we keep are kept."""
    import pysd as library

    given = world()
    outputs = [
        cell_name(name, elements)
        for name in given.outputs
        for elements in _elements([d.elements for d in given.model.dimensions(name)])
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        model = library.read_xmile(path)
        loaded = time.perf_counter() - start
        seconds = best(lambda: model.run(return_columns=outputs), 3)
        frame = model.run(return_columns=["china_all"])
    return {"translate_s": loaded, "run_s": seconds}, frame["china_all"].to_numpy(dtype=float)


def _elements(dimensions: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for elements in dimensions:
        found = [(*before, element) for before in found for element in elements]
    return found
