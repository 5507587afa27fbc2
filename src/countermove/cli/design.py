"""`countermove design`: the best chip that a vendor may still sell under a rule."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from countermove.rules import RuleBook
    from countermove.rules.design import Design


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("design")(design)


def design(
    rule: Annotated[
        str, typer.Option(help="A rule by id, the law frozen on its first day; FILE.yaml of a new rule; or 'history'.")
    ] = "history",
    on: Annotated[str | None, typer.Option("--on", help="Day of the law and of what could be built.")] = None,
    node: Annotated[float, typer.Option(help="Process node class, nm.")] = 5.0,
    objective: Annotated[str, typer.Option(help="market, training or inference.")] = "market",
    to: Annotated[str, typer.Option("--to", help="Destination country.")] = "China",
    with_notice: Annotated[bool, typer.Option("--with-notice", help="Count exception NAC as sellable.")] = False,
    consumer: Annotated[bool, typer.Option("--consumer", help="A part not marketed for data centres.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find the best chip that may still be sold, what holds it back, and how close the vendors' real parts came."""
    from countermove.rules import Word, countries
    from countermove.rules.design import design as best

    book, day = _law(rule, on)
    permitted = (Word.NO, Word.EXCEPTION_NOTIFY) if with_notice else (Word.NO,)
    found = best(
        day, node, objective=objective, destination=countries.find(to), permitted=permitted, datacentre=not consumer,
        book=book,
    )  # fmt: skip
    if as_json:
        import json

        typer.echo(json.dumps(_mapping(found, day, node), ensure_ascii=False, indent=1, default=str))
    else:
        _show(found, day, node)


def _law(rule: str, on: str | None) -> tuple[RuleBook, date]:
    """The rule book meant, and the day."""
    from countermove.errors import CountermoveError, unknown
    from countermove.rules import LAW_REVIEWED_TO, RuleBook
    from countermove.rules.cases import parse_date

    book = RuleBook.history()
    day = None if on is None else parse_date(on)
    if rule == "history":
        return book, day or LAW_REVIEWED_TO
    if rule.endswith((".yaml", ".yml")):
        path = Path(rule)
        if not path.is_file():
            raise CountermoveError(f"{rule}: no such file")
        try:
            changed = book.with_changes(fragments=[path.read_text(encoding="utf-8")])
        except (CountermoveError, UnicodeDecodeError) as error:
            raise CountermoveError(f"{rule}: {str(error).removeprefix('new rule: ')}") from None
        return changed, day or LAW_REVIEWED_TO
    if rule not in book.by_id:
        raise unknown("rule", rule, book.by_id)
    effective = book.by_id[rule].effective
    if effective is None:
        raise CountermoveError(f"rule '{rule}' has no effective date: give --rule history --on DATE")
    return book.frozen_at(effective), day or effective


def _mapping(found: Design, day: date, node: float) -> dict[str, Any]:
    chip = found.chip
    assert chip.tpp is not None
    assert chip.density is not None
    assert chip.area is not None
    assert chip.memory_bandwidth is not None
    return {
        "date": day,
        "node_nm": node,
        "objective": found.objective,
        "verdict": found.word.value,
        "worth_h100": found.worth,
        "tpp": chip.tpp.central,
        "int8_dense_tops": chip.tpp.central / 8,
        "fp16_dense_tflops": chip.tpp.central / 16,
        "die_area_mm2": chip.area.central,
        "dies": chip.dies,
        "performance_density": chip.density.central,
        "memory_bandwidth_gbps": chip.memory_bandwidth.central,
        "interconnect_gbps": chip.interconnect,
        "power_w": chip.power_w,
        "binding": [asdict(bound) for bound in found.binding],
        "vendors": [{**asdict(rival), "word": rival.word.value} for rival in found.rivals],
        "note": "not legal advice",
    }


def _show(found: Design, day: date, node: float) -> None:
    values = _mapping(found, day, node)
    # A figure just under a limit is shown below it, not rounded onto it.
    for name in ("tpp", "memory_bandwidth_gbps", "interconnect_gbps"):
        values[name] = floor(values[name])
    echo = typer.echo
    echo(f"Best chip on {node:g} nm that may be sold on {day} ({found.objective}): {found.worth:.2f} of an H100 SXM.\n")
    echo(f"  TPP                  {values['tpp']:>10,.0f}   ({values['int8_dense_tops']:,.0f} TOPS at 8 bits, dense)")
    echo(f"  logic area           {values['die_area_mm2']:>10,.0f}   mm² in {values['dies']} die(s)")
    echo(f"  performance density  {values['performance_density']:>10,.2f}   per mm²")
    echo(f"  memory bandwidth     {values['memory_bandwidth_gbps']:>10,.0f}   GB/s")
    echo(f"  links                {values['interconnect_gbps']:>10,.0f}   GB/s both ways")
    echo(f"  power                {values['power_w']:>10,.0f}   W (estimate)")
    echo(f"\nverdict {found.word.value}\n\nwhat binds")
    for bound in found.binding:
        echo(f"  {bound.figure.replace('_', ' '):16} {bound.value:>9,.6g}   {bound.set_by}")
    if found.rivals:
        echo("\nreal parts for China announced within a year (share of the best design's worth)")
        for rival in found.rivals:
            echo(f"  {rival.share:>5.2f}   {rival.chip} ({rival.word.value})")
    echo("\nphysical limits are those of chips announced by that day · not legal advice")
