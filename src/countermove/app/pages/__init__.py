"""The pages in the order of the navigation. One that is not ready is not here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countermove.app.draft import Draft
from countermove.app.pages import beliefs, lab, rules, supply, training, truth

if TYPE_CHECKING:
    import dash

    from countermove.app.runs import Desk


@dataclass(frozen=True)
class Page:
    """One page: its address, its name in the navigation, how it is laid out for a draft, and its callbacks."""

    path: str
    title: str
    layout: Callable[[Draft], Any]
    register: Callable[[dash.Dash, Desk], None]


PAGES: tuple[Page, ...] = (
    Page("/", "Lab", lab.layout, lab.register),
    Page("/beliefs", "Beliefs", beliefs.layout, beliefs.register),
    Page("/rules", "Rules", rules.layout, rules.register),
    Page("/training", "Training", training.layout, training.register),
    Page("/supply", "Supply", supply.layout, supply.register),
    Page("/truth", "Truth", truth.layout, truth.register),
)


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of every page."""
    for page in PAGES:
        page.register(app, desk)
