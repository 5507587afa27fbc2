"""`countermove train`: what a training run takes, on which chip, and how wrong the answer may be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("train")(train)


def train(
    model: Annotated[
        str | None, typer.Option(help="Model by name (llama3.1-405b) or a YAML file of dimensions.")
    ] = None,
    chip: Annotated[str | None, typer.Option(help="Chip by name (h100, 910b, …).")] = None,
    chips: Annotated[
        int | None, typer.Option(min=1, help="Number of chips; left out with --days or --budget it is found.")
    ] = None,
    sequence: Annotated[
        int | None, typer.Option(min=1, help="Sequence length in tokens; the model's usual one.")
    ] = None,
    batch: Annotated[float | None, typer.Option(help="Tokens per step; by the number of chips.")] = None,
    tokens: Annotated[
        float | None, typer.Option(help="Tokens of the run, in trillions; 20 per active parameter.")
    ] = None,
    precision: Annotated[str, typer.Option(help="bf16, fp8, int8 or fp4.")] = "bf16",
    date: Annotated[float, typer.Option(help="Software of this decimal year.")] = 2026.0,
    tp: Annotated[int | None, typer.Option(min=1, help="Tensor parallelism.")] = None,
    pp: Annotated[int | None, typer.Option(min=1, help="Pipeline parallelism.")] = None,
    dp: Annotated[int | None, typer.Option(min=1, help="Data parallelism.")] = None,
    cp: Annotated[int | None, typer.Option(min=1, help="Context parallelism.")] = None,
    ep: Annotated[int | None, typer.Option(min=1, help="Expert parallelism.")] = None,
    vpp: Annotated[int | None, typer.Option(min=1, help="Model chunks per pipeline stage.")] = None,
    micro_batch: Annotated[int | None, typer.Option(min=1, help="Sequences per micro-batch.")] = None,
    zero: Annotated[int | None, typer.Option(min=0, max=3, help="ZeRO stage; 3 is FSDP.")] = None,
    offload: Annotated[bool, typer.Option("--offload", help="Optimiser states in host memory.")] = False,
    recompute: Annotated[str | None, typer.Option(help="Activation recompute: none, selective or full.")] = None,
    days: Annotated[
        float | None, typer.Option(help="Deadline: finds the chips, or the tokens where chips are given.")
    ] = None,
    budget: Annotated[
        float | None, typer.Option(help="USD: finds the chips, or the tokens where chips are given.")
    ] = None,
    compare: Annotated[list[str] | None, typer.Option(help="The same run on this chip too; may be repeated.")] = None,
    runs: Annotated[
        Path | None, typer.Option(help="A CSV table of runs: predict each and score against what was measured.")
    ] = None,
    fit: Annotated[bool, typer.Option("--fit", help="Fit the efficiency parameters again (minutes).")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    output: Annotated[Path | None, typer.Option(help="Also write the table as CSV.")] = None,
) -> None:
    """What a training run takes: step time, utilisation, chip-hours, days, energy, cost; or a table of runs, scored."""
    from countermove.cli import _train

    if fit:
        from countermove.training import fit as fitting

        fitting.main()
    elif runs is not None:
        _train.show_runs(runs, as_json, output)
    else:
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
        _train.show_job(request, as_json, output)
