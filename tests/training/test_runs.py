"""Published runs: reading, what is inferred, that nothing is peeked at, and the accuracy that the project claims."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import countermove
from countermove.errors import CountermoveError
from countermove.training.evaluate import as_json, evaluate_row, evaluate_table, groups_of
from countermove.training.fit import TABLE, inputs_hash
from countermove.training.fitted import fitted
from countermove.training.impute import complete_run
from countermove.training.runs import bits_of, network_of, read_run
from countermove.training.validation import document, read_folds, read_table

ROWS = read_table(Path(countermove.__file__).parent / "evidence" / "tables" / "training_runs.csv")
BY_ID = {row["id"]: row for row in ROWS}
RESULTS = evaluate_table(ROWS)


def test_note_and_measured_value_are_never_read_for_a_prediction() -> None:
    blank = evaluate_table([{**row, "note": "", "measured_value": ""} for row in ROWS])
    assert [(r.predicted, r.low, r.high) for r in blank] == [(r.predicted, r.low, r.high) for r in RESULTS]
    assert all(r.measured is None and r.error is None for r in blank)


def test_a_row_is_predicted_alike_alone_and_in_the_table() -> None:
    assert evaluate_row(BY_ID["nemotron4_003"]).predicted == next(
        r.predicted for r in RESULTS if r.id == "nemotron4_003"
    )


def test_every_scored_row_is_predicted_with_an_interval_around_it() -> None:
    for result in RESULTS:
        if result.scored:
            assert result.refused is None, result
            assert result.low is not None
            assert result.high is not None
            assert result.predicted is not None
            assert 0 < result.low < result.predicted < result.high


def test_refusals_say_why() -> None:
    reasons = {r.id: r.refused for r in RESULTS if r.refused}
    assert "unknown chip" in str(reasons["ascend_modellink_002"])
    assert "missing dimensions: layers, hidden_size, ffn_size" in str(reasons["megascale_025"])
    assert "inference" in str(reasons["inference_001"])
    without = {**BY_ID["meta_chip_hours_001"], "tokens_tn": "", "model": "Another 405B"}
    assert "no token count" in str(evaluate_row(without).refused)


def test_contradicting_layout_is_refused_with_its_numbers() -> None:
    row = {**BY_ID["megascale_004"], "tp": "7"}
    assert str(evaluate_row(row).refused).startswith(
        "layout: TP 7 × PP 8 × DP 16 × CP 1 = 896, but the run has 1024 chips"
    )
    row = {**BY_ID["megascale_004"], "tp": "7", "dp": ""}
    assert str(evaluate_row(row).refused) == "layout: TP 7 × PP 8 × CP 1 = 56 does not divide 1024 chips"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("tp", "eight", "tp is 'eight', must be a number"),
        ("chips_count", "nan", "chips_count is 'nan', must be a number"),
        ("layers", "-3", "layers is '-3', must be a number"),
        ("flop_convention", "palm2", "unknown flop_convention 'palm2': did you mean 'palm'"),
        ("measured_quantity", "speed", "measured_quantity 'speed': allowed are"),
        ("chip", "H1000", "unknown chip 'H1000'"),
    ],
)
def test_bad_cells_are_refused_in_one_line(column: str, value: str, message: str) -> None:
    refused = str(evaluate_row({**BY_ID["megascale_004"], column: value}).refused)
    assert message in refused
    assert "\n" not in refused


@given(
    st.dictionaries(
        st.sampled_from([name for name in ROWS[0] if name not in ("id", "note", "measured_value")]),
        st.sampled_from(
            ["", "0", "1", "3", "1e6", "nan", "x", "moe", "dense", "fp8", "A100-80GB-SXM", "Gaudi2", "MFU"]
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_cells_give_a_prediction_or_a_reason(cells: dict[str, str]) -> None:
    result = evaluate_row({**BY_ID["mbridge_GB200_014"], **cells})
    if result.refused is None:
        assert result.low is not None
        assert result.predicted is not None
        assert result.high is not None
        assert 0 < result.low <= result.predicted <= result.high < np.inf
    else:
        assert "\n" not in result.refused


def test_head_size_gating_and_tying_follow_the_parameter_count() -> None:
    mesh = read_run(BY_ID["maxtext_v5e_001"]).model
    assert (mesh.head_size, mesh.gated) == (128, True)  # 64 heads of 128 on a hidden size of 4096
    bloom = read_run(BY_ID["ascend_modellink_015"]).model
    assert (bloom.gated, bloom.tied_embeddings) == (False, True)


def test_optional_columns_are_used() -> None:
    row = BY_ID["maxtext_v5e_004"]
    assert read_run({**row, "head_size": "256"}).model.head_size == 256
    assert read_run({**row, "peak_tflops": "100"}).peak_tflops == 100
    assert read_run({**row, "flop_convention": "causal"}).convention == "causal"


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("bf16", 16),
        ("fp16/bf16", 16),
        ("fp8", 8),
        ("mxfp8", 8),
        ("fp8/bf16", 8),
        ("int8/bf16", 6),
        ("nvfp4", 4),
        ("fp8/fp4", 4),
    ],
)
def test_precision(text: str, bits: int) -> None:
    assert bits_of(text) == bits


@pytest.mark.parametrize(
    ("text", "network", "domain"),
    [
        ("NVLink3 + 8x200Gb HDR InfiniBand per node (Selene)", 25.0, None),
        ("NVLink + 4x100Gb RoCE per node", 6.25, None),
        ("NVLink3 + 1600Gb/s RoCE per node", 25.0, None),
        ("NVLink4 + 400Gb NDR InfiniBand", 50.0, None),
        ("NVLink5 NVL72 + 800Gb", 100.0, 72),
        ("HCCS in node + 200Gb RoCE", 25.0, None),
        ("", None, None),
    ],
)
def test_interconnect(text: str, network: float | None, domain: int | None) -> None:
    assert network_of(text, 8) == (network, domain)


def test_inferred_parts_are_said() -> None:
    told = complete_run(read_run(BY_ID["meta_chip_hours_003"])).assumed
    assert any("chips" in text for text in told)
    assert any("layout found by search" in text for text in told)


def test_missing_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / "runs.csv"
    path.write_text("id,model,arch,chip,measured_quantity\na,b,dense,H100,MFU\n")
    with pytest.raises(CountermoveError, match="column 'architecture' is missing"):
        read_table(path)
    path.write_text("id,model,architecture,chip,measured_quantity\n")
    with pytest.raises(CountermoveError, match="has no rows"):
        read_table(path)


def test_json_has_the_documented_form() -> None:
    content = as_json(RESULTS)
    assert {"id", "predicted", "low", "high", "measured", "error", "family", "refused"} <= set(content["rows"][0])
    assert {"median_abs_error", "p90_abs_error", "bias", "coverage_80", "baseline_median_abs_error", "by_group"} <= set(
        content["summary"]
    )


def test_the_shipped_fit_belongs_to_these_inputs() -> None:
    """After a change of the model or its data: python -m countermove.training.fit."""
    assert fitted().inputs_sha256 == inputs_hash(TABLE)


def _errors(which: int) -> dict[str, float]:
    """Fractional error of the printed quantity, from log errors of time: 0 in sample, 1 document, 2 family left out."""
    rising = {"step_time_s", "chip_hours", "days"}
    return {
        name: float(np.exp(values[which] if BY_ID[name]["measured_quantity"] in rising else -values[which]) - 1)
        for name, values in read_folds().items()
    }


@pytest.mark.parametrize(
    ("group", "median", "p90"),
    [
        ("dense on Nvidia and TPU", 0.08, 0.25),
        ("architecture: moe", 0.12, None),
        ("Ascend and other vendors", 0.12, None),
        ("size: 4096 chips or more", 0.09, None),
        ("chip-hours", 0.12, None),
    ],
)
def test_accuracy_with_the_source_document_left_out(group: str, median: float, p90: float | None) -> None:
    """The bars that the validation page reports; each fold knows nothing of the document it predicts."""
    errors = _errors(1)
    members = [abs(errors[r.id]) for r in RESULTS if r.id in errors and group in groups_of(r)]
    assert np.median(members) <= median
    if p90 is not None:
        assert np.quantile(members, 0.9) <= p90


def test_accuracy_with_the_chip_family_left_out() -> None:
    errors = np.abs(list(_errors(2).values()))
    assert np.median(errors) <= 0.15
    assert np.quantile(errors, 0.9) <= 0.40


def test_bias_with_the_source_document_left_out() -> None:
    errors = _errors(1)
    assert abs(np.mean(list(errors.values()))) <= 0.03
    groups: dict[str, list[float]] = {}
    for r in RESULTS:
        for name in groups_of(r) if r.id in errors else ():
            groups.setdefault(name, []).append(errors[r.id])
    large = {name: members for name, members in groups.items() if len(members) >= 20}
    for centre in (np.mean, np.median):
        assert {name for name, members in large.items() if abs(centre(members)) > 0.06} == set()


def test_intervals_cover_what_was_left_out() -> None:
    """The shipped width about the prediction of a fit that never saw the document."""
    folds = read_folds()
    covered = [abs(folds[r.id][1]) <= np.log(r.high / r.low) / 2 for r in RESULTS if r.id in folds and r.high and r.low]
    assert 0.72 <= np.mean(covered) <= 0.88


def test_every_document_is_one_fold() -> None:
    assert document({"source": "MLPerf Training v4.1 results, eos_n64"}) == "MLPerf Training v4.1 results"
    assert document({"source": "A, B"}) == "A, B"


def test_table_is_the_evidence_table() -> None:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        assert [row["id"] for row in csv.DictReader(handle)] == [row["id"] for row in ROWS]
