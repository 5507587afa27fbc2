"""Takes requests from the first moment, while Python still reads what the app is made of.

The browser needs a second to read the scripts of the page and to lay it out. What it asks for until its levers stand
is answered as the app answered it at the last start of the same installation: the page, its scripts and styles, which
are files, its layout and the list of callbacks. Everything else waits until the app is there.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from countermove.app import kept

if TYPE_CHECKING:
    from dash import Dash

Headers = list[tuple[str, str]]
StartResponse = Callable[[str, Headers], Any]
Environ = Mapping[str, Any]

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_KEPT = "first-page"
_LAYOUT = "/_dash-layout"
_TEXTS = ("/", _LAYOUT, "/_dash-dependencies")
# What the page's scripts ask for themselves once there are figures.
_LATER = (
    "/_dash-component-suites/dash/dcc/async-graph.js",
    "/_dash-component-suites/dash/dcc/async-upload.js",
    "/_dash-component-suites/plotly/package_data/plotly.min.js",
)
_SOURCES = re.compile(r"(?:src|href)=\"(/(?:assets|_dash-component-suites)/[^\"]+)\"")
# As Dash names a file with its version and the time of its last change.
_FINGERPRINT = re.compile(r"^([^.]+)\.v[\w-]+m[0-9a-fA-F]+\.")


def is_own_name(name: str, host: str) -> bool:
    """Whether a server on this address may be asked under a host name: on a loopback address only under its own."""
    return host not in LOOPBACK or name.rsplit(":", 1)[0].strip("[]") in LOOPBACK


class Opening:
    """The WSGI application that stands before the app, and hands over to it."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._there = Event()
        self._app: Any = None
        self._pages: dict[str, dict[str, Any]] = kept.load(_KEPT) or {}

    def hand_over(self, app: Dash) -> None:
        """Let the app answer from now on."""
        self._app = app.server
        self._app.test_client().get("/")  # Dash serves the scripts that a page it made names, and no others
        self._there.set()

    def keep(self) -> None:
        """Keep for the next start how the app answers for the first page and its scripts."""
        if not self._pages:
            kept.save(_KEPT, json.dumps(_answers(self._app.test_client())))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if not self._there.is_set():
            page = self._page(environ)
            if page is not None:
                body, headers = page
                start_response("200 OK", headers)
                return [body]
            self._there.wait()
        return self._app(environ, start_response)

    def _page(self, environ: Environ) -> tuple[bytes, Headers] | None:
        if environ.get("REQUEST_METHOD") != "GET" or not is_own_name(environ.get("HTTP_HOST", ""), self._host):
            return None
        path = str(environ.get("PATH_INFO"))
        found = self._pages.get(path)
        if found is None or (path == _LAYOUT and not _is_first(environ)):
            return None
        try:
            body = _text(found).encode() if "text" in found else Path(found["file"]).read_bytes()
        except OSError:
            return None
        return body, [*((name, value) for name, value in found["headers"]), ("Content-Length", str(len(body)))]


def _is_first(environ: Environ) -> bool:
    """Whether the first page asks; other pages have another layout."""
    return urlsplit(str(environ.get("HTTP_REFERER", ""))).path == "/"


def _text(found: Mapping[str, Any]) -> str:
    """A text as it was, but with another visitor's name in it."""
    return str(found["text"]).replace(found["visitor"], secrets.token_hex(8)) if "visitor" in found else found["text"]


def _visitor(part: Any) -> str | None:
    """The name that a layout gives to the visitor."""
    if isinstance(part, dict):
        if part.get("id") == "visitor":
            return str(part["data"])
        part = list(part.values())
    names = (_visitor(each) for each in part) if isinstance(part, list) else ()
    return next((name for name in names if name), None)


def _answers(client: Any) -> dict[str, dict[str, Any]]:
    """By path the page as text, and its scripts and styles as the files that they are.

    The page holds a token that Dash signs for one process and asks back of background callbacks, which the app has not.
    """
    found: dict[str, dict[str, Any]] = {}
    for path in _TEXTS:
        answer = client.get(path, headers={"Referer": "http://127.0.0.1/"})
        found[path] = {"text": answer.text, "headers": _headers(answer)}
    found[_LAYOUT]["visitor"] = _visitor(json.loads(found[_LAYOUT]["text"]))
    for source in (*_SOURCES.findall(found["/"]["text"]), *_LATER):
        path = source.partition("?")[0]
        answer, file = client.get(source), _file_of(path)
        if file is not None and answer.status_code == 200 and file.read_bytes() == answer.data:
            found[path] = {"file": str(file), "headers": _headers(answer)}
    return found


def _file_of(path: str) -> Path | None:
    """The file behind the address of a script or style."""
    _, kind, *rest = path.split("/")
    folder, name = rest[:-1], _FINGERPRINT.sub(r"\1.", rest[-1])
    if kind == "assets":
        file = Path(__file__).parent / "assets" / "/".join((*folder, name))
    else:
        spec = find_spec(folder[0])
        if spec is None or spec.origin is None:
            return None
        file = Path(spec.origin).parent.joinpath(*folder[1:], name)
    return file if file.is_file() else None


def _headers(answer: Any) -> Headers:
    own = ("content-length", "date", "server", "connection")
    return [(name, value) for name, value in answer.headers if name.lower() not in own]
