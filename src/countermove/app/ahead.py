"""The law under every position of the levers that change it, asked of the evaluator before a visitor asks.

To evaluate twenty years of a changed law takes longer than to simulate them. The model keeps what it was told on disk;
here a process of its own, which takes only time that nobody else wants, fills that for each position that one such
lever can take, nearest to the enacted law first; the dates of single measures, of which there are thousands, are left
out. It stops with the server that started it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, zip_longest

import numpy as np

from countermove.app.draft import Draft
from countermove.app.levers import Lever, levers
from countermove.errors import CountermoveError

_KINDS = ("package", "shift", "frozen", "threshold")

_COMMAND = (sys.executable, "-c", "from countermove.app.ahead import work; work()")


def start() -> subprocess.Popen[bytes]:
    """Begin in a process of its own."""
    return subprocess.Popen(_COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def work() -> None:
    """Evaluate the law under every position while the process that asked for it lives."""
    from countermove.model import scenario_series

    with suppress(AttributeError, OSError):  # not on every system, nor always allowed
        os.nice(19)
    parent = os.getppid()
    for draft in positions():
        if os.getppid() != parent:
            return
        scenario_series(draft.scenario())


def positions() -> Iterator[Draft]:
    """Every draft in which one of these levers alone is moved."""
    each = [_moved(item) for item in levers().values() if item.kind in _KINDS]
    return (draft for draft in chain.from_iterable(zip_longest(*each)) if draft is not None)


def _moved(lever: Lever) -> Iterator[Draft]:
    for setting in lever.choices or _along(lever):
        with suppress(CountermoveError):  # a position that the lever refuses
            yield lever.write(Draft(), setting)


def _along(lever: Lever) -> list[float]:
    enacted = float(lever.read(Draft()))
    values = lever.least + lever.step * np.arange(round((lever.most - lever.least) / lever.step) + 1)
    return sorted(map(float, values), key=lambda value: abs(value - enacted))
