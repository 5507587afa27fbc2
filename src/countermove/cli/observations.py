"""`countermove observations`: which figures of the evidence the model is read for, and which not and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("observations")(observations)


def observations(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILTER]...", help="Words in id, entity, quantity or series."),
    ] = None,
    unmapped: Annotated[bool, typer.Option("--unmapped", help="Only rows that are not mapped.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every row as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write every row to a CSV file.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw every figure by series.")] = None,
) -> None:
    """Series that the model is read for, with their figures; rows that are left out, with the reason."""
    from countermove.cli import _rows
    from countermove.inference.listing import listed, series

    if figure is not None:
        from countermove.cli._figure import write as draw
        from countermove.figures.record import record
        from countermove.inference.listing import shipped

        draw(figure, record(shipped()[0]))
    rows = [row for row in listed() if _matches(row, words or ()) and not (unmapped and row["mapped"])]
    if output is not None or as_json or words or unmapped:
        shown = {
            "id": 12,
            "series": 28,
            "entity": 22,
            "quantity": 34,
            "value": 14,
            "error": 6,
            "knowable_on": 11,
            "why": 60,
        }
        _rows.deliver(rows, shown=shown, as_json=as_json, output=output, footer=_footer(rows))
        return
    overview = series()
    shown = {"series": 30, "model": 40, "time": 16, "figures": 7, "first": 10, "last": 10, "unit": 26}
    _rows.deliver(overview, shown=shown, as_json=False, output=None, footer=_footer(rows))


def _matches(row: dict[str, Any], words: list[str] | tuple[str, ...]) -> bool:
    searched = " ".join(str(row[name]) for name in ("id", "entity", "quantity", "series")).casefold()
    return all(word.casefold() in searched for word in words)


def _footer(rows: list[dict[str, Any]]) -> str:
    from collections import Counter

    mapped = [row for row in rows if row["mapped"]]
    reasons = Counter(row["why"] for row in rows if not row["mapped"])
    lines = [f"{count:5d}  {why}" for why, count in reasons.most_common()]
    names = len({row["series"] for row in mapped})
    return "\n".join([f"\n{len(mapped)} figures of {names} series mapped; {len(rows) - len(mapped)} rows not:", *lines])
