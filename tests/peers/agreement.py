"""Runs one model here, in pysimlin and in PySD, and compares every cell at every month."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import jax
import numpy as np
import pandas as pd

from countermove.engine import Model
from countermove.engine._symbol import positions
from countermove.engine.compile import simulation
from countermove.explain._xmile_text import cell_name
from countermove.explain.xmile import to_xmile

# What "the same trajectory" means: one part in 10⁴ of the value and, near its zeros, 10⁻⁶ of the quantity's scale.
RELATIVE, OF_SCALE = 1e-4, 1e-6

Engine = Callable[[Path], pd.DataFrame]


def run_pysimlin(path: Path) -> pd.DataFrame:
    """Every cell by name, rows at TIME 0, 1, …, as pysimlin computes them."""
    import simlin

    with simlin.Project.open(path).main_model.simulate() as run:
        run.run_to_end()
        return pd.DataFrame({name: run.get_series(name) for name in run.get_var_names()})


def run_pysd(path: Path) -> pd.DataFrame:
    """Every cell by name, rows at TIME 0, 1, …, as PySD computes them."""
    import pysd

    # PySD writes the points of a series into its program with NumPy's print precision, by default eight digits. Then it
    # lays the program out with black, which takes most of its time and changes no number.
    digits, layout = np.printoptions(precision=17, floatmode="unique"), mock.patch("black.format_file_contents", _as_is)
    with warnings.catch_warnings(), digits, layout:
        warnings.simplefilter("ignore")
        return pysd.read_xmile(path).run()


def _as_is(text: str, **_: Any) -> str:
    return text


PEERS: dict[str, Engine] = {"pysimlin": run_pysimlin, "PySD": run_pysd}


def trajectories(model: Model, inputs: Mapping[str, Any], months: int) -> dict[str, np.ndarray]:
    """Every quantity as (months, *dimensions), in double precision, from one draw given without batch."""
    batched = {name: np.asarray(inputs[name], dtype="float64")[..., None] for name in model.inputs}
    return {name: np.asarray(array)[..., 0] for name, array in _simulator(model, months)(batched).items()}


@cache
def _simulator(model: Model, months: int) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    return jax.jit(simulation(model, tuple(model.quantities), months, "float64"))


def agree(
    model: Model, inputs: Mapping[str, Any], months: int, peers: Mapping[str, Engine] = PEERS
) -> dict[str, float]:
    """Assert that the exported model gives our trajectories in every peer.

    Args:
        inputs: one draw, as `to_xmile` takes it.

    Returns:
        By peer, the largest deviation as a share of the one allowed: at most 1.

    Raises:
        AssertionError: a value is not finite, or deviates; the message names the worst cells.
    """
    own = trajectories(model, inputs, months)
    not_finite = [name for name, array in own.items() if not np.isfinite(array).all()]
    assert not not_finite, f"not finite in our own run: {', '.join(not_finite)}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.xmile"
        path.write_text(to_xmile(model, inputs, months), encoding="utf-8")
        return {peer: _compare(peer, run(path), model, own, months) for peer, run in peers.items()}


def _compare(peer: str, frame: pd.DataFrame, model: Model, own: Mapping[str, np.ndarray], months: int) -> float:
    deviations: list[tuple[float, str]] = []
    theirs = {column.casefold().replace(" ", "_"): frame[column].to_numpy(dtype=float) for column in frame.columns}
    for name, cell, ours in _cells(model, own):
        later = 1 if model.quantities[name].kept_at_end else 0
        other = theirs[cell.casefold()][later : later + months]
        allowed = RELATIVE * np.abs(ours) + OF_SCALE * np.abs(own[name]).max()
        deviation = np.abs(ours - other)
        share = np.divide(deviation, allowed, out=np.where(deviation == 0, 0.0, np.inf), where=allowed > 0)
        month = int(np.argmax(np.where(np.isnan(share), np.inf, share)))
        worst = float(np.nan_to_num(share[month], nan=np.inf))
        deviations.append((worst, f"{cell} in month {month}: {ours[month]!r} here, {other[month]!r} in {peer}"))
    deviations.sort(reverse=True)
    wrong = [text for worst, text in deviations if worst > 1]
    assert not wrong, f"{len(wrong)} of {len(deviations)} cells deviate: " + "; ".join(wrong[:8])
    return deviations[0][0]


def _cells(model: Model, own: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str, np.ndarray]]:
    for name, array in own.items():
        dimensions = model.dimensions(name)
        for place in positions(dimensions):
            elements = [dimension.elements[place[dimension.name]] for dimension in dimensions]
            yield name, cell_name(name, elements), array[(slice(None), *place.values())]
