"""Who computes the segments: threads of this process, or the workers of a Dask cluster. Results come in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

from countermove.errors import CountermoveError
from countermove.sweep.segment import Segment, Work, compute, prepare

if TYPE_CHECKING:
    from distributed import Client

# Segments given to each worker ahead of the one that is waited for: enough that none is idle, few enough that what
# waits to be written stays small.
_AHEAD = 3

# How often a segment is tried again whose worker has died.
_RETRIES = 3

CONNECTING = "10s"
"""How long a scheduler may take to answer."""


def here(work: Work, first: int) -> Generator[Segment]:
    """Segments from `first` on, computed by one thread for each core, in order."""
    from countermove.engine.ensemble import cores

    prepare(work)
    at_once = max(1, min(cores(), work.segments - first))
    each = max(1, cores() // at_once)
    with ThreadPoolExecutor(at_once, thread_name_prefix="sweep") as executor:
        try:
            yield from _in_order(work, first, at_once + 1, lambda index: executor.submit(compute, work, index, each))
        finally:  # after an error or Ctrl-C the segments not yet begun are dropped
            executor.shutdown(wait=True, cancel_futures=True)


def cluster(work: Work, first: int, client: Client) -> Generator[Segment]:
    """Segments from `first` on, computed by the workers of an existing Dask cluster, in order.

    A segment whose worker dies is computed by another.

    Raises:
        CountermoveError: a segment was lost more often than it is tried again.
    """
    with client:
        threads = sum(cast(dict[str, int], client.nthreads()).values())
        sweep = uuid4().hex

        def submit(index: int) -> Any:
            return client.submit(compute, work, index, pure=False, retries=_RETRIES, key=f"segment-{index}-{sweep}")

        from distributed.scheduler import KilledWorker

        try:
            yield from _in_order(work, first, _AHEAD * threads, submit)
        except KilledWorker as error:
            raise CountermoveError(f"workers of the cluster keep dying: {error}") from None


def connected(address: str) -> Client:
    """A client of the Dask scheduler at an address.

    Raises:
        CountermoveError: dask.distributed is not installed; no scheduler answers; it has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise CountermoveError("--scheduler needs dask.distributed: pip install 'countermove[cluster]'") from None
    try:
        client = Client(address, timeout=CONNECTING, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise CountermoveError(f"--scheduler {address}: no scheduler answers there: {error}") from None
    if not client.nthreads():
        client.close()
        raise CountermoveError(f"--scheduler {address}: the cluster has no workers yet")
    return client


def _in_order(work: Work, first: int, ahead: int, submit: Callable[[int], Any]) -> Iterator[Segment]:
    """Results of `submit` for every segment in order, at most `ahead` of them begun and not yet taken."""
    begun: deque[Any] = deque()
    following = first
    while begun or following < work.segments:
        while len(begun) < ahead and following < work.segments:
            begun.append(submit(following))
            following += 1
        yield begun.popleft().result()
