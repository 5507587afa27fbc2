"""`countermove truth`: how far the model may be believed, as one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DOCS = Path("docs")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("truth")(truth)


def truth(
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the page as .html, or the skill by series as .csv.")
    ] = None,
    draws: Annotated[int, typer.Option(min=100, help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    write_docs: Annotated[bool, typer.Option("--write-docs", help="Write docs/truth.md, in a checkout.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Backtests, replay, stylised facts, claims, structural variants and what the answer rests on, with figures."""
    from countermove._atomic import write_whole
    from countermove.cli._progress import progress
    from countermove.errors import CountermoveError
    from countermove.inference.truth import as_json as plain
    from countermove.inference.truth import headline
    from countermove.inference.truth import truth as compute

    if output is not None and output.suffix not in (".html", ".htm", ".csv"):
        raise CountermoveError(f"{output}: the truth is written as .html or .csv, not '{output.suffix}'")
    if write_docs and not DOCS.is_dir():
        raise CountermoveError("--write-docs: there is no folder docs/ here; run it in a checkout")
    with progress("testing against the history") as report:
        found = compute(draws=draws, seed=seed, progress=report)
    from countermove.report import truth as page

    if output is not None and output.suffix == ".csv":
        from countermove.cli import _rows

        _rows.write(output, _scored(plain(found)))
    elif output is not None:
        page.write(found, output)
    if write_docs:
        write_whole(DOCS / "truth.md", page.as_markdown(found))
    if as_json:
        import json

        typer.echo(json.dumps(plain(found), indent=1, ensure_ascii=False))
        return
    for sentence in headline(found):
        typer.echo(f"{sentence}\n")
    where = [*([output] if output else []), *([DOCS / "truth.md"] if write_docs else [])]
    typer.echo("\n".join(f"written to {path}" for path in where) or "--output truth.html writes the page with figures.")


def _scored(content: dict) -> list[dict]:
    """Every scored figure of every backtest as a flat row."""
    return [
        {"as_of": each["as_of"], "arm": arm, **{k: v for k, v in row.items() if k != "naive"}}
        for each in content["backtests"]
        for arm, part in each["arms"].items()
        for row in part["rows"]
    ]
