"""The folder of what can be computed again: executables, series of a rule book. Only this user can read it."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from pathlib import Path


def folder() -> Path:
    """The private folder, created if missing. A folder owned by somebody else is not used."""
    base = os.environ.get("COUNTERMOVE_CACHE")
    if base:
        path = Path(base)
    elif sys.platform == "darwin":
        path = Path.home() / "Library" / "Caches" / "countermove"
    elif sys.platform == "win32":
        path = Path(os.environ.get("LOCALAPPDATA", Path.home())) / "countermove" / "cache"
    else:
        path = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "countermove"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if hasattr(os, "getuid"):
        status = path.stat()
        if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o022:
            path = path / f"private-{os.getuid()}"
            path.mkdir(mode=0o700, exist_ok=True)
    return path


def keep_latest(suffix: str, most: int) -> None:
    """Remove files of a kind but for the `most` that were used last, as far as the file system tells."""
    found: list[tuple[float, Path]] = []
    for path in folder().glob(f"*{suffix}"):
        with suppress(OSError):  # removed meanwhile by another process
            status = path.stat()
            found.append((max(status.st_atime, status.st_mtime), path))
    for _, path in sorted(found, reverse=True)[most:]:
        with suppress(OSError):
            path.unlink()
