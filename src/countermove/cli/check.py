"""`countermove check`: may this chip go there, to them, on that day, and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

import typer

if TYPE_CHECKING:
    from countermove.rules.items import Item

UNLISTED = "unlisted commercial"


class Told(TypedDict):
    """What the asker says of the route and the buyer beside the names."""

    exported_from: str | None
    parent: str | None
    end_use: str | None
    remote_access: str | None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


def check(
    chip: Annotated[str | None, typer.Argument(help="A chip, memory stack, die or tool by name.")] = None,
    to: Annotated[str | None, typer.Option("--to", help="Destination country.")] = None,
    end_user: Annotated[
        str | None, typer.Option("--end-user", help="Who receives it; an unlisted commercial buyer if left out.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", help="Day of export, YYYY-MM-DD; today if left out.")] = None,
    exported_from: Annotated[
        str | None, typer.Option("--from", help="Country from which it leaves; the United States if left out.")
    ] = None,
    parent: Annotated[str | None, typer.Option(help="Country where the ultimate parent is headquartered.")] = None,
    end_use: Annotated[str | None, typer.Option(help="civil, military or supercomputer.")] = None,
    remote_access: Annotated[str | None, typer.Option(help="Country of those who will use it from afar.")] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE.yaml", help="A chip by its figures instead of by name.")
    ] = None,
    tpp: Annotated[float | None, typer.Option(help="Total processing performance of a chip given by figures.")] = None,
    die_area: Annotated[float | None, typer.Option(help="Applicable die area, mm².")] = None,
    dies: Annotated[int | None, typer.Option(help="Logic dies in the package.")] = None,
    memory_bandwidth: Annotated[float | None, typer.Option(help="DRAM bandwidth, GB/s.")] = None,
    interconnect: Annotated[float | None, typer.Option(help="I/O bandwidth, both ways, GB/s.")] = None,
    consumer: Annotated[
        bool, typer.Option("--consumer", help="Neither designed nor marketed for data centres.")
    ] = False,
    all_dates: Annotated[bool, typer.Option("--all-dates", help="The verdict from 2016 to 2035.")] = False,
    cases: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Answer a table: id, chip, destination, end_user, date.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="With --cases or --all-dates: write a CSV file.")
    ] = None,
) -> None:
    """Say whether an item may go to a buyer and place on a day, under which paragraphs, and what would change it."""
    from countermove.errors import CountermoveError

    if cases is not None:
        if chip is not None or to is not None or all_dates:
            raise CountermoveError("--cases answers the questions of its table: leave out CHIP, --to and --all-dates")
        _cases(cases, as_json, output)
        return
    if output is not None and not all_dates:
        raise CountermoveError("--output goes with --cases or --all-dates; one verdict is printed, or given by --json")
    if all_dates and on is not None:
        raise CountermoveError("--all-dates gives every day: leave out --on")

    figures: dict[str, Any] = {
        "tpp": tpp, "die_area_mm2": die_area, "dies": dies, "memory_bandwidth": memory_bandwidth,
        "interconnect": interconnect,
    }  # fmt: skip
    what = _item(chip, spec, {key: value for key, value in figures.items() if value is not None}, consumer)
    if to is None:
        raise CountermoveError("name a destination: --to COUNTRY")
    told = Told(exported_from=exported_from, parent=parent, end_use=end_use, remote_access=remote_access)
    if all_dates:
        _history(what, to, end_user or UNLISTED, told, as_json, output)
        return
    from countermove.cli._verdict import as_mapping, show
    from countermove.rules import ask
    from countermove.rules.cases import parse_date

    verdict = ask(what, to, end_user or UNLISTED, _today() if on is None else parse_date(on), **told)
    if as_json:
        _print(as_mapping(verdict))
    else:
        show(verdict, assumed_end_user=end_user is None)


def _today() -> Any:
    from datetime import date

    return date.today()


def _item(chip: str | None, spec: Path | None, figures: dict[str, Any], consumer: bool) -> str | Item:
    """The name asked for, or an item made from figures."""
    from countermove.errors import CountermoveError

    if spec is None and not figures:
        if chip is None:
            raise CountermoveError("name a chip, or give its figures: --spec FILE.yaml or --tpp …")
        if consumer:
            raise CountermoveError("--consumer goes with a chip given by figures; a catalogue chip carries its own")
        return chip
    from countermove import _yaml
    from countermove.chips.custom import from_mapping
    from countermove.rules import items

    stated = {} if spec is None else _yaml.load(spec) or {}
    if not isinstance(stated, dict):
        kind = type(stated).__name__
        raise CountermoveError(f"{spec}: a specification is a mapping such as 'tpp: 4800', not a {kind}")
    given: dict[str, Any] = {**stated, **figures}
    if chip is not None:
        given["name"] = chip
    if consumer:
        given["datacentre"] = False
    return items.of_chip(from_mapping(given, "chip specification" if spec is None else str(spec)))


def _print(value: object) -> None:
    import json

    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _cases(path: Path, as_json: bool, output: Path | None) -> None:
    from countermove.rules import cases as table

    answers = table.answer_all(table.read(path))
    result = table.as_json(answers)
    if output is not None:
        _write(output, [{**row, "paragraphs": "; ".join(row["paragraphs"]), "citations": "; ".join(row["citations"])}
                        for row in result["cases"]])  # fmt: skip
    if as_json:
        _print(result)
        return
    if not answers:
        typer.echo("no cases in the table")
    for entry in answers:
        word = entry.verdict.word.value if entry.verdict is not None else "refused"
        mark = "" if not entry.scored else "  " if entry.right else "✗ "
        reason = entry.refused or (entry.verdict.reason if entry.verdict is not None else "")
        typer.echo(f"{mark}{entry.id:8} {word:18} {reason}")
    if "score" in result:
        score = result["score"]
        wrong = f"; wrong: {', '.join(score['wrong'])}" if score["wrong"] else ""
        typer.echo(f"{score['right']} of {score['scored']} scored cases right{wrong}")


def _history(what: str | Item, to: str, end_user: str, told: Told, as_json: bool, output: Path | None) -> None:
    from countermove.rules.history import asked_over_time

    rows = [
        {
            "from": str(span.start),
            "to": str(span.end),
            "verdict": span.verdict.word.value,
            "contested": span.verdict.contested,
            "reason": span.verdict.reason,
        }
        for span in asked_over_time(what, to, end_user, **told)
    ]
    if output is not None:
        _write(output, rows)
    if as_json:
        _print(rows)
        return
    for row in rows:
        flag = " (contested)" if row["contested"] else ""
        typer.echo(f"{row['from']} – {row['to']}  {row['verdict']}{flag}\n    {row['reason']}")
    typer.echo(_footer())


def _footer() -> str:
    from countermove.rules import LAW_REVIEWED_TO
    from countermove.rules.verdict import NOT_ADVICE

    return f"law reviewed to {LAW_REVIEWED_TO}; later dates hold its last state · {NOT_ADVICE}"


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    import csv
    import io

    from countermove._atomic import write_whole

    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else ["id"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())
