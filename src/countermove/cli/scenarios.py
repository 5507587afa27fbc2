"""`countermove scenarios`: the shipped scenarios and their headline results; and the command that makes these anew."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

EXPECTED = Path(__file__).parent.parent / "scenarios" / "expected"

# What the shipped results were made with.
DRAWS, SEED, AGAINST = 1000, 1, "no-controls"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("scenarios")(scenarios)


def scenarios(
    regenerate: Annotated[
        bool, typer.Option("--regenerate", help="Simulate all of them anew and replace the shipped results.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
) -> None:
    """List the shipped scenarios with what they came out as against the run without controls."""
    if regenerate:
        _regenerate()
    listed = listing()
    if as_json:
        import json

        typer.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for each in listed:
        typer.secho(f"{each['name']}: {each['title']}", bold=True)
        typer.echo(f"  {each['description']}")
        if each["expected"]:
            typer.echo(f"  {each['expected']['headline']} (model {each['expected']['model_hash']})")
        typer.echo("")


def listing() -> list[dict[str, Any]]:
    """Name, title, description and shipped headline results of every scenario."""
    import json

    from countermove.scenario import load, names

    found: list[dict[str, Any]] = []
    for name in names():
        scenario, path = load(name), EXPECTED / f"{name}.json"
        expected = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        found.append({"name": name, "title": scenario.title, "description": scenario.description, "expected": expected})
    return found


def _regenerate() -> None:
    from countermove._atomic import write_whole
    from countermove.explore._tables import as_text
    from countermove.explore.compare import compare
    from countermove.scenario import names

    for name in names():
        if name == AGAINST:
            continue
        comparison = compare(name, AGAINST, draws=DRAWS, seed=SEED, attribution=None)
        content = {"model_hash": comparison.policy.origin.model_hash, **comparison.to_json()}
        write_whole(EXPECTED / f"{name}.json", as_text(content))
        typer.echo(f"written: {EXPECTED / name}.json", err=True)
