"""Supply under the scenario of the Lab: which input binds, and where each buyer's new compute comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.app import parts

if TYPE_CHECKING:
    import dash

    from countermove.app.draft import Draft
    from countermove.app.runs import Desk


def layout(_: Draft) -> Any:
    """The page; its figures follow the scenario of the Lab."""
    return [
        parts.heading("Supply"),
        parts.answer(),
        parts.figure("binding", ghost=False),
        parts.figure("buyers", ghost=False),
        parts.figure("measures", ghost=False),
    ]


def register(_app: dash.Dash, _desk: Desk) -> None:
    """Its figures are drawn by the Lab's callbacks; it has none of its own."""
