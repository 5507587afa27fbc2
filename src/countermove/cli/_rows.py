"""Rows of a command: as a table, JSON or a CSV file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

Row = Mapping[str, object]


def deliver(rows: Sequence[Row], *, shown: Mapping[str, int], as_json: bool, output: Path | None, footer: str) -> None:
    """Print rows as JSON or as a table of the `shown` columns (name → greatest width); write all columns to a file."""
    if output is not None:
        write(output, rows)
        typer.echo(f"{len(rows)} rows written to {output}")
    elif as_json:
        import json

        typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
    else:
        _print(rows, shown)
        typer.echo(footer)


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write rows to a CSV file, whole or not at all."""
    from countermove._export import write_csv

    write_csv(path, rows)


def _cell(value: object, width: int) -> str:
    if value is None:
        text = "–"
    elif isinstance(value, float):
        text = f"{value:,.2f}" if abs(value) < 100 and value != int(value) else f"{value:,.0f}"
    else:
        text = str(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def _print(rows: Sequence[Row], shown: Mapping[str, int]) -> None:
    cells = [[_cell(row[name], width) for name, width in shown.items()] for row in rows]
    widths = [max(len(name), *(len(line[k]) for line in cells)) if cells else len(name) for k, name in enumerate(shown)]
    numeric = [any(isinstance(row[name], float) for row in rows) for name in shown]

    def line(texts: Sequence[str]) -> str:
        parts = [t.rjust(w) if right else t.ljust(w) for t, w, right in zip(texts, widths, numeric, strict=True)]
        return "  ".join(parts).rstrip()

    typer.echo(line(list(shown)))
    for texts in cells:
        typer.echo(line(texts))
