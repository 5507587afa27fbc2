"""The page: sections in the order of the argument, filled into the template."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from countermove import _yaml
from countermove._atomic import write_whole
from countermove.report import _sources, _tables
from countermove.report._fill import FOLDER, fill
from countermove.report._tables import Table
from countermove.report.glossary import glossary

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from countermove.explore.compare import Comparison
    from countermove.inference.claims import Judgement
    from countermove.scenario import Scenario

TITLE = "Do export controls on AI chips hinder or catalyse China’s capability?"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: how it is named, what to know before looking, its figure and the numbers behind it."""

    key: str
    short: str
    title: str
    paragraphs: tuple[str, ...]
    figure: Callable[..., go.Figure]
    tables: Callable[[Comparison], list[Table]]


@cache
def sections() -> tuple[Section, ...]:
    """Sections with a figure, in the order of the page."""
    from countermove import figures

    shown: dict[str, tuple[Callable[..., go.Figure], Callable[[Comparison], list[Table]]]] = {
        "paradox": (figures.paradox, _tables.differences),
        "probability": (figures.probability_ribbon, _tables.probabilities),
        "history": (figures.history_against_observations, _tables.observations),
        "binding": (figures.binding_input, _tables.binding),
        "mechanisms": (figures.mechanisms, _tables.contributions),
        "measures": (figures.three_measures, _tables.measures),
        "buyers": (figures.buyers_by_origin, _tables.buyers),
        "law": (_plane("log"), _tables.chips_classed),
        "law-near": (_plane("linear"), lambda _: []),
        "assumptions": (figures.assumptions, _tables.correlations),
    }
    return tuple(
        Section(**{**words, "paragraphs": tuple(words["paragraphs"])}, figure=figure, tables=tables)
        for words in _yaml.load(FOLDER / "sections.yaml")
        for figure, tables in (shown[words["key"]],)
    )


def _plane(scale: Literal["log", "linear"]) -> Callable[..., go.Figure]:
    """The plane of the law in force, which no comparison changes."""

    def drawn(_: Comparison, screen: Literal["laptop", "phone"]) -> go.Figure:
        from countermove.figures import threshold_plane

        return threshold_plane(scale=scale, screen=screen)

    return drawn


def render(comparison: Comparison, scenario: Scenario, against: Scenario, judgements: Sequence[Judgement] = ()) -> str:
    """The report on a comparison of these two scenarios as one HTML text; with claims where they were judged.

    Raises:
        CountermoveError: the runs did not keep a quantity that a figure needs (see `figures.QUANTITIES`).
    """
    from countermove.answer import headline
    from countermove.explore._tables import beliefs

    chosen = sections()
    drawn = {
        each.key: {screen: each.figure(comparison, screen=screen) for screen in ("laptop", "phone")} for each in chosen
    }
    sources = _sources.cited_by_table()
    everything = [cited for _, group in sources for cited in group]
    return fill(
        "template.html.j2",
        drawn,
        title=TITLE,
        scenario=comparison.scenario,
        against=comparison.against,
        scenario_title=scenario.title,
        against_title=against.title,
        draws=comparison.draws,
        seed=comparison.seed,
        origin=comparison.policy.origin,
        beliefs=beliefs(comparison),
        sentences=headline(comparison),
        claims=[_tables.claims(judgements)] if judgements else [],
        sections=[_filled(each, drawn[each.key]["laptop"], comparison) for each in chosen],
        priors=_sources.priors_by_sector(scenario),
        sources=sources,
        sources_count=len(everything),
        unverified_count=sum(cited.is_unverified for cited in everything),
        glossary=glossary(),
        scenario_files=[
            {"name": each.name, "description": each.description, "yaml": each.to_yaml()} for each in (scenario, against)
        ],
    )


def write(
    comparison: Comparison, scenario: Scenario, against: Scenario, path: Path, judgements: Sequence[Judgement] = ()
) -> Path:
    """Write the report to `path`, whole or not at all, and return the path."""
    write_whole(path, render(comparison, scenario, against, judgements))
    return path


def _filled(section: Section, figure: go.Figure, comparison: Comparison) -> dict[str, Any]:
    return {
        "key": section.key,
        "short": section.short,
        "title": section.title,
        "paragraphs": section.paragraphs,
        "description": figure.layout.meta["description"],
        "tables": section.tables(comparison),
    }
