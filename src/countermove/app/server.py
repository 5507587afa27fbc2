"""The server: Dash on Flask under Waitress, with a strict content-security policy and bounded requests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
from flask import Response, abort, request

from countermove.app.mistakes import in_one_line
from countermove.errors import CountermoveError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
LARGEST_REQUEST = 1_000_000
THREADS = 48
"""Requests served at once; most of them wait for their turn to simulate, which costs nothing."""

# Dash's own page, with the language that screen readers need.
_INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
    <body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""

Announce = Callable[[str], None]


def create(host: str = "127.0.0.1") -> dash.Dash:
    """The app, ready to be served by any WSGI server as `create().server`.

    Args:
        host: the address it will be bound to; on a loopback address requests for other host names are refused, so that
            no foreign page can reach it through a name that it controls.
    """
    from countermove.app import pull, shell
    from countermove.app.pages import register
    from countermove.app.runs import Desk

    app = dash.Dash(
        __name__,
        title="countermove",
        assets_folder=str(Path(__file__).parent / "assets"),
        serve_locally=True,
        suppress_callback_exceptions=True,
        update_title="",
        index_string=_INDEX,
        on_error=_one_line,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )
    desk = Desk()
    app.server.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.server.config["desk"] = desk
    app.layout = shell.layout
    shell.register(app, desk)
    register(app, desk)
    pull.register(app.server, desk)
    _guard(app, host)
    return app


def serve(host: str, port: int, announce: Announce) -> None:
    """Serve until interrupted.

    Args:
        announce: called with the address once requests are taken.

    Raises:
        CountermoveError: the address cannot be bound to.
    """
    from waitress.server import create_server

    app = create(host)
    try:
        server: Any = create_server(app.server, host=host, port=port, threads=THREADS, ident="countermove")
    except OSError as error:
        raise CountermoveError(f"cannot serve on {host}:{port}: {error.strerror}; choose another --port") from None
    threading.Thread(target=_warm, args=(app,), name="warm", daemon=True).start()
    shown = f"[{host}]" if ":" in host else host
    announce(f"http://{shown}:{port}/")
    server.run()


def _warm(app: dash.Dash) -> None:
    """Make the first page while the browser reads its scripts, then what its figures need, then the rest."""
    from countermove.app.draft import Draft
    from countermove.app.pages import lab

    lab.layout(Draft())
    app.server.config["desk"].warm()


def _guard(app: dash.Dash, host: str) -> None:
    policy = _policy(app)

    @app.server.before_request
    def _own_name() -> None:
        name = request.host.rsplit(":", 1)[0].strip("[]")
        if host in LOOPBACK and name not in LOOPBACK:
            abort(403)

    @app.server.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response


def _policy(app: dash.Dash) -> str:
    """Scripts and data from this server alone; the one inline script is Dash's own and allowed by its hash.

    Mantine and Plotly write style elements, hence inline styles; exported figures are blobs.
    """
    scripts = " ".join(["'self'", *app.csp_hashes()])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _one_line(error: Exception) -> None:
    """What happens to a mistake in one of Dash's callbacks."""
    from countermove.app.runs import Superseded

    if not isinstance(error, Superseded):
        dash.set_props("notice", {"children": in_one_line(error), "hide": False})
