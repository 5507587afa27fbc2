"""A Dask cluster gives the bytes of one process, and a worker that dies costs nothing but time."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from tests.sweep import toy
from tests.sweep.test_resume import contents

from countermove.errors import CountermoveError
from countermove.sweep import sweep

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sweep") / "whole"
    sweep(toy.PLAN, folder, model=toy.world).save()
    return contents(folder)


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def test_a_worker_that_is_killed(tmp_path, undisturbed, cluster):
    with distributed.Client(cluster) as client:
        pids = list(client.run(os.getpid).values())
    killed: list[int] = []

    def kill_one(done: int, of: int) -> None:
        if not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    folder = tmp_path / "cluster"
    found = sweep(
        toy.PLAN, folder, model=toy.world, scheduler=cluster.scheduler_address, progress=kill_one, saved_every=0
    )
    found.save()
    assert killed
    assert contents(folder) == undisturbed


def test_a_cluster_goes_on_where_one_process_was_stopped(tmp_path, undisturbed, cluster):
    folder = tmp_path / "both"

    class Stopped(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done > of / 2:
            raise Stopped

    with pytest.raises(Stopped):
        sweep(toy.PLAN, folder, model=toy.world, progress=stop, saved_every=0)
    sweep(toy.PLAN, folder, model=toy.world, scheduler=cluster.scheduler_address, resume=True).save()
    assert contents(folder) == undisturbed


def test_no_scheduler_is_one_line(tmp_path: Path, monkeypatch):
    from countermove.sweep import schedule

    monkeypatch.setattr(schedule, "CONNECTING", "1s")
    with pytest.raises(CountermoveError, match=r"--scheduler tcp://127\.0\.0\.1:9: no scheduler answers there"):
        sweep(toy.PLAN, tmp_path / "none", model=toy.world, scheduler="tcp://127.0.0.1:9")
    assert not (tmp_path / "none").exists()
