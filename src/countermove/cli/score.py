"""`countermove score`: how well the model predicts figures that a file brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.inference.score import Scored, Scores


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("score")(score)


def score(
    observations: Annotated[Path, typer.Option(metavar="FILE.csv", help="Figures in the format of the evidence.")],
    draws: Annotated[int, typer.Option(min=2, help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the scored rows to a file.")] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Draw every row against its forecast.")
    ] = None,
) -> None:
    """Set the model beside figures of a file: 80 % interval, hit or miss, CRPS and skill against naive forecasts."""
    from countermove.cli import _rows
    from countermove.cli._progress import progress
    from countermove.inference.score import as_json as plain
    from countermove.inference.score import score_file

    with progress("simulating history") as report:
        scores = score_file(observations, draws=draws, seed=seed, progress=report)
    content = plain(scores)
    if output is not None:
        _rows.write(output, content["rows"])
    if figure is not None:
        from countermove.cli._figure import write as draw
        from countermove.figures.scored import scored

        draw(figure, scored(scores, draws=draws, seed=seed))
    if as_json:
        import json

        typer.echo(json.dumps(content, indent=1, ensure_ascii=False))
    else:
        _print(content, scores)


def _print(content: dict[str, Any], scores: Scores) -> None:
    from countermove.cli import _rows
    from countermove.inference.basis import basis_in_words

    rows = [
        {
            "row": shown["id"], "series": row.observation.operator.title, "observed": _bounded(row, shown["observed"]),
            "10 %": f"{shown['low']:.4g}", "median": f"{shown['median']:.4g}", "90 %": f"{shown['high']:.4g}",
            "within": "yes" if shown["covered"] else "no", "CRPS": _short(shown["crps"]),
            "skill": _short(shown["skill"]),
        }
        for row, shown in zip(scores.rows, content["rows"], strict=True)
    ]  # fmt: skip
    widths = {"row": 12, "series": 34, "observed": 12, "10 %": 10, "median": 10, "90 %": 10, "within": 6, "CRPS": 5}
    missing = "".join(f"not mapped: {left.fact.id}: {left.why}\n" for left in scores.unmapped)
    summary = content["summary"]
    footer = (
        f"{missing}{summary['mapped']} rows mapped; 80 % intervals cover {_short(summary['coverage_80'])}; "
        f"skill against the best naive forecast {_short(summary['crps_skill'])}, above nought on "
        f"{_short(summary['share_of_series_with_skill'])} of the series.\nBounds (≤, ≥) are not in these figures. "
        f"CRPS is on the scale of the series: logarithm, or logit of a share. Parameters: {basis_in_words()}."
    )
    _rows.deliver(rows, shown={**widths, "skill": 6}, as_json=False, output=None, footer=footer)


def _bounded(row: Scored, observed: float) -> str:
    return {"low": "≥ ", "high": "≤ "}.get(row.observation.bound or "", "") + f"{observed:.4g}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
