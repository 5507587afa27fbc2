"""The version of the installed package."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Version string, such as 0.1.0."""
    from importlib.metadata import version as installed

    return installed("countermove")
