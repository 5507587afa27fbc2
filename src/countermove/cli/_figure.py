"""Figures of a command: one HTML file that opens in any browser, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from countermove.errors import CountermoveError

if TYPE_CHECKING:
    import plotly.graph_objects as go


def check(path: Path | None) -> None:
    """Refuse a name before anything is computed for it.

    Raises:
        CountermoveError: the file's name does not end in .html.
    """
    if path is not None and path.suffix not in (".html", ".htm"):
        raise CountermoveError(f"{path}: a figure is written as .html, not '{path.suffix}'")


def write(path: Path, figure: go.Figure) -> None:
    """Write a figure to an HTML file, whole or not at all, and say so.

    Raises:
        CountermoveError: the file's name does not end in .html.
    """
    from countermove._atomic import write_whole

    check(path)
    write_whole(path, figure.to_html(include_plotlyjs=True, full_html=True, config={"displaylogo": False}))
    typer.echo(f"figure written to {path}", err=True)
