"""`countermove prior-predictive`: what the model says before any fitting, beside the evidence."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("prior-predictive")
    def prior_predictive(  # pyright: ignore[reportUnusedFunction]
        draws: int = typer.Option(1000, min=1, help="Draws of the prior."),
        seed: int = typer.Option(1, min=0, help="Seed of the draws."),
        as_json: bool = typer.Option(False, "--json", help="Print JSON."),
        write: bool = typer.Option(False, "--write", help="Write docs/prior-predictive.md in the current folder."),
    ) -> None:
        """What the unfitted model says beside the published figures, with the misses."""
        import json
        from pathlib import Path

        from countermove._atomic import write_whole
        from countermove.explain import prior_predictive as table

        lines = table.table(draws, seed)
        if as_json:
            typer.echo(json.dumps([_plain(line) for line in lines], indent=1))
            return
        page = table.to_markdown(lines, draws, seed)
        if write:
            write_whole(Path("docs/prior-predictive.md"), page)
            table.require_explained(lines)
            return
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(page))


def _plain(line: object) -> dict[str, object]:
    from countermove.explain.prior_predictive import Line

    assert isinstance(line, Line)
    row = line.row
    return {
        "figure": row.name, "title": row.title, "unit": row.unit, "low": line.low, "median": line.median,
        "high": line.high if line.high < 1e300 else None, "evidence": row.evidence, "sources": row.sources,
        "met": line.met,
        "missed": row.missed, "note": row.note,
    }  # fmt: skip
