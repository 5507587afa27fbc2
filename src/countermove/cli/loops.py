"""`countermove loops`: which feedback loops drive the course of events, year by year."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._answers import AsJson

if TYPE_CHECKING:
    from countermove.explain.dominance import Dominance
    from countermove.results import Origin

# Loops that are printed.
_SHOWN = 8


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("loops")(loops)


def loops(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="Name of a scenario, or the path of its YAML.")
    ] = ("history"),
    around: Annotated[
        str, typer.Option(metavar="QUANTITY", help="Only loops through this quantity or outcome, or nearest to it.")
    ] = "",
    as_json: AsJson = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write every loop and year (.csv, .nc) or a figure (.html)."),
    ] = None,
) -> None:
    """Say which feedback loops drive the course of events in each year, by Loops That Matter."""
    from countermove._export import check
    from countermove.cli._progress import progress
    from countermove.explain.central import central_inputs
    from countermove.explain.dominance import dominance
    from countermove.explain.dominance.tables import plain
    from countermove.explore.outcomes import OUTCOMES
    from countermove.explore.simulate import origin_of
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    check(output, (".csv", ".nc", ".html"), folder=False)
    given, chosen = world(), as_scenario(scenario)
    quantity = OUTCOMES[around].quantity if around in OUTCOMES else around
    with progress(f"scoring the loops of {chosen.name}"):
        found = dominance(given.model, central_inputs(given, chosen), given.months, quantity)
    if output is not None:
        _write(found, origin_of(given, chosen, draws=1, seed=0), output)
    if as_json:
        import json

        typer.echo(json.dumps(plain(found, chosen.name), ensure_ascii=False, indent=1))
    else:
        _print(found, chosen.name, output)


def _write(found: Dominance, origin: Origin, output: Path) -> None:
    from countermove import _export
    from countermove._atomic import write_whole
    from countermove.explain.dominance import tables

    if output.suffix == ".html":
        from countermove.figures.loops import page

        write_whole(output, page(found, origin.scenario))
    elif output.suffix == ".nc":
        arrays, coordinates = tables.arrays(found)
        about = {"scenario": origin.scenario, "around": found.around, "parameters": "at their medians"}
        quoted = {name: value for name, value in _export.provenance(origin).items() if name not in ("draws", "seed")}
        _export.write_netcdf(output, arrays, coordinates, {**about, **quoted})
    else:
        _export.write_csv(output, tables.rows(found, origin.scenario))


def _print(found: Dominance, scenario: str, output: Path | None) -> None:
    from rich.console import Console

    from countermove.explain.dominance.tables import by_year, lowers, raises, years

    console = Console()
    where = f" through {', '.join(found.through)}" if found.through else ""
    console.print(f"{len(found.loops)} feedback loops{where} found along {scenario}; the strongest:", highlight=False)
    for number, loop in enumerate(found.loops[:_SHOWN], start=1):
        share = by_year(found, loop.share)
        peak = int(share.argmax())
        told = f"{100 * loop.share.mean():.0f} % on average, most in {years(found)[peak]} ({100 * share[peak]:.0f} %)"
        if found.around:
            moves = (
                f"raises {found.around} {100 * raises(loop).mean():.0f} %, lowers it {100 * lowers(loop).mean():.0f} %"
            )
            told = f"{told}; {moves}"
        console.print(f"\n{number}. {loop.behaviour}: {told}", highlight=False)
        console.print(f"   {' → '.join(loop.names)}", highlight=False, style="dim")
    rest = sum(loop.share.mean() for loop in found.loops[_SHOWN:])
    console.print(f"\nall others: {100 * rest:.0f} %", highlight=False)
    console.print(
        "Loops That Matter: shares of the sizes of loop scores, all parameters at their medians, four months a year; "
        "cell by cell, summed over chains of cells. The search finds most of the strongest loops, not all.",
        style="dim",
        highlight=False,
    )
    if output:
        console.print(f"written: {output}")
