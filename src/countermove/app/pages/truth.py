"""The run of the Lab beside the evidence, and the assumptions that go with the difference."""

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
        parts.heading("Against the record"),
        parts.answer(),
        parts.figure("history", ghost=False),
        parts.figure("assumptions", ghost=False),
    ]


def register(_app: dash.Dash, _desk: Desk) -> None:
    """Its figures are drawn by the Lab's callbacks; it has none of its own."""
