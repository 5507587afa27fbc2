"""`countermove evidence`: the sourced figures, searched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermove.evidence import Line

COLUMNS = ("id", "entity", "quantity", "period", "value", "verified", "source")
WIDEST = {"id": 24, "entity": 28, "quantity": 38, "period": 21, "value": 30, "verified": 8, "source": 44}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evidence")(evidence)


def evidence(
    filters: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILTER]...", help="Words in id, entity, quantity or source, all of which must match; table:NAME."
        ),
    ] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Only figures that were recalled, not read.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the rows as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the rows to a CSV file.")] = None,
) -> None:
    """List the sourced figures; without a filter, the tables."""
    from countermove.evidence import listing

    lines = listing(*(filters or ()))
    if unverified:
        lines = tuple(line for line in lines if line.verified == "no")
    if output is not None:
        _write(output, lines)
        typer.echo(f"{_count(lines)} written to {output}")
    elif as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps([asdict(line) for line in lines], ensure_ascii=False, indent=1))
    elif not filters and not unverified:
        _overview(lines)
    else:
        _print(lines)


def _count(lines: tuple[Line, ...]) -> str:
    recalled = sum(line.verified == "no" for line in lines)
    return f"{len(lines)} row{'' if len(lines) == 1 else 's'}" + (f", {recalled} not verified" if recalled else "")


def _write(output: Path, lines: tuple[Line, ...]) -> None:
    import csv
    import io
    from dataclasses import asdict, fields

    from countermove._atomic import write_whole
    from countermove.evidence import Line

    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Line)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(line) for line in lines)
    write_whole(output, text.getvalue())


def _overview(lines: tuple[Line, ...]) -> None:
    from collections import Counter

    rows = Counter(line.table for line in lines)
    recalled = Counter(line.table for line in lines if line.verified == "no")
    for table, count in rows.items():
        mark = f"{recalled[table]:4d} not verified" if recalled[table] else ""
        typer.echo(f"{table:26s}{count:5d} rows {mark}".rstrip())
    typer.echo(f"\n{_count(lines)}. Search with words, or table:NAME; `countermove source ID` shows one row whole.")


def _print(lines: tuple[Line, ...]) -> None:
    cells = [_cells(line) for line in lines]
    widths = [max([len(name), *(len(row[k]) for row in cells)]) for k, name in enumerate(COLUMNS)]
    typer.echo("  ".join(name.ljust(width) for name, width in zip(COLUMNS, widths, strict=True)).rstrip())
    for row, line in zip(cells, lines, strict=True):
        text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        typer.echo(typer.style(text, fg="yellow") if line.verified == "no" else text)
    typer.echo(f"\n{_count(lines)}.")


def _cells(line: Line) -> tuple[str, ...]:
    value = f"{line.value} {line.unit}".strip()
    verified = "NO" if line.verified == "no" else line.verified
    whole = (line.id, line.entity, line.quantity, line.period, value, verified, line.source)
    return tuple(
        text if len(text) <= WIDEST[name] else text[: WIDEST[name] - 1] + "…"
        for name, text in zip(COLUMNS, whole, strict=True)
    )
