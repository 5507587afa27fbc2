"""The page on the rules: every worked example, figure and snippet on it is true."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countermove import scenario
from countermove.cli import _register, command_line
from countermove.rules.cases import ask, parse_date
from countermove.rules.redesign import answers, redesign_months

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """Cells of the table under a heading, without its two first lines."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


EXAMPLES = rows("A worked example for each paragraph")


@pytest.mark.parametrize("row", EXAMPLES, ids=[f"{row[0]}: {row[1]}" for row in EXAMPLES])
def test_worked_examples(row: list[str]) -> None:
    _, chip, to, who, on, word, _ = row
    verdict = ask(chip, to, who, parse_date(on))
    assert f"`{verdict.word.value}`" == word, verdict.reason
    assert not verdict.contested


def test_every_step_of_the_order_has_an_example() -> None:
    assert len(EXAMPLES) >= 30
    paragraphs = " ".join(row[0] for row in EXAMPLES)
    kinds = "734. 746. 764 744.11 744.21 744.23 letter 3A090.a 3A090.b 3A090.c 3B001 740.8 742.6(b)(10) headquarters"
    for part in (*kinds.split(), "Note 1", "Note 2", "validated end user"):
        assert part in paragraphs, part


def test_the_times_of_redesign_are_those_of_the_catalogue() -> None:
    stated = [float(row[2]) for row in rows("Design under a rule")]
    assert sorted(stated) == pytest.approx(sorted(answer.months for answer in answers()), abs=0.05)
    assert redesign_months() == 4
    assert "four months later" in PAGE


def test_the_snippets_run() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    shown = 0
    for line in code[1].splitlines():
        expression, _, word = line.partition("#")
        if word:
            assert eval(expression, names).value == word.strip()
            shown += 1
        else:
            exec(line, names)
    assert shown == 2
    law = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert law is not None
    made = scenario.parse(f"name: own\ntitle: own\ndescription: own\nextends: history\n{law[1]}")
    assert made.rules.book() != scenario.load("history").rules.book()


def commands() -> list[str]:
    block = re.search(r"\n```\n(countermove .*?)```", PAGE, re.DOTALL)
    assert block is not None
    spans = re.findall(r"`(countermove (?:evidence|timeline|chips) [^`]*)`", PAGE)
    plain = {" ".join(span.replace("[", "").replace("]", "").replace("DATE", "2024-01-15").split()) for span in spans}
    return [*block[1].splitlines(), *sorted(plain)]


@pytest.mark.parametrize("line", commands())
def test_the_commands_run(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    columns = re.search(r"has the columns `([a-z_,]+)`", PAGE)
    assert columns is not None
    table = f"{columns[1]}\n1,Nvidia H20,China,ByteDance,2025-09-20\n"
    Path("table.csv").write_text(table, encoding="utf-8")
    _register()
    _, *words = shlex.split(line)
    result = CliRunner().invoke(command_line, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert result.output.strip()


@pytest.mark.parametrize(
    ("chip", "to", "who", "on"),
    [
        ("Nvidia H100", "Singapore", "subsidiary of Chinese group", date(2025, 8, 1)),
        ("Nvidia A800", "China", "unlisted commercial", date(2026, 2, 1)),
        ("Nvidia H800", "China", "unlisted commercial", date(2026, 2, 1)),
        ("Huawei Ascend 910C", "China", "unlisted commercial", date(2025, 1, 31)),
        ("AMD MI309", "China", "unlisted commercial", date(2024, 3, 5)),
        ("Nvidia H100", "United Arab Emirates", "unlisted commercial", date(2026, 2, 1)),
    ],
)
def test_what_the_page_calls_contested_is_contested(chip: str, to: str, who: str, on: date) -> None:
    verdict = ask(chip, to, who, on)
    assert verdict.contested
    assert len(verdict.readings) >= 2
