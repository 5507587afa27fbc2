"""A verdict as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from countermove.rules.verdict import NOT_ADVICE

if TYPE_CHECKING:
    from countermove.rules import Verdict


def show(verdict: Verdict, assumed_end_user: bool) -> None:
    """Print the sentence first, then the word and everything that led to it."""
    echo = typer.echo
    echo(verdict.sentence)
    who = f"{verdict.end_user} (assumed: none was named)" if assumed_end_user else verdict.end_user
    echo(f"\nverdict   {verdict.word.value}{' (contested)' if verdict.contested else ''}")
    echo(f"question  {verdict.item} → {verdict.destination}, {who}, {verdict.on}")
    _list("paragraphs in the order applied", [str(step) for step in verdict.paragraphs] or ["none applies"])
    _list("readings", [f"{reading.word.value}: {reading.because}" for reading in verdict.readings])
    _list("arithmetic" + (" (near a line)" if verdict.near_line else ""), verdict.arithmetic)
    _list("conditions", verdict.conditions)
    _list("what would change it", [f"{change.kind}: {change.says}" for change in verdict.changes])
    _list("unchecked", verdict.unchecked)
    _list("citations", verdict.citations)
    note = "" if verdict.reviewed else " (this day is later: unreviewed)"
    echo(f"\nlaw reviewed to {verdict.law_reviewed_to}{note} · {NOT_ADVICE}")


def _list(title: str, lines: tuple[str, ...] | list[str]) -> None:
    if lines:
        typer.echo(f"\n{title}")
        for line in lines:
            typer.echo(f"  {line}")


def as_mapping(verdict: Verdict) -> dict[str, Any]:
    """The verdict as plain values for JSON."""
    return {
        "verdict": verdict.word.value,
        "sentence": verdict.sentence,
        "chip": verdict.item,
        "destination": verdict.destination,
        "end_user": verdict.end_user,
        "date": str(verdict.on),
        "paragraphs": [
            {
                "step": step.step,
                "paragraph": step.paragraph,
                "says": step.says,
                "word": None if step.word is None else step.word.value,
                "rule": step.rule,
                "citation": step.citation,
                "url": step.url,
            }
            for step in verdict.paragraphs
        ],
        "reason": verdict.reason,
        "arithmetic": list(verdict.arithmetic),
        "citations": list(verdict.citations),
        "near_line": verdict.near_line,
        "contested": verdict.contested,
        "readings": [{"verdict": reading.word.value, "because": reading.because} for reading in verdict.readings],
        "conditions": list(verdict.conditions),
        "changes": [{"kind": change.kind, "says": change.says} for change in verdict.changes],
        "unchecked": list(verdict.unchecked),
        "beijing": verdict.beijing,
        "law_reviewed_to": str(verdict.law_reviewed_to),
        "reviewed": verdict.reviewed,
        "note": NOT_ADVICE,
    }
