"""Runs that the fit never saw, from a table kept with the tests: the page's section on how far the claims carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from pathlib import Path

import numpy as np

from countermove.training.evaluate import RowResult, evaluate_table
from countermove.training.fit import TABLE
from countermove.training.uncertainty import INTERVAL
from countermove.training.validation import document, read_table

ELSEWHERE = Path(__file__).parents[3] / "tests" / "training" / "published_elsewhere.csv"
LONG = 32768
_COLUMNS = ("group or document", "runs", "median", "90th percentile", "mean, signed", "inside 80 %", "constant MFU")
_NVIDIA_TPU = ("ampere", "hopper", "blackwell", "tpu")

_HEAD = """
## Runs published elsewhere

{rows} runs that are not in the fit's table. Nothing was tuned on them and none was dropped for its error; the
parameters are those that ship (`countermove train --runs tests/training/published_elsewhere.csv`). {new} are from
{documents} documents of which the fit has no row; {further} are further rows of ModelLink's table, of which it has
{known}, and whose launch scripts were all read for `data/launch_scripts.yaml`.

| {columns} |
{rule}"""

_READING = """
Of the {new} runs from new documents {inside} lie inside the 80 % interval. Were they independent, so few would be
seen in {chance} of cases; runs of one document share what it does not tell, and {documents} independent trials would
give anything from {least:.0%}. The interval holds for runs like those of the fit: a framework, a chip and a kind of
model that it knows. It is too narrow for what lies beyond:

- Mixtures of experts on TPU are predicted too fast, every one, DeepSeek-V3 by a third and more. In torchtitan on B200
  DeepSeek-V3, whose layout was not read and is filled by the fastest that fits, runs two to three times slower.
- The only MI300X runs of the fit are tuned MLPerf submissions. With one sequence a chip in torchtitan the same chip
  is about half as fast as predicted.
- GPT-OSS in AutoModel runs at more than twice the predicted speed: attention with sinks is taken to have no fused
  kernel before mid-2026, read of Transformer Engine; AutoModel uses FlexAttention.
- Sequences of {long:,} tokens and more are mostly predicted too slow on Ascend and on TPU, Llama 3.1 8B at 131,072
  tokens by more than half.
- Gaudi 2 rests on two MLPerf runs; its Llama 3.1 8B is more than a quarter slower than predicted."""


def least_covered(trials: int, share: float = INTERVAL, tail: float = 0.025) -> float:
    """The share of `trials` inside an interval that holds `share`, which so few or fewer reach with chance `tail`."""
    return next(k for k in range(trials + 1) if chance_of_at_most(k, trials, share) >= tail) / trials


def chance_of_at_most(inside: int, trials: int, share: float = INTERVAL) -> float:
    """Binomial probability of at most so many of `trials` independent runs inside an interval that holds `share`."""
    return sum(comb(trials, k) * share**k * (1.0 - share) ** (trials - k) for k in range(inside + 1))


def is_inside(result: RowResult) -> bool:
    """Whether the measured value lies in the shipped interval."""
    assert result.low is not None and result.high is not None and result.measured is not None  # noqa: PT018
    return result.low <= result.measured <= result.high


def _line(name: str, members: Sequence[RowResult]) -> str:
    errors = np.array([r.error for r in members], dtype=float)
    baseline = [abs(r.baseline / r.measured - 1.0) for r in members if r.baseline and r.measured]
    return (
        f"| {name} | {len(members)} | {np.median(np.abs(errors)):.1%} | {np.quantile(np.abs(errors), 0.9):.0%} "
        f"| {np.mean(errors):+.1%} | {np.mean([is_inside(r) for r in members]):.0%} | {np.median(baseline):.1%} |"
    )


def _groups(new: Sequence[RowResult], by_id: Mapping[str, Mapping[str, str]]) -> dict[str, list[RowResult]]:
    known = {row["chip"] for row in read_table(TABLE)}
    nvidia_tpu = [r for r in new if r.family in _NVIDIA_TPU]
    groups = {
        "dense on Nvidia and TPU": [r for r in nvidia_tpu if r.architecture == "dense"],
        "mixtures of experts": [r for r in new if r.architecture == "moe"],
        "other vendors": [r for r in new if r.family not in _NVIDIA_TPU],
        "a chip that the fit has no run on (TPU v7)": [r for r in new if by_id[r.id]["chip"] not in known],
    }
    for r in new:
        groups.setdefault(document(by_id[r.id]), []).append(r)
    return groups


def split(results: Sequence[RowResult], by_id: Mapping[str, Mapping[str, str]]) -> tuple[list[RowResult], ...]:
    """The runs from documents that the fit has no row of, and the others."""
    seen = {document(row) for row in read_table(TABLE)}
    new = [r for r in results if document(by_id[r.id]) not in seen]
    return new, [r for r in results if r not in new]


def new_results() -> list[RowResult]:
    """The runs from documents that the fit has no row of, predicted."""
    rows = read_table(ELSEWHERE)
    return split(evaluate_table(rows), {row["id"]: row for row in rows})[0]


def section() -> list[str]:
    """The section as lines of Markdown."""
    rows = read_table(ELSEWHERE)
    by_id = {row["id"]: row for row in rows}
    results = evaluate_table(rows)
    new, further = split(results, by_id)
    ascend = [document(row) for row in read_table(TABLE) if row["chip"].startswith("Ascend")]
    long = [r for r in results if float(by_id[r.id]["sequence_length"]) >= LONG]
    documents = len({document(by_id[r.id]) for r in new})
    inside = sum(map(is_inside, new))
    head = _HEAD.format(
        rows=len(results),
        new=len(new),
        documents=documents,
        further=len(further),
        known=ascend.count(document(by_id[further[0].id])),
        columns=" | ".join(_COLUMNS),
        rule="|---" * len(_COLUMNS) + "|",
    )
    reading = _READING.format(
        new=len(new),
        inside=inside,
        chance=f"{chance_of_at_most(inside, len(new)):.1%}",
        documents=documents,
        least=least_covered(documents),
        long=LONG,
    )
    return [
        head,
        _line("all from new documents", new),
        *(_line(name, members) for name, members in _groups(new, by_id).items()),
        _line("further rows of ModelLink's table", further),
        _line(f"of all: {LONG:,} tokens a sequence and more", long),
        reading,
    ]
