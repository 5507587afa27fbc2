"""`countermove claims`: what is said about the controls, and what speaks for and against it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from countermove.inference.claims import Judgement


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("claims")(claims)


def claims(
    text: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]...", help="An id such as C04, or words.")] = None,
    draws: Annotated[int, typer.Option(min=2, help="Number of draws of the uncertain parameters.")] = 500,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the verdicts to a CSV file.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw the verdicts.")] = None,
) -> None:
    """Decide claims from evidence and model: supported, contradicted, disputed, undecided or not testable."""
    from countermove.cli import _rows
    from countermove.inference.basis import basis_in_words
    from countermove.inference.claims import as_json as plain
    from countermove.inference.claims import find, judge

    judgements = judge(find(" ".join(text or ())), draws=draws, seed=seed)
    content = plain(judgements)
    if output is not None:
        columns = ("id", "claim", "by", "verdict", "reason", "decided_by")
        _rows.write(output, [{name: row[name] for name in columns} for row in content["claims"]])
    if figure is not None:
        from countermove.cli._figure import write as draw
        from countermove.figures.verdicts import verdicts

        draw(figure, verdicts(judgements, draws=draws, seed=seed))
    if as_json:
        import json

        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
        return
    for judgement in judgements:
        _print(judgement)
    typer.echo(f"Model figures: median [10, 90 %] of {draws:,} draws, seed {seed}; {basis_in_words()}.")


def _print(judgement: Judgement) -> None:
    claim = judgement.claim
    said = f" ({claim.by})" if claim.by else ""
    typer.echo(f"{claim.id} {judgement.verdict.upper()}: {claim.text}{said}")
    if claim.not_testable:
        typer.echo(f"    {claim.not_testable}")
    for side, word in (("for", "for    "), ("against", "against"), ("open", "open   ")):
        for outcome in judgement.side(side):
            rows = f" [{', '.join(outcome.rows)}]" if outcome.rows else ""
            dated = f", {outcome.dated}" if outcome.dated else ""
            typer.echo(f"    {word} {outcome.text}{rows}{dated}")
    typer.echo("")
