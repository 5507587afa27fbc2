"""Words: what each term of the app and the report means, in plain language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dash_mantine_components as dmc
from dash import html

from countermove.app import parts

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk


def layout(_: Draft) -> Any:
    """The page: the glossary of the report."""
    from countermove.report.glossary import glossary

    lines: list[Any] = []
    for entry in glossary():
        lines += [html.Dt(entry["term"]), html.Dd(entry["meaning"])]
    return [
        parts.heading("Words"),
        dmc.Text("What the terms of these pages and of the report mean.", size="sm"),
        html.Dl(lines, className="words"),
    ]


def register(_app: dash.Dash, _desk: Desk) -> None:
    """Nothing on it changes."""
