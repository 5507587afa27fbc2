"""Opening pages in Chromium for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def opened(chromium: Any, url: str, *, tour: bool = False, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page in a fresh context, and what it said: errors of its console, and requests to other hosts.

    Args:
        tour: whether the page is told that this is a first visit.
    """
    context = chromium.new_context(**options)
    if not tour:
        context.add_init_script("localStorage.setItem('countermove-tour', 'seen')")
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if _is_elsewhere(request.url) else None)
    page.goto(url)
    yield page, said
    context.close()


def _is_elsewhere(url: str) -> bool:
    return url.startswith("http") and "127.0.0.1" not in url.split("/")[2]
