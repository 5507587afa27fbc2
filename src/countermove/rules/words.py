"""The five verdicts, weakest first, and the order in which the controls are applied."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Word(StrEnum):
    """What the US gate answers; strictness rises from the first to the last."""

    NO = "no"
    EXCEPTION_NOTIFY = "exception_notify"
    YES = "yes"
    CASE_BY_CASE = "case_by_case"
    DENIED = "denied_in_practice"

    @property
    def strictness(self) -> int:
        """0 for `no` to 4 for `denied_in_practice`."""
        return _RANK[self]


_RANK = {word: rank for rank, word in enumerate(Word)}

# The order of part 734 scope, then parts 764/746, 744, 734.9, is-informed letters, part 774, 740, 742.
STEPS: tuple[str, ...] = (
    "scope",
    "embargo",
    "list",
    "direct product",
    "letter",
    "threshold",
    "exclusion",
    "exception",
    "review",
    "dispute",
    "condition",
)

# What the second reading of a disputed point assumes.
ASSUMPTIONS = ("no headquarters reach", "sold in the United States", "within the EAR", "list does not reach")


def strictest(words: Iterable[Word]) -> Word:
    """The strictest of some words; `no` if there are none."""
    return max(words, key=_RANK.__getitem__, default=Word.NO)
