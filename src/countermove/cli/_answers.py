"""What the commands of decisions have in common: options, files, and how an answer is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.table import Table

    from countermove.decide.factors import Factor
    from countermove.results import Origin


def _checked(path: Path | None) -> Path | None:
    if path is not None:
        from countermove import _export

        _export.check(path)
    return path


Policy = Annotated[str, typer.Argument(metavar="A", help="The policy: name of a scenario, or path of its YAML.")]
Against = Annotated[str, typer.Option(metavar="B", help="The counterfactual; 'none' for the outcome of A as such.")]
Draws = Annotated[int, typer.Option(help="Number of draws of the uncertain parameters.")]
Seed = Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same numbers.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
Output = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER|FILE",
        callback=_checked,
        help="Also write it as NetCDF, CSV, JSON and figure into a folder, or as one of them: .nc, .csv, .json, .html.",
    ),
]


class Answer(Protocol):
    """What a command has found."""

    def to_json(self) -> dict[str, Any]:
        """Everything as plain values."""
        ...

    def save(self, path: str | Path) -> Path:
        """Write it to a file or into a folder."""
        ...


Found = TypeVar("Found", bound=Answer)


def counterfactual(against: str) -> str | None:
    """The counterfactual that the option names."""
    return None if against == "none" else against


def deliver(found: Found, told: Callable[[Found, Console], None], *, as_json: bool, output: Path | None) -> None:
    """Write an answer to its files, then print it: as JSON, or as `told` does."""
    if output:
        found.save(output)
    if as_json:
        from countermove._export import as_text

        typer.echo(as_text(found.to_json()), nl=False)
        return
    from rich.console import Console

    console = Console()
    told(found, console)
    if output:
        console.print(f"written: {output}")


def tell(
    console: Console,
    *,
    sentences: Iterable[str],
    tables: Iterable[Table],
    factors: Iterable[Factor],
    origin: Origin,
    notes: Iterable[str] = (),
) -> None:
    """Print sentences, tables, notes, what the parameters named are, and the caveat."""
    from countermove.cli import _decisions

    for sentence in sentences:
        console.print(sentence, highlight=False)
    for table in tables:
        console.print()
        console.print(table)
    console.print()
    for line in (*notes, *_decisions.glossary(factors)):
        console.print(line, highlight=False)
    console.print(_decisions.caveat(origin), style="dim", highlight=False)
