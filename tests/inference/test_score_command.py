"""`countermove score` and `countermove observations` from end to end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import commands
from countermove.errors import CountermoveError
from countermove.evidence import fact

app = typer.Typer()
commands.register(app)
HEADER = "id,entity,quantity,period_start,period_end,low,central,high,unit,kind,source,source_date,url,verified,note"


def _file(folder: Path, *ids: str, extra: str = "") -> Path:
    path = folder / "rows.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER.split(","))
        for id in ids:
            row = fact(id)
            cells = [getattr(row, name) for name in HEADER.split(",")]
            writer.writerow(["" if cell is None else cell for cell in cells])
        stream.write(extra)
    return path


def _score(path: Path, *options: str) -> dict:
    result = CliRunner().invoke(app, ["score", "--observations", str(path), "--draws", "64", "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_the_answer_has_the_documented_form(tmp_path: Path) -> None:
    path = _file(tmp_path, "MKT-0226", "sec-0016", "mfg-0001", "MKT-0135", "mfg-0288")
    answer = _score(path)
    assert set(answer) == {"rows", "unmapped", "summary"}
    keys = {"id", "series", "observed", "low", "median", "high", "covered", "crps", "skill"}
    assert all(set(row) == keys for row in answer["rows"])
    assert set(answer["summary"]) == {"mapped", "coverage_80", "crps_skill", "share_of_series_with_skill"}
    by_id = {row["id"]: row for row in answer["rows"]}
    assert by_id["sec-0016"]["observed"] == pytest.approx(588)
    for row in answer["rows"]:
        assert row["low"] <= row["median"] <= row["high"]
    assert by_id["MKT-0226"]["covered"] == (by_id["MKT-0226"]["low"] <= 4e6 <= by_id["MKT-0226"]["high"])
    assert {row["id"] for row in answer["unmapped"]} == {"mfg-0001", "mfg-0288"}
    assert answer["summary"]["mapped"] == 3
    assert _score(path) == answer  # the same seed gives the same bytes


def test_a_figure_far_off_is_missed_and_scores_worse(tmp_path: Path) -> None:
    near = _file(tmp_path, "sec-0122")
    score = _score(near)["rows"][0]
    far = near.with_name("far.csv")
    far.write_text(near.read_text().replace("16.49", "164.9"), encoding="utf-8")
    worse = _score(far)["rows"][0]
    assert not worse["covered"]
    assert worse["crps"] > score["crps"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("16.49", "many"), "line 2: central is 'many', not a number"),
        (("2025-12-31", "2025-13-31"), "period_end is '2025-13-31', not a date"),
        (("entity,", "entitty,"), "column missing: entity"),
        (("official", "oficial"), "unknown kind 'oficial': did you mean 'official'"),
    ],
)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = _file(tmp_path, "sec-0122")
    path.write_text(path.read_text().replace(*change), encoding="utf-8")
    result = CliRunner().invoke(app, ["score", "--observations", str(path), "--json"])
    assert isinstance(result.exception, CountermoveError)
    assert message in str(result.exception)
    assert "\n" not in str(result.exception)


def test_observations_lists_every_row_with_a_reason() -> None:
    result = CliRunner().invoke(app, ["observations", "--json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.output)
    assert all(row["mapped"] or row["why"] for row in rows)
    assert len({row["series"] for row in rows if row["mapped"]}) >= 40
