"""The app: levers, beliefs, rules, training runs and supply in the browser, recomputed on every change.

Built with Dash 4 and Mantine components (dash-mantine-components): figures are Plotly already, callbacks are plain
Python functions over the package's own interface, all scripts and styles ship inside the two packages, so nothing is
fetched from anywhere, and users need no build step. Waitress serves it, a pure-Python server made for production
whose threads fit a computation that runs outside Python's lock. Panel would bring a second plotting stack and a web
socket for every visitor; Streamlit reruns whole scripts and cannot drop a superseded request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.app.serving import serve

if TYPE_CHECKING:
    from dash import Dash


def create(host: str = "127.0.0.1") -> Dash:
    """The app, ready to be served by any WSGI server as `create().server`; see `app.server.create`."""
    from countermove.app import server

    return server.create(host)


__all__ = ["create", "serve"]
