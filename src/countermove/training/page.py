"""The validation page, written by ``python -m countermove.training.page``: how well published runs are predicted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from countermove._atomic import write_whole
from countermove.training._drawing import scatter, strips
from countermove.training._elsewhere import is_inside, new_results, section
from countermove.training.evaluate import RowResult, evaluate_table, groups_of
from countermove.training.fit import TABLE
from countermove.training.fitted import fitted
from countermove.training.inference import Check, checks
from countermove.training.stack import FAMILIES
from countermove.training.validation import document, read_folds, read_table

PAGE = Path("docs/training.md")
_TARGETS: dict[str, str] = {
    "dense on Nvidia and TPU": "8 % (90th percentile 25 %)",
    "architecture: moe": "12 %",
    "Ascend and other vendors": "12 %",
    "size: 4096 chips or more": "9 %",
    "chip-hours": "12 %",
}


_COLUMNS = (
    "group",
    "runs",
    "aim (blind median)",
    "blind median",
    "blind 90th percentile",
    "blind mean, signed",
    "blind median, signed",
    "inside 80 %, blind",
    "in sample median",
    "inside 80 %, in sample",
    "family left out",
    "constant MFU",
)
_FAMILY = "With the whole chip family left out: median {median:.1%}, 90th percentile {p90:.0%} (aim: 15 % and 40 %)."


_STRICT = (
    "With everything at the run's address left out, all releases and tables of one page at once: median {all:.1%}; "
    "dense on Nvidia and TPU {dense:.1%}, mixtures of experts {moe:.1%}, Ascend and other vendors {other:.1%}, "
    "4,096 chips or more {large:.1%}, chip-hours {hours:.1%}. Most mixtures of experts are on one page and nearly all "
    "Ascend runs on another, so these two are then predicted from little."
)
_STRICT_GROUPS = {
    "dense": "dense on Nvidia and TPU",
    "moe": "architecture: moe",
    "other": "Ascend and other vendors",
    "large": "size: 4096 chips or more",
    "hours": "chip-hours",
}


def _median(members: Sequence[RowResult], blind: Mapping[str, float]) -> float:
    return float(np.median([abs(blind[r.id]) for r in members]))


def errors(results: Sequence[RowResult], which: int) -> dict[str, float]:
    """Fraction of the measured value by run: 0 in sample, 1 its document left out, 2 its chip family, 3 its address."""
    folds = read_folds()
    found: dict[str, float] = {}
    for r in results:
        if r.id in folds:
            rises = r.quantity in ("step_time_s", "chip_hours", "days")
            found[r.id] = float(np.exp(folds[r.id][which] if rises else -folds[r.id][which]) - 1.0)
    return found


def _line(name: str, members: Sequence[RowResult], all_errors: Sequence[dict[str, float]]) -> str:
    blind, inside = ([abs(e[r.id]) for r in members] for e in (all_errors[1], all_errors[0]))
    signed = [all_errors[1][r.id] for r in members]
    family = [abs(all_errors[2][r.id]) for r in members]
    covered = [r.low <= r.measured <= r.high for r in members if r.low and r.high and r.measured]
    unseen = [abs(np.log1p(all_errors[1][r.id])) <= np.log(r.high / r.low) / 2 for r in members if r.low and r.high]
    baseline = [abs(r.baseline / r.measured - 1.0) for r in members if r.baseline and r.measured]
    return (
        f"| {name} | {len(members)} | {_TARGETS.get(name, '')} "
        f"| {np.median(blind):.1%} | {np.quantile(blind, 0.9):.0%} "
        f"| {np.mean(signed):+.1%} | {np.median(signed):+.1%} | {np.mean(unseen):.0%} "
        f"| {np.median(inside):.1%} | {np.mean(covered):.0%} "
        f"| {np.median(family):.1%} | {np.median(baseline):.1%} |"
    )


def text() -> str:
    """The page as Markdown."""
    rows = read_table(TABLE)
    results = evaluate_table(rows)
    scored = [r for r in results if r.scored and r.error is not None]
    all_errors = [errors(results, which) for which in range(4)]
    groups: dict[str, list[RowResult]] = {"all": list(scored)}
    for r in scored:
        for name in groups_of(r):
            groups.setdefault(name, []).append(r)
    order = ["all", *_TARGETS, *sorted(name for name in groups if name not in _TARGETS and name != "all")]
    blind = all_errors[1]
    worst = sorted(scored, key=lambda r: -abs(blind[r.id]))[:15]
    family = np.abs(list(all_errors[2].values()))
    by_id = {row["id"]: row for row in rows}
    documents = len({document(by_id[r.id]) for r in scored})
    refused = [r for r in results if r.refused]
    lines = [
        _HEAD.format(rows=len(scored), documents=documents, sha=fitted().inputs_sha256[:12]),
        _in_short(groups, blind, family),
        _COLUMNS_TOLD,
        f"| {' | '.join(_COLUMNS)} |",
        "|---" * len(_COLUMNS) + "|",
        *(_line(name, groups[name], all_errors) for name in order if name in groups),
        "",
        "![predicted against measured](training-scatter.svg)",
        "",
        "![errors by chip family](training-errors.svg)",
        "",
        _FAMILY.format(median=np.median(family), p90=np.quantile(family, 0.9)),
        "",
        _STRICT.format(
            all=_median(scored, all_errors[3]),
            **{key: _median(groups[name], all_errors[3]) for key, name in _STRICT_GROUPS.items()},
        ),
        *section(),
        _ASCEND,
        *_documents(groups["Ascend and other vendors"], by_id, all_errors),
        _TRAPS,
        "| run | error with its document left out | measured | predicted (in sample) |",
        "|---|---|---|---|",
        *(f"| {r.id} | {blind[r.id]:+.0%} | {r.measured:.4g} {r.quantity} | {r.predicted:.4g} |" for r in worst),
        _REFUSED.format(count=len(refused)),
        *(f"- {reason}: {count}" for reason, count in _reasons(refused)),
        _INFERENCE,
        *(_check_line(check, by_id) for check in checks()),
        "",
    ]
    return "\n".join(lines)


def _in_short(groups: Mapping[str, Sequence[RowResult]], blind: Mapping[str, float], family: np.ndarray) -> str:
    """What a reader should expect, in numbers taken from the tables below."""
    parts: dict[str, float] = {}
    names = {**_STRICT_GROUPS, "all": "all"}
    for key, name in names.items():
        absolute = [abs(blind[r.id]) for r in groups[name]]
        parts |= {key: float(np.median(absolute)), f"{key}90": float(np.quantile(absolute, 0.9))}
    new = new_results()
    found = [abs(r.error) for r in new if r.error is not None]
    without = [name for name in FAMILIES if f"family: {name}" not in groups]
    return _IN_SHORT.format(
        **parts,
        family=np.median(family),
        family90=np.quantile(family, 0.9),
        families=" or ".join([", ".join(without[:-1]), without[-1]]).replace("_", " "),
        new=np.median(found),
        new90=np.quantile(found, 0.9),
        inside=np.mean([is_inside(r) for r in new]),
        baseline=np.median([abs(r.baseline / r.measured - 1.0) for r in groups["all"] if r.baseline and r.measured]),
    )


def _documents(
    members: Sequence[RowResult],
    by_id: Mapping[str, Mapping[str, str]],
    all_errors: Sequence[Mapping[str, float]],
) -> list[str]:
    """One line a document, its errors signed."""
    found: dict[str, list[str]] = {}
    for r in members:
        found.setdefault(document(by_id[r.id]), []).append(r.id)
    lines: list[str] = []
    for name, ids in sorted(found.items(), key=lambda item: -len(item[1])):
        blind, inside = ([errors[id] for id in ids] for errors in (all_errors[1], all_errors[0]))
        lines.append(
            f"| {name} | {len(ids)} | {np.median(blind):+.1%} | {np.mean(blind):+.1%} | {np.median(inside):+.1%} "
            f"| {np.mean(inside):+.1%} |"
        )
    return lines


def _check_line(check: Check, by_id: Mapping[str, Mapping[str, str]]) -> str:
    measured = float(by_id[check.run]["measured_value"])
    return (
        f"| {check.run} | {check.model} on {check.chip} | {check.purpose} | {measured:,.0f} | {check.predicted:,.0f} "
        f"| {check.predicted / measured - 1:+.0%} | {check.about} |"
    )


def _reasons(refused: Sequence[RowResult]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for r in refused:
        reason = str(r.refused).split(":")[0].split(", and")[0]
        counts[reason] = counts.get(reason, 0) + 1
    return sorted(counts.items(), key=lambda item: -item[1])


_HEAD = """# The training calculator, validated on published runs

Written by `python -m countermove.training.page`; the fit it reports by `python -m countermove.training.fit`
(inputs {sha}). {rows} published runs from {documents} documents. Errors are fractions of the measured quantity,
whatever it is: tokens per second and chip, utilisation, step time, chip-hours; positive where the prediction is higher.
"""

_IN_SHORT = """## How far to trust it

- A dense model on an Nvidia GPU or a TPU: half of the blind predictions are within {dense:.0%}, nine in ten within
  {dense90:.0%}. A mixture of experts: {moe:.0%} and {moe90:.0%}; Ascend and other vendors: {other:.0%} and
  {other90:.0%}.
- A chip of a family without published runs: half within {family:.0%}, nine in ten within {family90:.0%}, as tried on
  families that have them. The fit has no usable run of {families}.
- [Runs published elsewhere](#runs-published-elsewhere), looked up after the fit was made: half within {new:.0%}, nine
  in ten within {new90:.0%}, and {inside:.0%} inside the 80 % interval. On ground that the fit does not know (a
  framework's mixtures of experts, long sequences, AMD in open frameworks) read the interval as too narrow.
- A whole run's chip-hours tell of an organisation's practice as much as of a chip: half within {hours:.0%}, nine in ten
  within {hours90:.0%}.
- One utilisation per chip family, the usual rule of thumb, misses by {baseline:.0%} at the median though it is taken
  from the same runs. The calculator is better in every group of 20 runs or more below; in small ones it need not be.
"""

_COLUMNS_TOLD = """## Validation by group

**Blind** columns come from fits that never saw the source document of the run (one fit per document; a round of MLPerf
is one document). **In sample** comes from the fit that ships. **Family left out** comes from fits that never saw a run
on that chip family: what to expect of a chip without published runs. **Inside 80 %** counts measured values inside
the shipped interval, about the blind and about the shipped prediction; its width is that of blind errors, so that runs
the fit has seen lie inside more often. **Constant MFU** is the baseline: one utilisation per chip family, its median
over the same runs, which favours the baseline.
"""

_TRAPS = """
## What to know before quoting a number

- The Ascend 910B's peak is 313, 354, 376 or 400 TFLOP/s by bin, and published runs do not name the bin. The fit uses
  354, which the vendor's own scaling chart implies; rows in tokens per second do not depend on it, rows in MFU do.
- Published utilisations count differently: with or without attention, causal or full, recompute counted or not, on the
  peak of another precision. Each is converted by rule; columns `flop_convention` and `peak_tflops` override the rule.
- A batch that a row does not give is filled by a rule of its chips, layout and recompute by the fastest that fit, on
  the prior efficiencies; precision, date, sequence, vocabulary likewise by rule. The output says each time what.
- The interval of a comparison (`--compare`) is that of the other chip alone: what errors the two share cancels in their
  ratio, what the reference's own adds is left out.
- Days and budgets are solved on the central prediction, not on an end of its interval.
- Whole-run chip-hours include idle time, restarts, evaluation and whatever the organisation counts. Llama 3.1 8B's
  1.46 M hours and both figures for Gopher are far from any utilisation their hardware otherwise shows.
- Rows of the ModelLink table quote the launch script of the repository in September 2024, which may differ from the
  measured run. When each was measured and which switches its script has is in `data/launch_scripts.yaml`.
- What a stack could do at a date is read in its public sources: fused attention (none for sinks before mid-2026),
  overlapped collectives on CANN from mid-2024, grouped products of experts there from late 2024, routing captured as
  graphs on GB200 and GB300.
- Utilisations on a 910B share one unknown peak within a document and are weighed as one figure.
- The structure of the model was chosen while looking at these runs, so the blind columns flatter it somewhat.

## The largest blind errors
"""

_ASCEND = """
## Ascend and other vendors, by document

The aim for bias is ±6 % in every group of 20 runs or more. Nearly all Ascend runs stand in one table, ModelLink's of
September 2024. Left out, it is predicted from nine others on the same chip, most of them a vendor's tuned showpieces,
which is why its mean is high. What made it higher still was in the repository's history and is now told to the model:

- The table grew from October 2023 to September 2024. A figure is dated by the month it first stood in a README.
- Overlap of tensor parallelism's collectives (MC2) came with CANN 24.RC2. Figures older than that, and launch scripts
  without `--use-mc2`, are predicted without: so Aquila 7B and Aquila2 7B, alike in all else, differ by 17 %.
- Rotary positions and gated activations are fused where the script asks for it, each by itself; weight gradients are
  added up after the product, not within it.
- Experts' products are launched one by one, and tokens gathered on all chips of a group, where the script says so. A
  gathered token is permuted whole on every chip of its tensor-parallel group, and the gather crosses nodes.
- Four scripts give later pipeline stages more layers (InternLM2: 22 and 26 of 48); the fullest stage sets the pace.

No prior was moved. Errors fall with random folds too (Ascend: median from 10 % to 8 %), so it is not the table's own
level that was learned. What stays high: mixtures whose experts run one by one (Mixtral, DeepSeek-V2-Lite), Gemma 2, and
models with grouped queries at 8,192 tokens (Llama 3 8B runs 19 % slower than Qwen1.5 7B on the same layout in the same
month, with 5 % more operations; their scripts do not explain it). LLaMA 33B's figure first stood, in October 2023,
beside a script with full recompute and without fused attention, not the one that its row quotes. The chip-hours of two
MLPerf runs on a chip some months old, the MI355X, are predicted a third to a half too high: its software was better
than that of a young chip on ROCm is taken to be.

| document | runs | blind median | blind mean | in sample median | in sample mean |
|---|---|---|---|---|---|"""

_INFERENCE = """
## Inference by roofline, on published rows

Tokens per second and chip. Nothing is fitted on these rows; queueing, load and speculative decoding are not modelled.

| run | model and chip | purpose | measured | predicted | error | about |
|---|---|---|---|---|---|---|"""

_REFUSED = """
## Rows that are not predicted

{count} rows, by reason:
"""


def drawings() -> dict[str, str]:
    """The page's drawings by file name, as SVG."""
    results = [r for r in evaluate_table(read_table(TABLE)) if r.scored]
    blind = errors(results, 1)
    families: dict[str, list[float]] = {}
    for r in results:
        if r.id in blind:
            families.setdefault(r.family, []).append(blind[r.id])
    return {"training-scatter.svg": scatter(results, blind), "training-errors.svg": strips(families)}


def main() -> None:
    """Write the page and its drawings."""
    write_whole(PAGE, text())
    for name, content in drawings().items():
        write_whole(PAGE.parent / name, content)
    print(f"written: {PAGE} and its drawings")


if __name__ == "__main__":
    main()
