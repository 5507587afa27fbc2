"""Parameter and FLOP counts against published figures and closed forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.errors import CountermoveError
from countermove.training import models
from countermove.training.workload import Transformer, training_flops_per_token


@pytest.mark.parametrize("name", list(models.entries()))
def test_parameter_counts_of_named_models_are_within_one_percent(name: str) -> None:
    published = models.entries()[name]["parameters_bn"] * 1e9
    assert models.model(name).parameters == pytest.approx(published, rel=0.01)


@pytest.mark.parametrize(
    ("name", "active_bn"),
    [
        ("mixtral-8x7b", 12.9),
        ("mixtral-8x22b", 39.1),
        ("qwen3-235b-a22b", 22.0),
        ("qwen3-30b-a3b", 3.3),
        ("deepseek-v3", 37.0),
        ("deepseek-v2", 21.0),
        ("llama4-scout", 17.0),
        ("hunyuan-large", 52.0),
    ],
)
def test_active_parameters_of_mixtures_of_experts(name: str, active_bn: float) -> None:
    # Cards round to a whole billion and differ in whether both embeddings count: 3 %.
    assert models.model(name).active_parameters == pytest.approx(active_bn * 1e9, rel=0.03)


def gpt(layers: int, hidden: int, heads: int, vocabulary: int = 51200) -> Transformer:
    return Transformer(
        "gpt", layers, hidden, 4 * hidden, heads, heads, hidden // heads, vocabulary, gated=False, tied_embeddings=True
    )


@given(st.integers(1, 128), st.integers(1, 64), st.integers(1, 16), st.sampled_from([512, 2048, 8192]))
def test_megatron_closed_form(layers: int, heads: int, scale: int, sequence: int) -> None:
    """72 B s L h² (1 + s/6h + V/12Lh), Narayanan et al. 2021, equation 3 with three passes instead of four."""
    hidden = heads * 16 * scale
    model = gpt(layers, hidden, heads)
    closed = 72 * layers * hidden**2 * (1 + sequence / (6 * hidden) + model.vocabulary / (12 * layers * hidden))
    assert training_flops_per_token(model, sequence, "megatron") == pytest.approx(closed, rel=1e-12)


def test_hardware_flops_of_full_recompute_are_narayanans_96() -> None:
    model = gpt(96, 12288, 96)
    h, layers, s, v = 12288, 96, 2048, 51200
    closed = 96 * layers * h**2 * (1 + s / (6 * h) + v / (16 * layers * h))
    assert training_flops_per_token(model, s, "hardware", "full") == pytest.approx(closed, rel=1e-12)


def test_palm_reports_both_utilisations_and_their_ratio_is_the_conventions() -> None:
    """Chowdhery et al. 2022: 46.2 % with self-attention, 45.7 % without."""
    palm = models.model("palm-540b")
    ratio = training_flops_per_token(palm, 2048, "palm") / training_flops_per_token(palm, 2048, "6ND")
    assert ratio == pytest.approx(0.462 / 0.457, abs=0.002)  # both printed to three digits


@given(st.sampled_from(sorted(models.entries())), st.integers(128, 131072))
def test_causal_counts_half_of_attention_and_nothing_else(name: str, sequence: int) -> None:
    model = models.model(name)
    full = training_flops_per_token(model, sequence, "megatron")
    causal = training_flops_per_token(model, sequence, "causal")
    none = 6 * model.matmul_parameters
    if not model.window:
        assert causal - none == pytest.approx((full - none) / 2, rel=1e-9)
    assert none <= causal <= full


def test_unknown_model_names_the_nearest() -> None:
    with pytest.raises(CountermoveError, match=r"unknown model 'lama3\.1-8b': did you mean 'llama3\.1-8b'"):
        models.model("lama3.1-8b")


def test_model_from_yaml(tmp_path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("layers: 32\nhidden_size: 4096\nffn_size: 14336\nheads: 32\nkv_heads: 8\nvocabulary: 128256\n")
    assert models.model(str(path)).parameters == models.model("llama3.1-8b").parameters
    path.write_text("layers: 32\nhiden_size: 4096\n")
    with pytest.raises(CountermoveError, match="did you mean 'hidden_size'"):
        models.model(str(path))
    path.write_text("layers: 32.5\nhidden_size: 4096\nffn_size: 1\nheads: 32\nvocabulary: 10\n")
    with pytest.raises(CountermoveError, match=r"layers is '32\.5', must be a whole number"):
        models.model(str(path))
