"""Which module holds which command, in the order in which `countermove --help` lists them."""

from __future__ import annotations

import importlib

import typer

# Each module has `register(app)`, which adds its command or commands.
MODULES: tuple[str, ...] = (
    "run",
    "compare",
    "report",
    "serve",
    "attribute",
    "sensitivity",
    "value",
    "discover",
    "sweep",
    "optimise",
    "game",
    "scenarios",
    "train",
    "check",
    "chips",
    "timeline",
    "design",
    "evidence",
    "source",
    "explain",
    "diagram",
    "loops",
    "xmile",
    "prior_predictive",
    "observations",
    "score",
    "facts",
    "claims",
    "backtest",
    "truth",
    "update",
    "calibrate",
)


def register(app: typer.Typer) -> None:
    """Add every command to `app`."""
    for name in MODULES:
        importlib.import_module(f"countermove.cli.{name}").register(app)
