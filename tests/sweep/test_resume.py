"""Whatever stops a sweep, `resume` ends with the same bytes as a sweep that nothing stopped."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sweep import toy

from countermove.errors import CountermoveError
from countermove.sweep import store, sweep
from countermove.sweep.segment import Segment

ROOT = Path(__file__).parents[2]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("sweep") / "whole"
    sweep(toy.PLAN, folder, model=toy.world).save()
    return contents(folder)


def finish(folder: Path) -> dict[str, bytes]:
    sweep(toy.PLAN, folder, model=toy.world, resume=True).save()
    return contents(folder)


@pytest.mark.parametrize("moment", [("segment", "4"), ("write", "1"), ("write", "6")])
def test_a_killed_process(tmp_path, undisturbed, moment):
    folder = tmp_path / "cut"
    killed = subprocess.run([sys.executable, "-m", "tests.sweep.stopping", folder, *moment], cwd=ROOT, check=False)
    assert killed.returncode == -9
    before = contents(folder)
    assert len(before) < len(undisturbed) or before != undisturbed
    assert finish(folder) == undisturbed


def test_segments_done_are_not_computed_again(tmp_path, undisturbed, monkeypatch):
    folder = tmp_path / "cut"
    subprocess.run([sys.executable, "-m", "tests.sweep.stopping", folder, "segment", "4"], cwd=ROOT, check=False)
    seen: list[int] = []
    write = store.Store.write

    def spying(self: store.Store, segment: Segment) -> None:
        seen.append(segment.index)
        write(self, segment)

    monkeypatch.setattr(store.Store, "write", spying)
    assert finish(folder) == undisturbed
    assert seen in ([4, 5], [3, 4, 5])  # the kill comes after the state is saved or just before


def test_a_full_disk_is_one_line_and_can_be_resumed(tmp_path, undisturbed, monkeypatch):
    folder = tmp_path / "full"
    write = store.Store.write

    def full(self: store.Store, segment: Segment) -> None:
        if segment.index == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, segment)

    with monkeypatch.context() as patch:
        patch.setattr(store.Store, "write", full)
        with pytest.raises(CountermoveError, match=r"no space left on the disk; free some and continue with --resume"):
            sweep(toy.PLAN, folder, model=toy.world, saved_every=0)
    assert finish(folder) == undisturbed


def test_a_draw_that_is_not_finite_is_named_and_what_came_before_is_kept(tmp_path, monkeypatch):
    folder = tmp_path / "broken"
    said = rf"'\w+' is not finite at position \d+ of draw {toy.BROKEN}; the first {3 * toy.SEGMENT} draws are kept in "
    with pytest.raises(CountermoveError, match=said) as first:
        sweep(toy.PLAN, folder, model=toy.broken_world)
    assert "\n" not in str(first.value)
    kept = {name: content for name, content in contents(folder).items() if "/c/" in name}
    assert len(kept) == 3 * len(toy.PLAN.outcomes) + 1  # and the years

    seen: list[int] = []
    monkeypatch.setattr(store.Store, "write", lambda self, segment: seen.append(segment.index))
    with pytest.raises(CountermoveError) as again:
        sweep(toy.PLAN, folder, model=toy.broken_world, resume=True)
    assert str(again.value) == str(first.value)
    assert seen == []  # nothing before it was computed again
    assert {name: content for name, content in contents(folder).items() if "/c/" in name} == kept


def test_a_finished_sweep_can_be_summed_up_again(tmp_path, undisturbed):
    folder = tmp_path / "twice"
    sweep(toy.PLAN, folder, model=toy.world)
    assert finish(folder) == undisturbed


def test_the_number_of_cores_does_not_matter(tmp_path, undisturbed, monkeypatch):
    from countermove.engine import ensemble

    monkeypatch.setattr(ensemble, "cores", lambda: 5)
    folder = tmp_path / "five"
    sweep(toy.PLAN, folder, model=toy.world).save()
    assert contents(folder) == undisturbed


def test_another_plan_is_refused(tmp_path):
    folder = tmp_path / "cut"
    sweep(toy.PLAN, folder, model=toy.world)
    with pytest.raises(CountermoveError, match="another plan"):
        sweep(toy.PLAN.model_copy(update={"seed": 2}), folder, model=toy.world, resume=True)


def test_a_folder_in_use_is_refused_without_resume(tmp_path):
    (tmp_path / "something").touch()
    with pytest.raises(CountermoveError, match="not empty: name another folder, or continue it with --resume"):
        sweep(toy.PLAN, tmp_path, model=toy.world)


def test_resume_begins_where_there_is_nothing(tmp_path, undisturbed):
    assert finish(tmp_path / "new") == undisturbed


def test_resume_leaves_alone_what_is_no_sweep(tmp_path):
    (tmp_path / "precious.txt").write_text("mine")
    with pytest.raises(CountermoveError, match="not the folder of a sweep"):
        sweep(toy.PLAN, tmp_path, model=toy.world, resume=True)
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_a_damaged_chunk_is_found(tmp_path):
    folder = tmp_path / "damaged"
    sweep(toy.PLAN, folder, model=toy.world)
    chunk = next((folder / "draws.zarr" / "domestic" / "c").rglob("2"))
    content = bytearray(chunk.read_bytes())
    content[len(content) // 2] ^= 1
    chunk.write_bytes(content)
    with pytest.raises(CountermoveError, match="damaged"):
        sweep(toy.PLAN, folder, model=toy.world, resume=True)
