"""Serving: the address is taken first, then the app is made, then what the next requests need is loaded."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from countermove.app.opening import Opening
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    from countermove.app.runs import Desk

THREADS = 48
"""Requests served at once; most of them wait for their turn to simulate, which costs nothing."""

# Series of a changed law take 95 kB each, executables some megabytes.
_SERIES, _EXECUTABLES = 800, 200

_PATIENCE = 8.0
"""Seconds within which a browser that was opened asks for the first answer, on a slow machine too."""

Announce = Callable[[str], None]


def serve(host: str, port: int, announce: Announce) -> None:
    """Serve until interrupted.

    Args:
        announce: called with the address once requests are taken.

    Raises:
        CountermoveError: the address cannot be bound to.
    """
    from waitress.server import create_server

    opening = Opening(host)
    try:
        server: Any = create_server(opening, host=host, port=port, threads=THREADS, ident="countermove")
    except OSError as error:
        raise CountermoveError(f"cannot serve on {host}:{port}: {error.strerror}; choose another --port") from None
    serving = threading.Thread(target=server.run, name="serving", daemon=True)
    serving.start()
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{port}/")
    with suppress(KeyboardInterrupt):  # how one stops it
        _make(opening, host)
        serving.join()


def _make(opening: Opening, host: str) -> None:
    """The app and its first page while the browser reads its scripts, then what figures need, then the rest."""
    from countermove.app.server import create

    app = create(host)
    desk: Desk = app.server.config["desk"]
    recalled = desk.recall()
    opening.hand_over(app)
    try:
        if recalled:  # the first screen needs nothing more: it is not held up by what the next one needs
            desk.asked.wait(_PATIENCE)
        _prepare(desk)
        opening.keep()
        _tidy()
    except Exception as error:  # what was not prepared is made when it is asked for, or fails there in one line
        from countermove.app.mistakes import in_one_line

        in_one_line(error)


def _prepare(desk: Desk) -> None:
    """What a visitor without kept answers waits for, then what the other pages need."""
    from countermove.app.draft import Draft
    from countermove.app.pages import lab

    lab.layout(Draft())
    desk.warm()


def _tidy() -> None:
    """Keep the cache on disk within bounds, and fill it with the law under every threshold."""
    from countermove import _cache
    from countermove.app import ahead

    _cache.keep_latest(".npz", _SERIES)
    _cache.keep_latest(".executable", _EXECUTABLES)
    ahead.start()
