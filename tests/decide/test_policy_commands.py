"""`game` and `optimise` as commands: answers a program can read, scenarios that can be run, bad input in one line."""

from __future__ import annotations

import csv
import json
import math
import subprocess
import sys

import numpy as np
import pytest
import xarray
from typer import Typer
from typer.testing import CliRunner

from countermove.cli import game, optimise
from countermove.scenario import load

_RUN = "import sys; sys.argv = ['countermove', *{args!r}]; from countermove.cli import main; main()"


@pytest.fixture
def command_line():
    app = Typer()
    game.register(app)
    optimise.register(app)
    return app


def test_a_game_is_told_as_json_netcdf_and_figure(command_line, tmp_path):
    arguments = ["game", "--value", "compute", "--value", "commerce", "--draws", "4", "--json"]
    files = ["--output", str(tmp_path / "played.nc"), "--figure", str(tmp_path / "f.html")]
    found = CliRunner().invoke(command_line, [*arguments, *files])
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    solution, _ = answer["values"]
    assert solution["objectives"]["washington"] == "less usable compute"
    rules = [action["name"] for action in answer["menus"]["washington"]]
    assert [row["rule"] for row in solution["by_rule"]] == rules
    assert solution["best_once_answered"] in rules
    best = max(row["value"] for row in solution["by_rule"] if row["value"] is not None)
    assert best == next(r["value"] for r in solution["by_rule"] if r["rule"] == solution["best_once_answered"])
    assert len(answer["payoffs"]) == 2 * math.prod(len(each) for each in answer["menus"].values())
    assert "What each rule brings Washington" in (tmp_path / "f.html").read_text()
    with xarray.open_dataset(tmp_path / "played.nc", engine="h5netcdf") as dataset:
        for row in answer["payoffs"]:
            at = {"value_set": row["value_set"], **{player: row[player] for player in answer["menus"]}}
            for player in answer["menus"]:
                assert float(dataset["payoff"].sel(player=player, **at)) == row[f"payoff_{player}"]
        # A payoff is what the value set makes of the outcomes, on average over draws.
        compute = -dataset["outcome_total"].mean("draw")
        ours = dataset["payoff"].sel(value_set="compute", player="washington")
        np.testing.assert_allclose(ours, compute.transpose(*ours.dims), rtol=1e-12)
        assert (dataset.attrs["draws"], dataset.attrs["model_hash"]) == (4, answer["model_hash"])
        assert dataset["outcome_total"].attrs["units"] == "H100e"


def test_policies_found_are_scenarios_that_can_be_run(command_line, tmp_path):
    arguments = ["optimise", "--lever", "tools", "--lever", "cloud", "--draws", "4", "--population", "4"]
    rest = ["--generations", "1", "--climbs", "0", "--json", "--output", str(tmp_path)]
    found = CliRunner().invoke(command_line, [*arguments, *rest])
    assert found.exit_code == 0, found.output
    answer = json.loads(found.stdout)
    assert [each["wanted"] for each in answer["objectives"]] == ["more", "less"]
    assert len(answer["structures"]) == 8
    *policies, base = answer["policies"]
    assert base["satisficing"] == 1  # no worse than itself
    for policy in policies:
        assert load(tmp_path / f"{policy['name']}.yaml").description == policy["description"]
    names = [policy["name"] for policy in answer["policies"]]
    assert {*answer["minimax_regret"].values(), answer["balanced"]} <= set(names)
    _check_front(answer, tmp_path)


def _check_front(answer, folder):
    """CSV, NetCDF and JSON tell the same front."""
    assert json.loads((folder / "optimum.json").read_text()) == answer
    with (folder / "front.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [
        {name: float(row[name]) for name in each} for row, each in zip(rows, answer["front"]["values"], strict=True)
    ] == answer["front"]["values"]
    with xarray.open_dataset(folder / "optimum.nc", engine="h5netcdf") as dataset:
        for point, row in enumerate(rows):
            one = dataset.isel(point=point)
            assert str(one["begins"].values) == row["begins"]
            for lever in answer["levers"]:
                assert float(one["lever_value"].sel(lever=lever["name"])) == float(row[lever["name"]])
            for name, value in answer["front"]["values"][point].items():
                assert float(one["objective_value"].sel(objective=name)) == value
        for policy in answer["policies"]:
            means = dataset["policy_value"].sel(policy=policy["name"]).mean("structure")
            for name, value in policy["values"].items():
                assert float(means.sel(objective=name)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("game", "--value", "comptue"), "did you mean 'compute'"),
        (("game", "--from", "2031-01"), "year: 2030"),
        (("game", "--figure", "x.pdf"), "written as .html"),
        (("game", "--output", "x.pdf"), "a folder, .nc, .csv, .json or .html, not '.pdf'"),
        (("optimise", "--output", "x.xlsx"), "a folder, .nc, .csv, .json or .html, not '.xlsx'"),
        (("game", "--values-file", "nothing.yaml"), "nothing.yaml"),
        (("optimise", "--less", "totl", "--more", "us_revenue"), "did you mean 'total'"),
        (("optimise", "--less", "total"), "at least two"),
        (("optimise", "--lever", "tool"), "did you mean 'tools'"),
    ],
)
def test_bad_input_is_one_line(args, message):
    done = subprocess.run(
        [sys.executable, "-c", _RUN.format(args=list(args))], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["game", "optimise"])
def test_help_imports_nothing_heavy(command):
    code = (
        f"import sys; sys.argv = ['countermove', '{command}', '--help']\n"
        "from countermove.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'jax', 'pandas', 'pymoo', 'nashpy', 'xarray', 'plotly', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)
