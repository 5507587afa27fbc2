"""`countermove source`: where a number comes from, down to title, date and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.engine import Model
    from countermove.evidence import Citation
    from countermove.parameters import Prior, Series

Found = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("source")(source)


def source(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A parameter, series or quantity of the model, or an evidence id.")
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
    """What is known of a parameter, a series, a row of evidence, a work of the literature or a quantity of the model.

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

    from countermove.model import build  # last, because binding the model takes most of the time

    if name in build().quantities:
        return _of_quantity(build(), name)
    raise unknown("name", name, [*load_parameters(), *load_series(), *build().quantities, *evidence.known()])


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


def _of_quantity(model: Model, name: str) -> Found:
    from countermove.parameters import load_parameters, load_series

    quantity = model.quantities[name]
    outside = [each for each in quantity.arguments if each in load_parameters() or each in load_series()]
    return {
        "name": name,
        "what": "stock" if quantity.kind == "stock" else "quantity",
        "description": quantity.description,
        "unit": str(quantity.unit),
        "parameters": {each: _brief(each) for each in outside},
        "quantities": [each for each in quantity.arguments if each in model.quantities and each != name],
        "sources": _expanded(quantity.source),
    }


def _brief(name: str) -> str:
    from countermove.parameters import load_parameters, load_series

    found = _of_prior(load_parameters()[name]) if name in load_parameters() else _of_series(load_series()[name])
    return "series" if "knots" in found else _interval(found)


def _expanded(sources: tuple[str, ...]) -> list[Found]:
    from countermove import evidence

    return [_of(evidence.citation(id)) for id in sources]


def _print(found: Found) -> None:
    if found["what"] in ("evidence", "reference"):
        _print_citation(found, indent="")
        return
    sector = f" of the sector {found['sector']}" if "sector" in found else ""
    typer.echo(f"{found['name']}: {found['what']}{sector}")
    typer.echo(found["description"])
    typer.echo(_inputs(found) if "parameters" in found else _interval(found))
    if found.get("note"):
        typer.echo(f"note: {found['note']}")
    recalled = sum(cited.get("verified") == "no" for cited in found["sources"])
    flag = f", {recalled} of them NOT VERIFIED (recalled, not read)" if recalled else ""
    typer.echo(f"\nsources: {len(found['sources'])}{flag}")
    for cited in found["sources"]:
        typer.echo("")
        _print_citation(cited, indent="  ")


def _inputs(found: Found) -> str:
    lines = [f"unit: {found['unit']}", "computed from"]
    lines += [f"  {name}: {value}" for name, value in found["parameters"].items()]
    lines += [f"  {name}" for name in found["quantities"]]
    return "\n".join(lines) if len(lines) > 2 else lines[0]


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
