"""The model catalogue: named transformers with dimensions and source, and models described in a YAML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from countermove import _yaml
from countermove.errors import CountermoveError, unknown
from countermove.training.workload import LatentAttention, Transformer

_PATH = Path(__file__).parent / "data" / "models.yaml"
_DIMENSIONS = (
    "layers",
    "hidden_size",
    "ffn_size",
    "heads",
    "kv_heads",
    "head_size",
    "vocabulary",
    "experts",
    "active_experts",
    "shared_expert_size",
    "dense_layers",
    "dense_ffn_size",
    "window",
    "learned_positions",
)
_OTHERS = ("gated", "tied_embeddings", "parallel_block", "window_share", "extra_parameters", "latent")
_ABOUT = ("sequence", "parameters_bn", "tokens_tn", "match", "called", "source", "verified", "name")


@cache
def entries() -> dict[str, dict[str, Any]]:
    """The catalogue as written: dimensions, usual sequence length, published parameter count, source."""
    return _yaml.load(_PATH)


def from_mapping(name: str, entry: Mapping[str, Any]) -> Transformer:
    """A transformer from the keys of a catalogue entry.

    Raises:
        CountermoveError: an unknown key, a missing dimension, or one that is not a positive whole number.
    """
    for key in entry:
        if key not in (*_DIMENSIONS, *_OTHERS, *_ABOUT):
            raise unknown("key", key, (*_DIMENSIONS, *_OTHERS, *_ABOUT), f"model {name}")
    for key in ("layers", "hidden_size", "ffn_size", "heads", "vocabulary"):
        if key not in entry:
            raise CountermoveError(
                f"model {name}: {key} is missing; needed are layers, hidden_size, ffn_size, heads, vocabulary"
            )
    values: dict[str, Any] = {key: _whole(name, key, entry[key]) for key in _DIMENSIONS if key in entry}
    values.setdefault("kv_heads", values["heads"])
    if "head_size" not in values:
        values["head_size"] = values["hidden_size"] // max(values["heads"], 1)
    values |= {key: entry[key] for key in _OTHERS if key in entry and key != "latent"}
    if "latent" in entry:
        values["latent"] = LatentAttention(*(int(size) for size in entry["latent"]))
    return Transformer(name=name, **values)


def _whole(name: str, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise CountermoveError(f"model {name}: {key} is '{value}', must be a whole number")
    return int(value)


@cache
def _built(name: str) -> Transformer:
    return from_mapping(name, entries()[name])


@cache
def _names() -> dict[str, str]:
    folded: dict[str, str] = {}
    for name, entry in entries().items():
        for alias in (name, *entry.get("match", [])):
            folded.setdefault(_fold(alias), name)
    return folded


@cache
def _whole_names() -> dict[str, str]:
    return {_fold(alias): name for name, entry in entries().items() for alias in entry.get("called", [])}


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.casefold())


def model(name: str) -> Transformer:
    """A model by catalogue name ("llama3.1-405b"), by usual spelling, or from a YAML file of dimensions.

    Raises:
        CountermoveError: no such name (with the nearest) or a file that does not describe a model.
    """
    if name.endswith((".yaml", ".yml")):
        entry = _yaml.load(Path(name))
        if not isinstance(entry, dict):
            raise CountermoveError(f"{name}: a model file must be a mapping of dimensions")
        return from_mapping(str(entry.get("name", Path(name).stem)), entry)
    found = _names().get(_fold(name)) or _whole_names().get(_fold(name))
    if found is None:
        raise unknown("model", name, entries())
    return _built(found)


def usual_sequence(transformer: Transformer) -> int:
    """The training sequence length published for a catalogue model; 4096 for any other."""
    return int(entries().get(transformer.name, {}).get("sequence", 4096))


@cache
def recognised(name: str) -> str | None:
    """The catalogue entry whose spelling the name begins with (the longest), or None.

    An owner before the name ("meta-llama/Llama-3.1-405B", "Meta Llama 3 70B") is passed over.
    """
    folded = _fold(re.sub(r"^(meta|google|openai|nvidia|alibaba|huawei|mistral ?ai|xai)\s+", "", _after_owner(name)))
    if folded in _whole_names():
        return _whole_names()[folded]
    matches = [alias for alias in _names() if folded.startswith(alias)]
    return _names()[max(matches, key=len)] if matches else None


def _after_owner(name: str) -> str:
    return re.sub(r"^[\w.-]+/", "", name.strip().casefold())


def usual_tokens(name: str) -> float:
    """Tokens of the published run of a catalogue model; 0 where not known."""
    return float(entries().get(name, {}).get("tokens_tn", 0.0)) * 1e12


def contradicts(name: str, entry: str) -> bool:
    """Whether a name states a size, in billions, that is neither all nor the active parameters of that entry."""
    stated = [float(size) for size in re.findall(r"(?<![\dx.])(\d+(?:\.\d+)?) ?b\b", name.casefold())]
    built = _built(entry)
    sizes = (built.parameters / 1e9, built.active_parameters / 1e9, float(entries()[entry].get("parameters_bn", 0.0)))
    return bool(stated) and not any(abs(s / size - 1.0) < 0.2 for s in stated for size in sizes if size)
