"""The command `countermove train`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

import countermove
from countermove.cli._train import Request, answer, show_job, show_runs
from countermove.cli.train import train
from countermove.errors import CountermoveError

TABLE = Path(countermove.__file__).parent / "evidence" / "tables" / "training_runs.csv"
OPTIONS = """model chip chips sequence batch tokens tensor pipeline data context expert interleave micro_batch shard
recompute offload days budget"""
EMPTY = dict.fromkeys(OPTIONS.split())


def request(**options: object) -> Request:
    values = {**EMPTY, "precision": "bf16", "date": 2026.0, "compare": (), **options}
    return Request(**values)  # pyright: ignore[reportArgumentType]


def test_json_of_a_job(capsys: pytest.CaptureFixture[str]) -> None:
    show_job(request(model="llama3.1-405b", chip="h100", chips=16384, compare=("h800", "910c")), True, None)
    content = json.loads(capsys.readouterr().out)
    assert content["step_seconds"]["low"] < content["step_seconds"]["value"] < content["step_seconds"]["high"]
    assert sum(content["share_of_step_time"].values()) == pytest.approx(1.0)
    assert [row["chip"] for row in content["compare"]] == ["nvidia_h800_sxm", "huawei_ascend_910c"]


def test_text_of_a_job(capsys: pytest.CaptureFixture[str]) -> None:
    show_job(request(model="llama3.1-8b", chip="h100", chips=64, compare=("h20",)), False, None)
    text = capsys.readouterr().out
    assert "80 % interval" in text
    assert "nvidia_h20_96gb" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chip": "h100", "chips": 8}, "--model missing"),
        ({"model": "llama3.1-8b", "chip": "h100"}, "--chips missing; give it, or --days or --budget"),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 8, "precision": "fp7"}, "unknown precision 'fp7'"),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 8, "tensor": 3}, "does not divide 8 chips"),
        (
            {"model": "llama3.1-8b", "chip": "h100", "chips": 8, "tensor": 2, "pipeline": 2, "data": 4},
            "= 16, but the run has 8 chips",
        ),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 0}, "chips is 0, must be positive"),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 8, "sequence": 0}, "sequence is 0, must be positive"),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 8, "expert": 4}, "EP 4 on a dense model"),
        ({"model": "deepseek-v3", "chip": "h100", "chips": 512, "expert": 7}, "EP 7 does not divide 256 experts"),
        ({"model": "llama3.1-8b", "chip": "a100", "chips": 8, "precision": "fp8"}, "INT8 only; use int8 or bf16"),
        ({"model": "llama3.1-8b", "chip": "910b", "chips": 8, "precision": "fp8"}, "INT8 only; use int8 or bf16"),
        ({"model": "llama3.1-8b", "chip": "h100", "days": float("nan")}, "days is nan, must be positive"),
        ({"model": "llama3.1-8b", "chip": "h100", "budget": float("inf")}, "budget is inf, must be positive"),
        ({"model": "llama3.1-8b", "chip": "h100", "chips": 8, "date": 1990.0}, "must be a year from 2018 to 2040"),
    ],
)
def test_mistakes_are_one_line(options: dict[str, object], message: str) -> None:
    with pytest.raises(CountermoveError) as error:
        answer(request(**options))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"data": 3}, "no layout with DP 3: TP × PP × CP × DP must be the 8 chips"),
        ({"micro_batch": 100000}, "DP × micro-batch at most the 128 sequences of a batch"),
        ({"interleave": 40}, "PP × VPP at most the 32 layers"),
        ({"chips": 10**9}, "TP × PP × CP × DP must be the 1000000000 chips"),
    ],
)
def test_settings_that_no_layout_has(options: dict[str, object], message: str) -> None:
    with pytest.raises(CountermoveError) as error:
        answer(request(**{"model": "llama3.1-8b", "chip": "h100", "chips": 8, **options}))
    assert message in str(error.value)


@pytest.mark.parametrize(
    "options",
    [
        {"pipeline": 2},
        {"pipeline": 1},
        {"pipeline": 4, "interleave": 2},
        {"interleave": 2},
        {"pipeline": 2, "shard": 3},
        {"tensor": 2, "shard": 1},
        {"data": 2, "micro_batch": 2},
        {"context": 2, "pipeline": 2},
    ],
)
def test_the_search_keeps_every_setting_that_is_given(options: dict[str, object]) -> None:
    found, _ = answer(request(model="llama3.1-8b", chip="h100", chips=8, **options))
    assert {name: getattr(found.layout, name) for name in options} == options
    assert found.layout.interleave == 1 or found.layout.pipeline > 1


def test_what_is_not_met_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    show_job(request(model="llama3.1-8b", chip="h100", chips=8, tokens=1.0, days=1.0), False, None)
    assert "not met       --days" in capsys.readouterr().out
    show_job(request(model="llama3.1-8b", chip="h100", chips=8, tokens=1.0, days=1.0, budget=1e9), True, None)
    content = json.loads(capsys.readouterr().out)
    assert (content["within_days"], content["within_budget"]) == (False, True)


def test_runs_takes_no_model_beside_the_table() -> None:
    with pytest.raises(CountermoveError, match="--runs takes models and chips from its table"):
        train(runs=TABLE, model="llama3.1-8b")


def test_days_and_budget_solve_for_what_is_missing() -> None:
    found, solved = answer(request(model="llama3.1-8b", chip="h100", days=10.0, tokens=1.0))
    assert solved == "chips"
    assert found.days <= 10.0
    found, solved = answer(request(model="llama3.1-8b", chip="h100", chips=256, budget=1e5))
    assert solved == "tokens"
    assert found.cost.total == pytest.approx(1e5)


def test_runs_table_as_json_and_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "runs.csv"
    show_runs(TABLE, True, output)
    content = json.loads(capsys.readouterr().out)
    assert content["summary"]["by_group"]
    with output.open(encoding="utf-8", newline="") as handle:
        assert len(list(csv.DictReader(handle))) == len(content["rows"])


def test_the_path_of_a_prediction_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from countermove.cli._train import answer, Request\n"
        "from countermove.training import effective_h100e\n"
        "effective_h100e('h20')\n"
        "print([name for name in ('jax', 'pandas', 'scipy', 'xarray', 'plotly', 'pint') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
