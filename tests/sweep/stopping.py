"""A sweep in a process that is killed at a stated moment: `python -m tests.sweep.stopping FOLDER MOMENT`.

MOMENT: `segment N` kills it once N segments are done; `write N` in the middle of the N-th whole-file replacement of a
chunk, when the file beside it is written by halves.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.sweep import toy

from countermove.sweep import sweep


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_in_write(number: int) -> None:
    """Die when a chunk is written for the `number`-th time and only half of it is on disk."""
    from zarr.storage import _local

    whole = _local._atomic_write
    written = 0

    def counting(path: Path, *args, **kwargs):
        nonlocal written
        if "/c/" in path.as_posix():
            written += 1
            if written == number:
                path.with_suffix(".cut-off.partial").write_bytes(b"half of a chunk")
                die()
        return whole(path, *args, **kwargs)

    _local._atomic_write = counting


if __name__ == "__main__":
    folder, moment, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    runs = 2 * number * toy.SEGMENT
    if moment == "write":
        die_in_write(number)
    sweep(
        toy.PLAN,
        folder,
        model=toy.world,
        progress=lambda done, of: die() if moment == "segment" and done >= runs else None,
        saved_every=0,
    )
