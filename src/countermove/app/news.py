"""An observation that a visitor types in: the answer before and after it, and which parameters it moves."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from countermove.app.draft import Draft
from countermove.app.live import SEED
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    from countermove.inference.observations import Observation
    from countermove.inference.update import Update

DRAWS = 1000
_FILE = "your observation.csv"
_FIRST, _LAST = date(2016, 1, 1), date(2035, 12, 31)


@dataclass(frozen=True)
class Typed:
    """What was typed; numbers in the unit of the series."""

    series: str
    first: str
    last: str
    low: object
    central: object
    high: object


@cache
def series() -> Mapping[str, Observation]:
    """By name the last observation of every series that the model is read for, which gives its entity and unit."""
    from countermove.evidence import facts
    from countermove.inference.observations import observe
    from countermove.inference.operators import operators

    found, _ = observe(facts(), operators())
    exact = [each for each in found if each.bound is None]
    return {each.operator.name: each for each in sorted(exact, key=lambda each: (each.operator.name, each.last))}


def weigh(typed: Typed, draft: Draft) -> Update:
    """The scenario's difference before and after the observation.

    Raises:
        CountermoveError: no such series; a date or number that is none; too much news for the draws.
    """
    from countermove.inference.update import update

    text = _table(typed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _FILE
        path.write_text(text, encoding="utf-8")
        try:
            return update(path, draft.scenario(), draft.counterfactual(), draws=DRAWS, seed=SEED)  # type: ignore[arg-type]
        except CountermoveError as error:
            raise CountermoveError(str(error).replace(str(path), "your observation")) from None


def _table(typed: Typed) -> str:
    """The observation as a table in the format of the evidence."""
    if typed.series not in series():
        raise CountermoveError(f"unknown series '{typed.series[:60]}'")
    like = series()[typed.series].fact
    first, last = _day(typed.first, "begins"), _day(typed.last, "ends")
    if first > last:
        raise CountermoveError(f"your observation: its period begins on {first} and ends on {last}")
    row = {
        "id": "typed-0001", "entity": like.entity, "quantity": like.quantity, "period_start": first.isoformat(),
        "period_end": last.isoformat(), "unit": like.unit, "low": _number(typed.low, "low"),
        "central": _number(typed.central, "central"), "high": _number(typed.high, "high"),
    }  # fmt: skip
    if not row["central"] and not (row["low"] and row["high"]):
        raise CountermoveError("your observation: give a figure, or its low and high ends")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(row), lineterminator="\n")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()


def _day(text: str, what: str) -> date:
    try:
        day = date.fromisoformat(str(text or "").strip())
    except ValueError:
        raise CountermoveError(f"your observation {what}: '{str(text)[:20]}' is not a day: write YYYY-MM-DD") from None
    if not _FIRST <= day <= _LAST:
        raise CountermoveError(f"your observation {what}: {day} is out of range: {_FIRST} to {_LAST}")
    return day


def _number(value: object, what: str) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CountermoveError(f"your observation: {what}: '{str(value)[:20]}' is not a number")
    return repr(float(value))
