"""The commands: one clear line on bad input, and nothing heavy for help."""

from __future__ import annotations

import subprocess
import sys

import pytest

_RUN = "import sys; sys.argv = ['countermove', *{args!r}]; from countermove.cli import main; main()"


def _run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _RUN.format(args=list(args))], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("sensitivity", "histry"), "did you mean 'history'"),
        (("sensitivity", "history", "--outcome", "totl:2030"), "did you mean 'total'"),
        (("sensitivity", "history", "--method", "sobol", "--points", "10"), "too few"),
        (("value", "history", "--objective", "total:2030", "--sense", "most"), "at least two scenarios"),
        (("discover", "history", "--event", "total"), "write MEASURE<NUMBER"),
        (("discover", "history", "--event", "total:2030>0", "--density", "7"), "not a share"),
        (
            ("value", "history", "no-controls", "--objective", "total:2030", "--sense", "most", "--output", "x.doc"),
            "a folder, .nc, .csv, .json or .html",
        ),
    ],
)
def test_bad_input_is_one_line(args, message):
    done = _run(*args)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_a_command_prints_and_writes_is_one_answer(tmp_path):
    """`value` as a whole process: NetCDF by the name of the file, JSON on standard output."""
    import json

    import xarray

    path = tmp_path / "worth.nc"
    done = _run(
        "value",
        "history",
        "no-controls",
        "--objective",
        "total:2025",
        "--sense",
        "least",
        "--draws",
        "200",
        "--json",
        "--output",
        str(path),
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    with xarray.open_dataset(path, engine="h5netcdf") as dataset:
        for row in answer["parameters"]:
            assert float(dataset["value"].sel(parameter=row["parameter"])) == row["value"]
        for row in answer["scenarios"]:
            assert float(dataset["mean"].sel(scenario=row["scenario"])) == row["mean"]
        assert dataset.attrs["seed"] == answer["seed"] == 1


@pytest.mark.parametrize("command", ["sensitivity", "value", "discover"])
def test_help_imports_nothing_heavy(command):
    code = (
        f"import sys; sys.argv = ['countermove', '{command}', '--help']\n"
        "from countermove.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'jax', 'pandas', 'SALib', 'sklearn', 'xarray', 'plotly', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=60)


def test_commands_on_the_page_are_commands():
    """Every line in docs/decide.md that begins with `countermove` is understood as it stands."""
    import re
    import shlex
    from pathlib import Path

    import typer

    from countermove.cli import discover, sensitivity, value

    page = (Path(__file__).parents[2] / "docs" / "decide.md").read_text(encoding="utf-8")
    lines = re.findall(r"^countermove (.+)$", page, re.MULTILINE)
    assert len(lines) >= 4
    app = typer.Typer()
    for module in (sensitivity, value, discover):
        module.register(app)
    commands = typer.main.get_command(app).commands
    for line in lines:
        name, *args = shlex.split(line)
        commands[name].make_context(name, args)
