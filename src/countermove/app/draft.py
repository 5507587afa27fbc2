"""What is on the screen, as one immutable value: it travels in the link, in undo and redo, and makes the scenarios.

A link is readable and bounded, and says its version:

    ?v=1&from=history&rules.packages.tools=removed&changes.hbm_permits.2027-01=1&beliefs.frontier_growth=0.2,0.3,0.4

`from` is the shipped scenario that is changed; every further key is a path of the scenario's schema, or begins with
`see.` and belongs to the page (`view`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote

from countermove import _yaml, scenario
from countermove.errors import CountermoveError, unknown
from countermove.scenario import Scenario

VERSION = "1"
LONGEST = 8000
DRAWS = (250, 1000)
"""Draws while a lever is dragged, and once it rests."""
TODAY = "2026-07"
"""Month in which new measures take effect unless another is chosen: the first after the law that was reviewed."""

# How many dots of a key separate levels of the scenario; the rest belongs to the last name, such as 3A090.a/tpp.
_SECTIONS = ("beijing", "rules", "changes", "mechanisms", "beliefs", "variant")
_SETTINGS = ("v", "from", "against", "since", "draws")

SEE = "see."
"""How keys begin that say what a page shows beside the scenario."""

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A shipped scenario and what was changed in it.

    Attributes:
        base: the shipped scenario.
        content: what differs from it, in the schema of a scenario file.
        against: the shipped scenario that it is held against.
        since: month from which new measures hold, YYYY-MM.
        draws: how many are simulated once the levers rest.
    """

    base: str = "history"
    content: Content = field(default_factory=dict)
    against: str = "no-controls"
    since: str = TODAY
    draws: int = DRAWS[1]

    def scenario(self) -> Scenario:
        """The policy.

        Raises:
            CountermoveError: the content is not valid, such as an interval out of order.
        """
        return _scenario(self.base, json.dumps(self.content, sort_keys=True))

    def counterfactual(self) -> Scenario:
        """What it is held against, in the same world: the same beliefs, mechanisms and structure."""
        return _counterfactual(self.scenario(), self.against)

    def get(self, *path: str) -> Any:
        """What the draft itself says at a path; None if nothing."""
        level: Any = self.content
        for step in path:
            if not isinstance(level, Mapping) or step not in level:
                return None
            level = level[step]
        return level

    def put(self, path: tuple[str, ...], value: Any) -> Draft:
        """The draft with another value at a path; None takes it out."""
        return replace(self, content=_put(self.content, path, value))

    def link(self) -> str:
        """The query of the address, beginning with `?`."""
        pairs = [("v", VERSION), ("from", self.base)]
        pairs += [("against", self.against)] if self.against != "no-controls" else []
        pairs += [("since", self.since)] if self.since != TODAY else []
        pairs += [("draws", str(self.draws))] if self.draws != DRAWS[1] else []
        pairs += _flat(self.content)
        return "?" + "&".join(f"{quote(key, safe='/.,')}={quote(value, safe='/.,')}" for key, value in pairs)


@lru_cache(maxsize=512)
def _scenario(base: str, changes: str) -> Scenario:
    content = json.loads(changes)
    if not content:
        return scenario.load(base)
    words = {
        "name": "own",
        "title": "Own scenario",
        "description": f"Made in the app from the scenario {base}.",
        "extends": base,
    }
    return scenario.parse(_yaml.dump({**words, **content}), where="this scenario")


@lru_cache(maxsize=512)
def _counterfactual(policy: Scenario, against: str) -> Scenario:
    other = scenario.load(against)
    beliefs = {name: belief.model_dump() for name, belief in policy.beliefs.items()}
    shared: dict[str, Any] = {
        "beliefs": {**other.model_dump()["beliefs"], **beliefs},
        "mechanisms": dict(policy.mechanisms),
        "variant": dict(policy.variant),
    }
    return Scenario.model_validate({**other.model_dump(), "extends": None, **shared})


def pairs_of(query: str) -> dict[str, str]:
    """Keys and values of a link; an empty one has none.

    Raises:
        CountermoveError: too long, not of the form of a link, of another version.
    """
    if not query.strip("?"):
        return {}
    if len(query) > LONGEST:
        raise CountermoveError(f"link: {len(query)} characters; at most {LONGEST}")
    try:
        pairs = parse_qsl(query.lstrip("?"), keep_blank_values=True, strict_parsing=True, max_num_fields=300)
    except ValueError:
        raise CountermoveError("link: not of the form ?v=1&from=SCENARIO&KEY=VALUE") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        twice = next(key for key, _ in pairs if [k for k, _ in pairs].count(key) > 1)
        raise CountermoveError(f"link: '{twice}' is given twice")
    if given.get("v") != VERSION:
        raise CountermoveError(
            f"link: version '{given.get('v', '')}' is not known to this program; allowed is {VERSION}"
        )
    return given


@lru_cache(maxsize=512)
def of_link(query: str) -> Draft:
    """The draft that a link carries; an empty one is history.

    Raises:
        CountermoveError: too long, another version, a key or value that the schema does not know.
    """
    given = pairs_of(query)
    if not given:
        return Draft()
    content: Content = {}
    for key, text in given.items():
        if key not in _SETTINGS and not key.startswith(SEE):
            content = _put(content, _path(key), _value(key, text))
    draft = Draft(
        base=_shipped(given.get("from", "history")),
        content=content,
        against=_shipped(given.get("against", "no-controls")),
        since=f"{scenario.day(given.get('since', TODAY), 'link: since'):%Y-%m}",
        draws=_draws(given.get("draws", str(DRAWS[1]))),
    )
    draft.scenario()
    return draft


def of_yaml(text: str) -> Draft:
    """The draft of a scenario file that somebody uploads.

    Raises:
        CountermoveError: as in `scenario.parse`; it extends a file rather than a shipped scenario.
    """
    data = _yaml.parse(text, "uploaded file")
    base = data.get("extends") if isinstance(data, dict) else None
    if base is not None:
        _shipped(str(base))
    parsed = scenario.parse(text, where="uploaded file")
    if base is None:  # written as what differs from history
        parsed = parsed.model_copy(update={"extends": "history"})
    content = _yaml.parse(parsed.to_yaml(), "uploaded file")
    kept = {key: value for key, value in content.items() if key in _SECTIONS and value}
    return of_link(Draft(base=str(base or "history"), content=_plain(kept)).link())


def _shipped(name: str) -> str:
    if name not in scenario.names():
        raise unknown("scenario", name[:60], scenario.names(), where="link")
    return name


def _draws(text: str) -> int:
    if text not in {str(count) for count in DRAWS}:
        raise CountermoveError(f"link: draws '{text[:20]}' must be one of {', '.join(map(str, DRAWS))}")
    return int(text)


def _path(key: str) -> tuple[str, ...]:
    section, _, rest = key.partition(".")
    if section not in _SECTIONS:
        raise unknown("key", key[:60], (*_SETTINGS, *_SECTIONS), where="link")
    if section == "rules":
        return (section, *rest.split(".", 2)[:1], *_rule_path(rest))
    if section == "changes":
        path, _, day = rest.rpartition(".")
        return (section, path, f"{scenario.day(day, f'link: {key[:60]}'):%Y-%m}")
    return (section, rest) if rest else (section,)


def _rule_path(rest: str) -> tuple[str, ...]:
    _, _, below = rest.partition(".")
    if rest.startswith("changes."):
        rule, _, figure = below.partition(".")
        limit, _, last = figure.rpartition(".")
        return (rule, limit, last) if limit and _is_month(last) else (rule, figure)
    return (below,) if below else ()


def _value(key: str, text: str) -> Any:
    if key.startswith("beliefs."):
        numbers = [_number(key, part) for part in text.split(",")]
        if len(numbers) != 3:
            raise CountermoveError(f"link: {key[:60]} must be LOW,CENTRAL,HIGH")
        return dict(zip(("low", "central", "high"), numbers, strict=True))
    if key.startswith("changes."):
        return None if text == "null" else _number(key, text)
    return _number(key, text) if key.startswith("rules.changes.") else text


def _number(key: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CountermoveError(f"link: {key[:60]}: '{text[:20]}' is not a number")
    return number


def _put(content: Content, path: tuple[str, ...], value: Any) -> Content:
    head, *rest = path
    below = _put(content.get(head) or {}, tuple(rest), value) if rest else value
    copy = {key: kept for key, kept in content.items() if key != head}
    # A dated None means "back to the law" and is a value; elsewhere None and an empty mapping mean nothing is said.
    if below is None and not _is_month(head):
        return copy
    return copy if below == {} else {**copy, head: below}


def _is_month(text: str) -> bool:
    return text[:4].isdigit() and text[4:5] == "-"


def _flat(content: Content, prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in sorted(content.items()):
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and set(value) == {"low", "central", "high"}:
            pairs.append((name, ",".join(_text(value[each]) for each in ("low", "central", "high"))))
        elif isinstance(value, Mapping):
            pairs += _flat(value, f"{name}.")
        else:
            pairs.append((name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    if value is None:
        return "null"
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _plain(value: Any) -> Any:
    """Dates as text, as a link has them."""
    if isinstance(value, Mapping):
        return {_plain(key) if isinstance(key, date) else key: _plain(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, date) else value
