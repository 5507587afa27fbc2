from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from countermove import evidence
from countermove.cli import command_line
from countermove.cli import evidence as evidence_command
from countermove.cli import source as source_command
from countermove.errors import CountermoveError
from countermove.model import build
from countermove.parameters import load_parameters, load_series


@pytest.fixture(scope="module", autouse=True)
def _registered() -> None:
    names = {command.name for command in command_line.registered_commands}
    if "evidence" not in names:
        evidence_command.register(command_line)
    if "source" not in names:
        source_command.register(command_line)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line, arguments)
    if isinstance(result.exception, CountermoveError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_rows_are_printed_with_value_unit_and_source() -> None:
    line = next(line for line in run("evidence", "mfg-0185").splitlines() if line.startswith("mfg-0185"))
    for part in ("SMIC", "45000 wafers per month", "yes", "SemiAnalysis"):
        assert part in line


def test_a_recalled_row_is_marked_and_counted() -> None:
    printed = run("evidence", "par-014")
    assert "  NO  " in printed
    assert "1 row, 1 not verified." in printed


def test_only_unverified_rows() -> None:
    rows = json.loads(run("evidence", "table:market", "--unverified", "--json"))
    assert rows
    assert {row["verified"] for row in rows} == {"no"}
    assert {row["table"] for row in rows} == {"market"}


def test_without_a_filter_the_tables_are_shown_and_the_rows_counted() -> None:
    printed = run("evidence")
    assert f"{len(evidence.listing())} rows" in printed
    for name in ("manufacturing", "rules_timeline", "claims"):
        assert name in printed


def test_rows_as_json_and_as_csv_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    printed = run("evidence", "Cambricon", "revenue", "--output", str(path))
    with path.open(newline="") as stream:
        written = list(csv.DictReader(stream))
    assert written == json.loads(run("evidence", "cambricon", "REVENUE", "--json"))
    assert f"{len(written)} rows" in printed


def test_tables_that_hold_no_figures_are_listed_too() -> None:
    rows = json.loads(run("evidence", "table:rules_timeline", "ZTE", "--json"))
    assert {row["id"] for row in rows} >= {"US-2016-03-ZTE-EL", "US-2018-04-15-ZTE-DENIAL"}


def test_a_table_that_does_not_exist() -> None:
    with pytest.raises(CountermoveError, match="did you mean 'manufacturing'"):
        run("evidence", "table:manufacture")


def test_the_source_of_a_parameter_goes_down_to_title_date_and_address() -> None:
    printed = run("source", "soc_wafers")
    assert "5 / 50 / 95 %: 7000 / 12000 / 20000 wafer/month (lognormal)" in printed
    for id in load_parameters()["soc_wafers"].sources:
        fact = evidence.fact(id)
        for part in (fact.id, fact.source, str(fact.source_date), fact.url):
            assert part in printed


def test_unverified_sources_of_a_prior_are_flagged() -> None:
    printed = run("source", "forgetting")
    assert "1 of them NOT VERIFIED" in printed
    assert "par-014 [parameters]  NOT VERIFIED" in printed


def test_what_rests_on_judgement_says_so() -> None:
    assert "the authors' judgement" in run("source", "grey_hbm")


def test_the_source_of_a_row_and_of_a_work() -> None:
    assert "SMIC: advanced-node capacity (7/5nm class) = 45000 wafers per month" in run("source", "mfg-0185")
    assert "https://doi.org/10.1109/PROC.1964.3442" in run("source", "murphy1964")


def test_every_parameter_and_series_has_a_source_page() -> None:
    for name in (*load_parameters(), *load_series()):
        found = source_command.look_up(name)
        assert found["sources"]
        assert all(cited.get("title") or cited["note"] for cited in found["sources"])


def test_the_source_of_a_quantity_names_its_parameters_and_the_literature() -> None:
    name, quantity = next((n, q) for n, q in build().quantities.items() if "learning_rate" in q.arguments)
    printed = run("source", name)
    assert "learning_rate: 5 / 50 / 95 %: 0.1 / 0.2 / 0.33 (logit_normal)" in printed
    for id in quantity.source:
        assert evidence.citation(id).title in printed


def test_every_quantity_of_the_model_has_a_source_page() -> None:
    for name in build().quantities:
        assert source_command.look_up(name)["sources"], name


def test_the_source_as_json() -> None:
    found = json.loads(run("source", "mandate_weight", "--json"))
    assert found["value"]["state_telecom"] == 1
    assert found["what"] == "fixed value"


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(CountermoveError, match="did you mean 'learning_rate'"):
        run("source", "learning_rates")


@pytest.mark.parametrize("command", ["source learning_rate", "evidence smic yield"])
def test_nothing_heavy_is_imported(command: str) -> None:
    """These commands answer within half a second because they import neither numpy nor what stands on it."""
    program = (
        "import sys; from countermove.cli import main; sys.argv = ['countermove', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('heavy:', *sorted({'numpy', 'jax', 'pandas', 'xarray', 'scipy', 'rich.console'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, *command.split()], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "heavy:"
