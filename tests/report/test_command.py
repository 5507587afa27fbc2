from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from countermove import answer
from countermove.cli import report as command
from countermove.errors import CountermoveError


@pytest.fixture
def app(monkeypatch, invented):
    """The command on a comparison of invented numbers."""
    monkeypatch.setattr(command, "_compared", lambda policy, counterfactual, draws, seed: invented(draws=draws))
    app = typer.Typer()
    command.register(app)
    return app


def test_it_ends_with_the_answer_where_the_report_is_and_what_to_try(app, tmp_path, invented, monkeypatch):
    monkeypatch.delenv("UV", raising=False)
    path = tmp_path / "answer.html"
    result = CliRunner().invoke(app, ["--draws", "60", "--output", str(path)])
    assert result.exit_code == 0, result.output
    for sentence in answer.headline(invented(draws=60)):
        assert sentence in result.output
    assert str(path) in result.output
    assert path.stat().st_size > 1e6
    assert [line.split()[:2] for line in result.output.splitlines() if line.startswith("  countermove ")] == [
        ["countermove", name] for name in ("compare", "report", "source")
    ]


def test_json_is_all_that_is_printed(app, tmp_path):
    result = CliRunner().invoke(app, ["--draws", "60", "--json", "--output", str(tmp_path / "answer.html")])
    assert json.loads(result.output)["draws"] == 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--output", "report.pdf"], r"report\.pdf.*\.html"), (["no-control"], "did you mean 'no-controls'")],
)
def test_mistakes_are_one_line(app, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, CountermoveError)
    with pytest.raises(CountermoveError, match=message):
        raise result.exception
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_real_model_makes_a_report(tmp_path):
    app = typer.Typer()
    command.register(app)
    path = tmp_path / "report.html"
    result = CliRunner().invoke(app, ["--draws", "32", "--output", str(path)])
    assert result.exit_code == 0, result.output
    text = path.read_text(encoding="utf-8")
    assert "history against no-controls" in text
    assert "NaN" not in text[text.index('id="figure-data"') : text.index("plotly.js v")]
