"""The commands run, compare and attribute: tables, JSON, files, and one line for what cannot be done."""

from __future__ import annotations

import csv
import json

import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import attribute, compare, run
from countermove.errors import CountermoveError


@pytest.fixture
def call(world, monkeypatch):
    for module in ("simulate", "compare", "attribute"):
        monkeypatch.setattr(f"countermove.explore.{module}.world", lambda: world)
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    for command in (run, compare, attribute):
        command.register(app)

    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(app, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def test_compare_prints_the_answer_first(call):
    text = call("compare", "history", "--draws", "40")
    assert text.startswith("In 2030, under history rather than no-controls, China's output")
    for words in ("P(catalysed)", "First change of sign", "Input that binds Ascend output", "Shapley", "uncalibrated"):
        assert words in text


def test_compare_of_a_scenario_with_itself(call):
    text = call("compare", "history", "--against", "history", "--draws", "20")
    assert "there is no difference in any draw" in text
    assert "P(catalysed)" not in text


def test_compare_as_json_and_files(call, tmp_path):
    printed = call("compare", "history", "--draws", "20", "--json", "--output", str(tmp_path / "out"))
    found = json.loads(printed)
    assert (found["scenario"], found["against"], found["draws"]) == ("history", "no-controls", 20)
    assert (tmp_path / "out" / "answer.json").read_text() == printed
    again = call("compare", "history", "--draws", "20", "--json")
    assert again == printed


def test_compare_without_attribution_and_from_a_date(call):
    arguments = ("compare", "chips-only", "--from", "2022-10", "--attribution", "none", "--draws", "20", "--json")
    found = json.loads(call(*arguments))
    assert found["attribution"] == []
    assert found["years"][0]["year"] == 2022


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("compare", "histry"), r"unknown scenario 'histry': did you mean 'history'\?"),
        (("compare", "history", "--draws", "0"), "0 is not a number of draws"),
        (("compare", "history", "--immaterial", "2"), "not a share"),
        (("compare", "history", "--from", "soon"), "--from: 'soon' is not a date"),
        (("compare", "chips-only", "--from", "2025-01"), "differ from 2022-10"),
        (("run", "history", "--output", "x.txt"), r"--output x.txt: results are written as .nc \(NetCDF\) or .csv"),
        (("attribute", "history", "--seed", "-1"), "not a seed"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(call, arguments, message):
    with pytest.raises(CountermoveError, match=message) as raised:
        call(*arguments)
    assert "\n" not in str(raised.value)


def test_run_prints_and_writes(call, tmp_path):
    text = call("run", "history", "--draws", "20", "--output", str(tmp_path / "r.nc"))
    assert "2035" in text
    assert "prior only, uncalibrated" in text
    assert (tmp_path / "r.nc").is_file()
    found = json.loads(call("run", "history", "--draws", "20", "--json"))
    year = next(each for each in found["years"] if each["year"] == 2030)
    assert year["total"]["p10"] <= year["total"]["p50"] <= year["total"]["p90"]
    assert found["units"]["domestic"] == "H100e/yr"


def test_attribute_prints_and_writes(call, tmp_path):
    path = tmp_path / "shares.csv"
    text = call("attribute", "history", "--exact", "--draws", "20", "--year", "2028", "--output", str(path))
    assert "in 2028" in text
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["mechanism"] for row in rows] == ["direct", "response", "learning", "diversion"]
    found = json.loads(call("attribute", "history", "--exact", "--draws", "20", "--year", "2028", "--json"))
    assert [row["domestic"] for row in found["attribution"]] == [float(row["domestic"]) for row in rows]
