"""Figures of a command: one HTML file that opens in any browser, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import plotly.graph_objects as go


def check(path: Path | None) -> None:
    """Refuse a name before anything is computed for it.

    Raises:
        CountermoveError: the file's name does not end in .html.
    """
    from countermove import _export

    _export.check(path, (".html",), folder=False)


def write(path: Path, figure: go.Figure) -> None:
    """Write a figure to an HTML file, whole or not at all, and say so.

    Raises:
        CountermoveError: the file's name does not end in .html.
    """
    from countermove import _export

    check(path)
    _export.write_page(path, figure)
    typer.echo(f"figure written to {path}", err=True)
