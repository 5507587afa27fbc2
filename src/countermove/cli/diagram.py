"""`countermove diagram`: the causal loops of the model, each link with the sign it has along a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.explain.diagram import Diagram

_SCENARIO = "history"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("diagram")(diagram)


def diagram(
    around: Annotated[str, typer.Option(metavar="QUANTITY", help="Only the surroundings of this quantity.")] = "",
    depth: Annotated[int, typer.Option(help="How many links up and down from it.")] = 2,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw it to a file that ends in .html, .svg or .dot.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print links and loops as JSON.")] = False,
) -> None:
    """Draw the causal links with their signs, measured along the actual course, and name the feedback loops."""
    from countermove.errors import CountermoveError
    from countermove.explain.diagram import diagram as laid_out
    from countermove.explain.diagram import measured, weighed
    from countermove.explain.dominance import yearly_dominance

    if output is not None and output.suffix not in (".html", ".svg", ".dot"):
        raise CountermoveError(f"--output {output}: a diagram is written as .html, .svg or .dot")
    model, links = measured(_SCENARIO)
    drawn = laid_out(model, links, _SCENARIO, around, depth)
    if drawn.loops:
        drawn = weighed(drawn, yearly_dominance(_SCENARIO, around))
    if output is not None:
        _write(drawn, output)
    if as_json:
        import json

        typer.echo(json.dumps(_plain(drawn), ensure_ascii=False, indent=1))
    elif output is not None:
        typer.echo(f"wrote {output}: {len(drawn.nodes)} quantities, {len(drawn.links)} links")
    else:
        _print(drawn)


def _write(drawn: Diagram, output: Path) -> None:
    from countermove._atomic import write_whole

    if output.suffix == ".dot":
        from countermove.explain.diagram import dot

        write_whole(output, dot(drawn))
        return
    from countermove.figures.diagram import page, svg

    write_whole(output, page(drawn) if output.suffix == ".html" else svg(drawn))


def _plain(drawn: Diagram) -> dict[str, Any]:
    return {
        "around": drawn.around,
        "scenario": drawn.scenario,
        "quantities": [{"name": node.name, "kind": node.kind, "sector": node.sector} for node in drawn.nodes],
        "links": [
            {"cause": link.cause, "effect": link.effect, "polarity": link.polarity} for link in drawn.links
        ],
        "loops": [
            {"behaviour": loop.behaviour, "share": round(share, 6), "quantities": list(loop.names)}
            for loop, share in zip(drawn.loops, drawn.loop_shares, strict=True)
        ],
    }  # fmt: skip


def _print(drawn: Diagram) -> None:
    from countermove.explain.diagram import LONGEST_LOOP, SIGN, caption, told

    width = max(len(link.cause) for link in drawn.links)
    for link in drawn.links:
        typer.echo(f"{link.cause:<{width}} {SIGN[link.polarity]}→ {link.effect}")
    if drawn.around:
        typer.echo(f"\nfeedback loops through {drawn.around} of up to {LONGEST_LOOP} links: {len(drawn.loops)}")
    for index in range(len(drawn.loops)):
        typer.echo(f"  {told(drawn, index)}")
    typer.echo(f"\n{caption(drawn)}")
