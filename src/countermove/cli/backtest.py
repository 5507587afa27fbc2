"""`countermove backtest`: what the model would have said on a past date, and what came."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backtest")(backtest)


def backtest(
    as_of: Annotated[
        list[str] | None, typer.Option(metavar="DATE", help="Date to forecast from; may be given several times.")
    ] = None,
    draws: Annotated[int, typer.Option(min=8, help="Number of draws of the uncertain parameters.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same bytes.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    output: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the scored figures to a file.")] = None,
    figure: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Draw skill, coverage and PIT.")] = None,
) -> None:
    """Forecast from a past date with what was public then; score on what came, beside naive and named forecasters."""
    from countermove.cli import _rows
    from countermove.inference.backtest import DATES
    from countermove.inference.backtest import as_json as plain
    from countermove.inference.backtest import backtest as run

    days = [_day(text) for text in as_of] if as_of else list(DATES)
    results = [run(day, draws=draws, seed=seed) for day in days]
    found = [plain(each) for each in results]
    if figure is not None:
        from countermove.cli._figure import write as draw
        from countermove.figures.skill import skill

        draw(figure, skill(results, draws=draws, seed=seed))
    if output is not None:
        rows = [
            {"as_of": each["as_of"], "arm": arm, **{k: v for k, v in row.items() if k != "naive"}}
            for each in found
            for arm, part in each["arms"].items()
            for row in part["rows"]
        ]
        _rows.write(output, rows)
    if as_json:
        import json

        typer.echo(json.dumps({"backtests": found}, indent=1, ensure_ascii=False))
        return
    for each in found:
        _print(each)
    typer.echo("A backtest tests the history, not what would have been without the controls.")


def _day(text: str) -> Any:
    from datetime import date

    from countermove.errors import CountermoveError

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CountermoveError(f"--as-of {text}: not a date: write YYYY-MM-DD") from None
    if not date(2020, 1, 1) <= day <= date(2026, 6, 30):
        raise CountermoveError(f"--as-of {text}: a backtest starts between 2020-01-01 and 2026-06-30")
    return day


def _print(each: dict[str, Any]) -> None:
    typer.echo(f"As of {each['as_of']} (inputs {each['fingerprint']}; parameters: {each['parameters']})")
    for arm, part in each["arms"].items():
        s = part["summary"]
        against = ", ".join(f"{name} {_short(skill)}" for name, skill in s["skill_against"].items())
        typer.echo(
            f"  {arm}: {s['figures']} figures; 50/80/95 % intervals cover {_short(s['coverage_50'])}/"
            f"{_short(s['coverage_80'])}/{_short(s['coverage_95'])}; CRPS skill against the best naive forecast "
            f"{_short(s['crps_skill'])}, above nought on {_short(s['share_of_series_with_skill'])} of the series; "
            f"against each: {against}; figures by fifth of the forecast: {s['pit_histogram']}"
        )
    outcomes = len({row["outcome"] for row in each["named"]})
    typer.echo(
        f"  named forecasters: {len(each['named'])} forecasts of {outcomes} figures; the model's median is closer than "
        f"theirs on {_short(each['better_than_named'])} of the figures"
    )
    if each["kept_with_sight"]:
        typer.echo(f"  known later and kept all the same: {', '.join(each['kept_with_sight'])}")


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
