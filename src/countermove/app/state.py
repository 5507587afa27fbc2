"""What the browser keeps: the draft as a link, with what came before and after it, for undo and redo."""

from __future__ import annotations

import time
from typing import Any, TypedDict

from countermove.app.draft import Draft, of_link

DEPTH = 50
TOGETHER = 1.5
"""Moves of the same lever within these seconds are one step of undo."""


class State(TypedDict):
    """Links, the lever moved last and when (seconds), and how many times the state has changed."""

    now: str
    past: list[str]
    future: list[str]
    lever: str
    at: float
    request: int


def fresh(draft: Draft | None = None) -> State:
    """The state of a page just opened."""
    return State(now=(draft or Draft()).link(), past=[], future=[], lever="", at=0.0, request=0)


def draft_of(state: State) -> Draft:
    """The draft on the screen."""
    return of_link(state["now"])


def moved(state: State, draft: Draft, lever: str = "") -> State:
    """The state after a change, with what was there before to go back to."""
    now = time.time()
    link = draft.link()
    if link == state["now"]:
        return state
    goes_on = bool(lever) and lever == state["lever"] and now - state["at"] < TOGETHER and bool(state["past"])
    past = state["past"] if goes_on else [*state["past"], state["now"]][-DEPTH:]
    return State(now=link, past=past, future=[], lever=lever, at=now, request=state["request"] + 1)


def undone(state: State) -> State:
    """One step back, if there is one."""
    if not state["past"]:
        return state
    *past, now = state["past"]
    return _stepped(state, now, past, [state["now"], *state["future"]])


def redone(state: State) -> State:
    """One step forward again, if there is one."""
    if not state["future"]:
        return state
    now, *future = state["future"]
    return _stepped(state, now, [*state["past"], state["now"]], future)


def _stepped(state: State, now: str, past: list[str], future: list[str]) -> State:
    changed: dict[str, Any] = {"now": now, "past": past, "future": future[:DEPTH], "lever": ""}
    return State(**{**state, **changed, "request": state["request"] + 1})  # type: ignore[typeddict-item]
