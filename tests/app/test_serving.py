"""The address is taken first; what goes wrong after that is said."""

from __future__ import annotations

import socket
import threading
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from countermove.app import runs, serving
from countermove.app.draft import DRAWS, Draft
from countermove.app.runs import LAB, Desk
from countermove.errors import CountermoveError


def test_an_address_in_use_is_refused_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CountermoveError, match="choose another --port"):
            serving.serve("127.0.0.1", taken.getsockname()[1], print)


def test_requests_are_taken_before_the_app_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    made, announced = threading.Event(), threading.Event()
    addresses: list[str] = []

    def announce(address: str) -> None:
        addresses.append(address)
        announced.set()

    def make(opening: serving.Opening, host: str) -> None:
        from countermove.app.server import create

        made.wait()
        opening.hand_over(create(host))

    monkeypatch.setattr(serving, "_make", make)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    threading.Thread(target=serving.serve, args=("127.0.0.1", port, announce), daemon=True).start()
    assert announced.wait(30)
    answers: list[str] = []

    def ask() -> None:
        with urllib.request.urlopen(f"{addresses[0]}rules") as answer:
            answers.append(answer.read().decode())

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(0.3)
    assert asking.is_alive()  # taken, and waiting
    made.set()
    asking.join(60)
    assert "react-entry-point" in answers[0]


def test_answers_of_the_first_screen_are_recalled_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, second = replace(Draft(), draws=DRAWS[0]), Desk()
    made = Desk().answer(draft, "phone", LAB)
    monkeypatch.setenv("COUNTERMOVE_CACHE", str(tmp_path))
    assert not second.recall()
    runs._keep({(DRAWS[0], "phone"): made})
    assert second.recall()
    found = second.answer(draft, "phone", LAB)
    assert found.sentences == made.sentences
    assert found.milliseconds == made.milliseconds
    for one, other in zip(found.figures["paradox"]["data"], made.figures["paradox"]["data"], strict=True):
        assert [float(each) for each in one["y"]] == [float(each) for each in other["y"]]
    assert second.asked.is_set()
