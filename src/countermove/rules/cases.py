"""A table of questions answered, and scored where it carries the known outcome."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from countermove.errors import CountermoveError, nearest, shown, unknown
from countermove.rules import countries, destinations, item_names, party_names
from countermove.rules.book import RuleBook
from countermove.rules.check import check
from countermove.rules.items import Item
from countermove.rules.parties import Party
from countermove.rules.verdict import Reading, Verdict
from countermove.rules.words import Word

COLUMNS = ("id", "chip", "destination", "end_user", "date")


@dataclass(frozen=True, slots=True)
class Answered:
    """One row: its verdict, or why it was refused."""

    id: str
    verdict: Verdict | None
    refused: str | None
    expected: str | None
    scored: bool

    @property
    def right(self) -> bool:
        """Whether the word is the expected one."""
        return self.verdict is not None and self.verdict.word.value == self.expected


def parse_date(text: str) -> date:
    """A day given as YYYY-MM-DD.

    Raises:
        CountermoveError: anything else.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise CountermoveError(f"'{shown(text)}' is not a date: write YYYY-MM-DD") from None


def ask(
    chip: str | Item,
    destination: str,
    end_user: str,
    on: date,
    *,
    exported_from: str | None = None,
    parent: str | None = None,
    end_use: str | None = None,
    remote_access: str | None = None,
    book: RuleBook | None = None,
) -> Verdict:
    """The verdict on names as people write them; a bare model's variants and several destinations must agree.

    Args:
        chip: a name, or an item made from a specification.
        destination: a country; `China (reexport from Singapore)` says whence the goods leave.
        end_user: a name or a description; several are separated by `/`.
        on: the day of export.
        exported_from: the country from which the goods leave.
        parent: country in which the ultimate parent is headquartered.
        end_use: `civil`, `military` or `supercomputer`.
        remote_access: country of those who will use the chip from afar.
        book: the rules; history if left out.

    Raises:
        CountermoveError: a chip, destination, end user or date that is not understood.
    """
    found = item_names.find(chip) if isinstance(chip, str) else (chip,)
    where = destinations.find(destination)
    leaves = where.exported_from if exported_from is None else countries.find(exported_from)
    who = tuple(_as_told(party, parent, end_use) for party in party_names.find(end_user))
    told = {"ultimate parent": parent, "end use": end_use, "remote access": remote_access}
    known = frozenset(what for what, value in told.items() if value is not None)
    if remote_access is not None:
        countries.find(remote_access)
    return agreed(
        [
            check(item, country, who, on, exported_from=leaves, known=known, book=book)
            for item in found
            for country in where.countries
        ]
    )


END_USES = ("civil", "military", "supercomputer")


def _as_told(party: Party, parent: str | None, end_use: str | None) -> Party:
    """The party with the parent and end use that the asker states."""
    if end_use is not None and end_use not in END_USES:
        raise unknown("end use", end_use, END_USES)
    traits = party.traits if end_use in (None, "civil") else party.traits | {str(end_use)}
    return replace(party, headquarters=party.headquarters if parent is None else countries.find(parent), traits=traits)


def agreed(verdicts: list[Verdict]) -> Verdict:
    """One verdict for the variants of a model: the strictest, contested where they differ."""
    best = max(verdicts, key=lambda verdict: verdict.word.strictness)
    words = {verdict.word for verdict in verdicts}
    if len(words) == 1:
        return best
    readings = tuple(Reading(verdict.word, f"for {verdict.item} to {verdict.destination}") for verdict in verdicts)
    return replace(best, contested=True, readings=(*best.readings, *readings))


def answer(row: Mapping[str, str], book: RuleBook | None = None) -> Answered:
    """Answer one row; what cannot be understood is refused with the reason."""
    expected = (row.get("licence_required") or "").strip() or None
    contested = (row.get("note") or "").strip().startswith("CONTESTED")
    try:
        verdict = ask(row["chip"], row["destination"], row["end_user"], parse_date(row["date"]), book=book)
    except CountermoveError as error:
        return Answered(row["id"], None, str(error), expected, expected is not None and not contested)
    return Answered(row["id"], verdict, None, expected, expected is not None and not contested)


def read(path: Path) -> list[dict[str, str]]:
    """Rows of a table of cases.

    Raises:
        CountermoveError: unreadable, a column missing, a row of another length, or an expected word that is none.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            rows = list(reader)
            columns = list(reader.fieldnames or [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CountermoveError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(columns) == 1 and (";" in columns[0] or "\t" in columns[0]):
        raise CountermoveError(f"{path}: line 1: columns are separated by commas: {','.join(COLUMNS)}")
    for column in columns:
        if columns.count(column) > 1:
            raise CountermoveError(f"{path}: line 1: column '{column}' stands twice")
    for column in COLUMNS:
        if column not in columns:
            close = nearest(column, columns)
            hint = f" (found '{close[0]}')" if close else ""
            raise CountermoveError(f"{path}: line 1: column '{column}' is missing{hint}")
    for number, row in enumerate(rows, start=1):
        if any(row.get(column) is None for column in columns) or None in row:
            raise CountermoveError(f"{path}: row {number}: has more or fewer cells than the header")
        word = (row.get("licence_required") or "").strip()
        if word and word not in [w.value for w in Word]:
            raise CountermoveError(
                f"{path}: row {number}: '{word}' is not a verdict: {', '.join(w.value for w in Word)}"
            )
    return rows


def answer_all(rows: Iterable[Mapping[str, str]], book: RuleBook | None = None) -> list[Answered]:
    """Answer every row."""
    return [answer(row, book) for row in rows]


def as_json(answers: list[Answered]) -> dict[str, Any]:
    """The documented JSON shape: cases, and the score where outcomes were given."""
    scored = [entry for entry in answers if entry.scored]
    result: dict[str, Any] = {"cases": [_row(entry) for entry in answers]}
    if any(entry.expected is not None for entry in answers):
        result["score"] = {
            "scored": len(scored),
            "right": sum(entry.right for entry in scored),
            "wrong": [entry.id for entry in scored if not entry.right],
        }
    return result


def _row(entry: Answered) -> dict[str, Any]:
    verdict = entry.verdict
    return {
        "id": entry.id,
        "verdict": None if verdict is None else verdict.word.value,
        "paragraphs": [] if verdict is None else [step.paragraph for step in verdict.paragraphs],
        "reason": "" if verdict is None else verdict.reason,
        "citations": [] if verdict is None else list(verdict.citations),
        "near_line": False if verdict is None else verdict.near_line,
        "contested": False if verdict is None else verdict.contested,
        "refused": entry.refused,
    }
