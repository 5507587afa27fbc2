"""The app: Dash on Flask, with a strict content-security policy and bounded requests."""

from __future__ import annotations

from pathlib import Path

import dash
from flask import Response, abort, request

from countermove.app.mistakes import in_one_line
from countermove.app.opening import is_own_name

LARGEST_REQUEST = 1_000_000

# Dash's own page, with the language that screen readers need.
_INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>{%metas%}<title>{%title%}</title>{%favicon%}{%css%}</head>
    <body>{%app_entry%}<footer>{%config%}{%scripts%}{%renderer%}</footer></body>
</html>"""


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


def _guard(app: dash.Dash, host: str) -> None:
    policy = _policy(app)

    @app.server.before_request
    def _own_name() -> None:
        if not is_own_name(request.host, host):
            abort(403)

    @app.server.after_request
    def _headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
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
