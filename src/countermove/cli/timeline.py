"""`countermove timeline`: the measures of all sides in the order in which they took effect."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SHOWN = {"effective": 10, "announced": 10, "ended": 10, "jurisdiction": 12, "package": 8, "id": 30, "title": 60}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("timeline")(timeline)


def timeline(
    filters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILTER]...", help="Words in id, title, package or jurisdiction; all must match."),
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="Only measures in force on this day.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the measures over time.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write a CSV file.")] = None,
) -> None:
    """List the measures: announced, effective and ended, with citation."""
    from dataclasses import asdict

    from countermove.cli._rows import deliver
    from countermove.errors import CountermoveError
    from countermove.rules import LAW_REVIEWED_TO
    from countermove.rules.cases import parse_date
    from countermove.rules.table import lines

    words = tuple(filters or ())
    found = lines(words, None if on is None else parse_date(on))
    if not found and not lines(words):
        raise CountermoveError(f"no measure matches {' '.join(words)}")
    if figure is not None:
        from countermove.cli import _figure
        from countermove.figures import measure_timeline

        _figure.check(figure)
        _figure.write(figure, measure_timeline(found))
        return
    footer = f"{len(found)} measures · law reviewed to {LAW_REVIEWED_TO} · not legal advice"
    deliver([asdict(line) for line in found], shown=SHOWN, as_json=as_json, output=output, footer=footer)
