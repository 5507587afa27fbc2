"""What a page shows beside the scenario, such as the chip and the month on the page of rules, in its link.

    /rules?v=1&from=history&see.chip=nvidia_h100_sxm&see.buyer=Baidu&see.month=2023-01

A page names the controls whose setting a link carries. What is allowed is read off the control itself: its choices, its
least and most. A setting that is the page's own stays out of the link.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import parse_qsl

from dash import html

from countermove import scenario
from countermove.app.draft import LONGEST, SEE, pairs_of
from countermove.errors import CountermoveError, unknown

LONGEST_TEXT = 200
FIRST_YEAR = 2016
"""Sliders of months count from January of this year."""

Kind = Literal["choice", "choices", "text", "number", "month", "day", "yes"]


@dataclass(frozen=True)
class Seen:
    """A control whose setting the link carries.

    Attributes:
        key: its name in the link, after `see.`.
        id: of the control.
        kind: how the setting is written: one of the control's choices, several with commas between, text, a number,
            a month YYYY-MM, a day YYYY-MM-DD, or yes and no.
        prop: the property of the control that holds the setting.
    """

    key: str
    id: str
    kind: Kind = "choice"
    prop: str = "value"

    def written(self, setting: Any) -> str:
        """A setting as text; nothing where nothing is set."""
        if self.kind == "yes":
            return "yes" if setting else "no"
        if setting is None:
            return ""
        if self.kind == "choices":
            return ",".join(setting)
        if self.kind == "month":
            return f"{FIRST_YEAR + int(setting) // 12}-{int(setting) % 12 + 1:02d}"
        return f"{setting:.12g}" if isinstance(setting, (int, float)) else str(setting)

    def read(self, text: str, control: Any) -> Any:
        """The setting that a text means.

        Raises:
            CountermoveError: the control cannot be set so.
        """
        where = f"link: {SEE}{self.key}"
        if self.kind == "choice":
            return _choice(text, control, where)
        if self.kind == "choices":
            chosen = dict.fromkeys(each for each in text.split(",") if each)
            if len(chosen) > control.maxValues:
                raise CountermoveError(f"{where}: {len(chosen)} choices; at most {control.maxValues}")
            return [_choice(each, control, where) for each in chosen]
        if self.kind == "number":
            return _number(text, control, where)
        if self.kind == "yes":
            if text not in ("yes", "no"):
                raise CountermoveError(f"{where}: '{text[:20]}' must be yes or no")
            return text == "yes"
        if self.kind == "month":
            day = scenario.day(text[:LONGEST_TEXT], where)
            return _within((day.year - FIRST_YEAR) * 12 + day.month - 1, control, where, text)
        if self.kind == "day" and text:
            return _day(text, where)
        if len(text) > LONGEST_TEXT or not text.isprintable():
            raise CountermoveError(f"{where}: at most {LONGEST_TEXT} characters, in one line")
        return text


def settings_of(query: str) -> dict[str, str]:
    """What a link says of the page, by key without `see.`.

    Raises:
        CountermoveError: the link is malformed, as in `draft.of_link`.
    """
    return {key.removeprefix(SEE): text for key, text in pairs_of(query).items() if key.startswith(SEE)}


def kept_settings(tail: str) -> dict[str, str]:
    """As `settings_of`, of what the browser has kept of a page that was left: `&see.chip=…&see.month=…`."""
    return {key.removeprefix(SEE): text for key, text in parse_qsl(tail[:LONGEST], keep_blank_values=True)}


def show(page: Any, fields: Sequence[Seen], given: Mapping[str, str], title: str) -> None:
    """Set the controls of a page as its link says.

    Raises:
        CountermoveError: the page has no such control, or it cannot be set so.
    """
    known, whole = {field.key: field for field in fields}, html.Div(page)
    for key, text in given.items():
        if key not in known:
            allowed = [SEE + each for each in known] or ["none"]
            raise unknown("key", f"{SEE}{key}", allowed, where=f"link to the page {title}")
        control = whole[known[key].id]
        setattr(control, known[key].prop, known[key].read(text, control))


def own(page: Any, fields: Sequence[Seen]) -> list[dict[str, str]]:
    """For the browser: key, kind and the page's own setting of each control, as text."""
    whole = html.Div(page)
    return [
        {"key": SEE + field.key, "kind": field.kind,
         "own": field.written(getattr(whole[field.id], field.prop, None))}
        for field in fields
    ]  # fmt: skip


def _choice(text: str, control: Any, where: str) -> str:
    known = [each["value"] if isinstance(each, Mapping) else each for each in control.data]
    if text not in known:
        raise unknown("choice", text, known, where=where)
    return text


def _number(text: str, control: Any, where: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CountermoveError(f"{where}: '{text[:20]}' is not a number")
    return _within(int(number) if number.is_integer() else number, control, where, text)


def _within(number: float, control: Any, where: str, text: str) -> float:
    least, most = (getattr(control, end, bound) for end, bound in (("min", -math.inf), ("max", math.inf)))
    if not least <= number <= most:
        raise CountermoveError(f"{where}: '{text[:20]}' is out of range")
    return number


def _day(text: str, where: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CountermoveError(f"{where}: '{text[:20]}' is not a day: write YYYY-MM-DD") from None
