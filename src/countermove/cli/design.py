"""`countermove design`: the best chip that a vendor may still sell under a rule."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
