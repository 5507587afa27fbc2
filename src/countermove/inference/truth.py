"""All that says how far the model may be believed, computed once for the page, the documents and the command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.explore.compare import quoted_year
from countermove.explore.simulate import origin_of
from countermove.explore.world import world
from countermove.inference import backtest as backtests_of
from countermove.inference import claims, facts, industrial, informed, naive, structure
from countermove.inference.backtest import ARMS, DATES, Backtest, ahead_of
from countermove.inference.listing import shipped
from countermove.inference.observations import Left, Observation
from countermove.inference.predict import fitted, predict
from countermove.inference.score import Scored, Scores, held_back
from countermove.results import Origin
from countermove.scenario import as_scenario

Floats = NDArray[np.floating[Any]]

WIDE_DRAWS = 4000
"""Draws on which parameters and differences are regressed: chance then counts for 1/4000 of a variance each."""


@dataclass(frozen=True, eq=False)
class Truth:
    """Everything on one basis.

    Attributes:
        rows: observations of the history; `figures` what the model says for each, by id, (draws,), without error.
        held_back: scores of each row as if its fifth of the rows were unknown, on draws that have not seen it.
        left: rows of the evidence that the model is not read for.
        rests: what the differences of D and C rest on.
    """

    origin: Origin
    draws: int
    seed: int
    rows: tuple[Observation, ...]
    left: tuple[Left, ...]
    figures: Mapping[str, Floats]
    held_back: Scores
    backtests: tuple[Backtest, ...]
    findings: tuple[facts.Finding, ...]
    judgements: tuple[claims.Judgement, ...]
    structure: structure.Structure
    industrial: industrial.Industrial
    rests: tuple[informed.Rests, ...]

    @property
    def year(self) -> int:
        """The year for which differences are quoted."""
        return quoted_year(self.structure.years)

    @property
    def series(self) -> int:
        """Number of series with a figure."""
        return len({each.operator.name for each in self.rows})


def truth(*, draws: int = 1000, seed: int = 1, progress: Callable[[int, int], None] | None = None) -> Truth:
    """Backtests from four dates, the replay of the history, facts, claims, structure, industrial policy and drivers.

    Raises:
        CountermoveError: fewer draws than a backtest takes.
    """
    parts = len(DATES) + 5
    done = iter(range(parts + 1))

    def step() -> None:
        if progress:
            progress(next(done), parts)

    step()
    tested: list[Backtest] = []
    for day in DATES:
        tested.append(backtests_of.backtest(day, draws=draws, seed=seed))
        step()
    rows, left = shipped()
    figures = predict(rows, draws=draws, seed=seed)
    held = held_back(rows, _unseen(rows, figures, draws, seed), seed=seed)
    step()
    found = facts.compute(draws=draws, seed=seed)
    step()
    judged = claims.judge(claims.find(""), draws=min(draws, 500), seed=seed)
    step()
    variants = structure.structure(draws=min(draws, 500), seed=seed)
    step()
    rests = informed.rests_on(draws=max(draws, WIDE_DRAWS), seed=seed)
    step()
    return Truth(
        origin=origin_of(world(), as_scenario("history"), draws, seed),
        draws=draws,
        seed=seed,
        rows=tuple(rows),
        left=tuple(left),
        figures=figures,
        held_back=held,
        backtests=tuple(tested),
        findings=found,
        judgements=judged,
        structure=variants,
        industrial=industrial.industrial(seed=seed),
        rests=rests,
    )


def _unseen(rows: Sequence[Observation], figures: Mapping[str, Floats], draws: int, seed: int) -> Mapping[str, Floats]:
    """Figures of draws that have not been fitted to the rows."""
    if not fitted(world()):
        return figures
    from countermove.explore.world import prior_world

    return predict(rows, draws=draws, seed=seed, given=prior_world())


@dataclass(frozen=True, slots=True)
class Skill:
    """Scores of all backtests together, later rules unknown.

    Attributes:
        cases_with_skill: cases in which the model does better than the naive forecast that did best there, which only
            hindsight could choose.
        ahead_of: by naive forecast the cases in which the model does better than it, and those that have it.
    """

    figures: int
    series: int
    coverage: Mapping[float, float]
    crps_skill: float | None
    cases: int
    cases_with_skill: int
    ahead_of: Mapping[str, tuple[int, int]]
    named: int
    better_than_named: int


def pooled(tested: Sequence[Backtest]) -> Skill:
    """Over the figures of every date; a case is a series from a date, a named one an outcome from a date."""
    rows: list[Scored] = [row for each in tested for row in each.scores[ARMS[0]].rows if row.crps is not None]
    compared = [(row.crps, row.naive[row.best]) for row in rows if row.crps is not None and row.best in row.naive]
    reference = sum(theirs for _, theirs in compared)
    skills = [value for each in tested for value in each.scores[ARMS[0]].by_series().values()]
    won = [value for each in tested for value in each.against_named().values()]
    return Skill(
        figures=len(rows),
        series=len({row.observation.operator.name for row in rows}),
        coverage={level: float(np.mean([row.covered[level] for row in rows])) for level in (0.5, 0.8, 0.95)},
        crps_skill=1 - sum(ours for ours, _ in compared) / reference if reference else None,
        cases=len(skills),
        cases_with_skill=sum(value > 0 for value in skills),
        ahead_of={
            name: (sum(ahead for ahead, _ in counts), sum(of for _, of in counts))
            for name in naive.NAMES
            for counts in [[ahead_of(each.scores[ARMS[0]], name) for each in tested]]
        },
        named=len(won),
        better_than_named=sum(won),
    )


def headline(found: Truth) -> tuple[str, ...]:
    """What the history says of the model, what it does not test, and what is undecided."""
    return (_on_history(found), _NOT_TESTED, *(_sign(found, *words) for words in _SIGNS))


_NOT_TESTED = (
    "All this tests how the model replays and forecasts the history. It does not test the counterfactual: what would "
    "have been without the controls was never observed, and no score here speaks of it."
)
# Title, its definitions by outcome, the outcome whose drivers are told.
_SIGNS = (
    (
        "output of chips",
        {"domestic": "all chips of Chinese design", "home_made": "those made in China alone"},
        "domestic",
    ),
    (
        "usable compute",
        {"total": "all that is used", "with_smuggled": "without rental abroad", "owned": "owned and legal alone"},
        "total",
    ),
)


def _on_history(found: Truth) -> str:
    skill = pooled(found.backtests)
    dates = ", ".join(each.as_of.isoformat() for each in found.backtests)
    size = "" if skill.crps_skill is None else (
        f"The CRPS is {abs(100 * skill.crps_skill):.0f} % {'below' if skill.crps_skill > 0 else 'above'} that of "
        "the best "
        f"naive forecast, and below it in {skill.cases_with_skill} of {skill.cases} cases of a series and a date where "
        "the best of four is chosen with hindsight for each; below that of "
        + ", ".join(f"{name} in {ahead} of {of}" for name, (ahead, of) in skill.ahead_of.items()) + ". "
    )  # fmt: skip
    named = (
        f"The median is closer than that of named forecasters on {skill.better_than_named} of {skill.named} matched "
        "outcomes."
        if skill.named
        else "No named forecast of these outcomes could be matched."
    )
    return (
        f"Skill on history: of {skill.figures} figures of {skill.series} series that came after {dates}, 50, 80 "
        "and 95 % "
        f"intervals hold {100 * skill.coverage[0.5]:.0f}, {100 * skill.coverage[0.8]:.0f} and "
        f"{100 * skill.coverage[0.95]:.0f} %. {size}{named} {_held(found)}"
    )


def _held(found: Truth) -> str:
    coverage, skill, share = (
        found.held_back.coverage(0.8), found.held_back.skill(), found.held_back.share_of_series_with_skill()
    )  # fmt: skip
    if coverage is None or skill is None or share is None:
        return ""
    return (
        f"Of {len(found.held_back.rows)} figures held back a fifth at a time, each forecast from earlier ones of "
        "the other "
        f"fifths, 80 % intervals hold {100 * coverage:.0f} %; the CRPS is {abs(100 * skill):.0f} % "
        f"{'below' if skill > 0 else 'above'} that of the best naive forecast, and below it on {100 * share:.0f} "
        "% of the "
        "series."
    )


def _sign(found: Truth, title: str, definitions: Mapping[str, str], driven: str) -> str:
    """The sign of a difference where every structure and definition agrees on it; otherwise what it depends on."""
    from countermove.answer import verdict

    year, given = found.year, found.structure
    index = given.years.index(year)
    words = {name: verdict(given.stacked[name], index) for name in definitions}
    turned = sorted({choice for name in definitions for choice in given.turned_by(name, year)})
    start = f"In {year}, {given.scenario} against {given.against}, {title}"
    if len(set(words.values())) == 1 and not turned and "undecided" not in words.values():
        word = next(iter(words.values()))
        share = next(each.uninformed for each in found.rests if each.outcome == driven)
        return (
            f"{start}: {word} by every definition and in every structural variant; {100 * share:.0f} % of what single "
            "parameters explain of the difference rests on parameters that the record does not inform."
        )
    depends: list[str] = []
    if len(set(words.values())) > 1:
        depends.append("the definition (" + ", ".join(f"{definitions[n]}: {w}" for n, w in words.items()) + ")")
    depends.extend(f"the structure of {choice}" for choice in turned)
    rests = next(each for each in found.rests if each.outcome == driven)
    depends.append(", ".join(each.parameter.replace("_", " ").replace(".", " of ") for each in rests.shares[:3]))
    return (
        f"{start}: undecided: depends on {'; '.join(depends)}. {100 * rests.uninformed:.0f} % of what single "
        "parameters "
        "explain of the difference rests on parameters that the record does not inform."
    )


def as_json(found: Truth) -> dict[str, Any]:
    """Everything as plain values."""
    skill = pooled(found.backtests)
    return {
        "headline": list(headline(found)),
        "draws": found.draws, "seed": found.seed,
        "observations": {"figures": len(found.rows), "series": found.series, "not_mapped": len(found.left)},
        "skill": {
            "figures": skill.figures, "series": skill.series, "crps_skill": skill.crps_skill,
            **{f"coverage_{round(100 * level)}": share for level, share in skill.coverage.items()},
            "cases": skill.cases, "cases_with_skill": skill.cases_with_skill,
            "ahead_of": {name: list(counts) for name, counts in skill.ahead_of.items()},
            "named_outcomes": skill.named, "better_than_named": skill.better_than_named,
        },
        "held_back": {
            "figures": len(found.held_back.rows), "coverage_50": found.held_back.coverage(0.5),
            "coverage_80": found.held_back.coverage(0.8), "coverage_95": found.held_back.coverage(0.95),
            "crps_skill": found.held_back.skill(),
            "share_of_series_with_skill": found.held_back.share_of_series_with_skill(),
        },
        "backtests": [backtests_of.as_json(each) for each in found.backtests],
        "facts": facts.as_json(found.findings)["facts"],
        "claims": claims.as_json(found.judgements)["claims"],
        "industrial_policy": industrial.as_json(found.industrial),
        "structure": structure.as_json(found.structure, found.year),
        "rests_on": informed.as_json(found.rests),
    }  # fmt: skip
