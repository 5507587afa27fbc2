"""Many draws, a segment at a time: what is kept of each draw is small, trajectories are those of one segment."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

SEGMENT = 2048
"""Draws whose trajectories are held at once: whole blocks, and few enough for some hundred megabytes."""


def segments(draws: int) -> Iterator[tuple[int, int]]:
    """First draw and number of draws of every segment."""
    for first in range(0, draws, SEGMENT):
        yield first, min(SEGMENT, draws - first)


class DrawColumns:
    """An array (draw, column) that is filled by segments; on disk when there is more than one.

    The file has no name and is gone with the array. Pages written are handed back at once, because a process that
    keeps them would grow with the number of draws.
    """

    def __init__(self, draws: int, columns: int) -> None:
        shape = (draws, columns)
        if draws <= SEGMENT:
            self.array: Floats = np.empty(shape)
        else:
            with tempfile.TemporaryFile(prefix="countermove-") as file:
                self.array = np.memmap(file, np.float64, "w+", shape=shape)

    def put(self, first: int, rows: Floats) -> None:
        """Write the rows of a segment that begins with draw `first`."""
        self.array[first : first + len(rows)] = rows
        release(self.array)


def release(array: NDArray[Any]) -> None:
    """Let go of an array's pages in memory if they are on disk as well; values stay as they are."""
    backing = getattr(array, "_mmap", None)
    if isinstance(backing, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        backing.flush()
        backing.madvise(mmap.MADV_DONTNEED)
