"""The truth page: how far the model may be believed, and what nothing here tests. As HTML, and in short as Markdown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove import _yaml
from countermove._atomic import write_whole
from countermove.report import _tables, _truth_tables
from countermove.report._fill import FOLDER, fill
from countermove.report._tables import Table

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from countermove.figures._labels import Screen
    from countermove.inference.truth import Truth

TITLE = "How far can the model be believed?"
_SCREENS: tuple[Screen, ...] = ("laptop", "phone")


@cache
def sections() -> tuple[dict[str, Any], ...]:
    """The sections in their order, each with `key`, `short`, `title` and `paragraphs`."""
    return tuple(_yaml.load(FOLDER / "truth.yaml"))


def _drawn(found: Truth) -> dict[str, Callable[[Screen], go.Figure]]:
    from countermove.figures import causes, facts, fit, skill, verdicts

    on: dict[str, Any] = {"draws": found.draws, "seed": found.seed}
    fewer = {**on, "draws": min(found.draws, 500)}
    wide = {**on, "draws": max(found.draws, 4000)}
    drawn: dict[str, Callable[[Screen], go.Figure]] = {
        "skill": lambda screen: skill.skill(found.backtests, **on, screen=screen),
        "fit": lambda screen: fit.fit(found.rows, found.figures, **on, screen=screen),
        "facts": lambda screen: facts.stylised_facts(found.findings, **on, screen=screen),
        "claims": lambda screen: verdicts.verdicts(found.judgements, **fewer, screen=screen),
        "industrial": lambda screen: causes.industrial_policy(found.industrial, seed=found.seed, screen=screen),
        "variants": lambda screen: causes.variants(found.structure, found.year, **fewer, screen=screen),
        "rests": lambda screen: causes.rests(found.rests, **wide, screen=screen),
    }
    if found.origin.parameters == "posterior":
        from countermove.figures.calibration import contraction
        from countermove.inference.fits import shipped

        posterior = shipped()
        drawn["posterior"] = lambda screen: contraction(posterior, screen)
    return drawn


def _shown(found: Truth) -> list[dict[str, Any]]:
    """The words of the sections that there is something to show for."""
    return [words for words in sections() if words["key"] != "posterior" or found.origin.parameters == "posterior"]


def tables(found: Truth) -> dict[str, list[Table]]:
    """The numbers behind the figures by section."""
    return {
        "skill": [*_truth_tables.backtests(found), *_truth_tables.named(found)],
        "fit": [_truth_tables.replay(found)],
        "facts": [_truth_tables.facts(found)],
        "claims": [_tables.claims(found.judgements)],
        "industrial": [_truth_tables.paces(found), _truth_tables.explained(found)],
        "posterior": [],
        "variants": [_truth_tables.variants(found)],
        "rests": [_truth_tables.rests(found)],
    }


def render(found: Truth) -> str:
    """The page as one HTML text."""
    from countermove.inference.truth import headline

    drawn = {key: {screen: draw(screen) for screen in _SCREENS} for key, draw in _drawn(found).items()}
    numbers = tables(found)
    filled = {"figures": len(found.rows), "series": found.series, "left": len(found.left)}
    sections = [
        {
            **words,
            "paragraphs": [text.format(**filled) for text in words["paragraphs"]],
            "description": _described(drawn[words["key"]]["laptop"]),
            "tables": numbers[words["key"]],
        }
        for words in _shown(found)
    ]
    return fill(
        "truth.html.j2",
        drawn,
        title=TITLE,
        sentences=headline(found),
        sections=sections,
        origin=found.origin,
        draws=found.draws,
        seed=found.seed,
    )


def _described(figure: Any) -> str:
    """The text alternative of a figure."""
    return figure.layout.meta["description"]


def write(found: Truth, path: Path) -> Path:
    """Write the page to `path`, whole or not at all, and return the path."""
    write_whole(path, render(found))
    return path


def as_markdown(found: Truth) -> str:
    """The text of docs/truth.md: headline, words and numbers of every section."""
    from countermove.inference.truth import headline

    numbers = tables(found)
    filled = {"figures": len(found.rows), "series": found.series, "left": len(found.left)}
    parts = [f"# {TITLE}", *headline(found)]
    for words in _shown(found):
        parts.append(f"## {words['title']}")
        parts.extend(text.format(**filled).strip() for text in words["paragraphs"])
        parts.extend(_markdown(table) for table in numbers[words["key"]] if len(table.rows) <= 130)
    origin = found.origin
    parts.append(
        f"countermove {origin.version}, model {origin.model_hash}; {found.draws:,} draws, seed {found.seed}, "
        f"{origin.caveat}; evidence to {origin.evidence_date}. Made by `countermove truth --write-docs`."
    )
    return "\n\n".join(parts) + "\n"


def _markdown(table: Table) -> str:
    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    sides = tuple(":--" if i == 0 or i in table.words else "--:" for i in range(len(table.columns)))
    return "\n".join(
        [f"**{table.title}.** {table.caption}\n", line(table.columns), line(sides), *map(line, table.rows)]
    )
