"""What one start of the server leaves for the next: small JSON files that count as long as nothing has changed.

They are kept beside the executables, whole or not at all, under a name made of what was installed; those of other
installations go when a new one is written.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from countermove import _cache
from countermove._atomic import write_whole

# What the page is made with, and what the numbers are computed with.
_PARTS = ("dash", "dash_mantine_components", "plotly", "numpy", "jax", "jaxlib")


def load(name: str) -> Any:
    """What was saved under this name by the same installation; None if there is nothing."""
    try:
        return json.loads(_path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not there, or not readable: made anew
        return None


def save(name: str, content: str) -> None:
    """Keep JSON text under a name; a full or read-only disk costs the next start some time, nothing else."""
    path = _path(name)
    with suppress(OSError):
        for old in path.parent.glob(f"{name}-*.json"):
            old.unlink(missing_ok=True)
        write_whole(path, content)


def _path(name: str) -> Path:
    return _cache.folder() / f"{name}-{installation()}.json"


@cache
def installation() -> str:
    """Hash of the package's files and of the parts it is made with, told by place, size and time of change."""
    digest = hashlib.sha256()
    own = Path(__file__).parent.parent
    specs = [find_spec(name) for name in _PARTS]
    parts = [spec.origin for spec in specs if spec and spec.origin]
    for path in (*sorted(_files(str(own))), *parts):
        status = os.stat(path)
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry.path
            elif entry.name != "__pycache__":
                yield from _files(entry.path)
