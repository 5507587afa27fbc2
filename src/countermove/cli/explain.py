"""`countermove explain`: the equation behind a quantity, where it comes from and what it is tied to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.evidence import Citation
    from countermove.explain.quantity import Equation, Explanation, Relation

_WIDTH = 100


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("explain")(explain)


def explain(
    quantity: Annotated[
        str, typer.Argument(metavar="QUANTITY", help="A quantity, parameter, series or switch of the model.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, with the equations in LaTeX too.")] = False,
    latex: Annotated[
        bool, typer.Option("--latex", help="Print the equations as LaTeX instead of plain algebra.")
    ] = False,
    write_docs: Annotated[
        bool,
        typer.Option("--write-docs", help="Write pages and figures of the whole model to docs/model in this folder."),
    ] = False,
) -> None:
    """Explain a quantity: equation, unit, sources, what it depends on and what depends on it."""
    from countermove.errors import CountermoveError

    if write_docs:
        typer.echo(f"{len(_written(Path('docs/model')))} files written to docs/model")
        return
    if not quantity:
        raise CountermoveError("name a quantity, such as `countermove explain ai_die_yield`, or give --write-docs")
    from countermove.explain.quantity import explain as explained
    from countermove.model import build

    found = explained(build(), quantity)
    if as_json:
        import json

        typer.echo(json.dumps(_plain(found), ensure_ascii=False, indent=1))
    else:
        _print(found, latex)


def _written(folder: Path) -> list[Path]:
    """The pages, their figures, and the numbers of these."""
    from countermove.explain import behaviour, pages
    from countermove.explore.world import world
    from countermove.figures.behaviour import pictures

    given = world()
    found = behaviour.simulated(given.model)
    drawn = pictures(found, pages.source_of_figures(given))
    numbers = {"behaviour.json": behaviour.to_json(found)}
    return pages.write(folder, {**pages.pages(given), **drawn, **numbers})


def _plain(found: Explanation) -> dict[str, Any]:
    from dataclasses import asdict

    plain = asdict(found)
    plain["sources"] = [{key: value for key, value in source.items() if value} for source in plain["sources"]]
    if found.prior:
        wanted = ("distribution", "low", "central", "high", "note")
        plain["prior"] = {key: value for key, value in plain["prior"].items() if key in wanted}
    if found.series:
        wanted = ("interpolation", "years", "values", "note")
        plain["series"] = {key: value for key, value in plain["series"].items() if key in wanted}
    return {key: value for key, value in plain.items() if value is not None}


def _print(found: Explanation, latex: bool) -> None:
    place = f", sector {found.sector}" if found.sector else ""
    typer.echo(f"{typer.style(found.name, bold=True)}: {found.kind}{place}, unit {found.unit}")
    typer.echo(_wrapped(found.description, ""))
    for name, elements in found.dimensions.items():
        typer.echo(_wrapped(f"by {name}: {', '.join(elements)}", ""))
    if found.prior or found.series:
        typer.echo(f"its values: countermove source {found.name}")
    for equation in found.equations:
        typer.echo("")
        _print_equation(equation, latex)
    _print_relations("depends on", found.depends_on)
    _print_relations("read by", found.used_by)
    if found.sources:
        typer.echo("\nsources")
        for source in found.sources:
            _print_source(source)


def _print_equation(equation: Equation, latex: bool) -> None:
    if latex:
        typer.echo(f"  {equation.latex}")
        letters = equation.latex_where
    else:
        typer.echo(_wrapped(f"{equation.left} = {equation.right}", "  "))
        letters = equation.where
    for index, (letter, text) in enumerate(letters.items()):
        line = f"{'where' if index == 0 else '     '} {letter} = {text}"
        typer.echo(f"    {line}" if latex else _wrapped(line, "    "))
    if equation.initial:
        typer.echo(f"    from {equation.initial} at the start")


def _print_relations(title: str, relations: tuple[Relation, ...]) -> None:
    typer.echo(f"\n{title}" + ("" if relations else ": nothing"))
    width = max((len(each.name) for each in relations), default=0)
    for each in relations:
        typer.echo(f"  {each.name:<{width}}  {each.kind}, {each.unit}")


def _print_source(source: Citation) -> None:
    flag = "  NOT VERIFIED: recalled, not read" if source.is_unverified else ""
    typer.echo(f"  {source.id}{flag}")
    dated = ", ".join(part for part in (source.title, source.date) if part)
    for line in (source.statement, dated, source.address):
        if line:
            typer.echo(_wrapped(line, "    "))


def _wrapped(text: str, indent: str) -> str:
    import textwrap

    return textwrap.fill(
        text, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
