"""Progress of a long computation: share done, throughput, time left, memory; a line now and then in a batch job."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

Report = Callable[[int, int], None]

# Seconds between lines where the output is not a terminal.
_EVERY = 30.0


@contextmanager
def progress(doing: str) -> Generator[Report]:
    """Yield a function (done, of): a bar on a terminal, else a line on standard error every half minute."""
    if not sys.stderr.isatty():
        yield _lines(doing)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = ("{task.description}", BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, told="")
        rate = Rate()
        yield lambda done, of: bar.update(task, completed=done, total=of, told=rate.told(done, of))


class Rate:
    """Throughput since the first report: what a resumed run did before does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: tuple[float, int] | None = None

    def told(self, done: int, of: int) -> str:
        """Throughput, time left and memory in words."""
        now = self._clock()
        if self._began is None:
            self._began = now, done
        start, before = self._began
        if now == start:
            return f"{done:,} of {of:,} runs"
        rate = (done - before) / (now - start)
        left = (of - done) / rate if rate else float("inf")
        return f"{done:,} of {of:,} runs, {rate:,.0f} a second, {_duration(left)} left{_memory()}"


def _lines(doing: str) -> Report:
    rate = Rate()
    said = time.monotonic()

    def report(done: int, of: int) -> None:
        nonlocal said
        text = rate.told(done, of)
        if time.monotonic() - said >= _EVERY:
            said = time.monotonic()
            print(f"{doing}: {text}", file=sys.stderr, flush=True)

    return report


def _duration(seconds: float) -> str:
    if seconds == float("inf"):
        return "unknown time"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _memory() -> str:
    """Memory of this process; "" where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return ""
    import resource

    return f", {pages * resource.getpagesize() / 1e6:,.0f} MB"
