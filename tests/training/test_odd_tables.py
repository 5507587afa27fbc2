"""Tables of runs that are not ours: missing and blank columns, other spellings, units, names and chips."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove.errors import CountermoveError
from countermove.training.evaluate import RowResult, evaluate_table, summary
from countermove.training.validation import read_table


def results(path: Path, text: str) -> list[RowResult]:
    file = path / "runs.csv"
    file.write_text(text, encoding="utf-8")
    return evaluate_table(read_table(file))


def told(result: RowResult) -> str:
    return "; ".join(result.assumed)


def test_required_columns_alone(tmp_path: Path) -> None:
    """Everything else is inferred from names, and the output says what."""
    (found,) = results(tmp_path, "id,model,architecture,chip,measured_quantity\na,Llama 3.1 405B,dense,H100,mfu\n")
    assert found.refused is None
    assert found.predicted is not None
    assert 0.25 < found.predicted < 0.55
    assert found.measured is None
    assert found.error is None
    for part in ("from the catalogue's llama3.1-405b", "sequence 8192", "chips", "batch of", "layout found by search"):
        assert part in told(found)


@pytest.mark.parametrize(
    ("name", "architecture"),
    [
        ("Llama 3.1 405B", "dense"),
        ("meta-llama/Llama-3.1-405B", "dense"),
        ("GPT-3 175B", "Dense"),
        ("DeepSeek V3", "MoE"),
        ("Qwen2.5-72B", "dense"),
        ("PaLM 540B", "dense"),
        ("PaLM", "dense decoder-only"),
        ("Pangu Ultra MoE", "mixture of experts"),
        ("Megatron-Turing NLG 530B", "dense"),
        ("Mixtral-8x7B-v0.1", "sparse"),
        ("BLOOM", ""),
    ],
)
def test_a_model_is_known_by_its_name(tmp_path: Path, name: str, architecture: str) -> None:
    head = "id,model,architecture,chip,chips_count,measured_quantity"
    (found,) = results(tmp_path, f"{head}\na,{name},{architecture},H100,1024,MFU\n")
    assert found.refused is None
    assert "from the catalogue's" in told(found)
    assert found.architecture == ("moe" if architecture in ("MoE", "mixture of experts", "sparse") else "dense")


def test_a_name_whose_size_is_another_is_no_catalogue_model(tmp_path: Path) -> None:
    """ "GPT-3 6.7B" begins like GPT-3 but is not the model of 175 bn."""
    (found,) = results(tmp_path, "id,model,architecture,chip,measured_quantity\na,GPT-3 6.7B,dense,A100,MFU\n")
    assert "missing dimensions: layers, hidden_size, ffn_size" in str(found.refused)


def test_unknown_chips_are_refused_by_name_and_others_still_predicted(tmp_path: Path) -> None:
    found = results(
        tmp_path,
        "id,model,architecture,chip,chips_count,measured_quantity\n"
        "a,Llama 2 70B,dense,Cerebras CS-3,64,MFU\n"
        "b,Llama 2 70B,dense,H1000,64,MFU\n"
        "c,Llama 2 70B,dense,,64,MFU\n"
        "d,Llama 2 70B,dense,NVIDIA H100 80GB HBM3,64,MFU\n",
    )
    assert "unknown chip 'Cerebras CS-3'" in str(found[0].refused)
    assert "did you mean 'H100'" in str(found[1].refused)
    assert "chip" in str(found[2].refused)
    assert found[3].refused is None
    assert all("\n" not in str(r.refused) for r in found)


QUANTITIES = {
    "tokens/s/GPU": ("tokens_per_s_per_chip", "800", ""),
    "tokens_per_second_per_chip": ("tokens_per_s_per_chip", "800", ""),
    "mfu": ("MFU", "43", "%"),
    "MFU (%)": ("MFU", "43", ""),
    "TFLOPS per GPU": ("TFLOPs_per_chip", "400", ""),
    "step time (ms)": ("step_time_s", "6500", ""),
    "step_time": ("step_time_s", "6.5", "s"),
    "GPU-hours": ("chip_hours", "1.6", "million GPU hours"),
    "chip_hours": ("chip_hours", "1,600,000", ""),
    "days": ("days", "33", ""),
}


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_a_quantity_is_known_by_other_spellings_and_units(tmp_path: Path, quantity: str) -> None:
    """One run, Llama 2 70B on 2,048 A100, in every quantity: all measured values are within a factor of 1.6 of it."""
    usual, value, unit = QUANTITIES[quantity]
    head = "id,model,architecture,chip,chips_count,global_batch_tokens,measured_quantity,measured_value,unit"
    row = f'a,Llama 2 70B,dense,A100-80GB,2048,4194304,"{quantity}","{value}",{unit}'
    if usual in ("tokens_per_s_per_chip", "TFLOPs_per_chip", "step_time_s"):
        row = row.replace("A100-80GB", "H100").replace("2048", "1024", 1)
    (found,) = results(tmp_path, f"{head}\n{row}\n")
    assert found.refused is None
    assert found.quantity == usual
    assert found.error is not None
    assert abs(found.error) < 0.6


def test_the_length_of_a_named_models_run_is_inferred_and_said(tmp_path: Path) -> None:
    head = "id,model,architecture,chip,chips_count,measured_quantity,measured_value"
    known, unknown = results(
        tmp_path, f"{head}\na,Llama 2 70B,dense,A100,2048,chip_hours,1720320\nb,MyModel,dense,A100,2048,days,\n"
    )
    assert "2 T tokens, the length of the model's published run" in told(known)
    assert "missing dimensions" in str(unknown.refused)


def test_words_for_nothing_and_separators_of_thousands(tmp_path: Path) -> None:
    head = (
        "id,model,architecture,chip,chips_count,sequence_length,tp,pp,precision,measured_quantity,measured_value,note"
    )
    clean, odd = results(
        tmp_path,
        f"{head}\na,Llama 2 70B,dense,A100,2048,4096,,,bf16,MFU,,\n"
        'b,Llama 2 70B,dense,A100,"2,048",4K,n/a,-,BF16,MFU,not disclosed,EXCLUDED? no\n',
    )
    assert odd.refused is None
    assert (odd.predicted, odd.low, odd.high) == (clean.predicted, clean.low, clean.high)
    assert odd.measured is None


def test_headers_with_spaces_capitals_and_a_mark_of_byte_order(tmp_path: Path) -> None:
    (found,) = results(
        tmp_path,
        "\ufeffID, Model ,Architecture,CHIP,Chips_Count,Measured_Quantity,Also\na,GPT-3,dense,A100,1024,MFU,x\n",
    )
    assert found.refused is None


def test_short_rows_and_extra_cells(tmp_path: Path) -> None:
    found = results(
        tmp_path,
        "id,model,architecture,chip,measured_quantity,measured_value,note\n"
        "a,GPT-3 175B,dense,A100,MFU\n"
        "b,GPT-3 175B,dense,A100,MFU,0.5,,surplus,cells\n",
    )
    assert [r.refused for r in found] == [None, None]
    assert found[1].error is not None


def test_dimensions_of_an_unnamed_model_suffice(tmp_path: Path) -> None:
    sizes = "layers,hidden_size,ffn_size,heads,experts,active_experts"
    head = f"id,model,architecture,{sizes},chip,chips_count,measured_quantity"
    dense, moe, lacking = results(
        tmp_path,
        f"{head}\na,Ours,dense,48,6144,24576,48,,,TPU v5p,256,tokens_per_s_per_chip\n"
        "b,Ours too,moe,32,4096,2048,32,64,6,Ascend 910B2,512,tokens_per_s_per_chip\n"
        "c,Not told,moe,32,4096,2048,32,,,H100,512,tokens_per_s_per_chip\n",
    )
    assert dense.refused is None
    assert dense.family == "tpu"
    assert moe.refused is None
    assert moe.family == "ascend"
    assert lacking.refused == "missing dimensions: experts and active_experts of a mixture of experts"


def test_a_table_without_measured_values_has_no_score(tmp_path: Path) -> None:
    found = results(tmp_path, "id,model,architecture,chip,measured_quantity\na,GPT-3 175B,dense,A100,MFU\n")
    assert summary(found)["rows"] == 0
    assert summary(found)["median_abs_error"] is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,model,architecture,chip,quantity\na,b,c,d,e\n", "column 'measured_quantity' is missing"),
        ("id;model;architecture;chip;measured_quantity\na;b;c;d;e\n", "column 'id' is missing"),
        ("", "column 'id' is missing"),
    ],
)
def test_a_table_of_another_form_is_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CountermoveError, match=message) as caught:
        results(tmp_path, text)
    assert "\n" not in str(caught.value)


HEAD = "id,model,architecture,chip,chips_count,precision,tp,pp,global_batch_tokens,source_date,measured_quantity"


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("bf16,3,,,2024-05", "layout: TP 3 × PP 1 × CP 1 = 3 does not divide 64 chips"),
        ("bf16,,128,,2024-05", "layout: TP 1 × PP 128 × CP 1 = 128 does not divide 64 chips"),
        ("bf16,,,1024,2024-05", "global_batch_tokens is 1024, less than one sequence of 4096 tokens"),
        ("bf16,many,,,2024-05", "row a: tp is 'many', must be a number that is not negative"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_numbers(tmp_path: Path, cells: str, message: str) -> None:
    (found,) = results(tmp_path, f"{HEAD}\na,Llama 2 70B,dense,H100,64,{cells},MFU\n")
    assert found.refused == message


def test_more_stages_than_layers_are_refused(tmp_path: Path) -> None:
    head = "id,model,architecture,chip,chips_count,pp,layers,hidden_size,ffn_size,measured_quantity"
    (found,) = results(tmp_path, f"{head}\na,Ours,dense,H100,64,8,2,1024,4096,MFU\n")
    assert found.refused == "layout: PP 8 on a model of 2 layers"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("bf17,,,,2024-05", "16-bit products"),
        (",,,,2024-05", "16-bit products"),
        ("bf16,,,,yesterday", "software of 2025"),
        ("fp8,,,,", "software of 2025"),
    ],
)
def test_what_is_not_understood_is_assumed_aloud(tmp_path: Path, cells: str, said: str) -> None:
    plain, odd = results(
        tmp_path,
        f"{HEAD}\na,Llama 2 70B,dense,H100,64,bf16,,,,2024-05,MFU\nb,Llama 2 70B,dense,H100,64,{cells},MFU\n",
    )
    assert said in told(odd)
    assert said not in told(plain)


def test_a_utilisation_above_one_is_in_percent(tmp_path: Path) -> None:
    head = "id,model,architecture,chip,chips_count,measured_quantity,measured_value"
    bare, fraction = results(
        tmp_path, f"{head}\na,Llama 2 70B,dense,H100,64,MFU,43\nb,Llama 2 70B,dense,H100,64,MFU,0.43\n"
    )
    assert bare.measured == pytest.approx(0.43)
    assert bare.error == pytest.approx(fraction.error)


def test_unreadable_tables_are_refused_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(CountermoveError, match=r"cannot be read: No such file or directory$"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes("id,model\n1,é\n".encode("latin-1"))
    with pytest.raises(CountermoveError, match="it is not in UTF-8"):
        read_table(tmp_path / "latin.csv")


def test_an_unknown_quantity_or_architecture_names_what_is_allowed(tmp_path: Path) -> None:
    speed, kind = results(
        tmp_path,
        "id,model,architecture,chip,measured_quantity\na,GPT-3,dense,A100,furlongs\nb,GPT-3,recurrent,A100,MFU\n",
    )
    assert str(speed.refused).startswith("measured_quantity 'furlongs': allowed are tokens_per_s_per_chip, MFU")
    assert "unknown architecture 'recurrent'" in str(kind.refused)
