"""One request for all that a pulled lever changes: the state, the words beside the levers, the answer and its figures.

The browser's part is assets/levers.js. Dash's callbacks would send four requests, one after another, and go through
every component of the page several times for each.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import orjson
from flask import Flask, Response, request

from countermove import scenario
from countermove.app import moves, parts, runs, state
from countermove.app.draft import DRAWS, Draft
from countermove.app.levers import Setting, levers
from countermove.app.mistakes import in_one_line
from countermove.errors import CountermoveError, unknown

PATH = "/pull"


@dataclass(frozen=True)
class Pull:
    """What the browser asks.

    Attributes:
        moves: levers moved since that state, each with where it stands now.
        shown: the figures on the page, by their names in `runs.FIGURES`.
        at_rest: whether no lever moves any more, so that all draws are wanted.
        visitor, number: who asks, and the how-manieth time.
    """

    now: state.State
    moves: tuple[tuple[str, Any], ...]
    screen: runs.Screen
    shown: tuple[str, ...]
    at_rest: bool
    visitor: str
    number: int


def register(server: Flask, desk: runs.Desk) -> None:
    """Serve the request."""

    @server.post(PATH)
    def _pull() -> Response:
        try:
            return _as_json(answered(_of(request.get_json(silent=True)), desk))
        except runs.Superseded:
            return Response(status=204)
        except CountermoveError as error:
            return _as_json({"error": in_one_line(error)}, 400)
        except Exception as error:
            return _as_json({"error": in_one_line(error)}, 500)


def _as_json(content: dict[str, Any], status: int = 200) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY), status, mimetype="application/json")


def _of(body: Any) -> Pull:
    try:
        given = state.State(**{key: body["state"][key] for key in state.State.__annotations__})  # type: ignore[typeddict-item]
        found = Pull(
            now=given,
            moves=tuple((str(lever), value) for lever, value in body["moves"]),
            screen="phone" if body["screen"] == "phone" else "laptop",
            shown=tuple(str(name) for name in body["shown"]),
            at_rest=bool(body["at_rest"]),
            visitor=str(body["visitor"])[:40],
            number=int(body["number"]),
        )
    except (KeyError, TypeError, ValueError):
        raise CountermoveError("a request of the page was not understood; load it anew") from None
    for name in found.shown:
        if name not in runs.FIGURES:
            raise unknown("figure", name[:60], runs.FIGURES)
    return found


def answered(pull: Pull, desk: runs.Desk) -> dict[str, Any]:
    """What the page shows after it.

    Raises:
        CountermoveError: a lever cannot be moved there; the link is not valid.
        Superseded: there is a newer request of this visitor.
    """
    begun = time.perf_counter()
    after = moves.pulled(pull.now, pull.moves)
    draft = state.draft_of(after)
    asked = draft if pull.at_rest else replace(draft, draws=DRAWS[0])
    found = desk.answer(asked, pull.screen, pull.shown, pull.visitor, pull.number)
    return {
        "state": after, "words": _beside(pull.moves, draft), "what": _what(draft), "sentences": found.sentences,
        "figures": found.figures, "computed": found.milliseconds, "waited": 1000 * (time.perf_counter() - begun),
    }  # fmt: skip


def _beside(moved: tuple[tuple[str, Any], ...], draft: Draft) -> dict[str, str]:
    """The words beside the sliders that moved."""
    items = (levers()[lever] for lever, _ in moved if lever in levers())
    return {item.id: parts.in_words(item, item.read(draft)) for item in items if item.is_slider}


def _what(draft: Draft) -> tuple[str, str]:
    """The scenario that the draft starts from, and what is changed in it."""
    title = scenario.load(draft.base).title
    if not draft.content:
        return title, ""
    unchanged = _unchanged(draft.base)
    changed = [item.title for item in levers().values() if item.read(draft) != unchanged[item.id]]
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return title, f"changed: {'; '.join(changed[:3]) or 'beliefs'}{more}"


@cache
def _unchanged(base: str) -> dict[str, Setting]:
    """Where every lever stands in a shipped scenario."""
    return {item.id: item.read(Draft(base)) for item in levers().values()}
