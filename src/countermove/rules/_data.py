"""Where the package's own data lie."""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
LAW = HERE / "law"
