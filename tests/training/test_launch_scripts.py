"""What a table's launch scripts say: read for its rows alone, and what each switch costs by closed form."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import countermove
from countermove import _yaml
from countermove.training.chips import accelerator
from countermove.training.collectives import expert_exchange
from countermove.training.columns import columns
from countermove.training.efficiency import prior
from countermove.training.launch_scripts import SWITCHES, launch_script
from countermove.training.layout import Layout
from countermove.training.models import model
from countermove.training.rates import rates
from countermove.training.runs import read_run
from countermove.training.stack import Stack, stack_of
from countermove.training.step import step_time
from countermove.training.validation import read_table

PACKAGE = Path(countermove.__file__).parent
ROWS = {row["id"]: row for row in read_table(PACKAGE / "evidence" / "tables" / "training_runs.csv")}
TABLE = "ModelLink (MindSpeed-LLM) README pre-training throughput table"


def test_entries_are_well_formed() -> None:
    entries = _yaml.load(PACKAGE / "training" / "data" / "launch_scripts.yaml")
    for name, entry in entries.items():
        assert set(entry) <= {"measured", "without", "gathers", "stages", "sequence"}, name
        assert set(entry.get("without", ())) <= SWITCHES, name
        assert "2023-10" <= str(entry["measured"]) <= "2024-09", name


def test_every_row_of_the_table_has_a_script_and_no_other_row_has() -> None:
    for row in ROWS.values():
        ascend = "Ascend" in row["chip"] and row["source"] == TABLE
        found = launch_script(row["model"], row["source"], int(row["sequence_length"] or 0), 2024.7)
        assert (found is not None) == (row["source"] == TABLE), row["id"]
        if ascend and found:
            assert read_run(row).stack.date == pytest.approx(found.measured)


def test_the_longest_name_and_the_sequence_decide() -> None:
    def without(name: str, sequence: int) -> frozenset[str]:
        found = launch_script(name, TABLE, sequence, 2024.7)
        assert found is not None
        return found.without

    assert "rotary" in without("Llama 3.1 8B (ModelLink)", 8192)
    assert without("Llama 3 8B (ModelLink)", 8192) == frozenset()
    assert "overlap" in without("Qwen2 7B (ModelLink)", 32768)
    assert "overlap" not in without("Qwen2 7B (ModelLink)", 4096)


def test_later_editions_and_other_documents_have_none() -> None:
    assert launch_script("Llama 3 8B (ModelLink)", TABLE, 8192, 2025.2) is None
    assert launch_script("Llama 3 8B", "Another throughput table", 8192, 2024.7) is None


def test_overlap_explains_two_rows_alike_in_all_else() -> None:
    """Aquila 7B and Aquila2 7B: same shape, layout and batch; 2,849 and 3,323 tokens/s, with and without --use-mc2."""
    slow, fast = read_run(ROWS["ascend_modellink_001"]), read_run(ROWS["ascend_modellink_003"])
    assert (slow.stack.overlap_tensor, fast.stack.overlap_tensor) == (False, True)
    assert replace(slow.stack, overlap_tensor=True, date=fast.stack.date) == fast.stack


def test_told_stages_set_the_pace() -> None:
    """InternLM2 20B: 22 and 26 of 48 layers; with many micro-batches 26/24 of the even split's time in the layers."""
    run = read_run(ROWS["ascend_modellink_035"])
    assert run.layout.stage_layers == (22, 26)
    told = step_time(run.columns(), prior())
    even = step_time(run.columns(replace(run.layout, stage_layers=())), prior())
    assert told.attention / even.attention == pytest.approx(26 / 24)
    ideal = float(told.total - told.bubble)
    assert told.bubble / ideal == pytest.approx((48 / 26 - 1) / 128, rel=0.05)  # 128 micro-batches; the rest is small


def _mixtral(**options: bool) -> Stack:
    return replace(stack_of("cann", 2024.6), **options)  # pyright: ignore[reportArgumentType]


def test_gathered_tokens_cross_nodes_and_those_sent_do_so_once() -> None:
    """TP 8 × EP 2 on nodes of eight: each chip's part goes to one peer, then the node gathers two parts of each."""

    def exchange(expert: int, gathered: bool) -> float:
        case = columns(
            model("mixtral-8x7b"),
            Layout(tensor=8, data=2, expert=expert),
            accelerator("910b"),
            _mixtral(gathered_dispatch=gathered),
            sequence=4096,
            batch_tokens=2**20,
            bits=16,
        )
        known = prior()
        return float(expert_exchange(case, known, rates(case, known), np.float64(4096))) / known["exposed_expert"]

    r = rates(
        columns(
            model("mixtral-8x7b"), Layout(), accelerator("910b"), _mixtral(), sequence=4096, batch_tokens=2**20, bits=16
        ),
        prior(),
    )
    part = 2.0 * 4096 * 4096 / 8
    within, across = 2 * part * (16 * 7 / 8 - 7) / r.scale_up, 2 * part / r.network
    latency = 4 * prior()["latency"]
    assert exchange(2, True) == pytest.approx((within**12 + across**12) ** (1 / 12) + latency)
    # Two choices of two groups: three quarters of the tokens' copies reach the other node, once there and once back.
    reached = 2 * (1 - 0.5**2)
    sent = 4096 / 8 * 4096 * 4.0 * reached / 2 / r.network
    assert exchange(2, False) == pytest.approx(sent + latency, rel=1e-6)
    assert exchange(1, True) == 0.0
