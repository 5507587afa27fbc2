"""`countermove chips`: the catalogue with the figures that the rules test, and how a day's rules class each chip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from datetime import date

SHOWN = {
    "id": 28, "tpp": 12, "density": 8, "memory_bandwidth": 10, "interconnect": 8, "data centre": 11, "class": 24,
    "to China": 18, "note": 14,
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("chips")(chips)


def chips(
    filters: Annotated[
        list[str] | None, typer.Argument(metavar="[FILTER]...", help="Words in id, name or vendor; all must match.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="Class the chips by the rules of this day.")] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Draw TPP against performance density.")
    ] = None,
    linear: Annotated[bool, typer.Option("--linear", help="Linear axes in the figure.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write a CSV file.")] = None,
) -> None:
    """List the chips: TPP, performance density, bandwidths, class under the rules and verdict for China."""
    from dataclasses import asdict

    from countermove.cli._rows import deliver
    from countermove.rules import LAW_REVIEWED_TO
    from countermove.rules.cases import parse_date
    from countermove.rules.classes import lines

    day = LAW_REVIEWED_TO if on is None else parse_date(on)
    if figure is not None:
        _draw(figure, day, linear)
        return
    rows = [asdict(line) for line in lines(day, tuple(filters or ()))]
    named = [
        {(key.replace("_", " ") if key == "data_centre" else key): value for key, value in row.items()} for row in rows
    ]
    for row in named:
        row["class"] = row.pop("classed")
        row["to China"] = row.pop("to_china")
    footer = (
        f"{len(named)} chips · classed by the rules of {day} · bounds where figures are uncertain · not legal advice"
    )
    deliver(named, shown=SHOWN, as_json=as_json, output=output, footer=footer)


def _draw(path: Path, day: date, linear: bool) -> None:
    from countermove.cli import _figure
    from countermove.figures import threshold_plane

    _figure.check(path)
    _figure.write(path, threshold_plane(day, scale="linear" if linear else "log"))
