"""The law as data and its evaluator: which item may go where, to whom, on which day, and why."""

from __future__ import annotations

from countermove.rules.availability import (
    Announcement,
    announcements,
    beijing_permits,
    foundry_permits,
    hbm_permits,
    licence,
    listed,
    revenue_share_rate,
    tool_permits,
    us_permits,
)
from countermove.rules.book import RuleBook
from countermove.rules.cases import ask
from countermove.rules.check import LAW_REVIEWED_TO, check
from countermove.rules.law import Control, Licence, Listing, Measure, Rule
from countermove.rules.parties import Party
from countermove.rules.verdict import Change, Reading, Step, Verdict
from countermove.rules.words import Word, strictest

__all__ = [
    "LAW_REVIEWED_TO",
    "Announcement",
    "Change",
    "Control",
    "Licence",
    "Listing",
    "Measure",
    "Party",
    "Reading",
    "Rule",
    "RuleBook",
    "Step",
    "Verdict",
    "Word",
    "announcements",
    "ask",
    "beijing_permits",
    "check",
    "foundry_permits",
    "hbm_permits",
    "licence",
    "listed",
    "revenue_share_rate",
    "strictest",
    "tool_permits",
    "us_permits",
]
