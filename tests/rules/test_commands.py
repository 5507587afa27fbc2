"""The commands: text and JSON, files, refusals, and no heavy import on their path."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countermove.cli import _register, command_line
from countermove.errors import CountermoveError

_register()


def run(*words: str) -> str:
    result = CliRunner().invoke(command_line, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str) -> str:
    with pytest.raises(CountermoveError) as caught:
        CliRunner().invoke(command_line, list(words), catch_exceptions=False)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_check_begins_with_a_sentence_and_ends_with_the_date_of_review() -> None:
    text = run("check", "Nvidia H20", "--to", "China", "--on", "2024-06-01")
    assert text.startswith("No US licence required. Beijing: no measure in force against this product.")
    assert "unlisted commercial (assumed: none was named)" in text
    assert "law reviewed to 2026-05-31" in text
    assert "not legal advice" in text


def test_check_as_json() -> None:
    value = json.loads(run("check", "H100", "--to", "China", "--end-user", "SenseTime", "--on", "2024-06-01", "--json"))
    assert value["verdict"] == "denied_in_practice"
    assert value["paragraphs"][0]["step"] == "list"
    assert value["law_reviewed_to"] == "2026-05-31"


def test_check_of_a_specification(tmp_path: Path) -> None:
    given = ("check", "--tpp", "2500", "--die-area", "700", "--to", "China", "--on", "2024-06-01", "--json")
    assert json.loads(run(*given))["verdict"] == "exception_notify"
    assert json.loads(run(*given, "--consumer"))["verdict"] == "no"
    path = tmp_path / "chip.yaml"
    path.write_text("rates: {int8: 700}\ndie_area_mm2: 800\n", encoding="utf-8")
    assert json.loads(run("check", "--spec", str(path), "--to", "China", "--on", "2024-06-01", "--json"))[
        "verdict"
    ] == "denied_in_practice"  # fmt: skip


def test_check_cases(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "id,chip,destination,end_user,date,licence_required,note\n"
        "A,Nvidia A100,China,unlisted commercial,2022-11-01,denied_in_practice,\n"
        "B,Nvidia A800,China,unlisted commercial,2022-11-10,yes,\n"
        "C,Nvidia H800,China,unlisted commercial,2026-02-15,no,CONTESTED: either\n",
        encoding="utf-8",
    )
    result = json.loads(run("check", "--cases", str(path), "--json"))
    assert result["score"] == {"scored": 2, "right": 1, "wrong": ["B"]}
    assert [case["verdict"] for case in result["cases"]] == ["denied_in_practice", "no", "denied_in_practice"]
    assert "1 of 2 scored cases right; wrong: B" in run("check", "--cases", str(path))
    out = tmp_path / "out.csv"
    run("check", "--cases", str(path), "--output", str(out))
    assert [row["id"] for row in csv.DictReader(out.open(encoding="utf-8"))] == ["A", "B", "C"]


def test_check_all_dates() -> None:
    rows = json.loads(run("check", "H20", "--to", "China", "--all-dates", "--json"))
    assert [row["verdict"] for row in rows] == ["no", "yes", "case_by_case"]
    assert rows[1]["from"] == "2025-04-09"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("check", "H101", "--to", "China"), "unknown chip 'H101': did you mean"),
        (("check", "0 nm die", "--to", "China"), "a node of 0 nm is impossible"),
        (("check", "H100"), "name a destination"),
        (("check", "--to", "China"), "name a chip"),
        (("check", "H100", "--to", "Chna"), "did you mean 'China'"),
        (("check", "H100", "--to", "China", "--on", "2050-01-01"), "out of range"),
        (("check", "H100", "--to", "China", "--consumer"), "--consumer goes with"),
        (("check", "--tpp", "-5", "--to", "China"), "zero or above"),
        (("check", "--cases", "nowhere.csv"), "cannot be read"),
        (("chips", "nonesuch"), "no chip matches"),
        (("design", "--rule", "US-2023-10-17-AC"), "did you mean 'US-2023-10-17-ACS'"),
        (("design", "--rule", "nowhere.yaml"), "no such file"),
        (("design", "--node", "0"), "above zero nm"),
        (("design", "--node", "-5"), "above zero nm"),
        (("design", "--node", "nan"), "above zero nm"),
        (("design", "--on", "2050-01-01"), "out of range"),
        (("design", "--objective", "trainng"), "did you mean 'training'"),
        (("design", "--to", "Chna"), "did you mean 'China'"),
        (("check", "H100", "--to", ""), "no destination is named"),
        (("check", " ", "--to", "China"), "no chip is named"),
        (("check", "H100", "--to", "China", "--on", "2024-02-30"), "write YYYY-MM-DD"),
        (("check", "H100", "--to", "China", "--on", "2015-12-31"), "out of range"),
        (("check", "H100", "--to", "China", "--from", "Sinagpore"), "did you mean 'Singapore'"),
        (("check", "H100", "--to", "China", "--parent", "Chna"), "did you mean 'China'"),
        (("check", "H100", "--to", "China", "--end-use", "militry"), "did you mean 'military'"),
        (("check", "H100", "--to", "China", "--remote-access", "Chna"), "did you mean 'China'"),
        (("check", "H100", "--to", "China", "--end-user", "Sensetme"), "did you mean 'SenseTime'"),
        (("check", "H100", "--to", "China", "--output", "x.csv"), "--output goes with"),
        (("check", "H100", "--to", "China", "--all-dates", "--on", "2024-01-01"), "leave out --on"),
        (("check", "H100", "--cases", "x.csv"), "leave out CHIP"),
        (("check", "--tpp", "nan", "--to", "China"), "must be a number"),
        (("check", "--tpp", "100", "--die-area", "900", "--to", "China"), "exceeds 1 × 858"),
        (("check", "--tpp", "100", "--dies", "0", "--to", "China"), "above zero"),
        (("check", "--tpp", "100", "--memory-bandwidth", "-3", "--to", "China"), "zero or above"),
        (("check", "--die-area", "800", "--to", "China"), "give 'tpp' or 'rates'"),
        (("chips", "--on", "2050-01-01"), "out of range"),
        (("chips", "--figure", "plane.pdf"), "is written as .html"),
        (("timeline", "nonesuch"), "no measure matches"),
        (("timeline", "--on", "1990-01-01"), "out of range"),
        (("timeline", "--on", "soon"), "write YYYY-MM-DD"),
    ],
)
def test_mistakes_are_one_line(words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


def test_what_is_not_understood_is_named_on_one_short_line(tmp_path: Path) -> None:
    listed = tmp_path / "list.yaml"
    listed.write_text("- 5\n", encoding="utf-8")
    assert "a specification is a mapping" in refused("check", "--spec", str(listed), "--to", "China")
    assert len(refused("check", "A" * 5000, "--to", "China")) < 200
    assert len(refused("check", "H100", "--to", "China", "--end-user", "Zhejiang " + "Foobar " * 900)) < 400
    assert refused("check", "H100", "--to", "Chi\nna land").count("\n") == 0
    missing = refused("check", "--cases", str(tmp_path / "none.csv"))
    assert missing.endswith("cannot be read: No such file or directory")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tpp: many", "must be a number"),
        ("tpp: [1, 2, 3]", "a number or"),
        ("tpp: .inf", "must be a number"),
        ("TPP: 100", "did you mean 'tpp'"),
        ("tpp: 100\ndies: 2.5", "a whole number"),
        ("tpp: 100\ndatacentre: maybe", "true or false"),
        ("tpp: 100\nsold_in_us: 1", "true or false"),
        ("tpp: 100\nname: [a]", "must be a text"),
        ("rates: {int8: -4}", "above zero"),
        ("tpp: 100\n  x: : :", "line 2: not valid YAML"),
    ],
)
def test_bad_specifications_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "chip.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    assert message in refused("check", "--spec", str(path), "--to", "China")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "column 'id' is missing"),
        ("id;chip;destination;end_user;date\n", "separated by commas"),
        ("id,chip,destination,end_user,date,date\n", "column 'date' stands twice"),
        ("id,chip,destination,end_user\n", "column 'date' is missing"),
        ('id,chip,destination,end_user,date\nA,H100,China,"open,2024-01-01\n', "cannot be read"),
        ("id,chip,destination,end_user,date\nA,H100\n", "more or fewer cells"),
    ],
)
def test_bad_tables_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    assert message in refused("check", "--cases", str(path))


def test_a_bad_rule_names_its_file(tmp_path: Path) -> None:
    path = tmp_path / "rule.yaml"
    path.write_text("id: X\n", encoding="utf-8")
    assert refused("design", "--rule", str(path)) == f"{path}: a rule needs 'title'"


def test_an_empty_table_has_no_cases(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("id,chip,destination,end_user,date\n", encoding="utf-8")
    assert run("check", "--cases", str(path)) == "no cases in the table\n"


def test_chips_timeline_and_design(tmp_path: Path) -> None:
    rows = json.loads(run("chips", "nvidia", "h20", "--on", "2024-06-01", "--json"))
    assert {row["id"] for row in rows} == {"nvidia_h20_96gb", "nvidia_h20_141gb", "nvidia_h200_sxm"}
    assert len(json.loads(run("timeline", "--json"))) == 121
    assert "US-2024-12-02-HBM-FDP" in run("timeline", "hbm")
    assert "Diffusion" not in run("timeline", "--on", "2025-03-01", "framework")
    value = json.loads(run("design", "--rule", "US-2023-10-17-ACS", "--objective", "inference", "--json"))
    assert value["verdict"] == "no"
    assert value["tpp"] < 2400
    out = tmp_path / "chips.csv"
    run("chips", "--output", str(out))
    assert sum(1 for _ in out.open(encoding="utf-8")) > 100


def test_figures_are_written(tmp_path: Path) -> None:
    run("chips", "--figure", str(tmp_path / "plane.html"), "--on", "2024-06-01")
    run("timeline", "--figure", str(tmp_path / "timeline.html"))
    assert (tmp_path / "plane.html").stat().st_size > 10_000
    assert (tmp_path / "timeline.html").stat().st_size > 10_000


def test_check_imports_nothing_heavy() -> None:
    code = (
        "import sys, io; sys.argv = ['countermove', 'check', 'H20', '--to', 'China', '--on', '2025-09-20']\n"
        "from countermove.cli import main\n"
        "out, sys.stdout = sys.stdout, io.StringIO()\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "names = {'jax', 'pandas', 'pint', 'numpy', 'scipy', 'xarray', 'pydantic', 'plotly', 'yaml'}\n"
        "heavy = names & set(sys.modules)\n"
        "print(sorted(heavy), file=out)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
