"""The option that says whether parameters are drawn from the prior or from the posterior."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class Basis(StrEnum):
    """What parameters are drawn from."""

    prior = "prior"
    posterior = "posterior"


def _draw(context: typer.Context, value: Basis | None) -> Basis | None:
    """Hold the choice until the command ends."""
    if value is not None:
        from countermove.explore.world import drawn_from

        context.with_resource(drawn_from(value.value))
    return value


# The callback does all: a command only has to name the option.
Parameters = Annotated[
    Basis | None,
    typer.Option(
        "--parameters",
        callback=_draw,
        show_default="posterior where one ships for this model and evidence",
        help="What parameters are drawn from.",
    ),
]
