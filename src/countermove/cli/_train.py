"""What `countermove train` does: a request becomes a job, a layout and an answer; printed as text or JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from countermove._atomic import write_whole
from countermove.errors import CountermoveError, unknown
from countermove.training import export, models
from countermove.training.chips import accelerator
from countermove.training.comparison import compare
from countermove.training.job import Job, Prediction, best_layout, make_job, predict
from countermove.training.layout import Layout, complete
from countermove.training.solve import chips_for_budget, chips_for_days, tokens_for_budget, tokens_for_days

_PRECISIONS = {"bf16": 16, "fp16": 16, "fp8": 8, "mxfp8": 8, "int8": 8, "fp4": 4, "nvfp4": 4}
# Software dates that the maturity term covers: from the first stacks fitted to well after the last.
EARLIEST, LATEST = 2018.0, 2040.0
_PARALLEL = (
    "tensor",
    "pipeline",
    "data",
    "context",
    "expert",
    "interleave",
    "micro_batch",
    "shard",
    "recompute",
    "offload",
)


@dataclass(frozen=True)
class Request:
    """The command's options."""

    model: str | None
    chip: str | None
    chips: int | None
    sequence: int | None
    batch: float | None
    tokens: float | None
    precision: str
    date: float
    tensor: int | None
    pipeline: int | None
    data: int | None
    context: int | None
    expert: int | None
    interleave: int | None
    micro_batch: int | None
    shard: int | None
    recompute: str | None
    offload: bool | None
    days: float | None
    budget: float | None
    compare: tuple[str, ...]

    @property
    def settings(self) -> dict[str, Any]:
        """The layout settings that were given."""
        return {name: value for name in _PARALLEL if (value := getattr(self, name)) is not None}


def _job(request: Request) -> Job:
    if request.model is None or request.chip is None:
        missing = " and ".join(f"--{name}" for name in ("model", "chip") if getattr(request, name) is None)
        raise CountermoveError(f"{missing} missing; give --model and --chip, or --runs FILE.csv")
    if request.precision not in _PRECISIONS:
        raise unknown("precision", request.precision, _PRECISIONS)
    if request.recompute not in (None, "none", "selective", "full"):
        raise unknown("recompute", str(request.recompute), ("none", "selective", "full"))
    if request.chips is None and request.days is None and request.budget is None:
        raise CountermoveError("--chips missing; give it, or --days or --budget to find it")
    for name in ("days", "budget"):
        value = getattr(request, name)
        if value is not None and not 0 < value < math.inf:
            raise CountermoveError(f"{name} is {value}, must be positive")
    if not EARLIEST <= request.date <= LATEST:
        raise CountermoveError(f"date is {request.date:g}, must be a year from {EARLIEST:g} to {LATEST:g}")
    transformer = models.model(request.model)
    chip = accelerator(request.chip)
    if request.precision in ("fp8", "mxfp8") and chip.peak_8 and not chip.fp8:
        raise CountermoveError(f"chip {chip.id} has 8-bit products in INT8 only; use int8 or bf16")
    return make_job(
        transformer,
        chip,
        8 if request.chips is None else request.chips,
        sequence=models.usual_sequence(transformer) if request.sequence is None else request.sequence,
        batch_tokens=request.batch,
        tokens=None if request.tokens is None else request.tokens * 1e12,
        bits=_PRECISIONS[request.precision],
        date=request.date,
    )


def _found(request: Request, job: Job) -> Prediction:
    settings = request.settings
    if {"tensor", "pipeline", "data"} <= settings.keys() and "micro_batch" in settings:
        return predict(job, Layout(**settings))
    if not settings:
        return best_layout(job)
    if "data" in settings:
        whole = Layout(**settings)
        if {"tensor", "pipeline"} <= settings.keys():
            whole.check(job.chips, job.model.layers, job.model.experts)
    elif {"tensor", "pipeline", "context"} & settings.keys():
        complete(Layout(**settings), job.chips)
    return best_layout(job, Layout(**settings), tuple(settings))


def answer(request: Request) -> tuple[Prediction, str]:
    """The prediction asked for, and what was solved for (empty if nothing)."""
    job = _job(request)

    def find(candidate: Job) -> Prediction:
        return _found(request, candidate)

    batch_known = request.batch is not None
    if request.chips is None:
        if request.days is not None:
            return chips_for_days(job, request.days, batch_known=batch_known, find=find), "chips"
        return chips_for_budget(job, request.budget or 0.0, batch_known=batch_known, find=find), "chips"
    found = find(job)
    if request.days is not None and request.tokens is None:
        return tokens_for_days(found, request.days), "tokens"
    if request.budget is not None and request.tokens is None:
        return tokens_for_budget(found, request.budget), "tokens"
    return found, ""


def show_job(request: Request, as_json: bool, output: Path | None) -> None:
    """Answer a request and print it."""
    found, solved = answer(request)
    others = (
        compare(found, [accelerator(name) for name in request.compare], request.batch is not None)
        if request.compare
        else []
    )
    content = export.prediction(found)
    content["solved_for"] = solved or None
    content["within_days"] = _within(found.days, request.days)
    content["within_budget"] = _within(found.cost.total, request.budget)
    rows = [export.alternative(other) for other in others]
    if rows:
        content["compare"] = rows
    if output is not None:
        _write_csv(output, rows or [_flat(content)])
    if as_json:
        print(json.dumps(content, indent=1))
        return
    print("\n".join([*_lines(found, solved), *_limits(content)]))
    if rows:
        print()
        print("\n".join(_comparison(rows, found)))


def _lines(found: Prediction, solved: str) -> list[str]:
    job, memory = found.job, f"{found.memory_gigabytes:.1f} of {found.job.chip.memory:.0f} GB"
    parts = ", ".join(
        f"{name.replace('_', ' ')} {share:.0%}" for name, share in found.shares().items() if share >= 0.01
    )
    mark = {name: " (found)" if solved == name else "" for name in ("chips", "tokens")}
    size = f"{job.model.parameters / 1e9:.4g} bn parameters, {job.model.active_parameters / 1e9:.4g} bn active"
    length = f"{job.batch_tokens / 1e6:.3g} M tokens a step, {job.tokens / 1e12:.3g} T tokens{mark['tokens']}"
    software = f"{job.bits}-bit products, software {job.stack.name} of {job.stack.date:.1f}"
    return [
        f"{job.model.name} ({size}), sequence {job.sequence}, {length}",
        f"{job.chips:,} × {job.chip.name}{mark['chips']}, {software}",
        f"layout        {_layout(found.layout)}",
        f"memory        {memory}",
        f"step time     {found.seconds:.3g} s [{found.low:.3g} … {found.high:.3g}]   (80 % interval)",
        f"throughput    {found.tokens_per_second_per_chip:,.0f} tokens/s per chip, MFU {found.utilisation:.1%}",
        f"where it goes {parts}",
        f"run           {_run(found)}",
        f"energy, cost  {_money(found)}",
    ]


def _within(value: float | None, limit: float | None) -> bool | None:
    """Whether a limit is kept, to a thousandth; None without a limit or a value."""
    return None if value is None or limit is None else bool(value <= limit * 1.001)


def _limits(content: Mapping[str, Any]) -> list[str]:
    """What was asked for and is not met."""
    broken = [name for name in ("days", "budget") if content[f"within_{name}"] is False]
    return [f"not met       --{name}" for name in broken]


def _layout(layout: Layout) -> str:
    recompute = layout.recompute
    if recompute == "full" and layout.recompute_share < 1:
        recompute = f"{layout.recompute_share:.0%} of layers"
    return (
        f"TP {layout.tensor}, PP {layout.pipeline} × {layout.interleave}, DP {layout.data}, CP {layout.context}, "
        f"EP {layout.expert}, micro-batch {layout.micro_batch}, ZeRO {layout.shard}, recompute {recompute}"
        + (", optimiser states in host memory" if layout.offload else "")
    )


def _run(found: Prediction) -> str:
    low, high = (found.days * end / found.seconds for end in (found.low, found.high))
    return (
        f"{found.chip_hours / 1e6:.4g} M chip-hours, {found.days:.3g} days [{low:.3g} … {high:.3g}], "
        f"{found.effective_share:.0%} of it effective"
    )


def _money(found: Prediction) -> str:
    cost = found.cost
    price = "no price of the chip is known" if cost.total is None else f"{cost.total / 1e6:,.2f} M USD"
    return f"{cost.energy:,.0f} MWh; {price} (hardware written off and electricity)"


_COLUMNS = (
    ("per chip", 9),
    ("80 %", 14),
    ("days, same chips", 18),
    ("chips, same time", 18),
    ("energy", 8),
    ("cost", 7),
)


def _comparison(rows: Sequence[Mapping[str, Any]], found: Prediction) -> list[str]:
    lines = [
        f"against {found.job.chips:,} × {found.job.chip.id} in {found.days:.3g} days (ratios to it)",
        f"{'chip':<24}" + "".join(f"{name:>{width}}" for name, width in _COLUMNS),
    ]
    for row in rows:
        if row["refused"]:
            lines.append(f"{row['chip']:<24}{row['refused']}")
            continue
        cells = (
            f"{row['throughput_per_chip_ratio']:.2f}",
            f"{row['low']:.2f} … {row['high']:.2f}",
            _cell(row["days_with_same_chips"], ".3g"),
            _cell(row["chips_for_same_time"], ","),
            _cell(row["energy_ratio"], ".2f"),
            _cell(row["cost_ratio"], ".2f"),
        )
        note = "  (16 bit)" if row["precision_bits"] != found.job.bits else ""
        aligned = "".join(f"{cell:>{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
        lines.append(f"{row['chip']:<24}{aligned}{note}")
    return lines


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def _flat(content: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, text.getvalue())


def fit_again() -> None:
    """Fit the efficiency parameters to the published runs and write what ships."""
    from countermove.training import fit

    fit.main()


def show_runs(path: Path, as_json: bool, output: Path | None) -> None:
    """Predict every row of a table and score it."""
    from countermove.training.evaluate import as_json as plain
    from countermove.training.evaluate import evaluate_table
    from countermove.training.validation import read_table

    content = plain(evaluate_table(read_table(path)))
    if output is not None:
        _write_csv(output, [{**row, "assumed": "; ".join(row["assumed"])} for row in content["rows"]])
    if as_json:
        print(json.dumps(content, indent=1))
        return
    for row in content["rows"]:
        print(_row_line(row))
    print()
    print("\n".join(_summary_lines(content["summary"])))


def _row_line(row: Mapping[str, Any]) -> str:
    if row["refused"]:
        return f"{row['id']:<30} refused: {row['refused']}"
    error = "" if row["error"] is None else f"{row['error']:+.1%}"
    measured = "" if row["measured"] is None else f"{row['measured']:.4g}"
    mark = " (not scored)" if row["excluded"] else ""
    said = f"   assumed: {'; '.join(row['assumed'])}" if row["assumed"] else ""
    predicted = f"{row['predicted']:>10.4g} [{row['low']:.4g} … {row['high']:.4g}]"
    return f"{row['id']:<30} {predicted}  {measured:>10} {error:>8}{mark}{said}"


def _summary_lines(summary: Mapping[str, Any]) -> list[str]:
    if not summary["rows"]:
        return ["no row has a measured value to be scored against"]
    header = f"{'':<34}{'rows':>5}{'median':>8}{'90 %':>7}{'bias':>8}{'inside 80 %':>13}{'constant MFU':>14}"
    groups = {"all": {k: v for k, v in summary.items() if k != "by_group"}, **summary["by_group"]}
    return [header, *(_group_line(name, group) for name, group in groups.items())]


def _group_line(name: str, group: Mapping[str, Any]) -> str:
    baseline = group["baseline_median_abs_error"]
    return (
        f"{name:<34}{group['rows']:>5}{group['median_abs_error']:>8.1%}{group['p90_abs_error']:>7.0%}{group['bias']:>+8.1%}"
        f"{group['coverage_80']:>13.0%}{'–' if baseline is None else format(baseline, '.1%'):>14}"
    )


__all__ = ["Request", "answer", "fit_again", "show_job", "show_runs"]
