"""`countermove train`: what a training run takes, on which chip, and how wrong the answer may be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermove.errors import CountermoveError

Model = Annotated[str | None, typer.Option(help="Model by name (llama3.1-405b) or a YAML file of dimensions.")]
Chip = Annotated[str | None, typer.Option(help="Chip by name (h100, 910b, …).")]
Chips = Annotated[
    int | None, typer.Option(min=1, help="Number of chips; left out with --days or --budget it is found.")
]
Sequence = Annotated[int | None, typer.Option(min=1, help="Sequence length in tokens; the model's usual one.")]
Batch = Annotated[float | None, typer.Option(help="Tokens per step; by the number of chips.")]
Tokens = Annotated[float | None, typer.Option(help="Tokens of the run, in trillions; 20 per active parameter.")]
Precision = Annotated[str, typer.Option(help="bf16, fp8, int8 or fp4.")]
Date = Annotated[float, typer.Option(help="Software of this decimal year.")]
Tensor = Annotated[int | None, typer.Option(min=1, help="Tensor parallelism.")]
Pipeline = Annotated[int | None, typer.Option(min=1, help="Pipeline parallelism.")]
Data = Annotated[int | None, typer.Option(min=1, help="Data parallelism.")]
Context = Annotated[int | None, typer.Option(min=1, help="Context parallelism.")]
Expert = Annotated[int | None, typer.Option(min=1, help="Expert parallelism.")]
Interleave = Annotated[int | None, typer.Option(min=1, help="Model chunks per pipeline stage.")]
MicroBatch = Annotated[int | None, typer.Option(min=1, help="Sequences per micro-batch.")]
Shard = Annotated[int | None, typer.Option(min=0, max=3, help="ZeRO stage; 3 is FSDP.")]
Offload = Annotated[
    bool, typer.Option("--offload", help="Optimiser states in host memory, with --compare on all chips.")
]
Recompute = Annotated[str | None, typer.Option(help="Activation recompute: none, selective or full.")]
Days = Annotated[float | None, typer.Option(help="Deadline: finds the chips, or the tokens where chips are given.")]
Budget = Annotated[float | None, typer.Option(help="USD: finds the chips, or the tokens where chips are given.")]
Compare = Annotated[list[str] | None, typer.Option(help="The same run on this chip too; may be repeated.")]
Runs = Annotated[
    Path | None, typer.Option(help="A CSV table of runs: predict each and score against what was measured.")
]
Fit = Annotated[bool, typer.Option("--fit", help="Fit the efficiency parameters again (minutes).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Output = Annotated[Path | None, typer.Option(help="Also write the table as CSV.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(
    model: Model = None,
    chip: Chip = None,
    chips: Chips = None,
    sequence: Sequence = None,
    batch: Batch = None,
    tokens: Tokens = None,
    precision: Precision = "bf16",
    date: Date = 2026.0,
    tp: Tensor = None,
    pp: Pipeline = None,
    dp: Data = None,
    cp: Context = None,
    ep: Expert = None,
    vpp: Interleave = None,
    micro_batch: MicroBatch = None,
    zero: Shard = None,
    offload: Offload = False,
    recompute: Recompute = None,
    days: Days = None,
    budget: Budget = None,
    compare: Compare = None,
    runs: Runs = None,
    fit: Fit = False,
    as_json: AsJson = False,
    output: Output = None,
) -> None:
    """What a training run takes: step time, utilisation, chip-hours, days, energy, cost; or a table of runs, scored."""
    from countermove.cli import _train

    if fit:
        return _train.fit_again()
    if runs is not None:
        if model is not None or chip is not None:
            raise CountermoveError("--runs takes models and chips from its table; leave --model and --chip out")
        return _train.show_runs(runs, as_json, output)
    request = _train.Request(
        model=model,
        chip=chip,
        chips=chips,
        sequence=sequence,
        batch=batch,
        tokens=tokens,
        precision=precision,
        date=date,
        tensor=tp,
        pipeline=pp,
        data=dp,
        context=cp,
        expert=ep,
        interleave=vpp,
        micro_batch=micro_batch,
        shard=zero,
        recompute=recompute,
        offload=True if offload else None,
        days=days,
        budget=budget,
        compare=tuple(compare or ()),
    )
    return _train.show_job(request, as_json, output)
