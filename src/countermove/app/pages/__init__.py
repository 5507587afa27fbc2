"""The pages in the order of the navigation. One that is not ready is not here.

How a page is added:

1. Write `pages/NAME.py` with `layout(draft) -> components` and `register(app, desk) -> None`, and add a `Page` to
   `PAGES`. The navigation and the address come from there; tests/app/test_pages.py visits every page of `PAGES`, in
   light and dark, on a laptop and a phone, with the accessibility checker.
2. Begin the layout with `parts.heading("Name")`. Put `parts.answer()` below it where the page follows the scenario of
   the Lab.
3. A figure of the Lab's comparison is `parts.figure(name, ghost=False)` and one entry in `runs.figure_makers`, a
   function (comparison, screen) -> `figures._sheet.Sheet`. It is redrawn on every change without a callback of the
   page's own.
4. Any other figure is `parts.drawing(name)` with a callback of the page that puts `parts.as_data(figure)` into the
   store `{"drawing": name}`. Inputs `"state"` (the scenario: `state.draft_of(now)`) and `"screen"` (laptop or phone)
   are there on every page; `desk.comparison(draft)` gives both arms, kept between pages.
5. Say in provenance.yaml where the numbers of a new figure come from.
6. List in `SEEN` the controls that are no levers: the link carries their settings (`view`).
7. Dark colours, exports as SVG, PNG and CSV, source lines and sizes need nothing more. A mistake in what was given is
   raised as CountermoveError and is told in one line. Import heavy modules inside functions. Ids are unique over all
   pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countermove.app.draft import Draft
from countermove.app.pages import (
    base,
    beliefs,
    claims,
    lab,
    model,
    paradox,
    rules,
    sources,
    supply,
    training,
    truth,
    words,
)  # fmt: skip
from countermove.app.view import Seen

if TYPE_CHECKING:
    import dash

    from countermove.app.runs import Desk


@dataclass(frozen=True)
class Page:
    """One page: its address, its name in the navigation, its layout for a draft, its callbacks and its controls."""

    path: str
    title: str
    layout: Callable[[Draft], Any]
    register: Callable[[dash.Dash, Desk], None]
    seen: tuple[Seen, ...] = ()


PAGES: tuple[Page, ...] = (
    Page("/", "Lab", lab.layout, lab.register),
    Page("/beliefs", "Beliefs", beliefs.layout, beliefs.register, beliefs.SEEN),
    Page("/paradox", "Paradox", paradox.layout, paradox.register, paradox.SEEN),
    Page("/rules", "Rules", rules.layout, rules.register, rules.SEEN),
    Page("/training", "Training", training.layout, training.register, training.SEEN),
    Page("/supply", "Supply", supply.layout, supply.register, supply.SEEN),
    Page("/base", "Base", base.layout, base.register),
    Page("/claims", "Claims", claims.layout, claims.register, claims.SEEN),
    Page("/truth", "Truth", truth.layout, truth.register, truth.SEEN),
    Page("/model", "Model", model.layout, model.register, model.SEEN),
    Page("/sources", "Sources", sources.layout, sources.register, sources.SEEN),
    Page("/words", "Words", words.layout, words.register),
)


def register(app: dash.Dash, desk: Desk) -> None:
    """Callbacks of every page."""
    for page in PAGES:
        page.register(app, desk)
