"""Activation memory against Korthikanti et al. 2022, and the rest against the byte counts of Adam and ZeRO."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.training.cases import case, gpt

from countermove.training.layout import Layout
from countermove.training.memory import layer_activation_bytes, memory

S, A, H = 2048, 96, 12288


def per_layer(layout: Layout, flash: bool = False) -> float:
    return float(layer_activation_bytes(case(gpt(96, H, A), layout, flash=flash), float(S)))


def test_equation_1_no_parallelism() -> None:
    assert per_layer(Layout(sequence_parallel=False)) == pytest.approx(S * H * (34 + 5 * A * S / H), rel=1e-12)


@given(st.sampled_from([1, 2, 4, 8, 16]))
def test_equation_2_tensor_parallelism(t: int) -> None:
    expected = S * H * (10 + 24 / t + 5 * A * S / (H * t))
    assert per_layer(Layout(tensor=t, sequence_parallel=False)) == pytest.approx(expected, rel=1e-12)


@given(st.sampled_from([1, 2, 4, 8, 16]))
def test_equation_4_sequence_parallelism(t: int) -> None:
    assert per_layer(Layout(tensor=t)) == pytest.approx(S * H / t * (34 + 5 * A * S / H), rel=1e-12)


@given(st.sampled_from([1, 2, 4, 8, 16]))
def test_equation_6_selective_recompute(t: int) -> None:
    assert per_layer(Layout(tensor=t, recompute="selective")) == pytest.approx(34 * S * H / t, rel=1e-12)
    assert per_layer(Layout(tensor=t), flash=True) == pytest.approx(34 * S * H / t, rel=1e-12)


def test_full_recompute_keeps_the_layer_input() -> None:
    assert per_layer(Layout(recompute="full", sequence_parallel=False)) == pytest.approx(2 * S * H, rel=1e-12)


@pytest.mark.parametrize(("hidden", "heads", "saved"), [(12288, 96, 0.70), (20480, 128, 0.65)])
def test_table_of_what_selective_recompute_saves(hidden: int, heads: int, saved: float) -> None:
    """Korthikanti et al. 2022, section 5: 70 % for GPT-3 and 65 % for MT-NLG, printed to two digits."""
    model = gpt(96, hidden, heads)
    whole = float(layer_activation_bytes(case(model, Layout(tensor=8)), float(S)))
    kept = float(layer_activation_bytes(case(model, Layout(tensor=8, recompute="selective")), float(S)))
    assert 1 - kept / whole == pytest.approx(saved, abs=0.005)


@given(st.sampled_from([1, 2, 4, 8]), st.sampled_from([1, 2, 4]), st.integers(0, 3))
def test_states_per_weight_by_zero_stage(t: int, d: int, stage: int) -> None:
    """Rajbhandari et al. 2020: 2 + 4 + 12 bytes, divided over replicas by the stage."""
    model = gpt(8, 1024, 16)
    held = memory(case(model, Layout(tensor=t, data=d, shard=stage)))
    weights = model.parameters / t
    assert float(held.weights) == pytest.approx(2 * weights / (d if stage >= 3 else 1))
    assert float(held.optimizer) == pytest.approx(12 * weights / (d if stage >= 1 else 1))
    gradient = 2 * weights / d if stage >= 3 else 4 * weights / (d if stage >= 2 else 1)
    assert float(held.gradients) == pytest.approx(gradient)


def test_one_f_one_b_holds_as_many_micro_batches_as_stages() -> None:
    """Narayanan et al. 2021, section 2.2; interleaving adds (p − 1)/(p v) (Korthikanti et al. 2022, section 4.2.3)."""
    model = gpt(32, 4096, 32, vocabulary=1)
    one = float(memory(case(model, Layout(pipeline=1), batch=2048.0 * 64)).activations)
    four = float(memory(case(model, Layout(pipeline=4), batch=2048.0 * 64)).activations)
    interleaved = float(memory(case(model, Layout(pipeline=4, interleave=2), batch=2048.0 * 64)).activations)
    assert four == pytest.approx(
        one, rel=1e-3
    )  # a quarter of the layers, four in flight; the tiny vocabulary is the rest
    assert interleaved / four == pytest.approx(1 + 3 / 8, rel=1e-3)


def test_offload_frees_the_optimizer_states_and_nothing_else() -> None:
    model = gpt(8, 1024, 16)
    here, away = (memory(case(model, Layout(data=2, offload=offload))) for offload in (False, True))
    assert float(away.optimizer) == 0.0
    assert float(here.total) - float(away.total) == pytest.approx(12 * model.parameters / 2)
