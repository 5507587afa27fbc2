"""What the players may do, and what they may care about: data, checked when read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, ValidationError

from countermove import _yaml
from countermove.decide.measures import ASKABLE
from countermove.errors import CountermoveError, unknown
from countermove.scenario import Scenario, load

PLAYERS = ("washington", "beijing", "allies")
"""In the order in which what they do is laid over one another: allies decide on their own goods last."""

_FOLDER = Path(__file__).parent


class _Part(BaseModel, frozen=True):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Action(_Part, frozen=True):
    """One thing a player may do: values of series, as in a scenario's `changes`, from the date of the game on."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Annotated[str, Field(min_length=1)]
    changes: dict[str, StrictFloat]


class Menu(_Part, frozen=True):
    """All that a player may do; `now` names the action of going on as before."""

    now: str
    actions: tuple[Action, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the actions."""
        return tuple(action.name for action in self.actions)

    @property
    def now_index(self) -> int:
        """Which action is going on as before."""
        return self.names.index(self.now)


class Values(_Part, frozen=True):
    """What each player cares about: worth per unit of an outcome, by outcome."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Annotated[str, Field(min_length=1)]
    washington: dict[str, StrictFloat]
    beijing: dict[str, StrictFloat]
    allies: dict[str, StrictFloat]

    def of(self, player: str) -> Mapping[str, float]:
        """Worth per unit by outcome."""
        return getattr(self, player)

    def objective(self, player: str) -> str:
        """In words what the player wants."""
        worth = self.of(player)
        if len(worth) == 1:
            ((name, weight),) = worth.items()
            return f"{'more' if weight > 0 else 'less'} {ASKABLE[name].title}"
        return " + ".join(f"{weight:g} × {ASKABLE[name].title}" for name, weight in worth.items())

    def unit(self, player: str) -> str:
        """Unit of the player's payoff; with several outcomes it is that of the worths stated."""
        worth = self.of(player)
        return ASKABLE[next(iter(worth))].unit if len(worth) == 1 else "worth"


@dataclass(frozen=True)
class Profile:
    """One action a player, and the scenario that follows.

    Attributes:
        actions: positions in the menus, in the order of the players.
    """

    actions: tuple[int, ...]
    scenario: Scenario


@cache
def menus() -> dict[str, Menu]:
    """The menus by player.

    Raises:
        CountermoveError: the file is not valid.
    """
    content = _yaml.load(_FOLDER / "menus.yaml")
    return {player: _valid(Menu, content[player], f"menus of {player}") for player in PLAYERS}


def value_sets(path: str | Path | None = None) -> tuple[Values, ...]:
    """The shipped value sets, or those of a file of one's own.

    Raises:
        CountermoveError: no such file, not valid, an outcome that does not exist.
    """
    path = Path(path) if path else _FOLDER / "values.yaml"
    content = _yaml.load(path)
    if not isinstance(content, list) or not content:
        raise CountermoveError(f"{path}: value sets are a list of name, title, {', '.join(PLAYERS)}")
    found = tuple(_valid(Values, entry, f"{path.name} entry {k + 1}") for k, entry in enumerate(content))
    for values in found:
        for player in PLAYERS:
            if not values.of(player):
                raise CountermoveError(f"{path.name}: {values.name}: {player} cares about nothing; name an outcome")
            for outcome in values.of(player):
                if outcome not in ASKABLE:
                    raise unknown("outcome", outcome, ASKABLE, where=f"{path.name}: {values.name}: {player}")
    return found


def chosen(names: Sequence[str], path: str | Path | None = None) -> tuple[Values, ...]:
    """Value sets by name; all if none is named.

    Raises:
        CountermoveError: no set of that name.
    """
    known = {values.name: values for values in value_sets(path)}
    for name in names:
        if name not in known:
            raise unknown("value set", name, known)
    return tuple(known[name] for name in names) if names else tuple(known.values())


def profiles(since: date, base: str = "history") -> tuple[Profile, ...]:
    """Every combination of actions as a dated scenario that can be run by itself."""
    return tuple(
        Profile(positions, combined(positions, since, base))
        for positions in product(*(range(len(menus()[player].actions)) for player in PLAYERS))
    )


def combined(positions: Sequence[int], since: date, base: str = "history") -> Scenario:
    """The scenario in which each player does what stands at its position of the menu, from a date on."""
    actions = [menus()[player].actions[k] for player, k in zip(PLAYERS, positions, strict=True)]
    started = load(base)
    changes: dict[str, dict[date, float]] = {
        path: {day: value for day, value in dated.items() if day < since and value is not None}
        for path, dated in started.changes.items()
    }
    for action in actions:
        for path, value in action.changes.items():
            changes[path] = {**changes.get(path, {}), since: value}
    said = "; ".join(f"{player.capitalize()}: {action.title}" for player, action in zip(PLAYERS, actions, strict=True))
    data = {
        **started.model_dump(exclude={"name", "title", "description", "changes", "extends"}),
        "name": "-".join(action.name for action in actions)[:60].rstrip("-"),
        "title": said,
        "description": f"{started.name} to {since:%Y-%m}; from then on: {said}.",
        "changes": {path: dated for path, dated in changes.items() if dated},
    }
    return Scenario.model_validate(data)


def _valid(kind: type[Any], content: object, where: str) -> Any:
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise unknown("key", key, kind.model_fields, where=where) from None
        raise CountermoveError(f"{where}: {key or 'entry'}: {first['msg'].lower()}") from None
