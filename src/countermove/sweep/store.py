"""What a sweep keeps on disk: outcomes of every draw as a Zarr group, and how far it has come.

A segment's outcomes are one chunk of each array. `state.npz` says how many segments are whole and holds the sketches
of exactly these; it is replaced as a whole, and only after their chunks are written. Whatever stops a sweep, what the
state counts is there, and all else is computed again to the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import replacing
from countermove.errors import CountermoveError
from countermove.sweep.segment import Segment, Work
from countermove.sweep.sketch import Sketch

DRAWS = "draws.zarr"
STATE = "state.npz"


@dataclass
class State:
    """How far a sweep has come: segments done, and the sketches of these."""

    done: int = 0
    sketches: dict[str, Sketch] = field(default_factory=dict[str, Sketch])

    def add(self, segment: Segment) -> None:
        """Count the next segment."""
        for name, sketch in segment.sketches.items():
            self.sketches[name] = self.sketches[name].merged(sketch) if name in self.sketches else sketch
        self.done = segment.index + 1


class Store:
    """The folder of a sweep.

    Args:
        identity: what must be the same for a sweep to be continued: by name, as text.
    """

    def __init__(self, folder: Path, work: Work, cells: tuple[str, ...], years: tuple[int, ...]) -> None:
        self.folder = folder
        self.work = work
        self.cells = cells
        self.years = years
        self._group: Any = None

    def has_begun(self) -> bool:
        """Whether there is a sweep to continue. One that was stopped while it was laid out is cleared away.

        Raises:
            CountermoveError: the folder holds something else.
        """
        if (self.folder / STATE).is_file():
            return True
        if self.folder.is_dir():
            others = {path.name for path in self.folder.iterdir() if not path.name.startswith(f".{STATE}.")}
            if others - {DRAWS}:
                raise CountermoveError(f"{self.folder}: not the folder of a sweep; name another")
            shutil.rmtree(self.folder)
        return False

    def create(self, identity: Mapping[str, str], attributes: Mapping[str, Mapping[str, str]]) -> State:
        """Begin anew in an empty or missing folder.

        Args:
            attributes: of each outcome's array.

        Raises:
            CountermoveError: the folder is not empty.
        """
        import zarr
        from zarr.codecs import ZstdCodec

        if self.folder.is_dir() and any(self.folder.iterdir()):
            raise CountermoveError(f"{self.folder} is not empty: name another folder, or continue it with --resume")
        self.folder.mkdir(parents=True, exist_ok=True)
        group = zarr.create_group(self.folder / DRAWS, attributes={**identity, "cells": list(self.cells)})
        for name in self.work.outcomes:
            group.create_array(
                name,
                shape=(len(self.cells), len(self.years), self.work.draws),
                chunks=(len(self.cells), len(self.years), self.work.length),
                dtype="float32",
                compressors=ZstdCodec(level=1, checksum=True),
                fill_value=float("nan"),
                attributes=dict(attributes[name]),
                dimension_names=("cell", "year", "draw"),
            )
        group.create_array("year", data=np.array(self.years, np.int32), dimension_names=("year",))
        self._group = group
        self.save(State())
        return State()

    def resume(self, identity: Mapping[str, str]) -> State:
        """Go on where the sweep in the folder stopped.

        Raises:
            CountermoveError: it is of another plan, model or version.
        """
        import zarr

        for partial in (self.folder / DRAWS).rglob("*.partial"):  # a write that was cut off
            partial.unlink()
        for partial in self.folder.glob(".*"):
            partial.unlink()
        self._group = zarr.open_group(self.folder / DRAWS, mode="r+")
        for what, value in identity.items():
            before = self._group.attrs.get(what)
            if before != value:
                shown = "" if what == "plan" else f" ({before}, now {value})"
                raise CountermoveError(f"{self.folder}: the sweep there has another {what}{shown}; begin a new folder")
        return _read(self.folder / STATE)

    def write(self, segment: Segment) -> None:
        """Write a segment's outcomes."""
        first, count = self.work.span(segment.index)
        for name, values in segment.outcomes.items():
            self._group[name][:, :, first : first + count] = values

    def save(self, state: State) -> None:
        """Write how far the sweep has come, whole or not at all."""
        arrays: dict[str, NDArray[Any]] = {"done": np.array(state.done)}
        for name, sketch in state.sketches.items():
            arrays |= {
                f"{name}.low": np.array(sketch.low),
                f"{name}.counts": sketch.counts,
                f"{name}.sums": sketch.sums,
            }
        with replacing(self.folder / STATE) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    def outcome(self, name: str, years: slice) -> NDArray[np.float32]:
        """Values (cell, year, draw) of an outcome in some of the years.

        Raises:
            CountermoveError: a chunk is damaged.
        """
        try:
            return np.asarray(self._group[name][:, years, :])
        except Exception as error:  # the codecs report a damaged chunk by exceptions of several kinds
            raise CountermoveError(f"{self.folder / DRAWS / name}: damaged, sweep anew: {error}") from None


def needed_bytes(work: Work, cells: int, years: int) -> int:
    """Space that the outcomes take on disk at most."""
    return 4 * cells * years * work.draws * len(work.outcomes)


def _read(path: Path) -> State:
    with np.load(path) as arrays:
        names = [name.removesuffix(".low") for name in arrays.files if name.endswith(".low")]
        sketches = {
            name: Sketch(int(arrays[f"{name}.low"]), arrays[f"{name}.counts"], arrays[f"{name}.sums"]) for name in names
        }
        return State(int(arrays["done"]), sketches)
