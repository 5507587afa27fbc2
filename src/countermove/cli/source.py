"""`countermove source`: where a number comes from, down to title, date and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.evidence import Citation
    from countermove.parameters import Prior, Series

Found = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("source")(source)


def source(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A parameter, a series, an evidence id or a reference key.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Say where a number comes from: observation, or prior with its sources."""
    found = look_up(name)
    if as_json:
        import json

        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        _print(found)


def look_up(name: str) -> Found:
    """What is known of a parameter, a series, a row of evidence or a work of the literature, in this order.

    Raises:
        CountermoveError: no such name (with the nearest of all of them).
    """
    from countermove import evidence
    from countermove.errors import unknown
    from countermove.parameters import load_parameters, load_series

    if name in load_parameters():
        return _of_prior(load_parameters()[name])
    if name in load_series():
        return _of_series(load_series()[name])
    if evidence.exists(name):
        cited = evidence.citation(name)
        return {"name": name, "what": "reference" if cited.table == "references" else "evidence", **_of(cited)}
    raise unknown("name", name, [*load_parameters(), *load_series(), *evidence.known()])


def _of(cited: Citation) -> Found:
    from dataclasses import asdict

    return {key: value for key, value in asdict(cited).items() if value}


def _of_prior(prior: Prior) -> Found:
    interval: Found = {"low": prior.low, "central": prior.central, "high": prior.high}
    if prior.is_fixed:
        interval = {"value": prior.central}
    if prior.elements:
        interval = {key: dict(zip(prior.elements, value, strict=True)) for key, value in interval.items()}
    return {
        "name": prior.name,
        "what": "fixed value" if prior.is_fixed else "prior",
        "sector": prior.sector,
        "description": prior.description,
        "unit": prior.unit,
        "distribution": prior.distribution,
        **interval,
        "note": prior.note,
        "sources": _expanded(prior.sources),
    }


def _of_series(series: Series) -> Found:
    return {
        "name": series.name,
        "what": "series",
        "sector": series.sector,
        "description": series.description,
        "unit": series.unit,
        "interpolation": series.interpolation,
        "knots": {f"{year:g}": value for year, value in zip(series.years, series.values, strict=True)},
        "note": series.note,
        "sources": _expanded(series.sources),
    }


def _expanded(sources: tuple[str, ...]) -> list[Found]:
    from countermove import evidence

    return [_of(evidence.citation(id)) for id in sources]


def _print(found: Found) -> None:
    if found["what"] in ("evidence", "reference"):
        _print_citation(found, indent="")
        return
    typer.echo(f"{found['name']}: {found['what']} of the sector {found['sector']}")
    typer.echo(found["description"])
    typer.echo(_interval(found))
    if found["note"]:
        typer.echo(f"note: {found['note']}")
    recalled = sum(cited.get("verified") == "no" for cited in found["sources"])
    flag = f", {recalled} of them NOT VERIFIED (recalled, not read)" if recalled else ""
    typer.echo(f"\nsources: {len(found['sources'])}{flag}")
    for cited in found["sources"]:
        typer.echo("")
        _print_citation(cited, indent="  ")


def _interval(found: Found) -> str:
    unit = "" if found["unit"] == "1" else f" {found['unit']}"
    if "knots" in found:
        lines = [f"  {year}: {value:g}{unit}" for year, value in found["knots"].items()]
        return "\n".join([f"knots, {found['interpolation']} between them:", *lines])
    if "value" in found:
        return f"value: {_shown(found['value'])}{unit}"
    low, central, high = (_shown(found[key]) for key in ("low", "central", "high"))
    return f"5 / 50 / 95 %: {low} / {central} / {high}{unit} ({found['distribution']})"


def _shown(value: float | dict[str, float]) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{element} {number:g}" for element, number in value.items())
    return f"{value:g}"


def _print_citation(cited: Found, indent: str) -> None:
    flag = "  NOT VERIFIED: recalled, not read" if cited.get("verified") == "no" else ""
    table = f" [{cited['table']}]" if cited.get("table") else ""
    typer.echo(typer.style(f"{indent}{cited['id']}{table}{flag}", fg="yellow" if flag else None))
    lines = [
        cited["statement"],
        ", ".join(part for part in (cited.get("title"), cited.get("date")) if part),
        cited.get("address", ""),
        cited.get("note", ""),
    ]
    for line in lines:
        if line:
            typer.echo(f"{indent}  {line}")
