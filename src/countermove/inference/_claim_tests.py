"""The tests that decide claims: each takes data and speaks for a claim, against it, or leaves it open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np

from countermove.errors import CountermoveError, unknown
from countermove.evidence import citation, fact, table
from countermove.inference._claim_model import Floats, ModelFigures
from countermove.inference.facts import Finding

Side = Literal["for", "against", "open"]

LIKELY = 0.8
"""A model figure speaks for or against a claim from this probability on."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one test says, in words, with the rows behind it and the latest of their dates."""

    side: Side
    text: str
    rows: tuple[str, ...] = ()
    dated: str = ""
    is_model: bool = False


@dataclass(frozen=True, eq=False)
class Context:
    """What tests may look at besides the evidence."""

    model: ModelFigures
    findings: Callable[[], Mapping[str, Finding]]
    seen: dict[str, Any] = field(default_factory=dict)


def run_test(test: Mapping[str, Any], context: Context) -> list[Outcome]:
    """Outcomes of one test.

    Raises:
        CountermoveError: no such kind of test, row, fact or quantity.
    """
    kind = str(test["kind"])
    if kind not in _KINDS:
        raise unknown("kind of test", kind, _KINDS, where="claims.yaml")
    return _KINDS[kind](test, context)


def _rows_dated(ids: list[str]) -> str:
    return max((citation(id).date for id in ids), default="")


def _measures(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    found: list[Outcome] = []
    for jurisdiction in test["jurisdictions"]:
        counts = []
        for first, last in (test["earlier"], test["later"]):
            years = [row["announced"][:4] for row in table("rules_timeline") if row["jurisdiction"] == jurisdiction]
            counts.append(sum(str(first) <= year <= str(last) for year in years) / (last - first + 1))
        before, after = counts
        spans = [f"{first} to {last}" for first, last in (test["earlier"], test["later"])]
        text = f"{jurisdiction} measures a year: {before:.1f} in {spans[0]}, {after:.1f} in {spans[1]}"
        side: Side = "for" if after > before and after >= test["times"] * before else "against"
        found.append(Outcome(side, text, ("rules_timeline",)))
    return found


def _wording(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    rows = [row for row in table("rules_timeline") if row["jurisdiction"] == test["jurisdiction"]]
    words = [word.casefold() for word in test["words"]]
    about = [row for row in rows if any(word in f"{row['title']} {row['what_changed']}".casefold() for word in words)]
    share = len(about) / len(rows)
    text = f"{len(about)} of {len(rows)} measures of {test['jurisdiction']} ({share:.0%}) speak of chips"
    return [Outcome("for" if share > test["above"] else "against", text, ("rules_timeline",))]


def _listings(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    first, last = str(test["first"]), str(test["last"])
    rows = [row for row in table("entities") if first <= row["listed_on"] <= last and row["verified"] != "no"]
    text = f"{len(rows)} of the entities tracked came on a list from {first} to {last}"
    side: Side = "for" if len(rows) >= test["least"] else "against"
    return [Outcome(side, text, tuple(row["id"] for row in rows), last)]


def _runs(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    rows = [row for row in table("training_runs") if test["chip"] in row["chip"] and row["verified"] == "yes"]
    models = sorted({row["model"].split(" (")[0] for row in rows})
    text = f"{len(models)} models have published figures of training on {test['chip']}: {', '.join(models[:6])}"
    ids = tuple(row["id"] for row in rows[:6])
    return [Outcome("for" if len(models) >= test["least"] else "open", text, ids, _rows_dated(list(ids)))]


def _events(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    found: list[Outcome] = []
    for side in ("for", "against"):
        for id in test[side]:
            row = citation(id)
            if row.is_unverified:
                continue
            text = f"{row.statement}" + (f": {row.note}" if row.note else "")
            found.append(Outcome(side, text, (id,), row.date))
    return found


def _figures(test: Mapping[str, Any], _: Context) -> list[Outcome]:
    bounds = [key for key in ("above", "below", "above_times", "below_times") if key in test]
    if len(bounds) != 1 or (bounds[0].endswith("times") != ("than" in test)):
        raise CountermoveError("claims.yaml: figures need one bound, and 'than' if it is a multiple")
    key, bound = bounds[0], float(test[bounds[0]])
    found: list[Outcome] = []
    for id in test["rows"]:
        row = fact(id)
        value = _value(id)
        if value is None or row.verified == "no":
            text = f"{test['text']}: {row.note or row.quantity}" if value is None else f"{id} was recalled, not read"
            found.append(Outcome("open", text, (id,), str(row.source_date or "")))
            continue
        shown, ids = f"{value:g} {row.unit}", [id]
        if "than" in test:
            other = _value(test["than"])
            if not other or fact(test["than"]).verified == "no":
                raise CountermoveError(f"claims.yaml: {test['than']} has no figure to compare with")
            shown = f"{value:g} against {other:g} {row.unit}"
            value, ids = value / other, [id, test["than"]]
        holds = value > bound if key.startswith("above") else value < bound
        text = f"{test['text']}: {shown} ({row.source})"
        found.append(Outcome("for" if holds else "against", text, tuple(ids), str(row.source_date or "")))
    return found


def _value(id: str) -> float | None:
    row = fact(id)
    if row.central is not None:
        return row.central
    known = [number for number in (row.low, row.high) if number is not None]
    return sum(known) / len(known) if known else None


def _fact(test: Mapping[str, Any], context: Context) -> list[Outcome]:
    finding = context.findings()[test["id"]]
    word = {True: "met by the model", False: "missed by the model", None: "not computed in full"}[finding.hit]
    text = f"{test['id']}, {finding.row['claim']}: {word} ({finding.note})"
    return [Outcome("for" if finding.hit else "open", text, (test["id"],), is_model=True)]


def _model(test: Mapping[str, Any], context: Context) -> list[Outcome]:
    values = context.model.figure(test)
    side, probability, bound = _sided(test, values)
    low, median, high = np.quantile(values, [0.1, 0.5, 0.9])
    text = f"{test['text']}: {median:.3g} [{low:.3g}, {high:.3g}], {bound} with probability {probability:.2f}"
    if side != "open" and ("scenario" in test or "without" in test):
        others = {name: _sided(test, other)[0] for name, other in context.model.by_variant(test).items()}
        turned = [name for name, other in others.items() if other != side]
        if turned:
            side, text = "open", f"{text}; depends on structure: not so with {', '.join(turned)}"
    return [Outcome(side, text, is_model=True)]


def _sided(test: Mapping[str, Any], values: Floats) -> tuple[Side, float, str]:
    """Which side the draws take, the probability that the figure keeps the bound, and the bound in words."""
    if "between" in test:
        bottom, top = test["between"]
        probability, bound = float(((values >= bottom) & (values <= top)).mean()), f"between {bottom:g} and {top:g}"
    elif "times" in test or "above" in test:
        limit = float(test.get("times", test.get("above")))
        probability, bound = float((values > limit).mean()), f"above {limit:g}"
    else:
        limit = float(test["below"])
        probability, bound = float((values < limit).mean()), f"below {limit:g}"
    side: Side = "for" if probability >= LIKELY else "against" if probability <= 1 - LIKELY else "open"
    return side, probability, bound


def _series(test: Mapping[str, Any], context: Context) -> list[Outcome]:
    first, last = (context.model.given(test["series"], _month(test[key])) for key in ("first", "last"))
    text = f"{test['series']} by the rules: {first:g} in {test['first']}, {last:g} in {test['last']}"
    return [Outcome("for" if (last > first) == bool(test["above"]) and last != first else "against", text)]


def _month(text: str) -> int:
    day = date.fromisoformat(f"{text}-01")
    return (day.year - 2016) * 12 + day.month - 1


_KINDS: dict[str, Callable[[Mapping[str, Any], Context], list[Outcome]]] = {
    "measures": _measures,
    "wording": _wording,
    "listings": _listings,
    "runs": _runs,
    "events": _events,
    "figures": _figures,
    "fact": _fact,
    "model": _model,
    "series": _series,
}

__all__ = ["LIKELY", "Context", "Outcome", "Side", "run_test"]
