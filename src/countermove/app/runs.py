"""Drafts to answers, fast and bounded: equal runs are computed once, superseded requests not at all."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from countermove.app.draft import Draft
from countermove.scenario import Scenario

if TYPE_CHECKING:
    from countermove.explore.compare import Comparison
    from countermove.explore.world import World
    from countermove.results import Result

Screen = Literal["laptop", "phone"]
SEED = 1

# Draws computed at once: two blocks, one for each core of a small machine, make up the 250 draws of one move.
BLOCK = 128

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Superseded(Exception):
    """A newer request of the same visitor makes this one pointless."""


class Recent(Generic[Key, Value]):
    """The last values computed, at most `size` of them; the least recently used goes first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """The value, or None if it is not there (any more)."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Key, value: Value) -> Value:
        """Keep a value and return it."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return value

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True, eq=False)
class Answer:
    """What the screen shows for one draft.

    Attributes:
        sentences: the two-sentence answer.
        milliseconds: what it took to compute, whoever asked first.
    """

    sentences: tuple[str, str]
    figures: dict[str, Any]
    milliseconds: float


class Desk:
    """Takes requests, one simulation at a time, and remembers. One a server."""

    def __init__(self) -> None:
        # One Result of 250 draws takes about 20 MB, an Answer about 0.1 MB.
        self._results: Recent[tuple[Scenario, int], Result] = Recent(12)
        self._comparisons: Recent[tuple[Scenario, Scenario, int], Comparison] = Recent(6)
        self._answers: Recent[Hashable, Answer] = Recent(200)
        self._latest: Recent[str, int] = Recent(1000)
        self._turn = Lock()

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
        key = (draft.scenario(), draft.counterfactual(), draft.draws, screen, shown)
        found = self._answers.get(key)
        if found:
            return found
        with self._turn:
            self._check(visitor, request)
            found = self._answers.get(key)
            if found:  # somebody else asked for the same while this one waited
                return found
            begun = time.perf_counter()
            comparison = self._compared(draft)
            made = _answer(comparison, screen, shown)
            took = 1000 * (time.perf_counter() - begun)
            return self._answers.put(key, replace(made, milliseconds=took))

    def comparison(self, draft: Draft) -> Comparison:
        """Both arms and their difference; errors as in `answer`."""
        with self._turn:
            return self._compared(draft)

    def warm(self) -> None:
        """Load the compiled model and compute the first screen."""
        self.answer(Draft(), "laptop", LAB)

    def _register(self, visitor: str, request: int) -> None:
        if visitor and request >= (self._latest.get(visitor) or 0):
            self._latest.put(visitor, request)

    def _check(self, visitor: str, request: int) -> None:
        if visitor and request < (self._latest.get(visitor) or 0):
            raise Superseded

    def _compared(self, draft: Draft) -> Comparison:
        from countermove.explore.compare import compared, quoted_year
        from countermove.explore.drivers import drivers

        policy, other = draft.scenario(), draft.counterfactual()
        key = (policy, other, draft.draws)
        found = self._comparisons.get(key)
        if found:
            return found
        arms = self._simulated((policy, other), draft.draws)
        comparison = compared(*arms)
        index = comparison.years.index(quoted_year(comparison.years))
        deltas = {name: comparison.annual[name].delta[:, index] for name in ("domestic", "total")}
        given = model()
        found = drivers(given.arm(policy).priors, given.model, SEED, deltas)
        return self._comparisons.put(key, replace(comparison, drivers=found))

    def _simulated(self, scenarios: tuple[Scenario, Scenario], draws: int) -> list[Result]:
        from countermove.explore.simulate import simulate

        kept = {each: self._results.get((each, draws)) for each in scenarios}
        missing = [each for each, result in kept.items() if result is None]
        for each, result in zip(missing, simulate(missing, draws, SEED, given=model()) if missing else (), strict=True):
            kept[each] = self._results.put((each, draws), result)
        return [result for each in scenarios if (result := kept[each]) is not None]


@cache
def model() -> World:
    """The model as the app runs it: everything that a figure needs, in blocks that answer soon."""
    from countermove.explore.world import world
    from countermove.figures import QUANTITIES

    return replace(world(), outputs=QUANTITIES, block=BLOCK)


LAB = ("paradox", "probability")


@cache
def figure_makers() -> dict[str, Callable[..., Any]]:
    """Figures of a comparison by name."""
    from countermove import figures

    return {
        "paradox": figures.paradox,
        "probability": figures.probability_ribbon,
        "binding": figures.binding_input,
        "buyers": figures.buyers_by_origin,
        "measures": figures.three_measures,
        "history": figures.history_against_observations,
        "assumptions": figures.assumptions,
    }


def _answer(comparison: Comparison, screen: Screen, shown: tuple[str, ...]) -> Answer:
    from countermove.answer import headline

    drawn = {name: figure_makers()[name](comparison, screen=screen).to_plotly_json() for name in shown}
    for each in drawn.values():
        each["layout"].pop("template", None)
    return Answer(headline(comparison), drawn, 0.0)
