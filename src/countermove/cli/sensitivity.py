"""`countermove sensitivity`: which assumptions, or which mechanisms, decide an outcome."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from countermove.cli._answers import Against, AsJson, Draws, Output, Policy, Seed, counterfactual, deliver, tell
from countermove.cli._parameters import Parameters

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.decide.sensitivity import Sensitivity


class Over(StrEnum):
    """What is varied one by one."""

    parameters = "parameters"
    mechanisms = "mechanisms"


class Method(StrEnum):
    """How the indices are found."""

    sobol = "sobol"
    given = "given"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("sensitivity")(sensitivity)


def sensitivity(
    scenario: Policy,
    against: Against = "no-controls",
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="OUTCOME:YEAR, crossing:OUTCOME, catalysed:OUTCOME or hindered:OUTCOME; may be repeated."),
    ] = None,
    over: Annotated[
        Over, typer.Option(help="Every uncertain number, or groups of mechanisms beside all numbers together.")
    ] = Over.parameters,
    method: Annotated[
        Method | None,
        typer.Option(
            help="Sobol's indices (the default for priors, which are independent); or first-order indices and Shapley "
            "effects of an ensemble as it is (the default for a posterior)."
        ),
    ] = None,
    tolerance: Annotated[
        float, typer.Option(help="Half-width of 95 % intervals at which Sobol's indices will do.")
    ] = 0.05,
    points: Annotated[int, typer.Option(help="Greatest number of points for Sobol's indices.")] = 200_000,
    draws: Draws = 4096,
    seed: Seed = 1,
    parameters: Parameters = None,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """Say which assumptions decide an outcome, with intervals and a verdict on convergence."""
    from countermove.cli._progress import progress
    from countermove.decide import sensitivity as decide
    from countermove.explore.world import world

    measures, other = outcome or decide.DEFAULT, counterfactual(against)
    method = method or (Method.given if world().basis == "posterior" else Method.sobol)
    with progress(f"simulating {scenario} at many points") as report:
        if method is Method.given:
            found = decide.sensitivity_of_ensemble(
                scenario, other, measures=measures, draws=draws, seed=seed, progress=report
            )
        else:
            how = {"over": over.value, "tolerance": tolerance, "most": points, "seed": seed}
            found = decide.sensitivity(scenario, other, measures=measures, progress=report, **how)
    deliver(found, _told, as_json=as_json, output=output)


def _told(found: Sensitivity, console: Console) -> None:
    from countermove.cli import _decisions

    tell(
        console,
        sentences=(),
        tables=_decisions.sensitivity(found),
        notes=_decisions.sensitivity_notes(found),
        factors=_decisions.leading(found),
        origin=found.origin,
    )
