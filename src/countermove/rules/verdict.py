"""What the evaluator answers: the word, the paragraphs that led there and everything a reader needs beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from countermove.rules.words import Word

NOT_ADVICE = "not legal advice"


@dataclass(frozen=True, slots=True)
class Step:
    """One paragraph in the order applied: which step of the order, what it says, and its word if it has one."""

    step: str
    paragraph: str
    says: str
    word: Word | None
    citation: str
    url: str
    rule: str

    def __str__(self) -> str:
        outcome = f" → {self.word.value}" if self.word is not None else ""
        return f"{self.paragraph}: {self.says}{outcome}" if self.says else f"{self.paragraph}{outcome}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a contested outcome."""

    word: Word
    because: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would change the word: a date, a figure of the chip, or a rule."""

    kind: str
    says: str


class Texts(Protocol):
    """Makes the texts of a verdict when they are asked for."""

    def paragraphs(self) -> tuple[Step, ...]: ...
    def near_line(self) -> bool: ...
    def arithmetic(self) -> tuple[str, ...]: ...
    def changes(self) -> tuple[Change, ...]: ...
    def conditions(self) -> tuple[str, ...]: ...
    def unchecked(self, reviewed_to: date) -> tuple[str, ...]: ...
    def beijing(self) -> str: ...


@dataclass(frozen=True)
class Verdict:
    """The US gate's answer to one question, with Beijing's beside it.

    Texts (paragraphs, sentence, arithmetic, citations, changes, Beijing) are made when they are first read.
    """

    word: Word
    item: str
    destination: str
    end_user: str
    on: date
    contested: bool
    readings: tuple[Reading, ...]
    law_reviewed_to: date
    _texts: Texts = field(repr=False, compare=False)

    @cached_property
    def paragraphs(self) -> tuple[Step, ...]:
        """The paragraphs in the order applied."""
        return self._texts.paragraphs()

    @cached_property
    def near_line(self) -> bool:
        """Whether 5 % more or less of one figure, or another value within its bounds, would change the word."""
        return self._texts.near_line()

    @cached_property
    def arithmetic(self) -> tuple[str, ...]:
        """Figures against limits: `TPP 2,368 < 4,800 (3A090.a)`."""
        return self._texts.arithmetic()

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What would change the word: dates, figures of the chip, rules; never counterparties or routes."""
        return self._texts.changes()

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """Revenue share, tariff and volume conditions that go with a licence on that day."""
        return self._texts.conditions()

    @cached_property
    def unchecked(self) -> tuple[str, ...]:
        """What the answer rests on and nobody checked."""
        return self._texts.unchecked(self.law_reviewed_to)

    @cached_property
    def beijing(self) -> str:
        """What Beijing's gate says on that day."""
        return self._texts.beijing()

    @property
    def reviewed(self) -> bool:
        """Whether the day lies within the law that was reviewed."""
        return self.on <= self.law_reviewed_to

    @cached_property
    def citations(self) -> tuple[str, ...]:
        """Citation and address of every paragraph, each once, in order."""
        seen: dict[str, None] = {}
        for step in self.paragraphs:
            seen[f"{step.citation} <{step.url}>" if step.url else step.citation] = None
        return tuple(seen)

    @property
    def decisive(self) -> tuple[Step, ...]:
        """The paragraphs whose word is the verdict's."""
        return tuple(step for step in self.paragraphs if step.word is self.word)

    @cached_property
    def reason(self) -> str:
        """One line: the decisive paragraphs, or why nothing applies."""
        steps = self.decisive or self.paragraphs[-1:]
        return "; ".join(str(step) for step in steps) or "no control in force reaches this item, destination and buyer"

    @cached_property
    def sentence(self) -> str:
        """The answer in words."""
        return f"{_SENTENCES[self.word]} {self.beijing}"


_SENTENCES = {
    Word.NO: "No US licence required.",
    Word.EXCEPTION_NOTIFY: "US licence required unless exception NAC is used: notify BIS 25 days ahead.",
    Word.YES: "US licence required; presumption of approval, or no published review policy.",
    Word.CASE_BY_CASE: "US licence required; applications are reviewed case by case.",
    Word.DENIED: "US licence required and denied in practice.",
}
