"""Drafts to answers, fast and bounded: equal runs are computed once, superseded requests not at all."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Generator, Hashable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cache
from threading import Condition, Event
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import orjson

from countermove.app import kept
from countermove.app.draft import DRAWS, Draft
from countermove.app.live import BLOCK, SEED, Ensemble, model, outcomes_only
from countermove.app.recent import Recent

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.figures._sheet import Sheet

Screen = Literal["laptop", "phone"]

_KEPT = "first-answers"
Value = TypeVar("Value")


class Superseded(Exception):
    """A newer request of the same visitor makes this one pointless."""


class Turn:
    """One at a time; who is in a hurry goes before who is not."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._taken = False
        self._hurried = 0

    @contextmanager
    def take(self, *, hurried: bool) -> Generator[None]:
        """Wait for the turn and have it within this context."""
        with self._changed:
            self._hurried += hurried
            self._changed.wait_for(lambda: not self._taken and (hurried or not self._hurried))
            self._hurried -= hurried
            self._taken = True
        try:
            yield
        finally:
            with self._changed:
                self._taken = False
                self._changed.notify_all()


@dataclass(frozen=True, eq=False)
class Answer:
    """What the screen shows for one draft.

    Attributes:
        sentences: the two-sentence answer.
        figures: by name data and layout as a browser takes them.
        milliseconds: what it took to compute, whoever asked first.
    """

    sentences: tuple[str, str]
    figures: dict[str, Any]
    milliseconds: float


class Desk:
    """Takes requests, one simulation at a time, and remembers. One a server."""

    def __init__(self) -> None:
        # 250 draws of the outcomes take 2.5 MB, of everything 20 MB, an Answer about 0.1 MB.
        self._quick = Ensemble(outcomes_only, 32)
        self._whole = Ensemble(model, 8)
        self._answers: Recent[Hashable, Answer] = Recent(200)
        self._latest: Recent[str, int] = Recent(1000)
        self._turn = Turn()
        self.asked = Event()
        """Set once a visitor has had an answer."""

    def answer(
        self, draft: Draft, screen: Screen, shown: tuple[str, ...] = (), visitor: str = "", request: int = 0
    ) -> Answer:
        """Sentences and the named figures.

        Args:
            shown: names in `FIGURES`.
            visitor, request: who asks, and the how-manieth time; a request older than the visitor's last is dropped.

        Raises:
            Superseded: there is a newer request of this visitor.
            CountermoveError: the draft is not valid.
        """
        self._register(visitor, request)
        try:
            return self._answered(draft, screen, shown, visitor, request)
        finally:
            self.asked.set()

    def _answered(self, draft: Draft, screen: Screen, shown: tuple[str, ...], visitor: str, request: int) -> Answer:
        key = _key(draft, screen, shown)
        found = self._answers.get(key)
        if found:
            return found
        with self._turn.take(hurried=draft.draws == DRAWS[0]):
            self._check(visitor, request)
            found = self._answers.get(key)
            if found:  # somebody else asked for the same while this one waited
                return found
            return self._made(draft, screen, shown)

    def _made(self, draft: Draft, screen: Screen, shown: tuple[str, ...]) -> Answer:
        begun = time.perf_counter()
        ensemble = self._quick if set(shown) <= set(LAB) else self._whole
        made = _answer(ensemble.comparison(draft.scenario(), draft.counterfactual(), draft.draws), screen, shown)
        took = 1000 * (time.perf_counter() - begun)
        return self._answers.put(_key(draft, screen, shown), replace(made, milliseconds=took))

    def comparison(self, draft: Draft, *, whole: bool = True) -> Comparison:
        """Both arms and their difference; errors as in `answer`.

        Args:
            whole: with everything that a figure or a file needs, or the outcomes only, which is faster.
        """
        with self._turn.take(hurried=not whole):
            ensemble = self._whole if whole else self._quick
            return ensemble.comparison(draft.scenario(), draft.counterfactual(), draft.draws)

    def alone(self, work: Callable[[], Value]) -> Value:
        """Do other heavy work in its turn, after those who drag a lever."""
        with self._turn.take(hurried=False):
            return work()

    def warm(self) -> None:
        """Load the compiled model and compute the first screen, then load what stands behind the other pages.

        Compiling takes no turn: whoever pulls a lever meanwhile does not wait for it. What is there then stays, and is
        no longer searched for garbage, which would hold up an answer for as long as it takes to compute one.
        """
        from countermove.explore.world import program

        first: dict[tuple[int, Screen], Answer] = {}
        program(outcomes_only(), outcomes_only().outputs).warm()
        for draws in DRAWS:
            for screen in ("laptop", "phone"):
                with self._turn.take(hurried=draws == DRAWS[0]):
                    first[draws, screen] = self._made(replace(Draft(), draws=draws), screen, LAB)
        _keep(first)
        program(model(), model().outputs).warm()
        gc.collect()
        gc.freeze()

    def recall(self) -> bool:
        """Take the answers of the first screen from an earlier start, if there are any."""
        found = kept.load(_KEPT) or []
        for each in found:
            draft = replace(Draft(), draws=each["draws"])
            one, two = each["sentences"]
            answer = Answer((one, two), each["figures"], each["milliseconds"])
            self._answers.put(_key(draft, each["screen"], LAB), answer)
        return bool(found)

    def _register(self, visitor: str, request: int) -> None:
        if visitor and request >= (self._latest.get(visitor) or 0):
            self._latest.put(visitor, request)

    def _check(self, visitor: str, request: int) -> None:
        if visitor and request < (self._latest.get(visitor) or 0):
            raise Superseded


LAB = ("paradox", "probability")
"""Figures of the first page, which need no more than the outcomes."""


FIGURES = (*LAB, "binding", "buyers", "measures", "history", "assumptions")
"""Names of the figures of a comparison."""


@cache
def figure_makers() -> dict[str, Callable[..., Sheet]]:
    """Figures of a comparison by name, not checked by Plotly, which takes longer than to simulate what they show."""
    from countermove.figures.assumptions import assumptions_sheet
    from countermove.figures.binding_input import binding_input_sheet
    from countermove.figures.buyers import buyers_by_origin_sheet
    from countermove.figures.history import history_against_observations_sheet
    from countermove.figures.measures import three_measures_sheet
    from countermove.figures.paradox import paradox_sheet
    from countermove.figures.probability import probability_ribbon_sheet

    makers = (
        paradox_sheet, probability_ribbon_sheet, binding_input_sheet, buyers_by_origin_sheet, three_measures_sheet,
        history_against_observations_sheet, assumptions_sheet,
    )  # fmt: skip
    return dict(zip(FIGURES, makers, strict=True))


def _key(draft: Draft, screen: Screen, shown: tuple[str, ...]) -> Hashable:
    return draft.scenario(), draft.counterfactual(), draft.draws, screen, shown


def _keep(answers: Mapping[tuple[int, Screen], Answer]) -> None:
    """Leave the answers of the first screen to the next start."""
    content = [
        {"draws": draws, "screen": screen, **{each.name: getattr(answer, each.name) for each in fields(answer)}}
        for (draws, screen), answer in answers.items()
    ]
    kept.save(_KEPT, orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY).decode())


def _answer(comparison: Comparison, screen: Screen, shown: tuple[str, ...]) -> Answer:
    from countermove.answer import headline

    drawn = {name: figure_makers()[name](comparison, screen=screen).to_plotly_json() for name in shown}
    return Answer(headline(comparison), drawn, 0.0)


__all__ = ["BLOCK", "LAB", "SEED", "Answer", "Desk", "Recent", "Screen", "Superseded", "figure_makers", "model"]
