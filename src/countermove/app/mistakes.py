"""What a visitor is told of a mistake: one line, while the rest of the page lives on."""

from __future__ import annotations

import logging

import dash

from countermove.errors import CountermoveError


def in_one_line(error: Exception) -> str:
    """A mistake in what was given in its own words; anything else is logged, and told without its particulars."""
    if isinstance(error, CountermoveError):
        return str(error)
    logging.getLogger("countermove").error("the app failed to answer", exc_info=error)
    return f"this part failed ({type(error).__name__}); the rest of the page still works"


def tell(error: Exception) -> None:
    """Within a callback: show the line above the page."""
    dash.set_props("notice", {"children": in_one_line(error), "hide": False})
