"""`countermove xmile`: the model as an XMILE file, to be opened in other system-dynamics software."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("xmile")(xmile)


def xmile(
    output: Annotated[Path, typer.Option(help="File to write, ending in .xmile.")],
    scenario: Annotated[
        str, typer.Argument(metavar="[SCENARIO]", help="Name of a scenario, or the path of its YAML.")
    ] = "history",
) -> None:
    """Write the whole model under a scenario, every parameter at its median, as XMILE 1.0.

    Stella, Vensim, simlin or PySD run it to the same trajectories. Arrays are written out, NAME_element1_element2.
    """
    from countermove._atomic import write_whole
    from countermove.errors import CountermoveError

    if output.suffix.lower() not in (".xmile", ".xml", ".stmx"):
        raise CountermoveError(f"--output {output}: an XMILE file ends in .xmile (or .stmx, .xml)")
    from countermove.explain.central import central_inputs
    from countermove.explain.xmile import to_xmile
    from countermove.explore.world import world
    from countermove.scenario import as_scenario

    given, chosen = world(), as_scenario(scenario)
    text = to_xmile(given.model, central_inputs(given, chosen), given.months)
    write_whole(output, text)
    count = sum(text.count(f"<{tag} name=") for tag in ("stock", "flow", "aux"))
    typer.echo(
        f"wrote {output}: scenario {chosen.name}, {count} variables, {given.months} months, "
        "every parameter at its median; method Euler, step one month"
    )
