"""Results of the calculator as plain values, for JSON and CSV."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from countermove.training.comparison import Alternative
from countermove.training.job import Prediction
from countermove.training.workload import training_flops_per_token


def prediction(found: Prediction) -> dict[str, Any]:
    """A prediction with units in the keys; `low` and `high` bound 80 %."""
    job = found.job
    layout = asdict(found.layout)
    return {
        "model": job.model.name,
        "parameters": job.model.parameters,
        "active_parameters": job.model.active_parameters,
        "chip": job.chip.id,
        "chips": job.chips,
        "precision_bits": job.bits,
        "sequence": job.sequence,
        "batch_tokens": job.batch_tokens,
        "tokens": job.tokens,
        "software": {"stack": job.stack.name, "date": job.stack.date},
        "layout": layout,
        "step_seconds": {"value": found.seconds, "low": float(found.low), "high": float(found.high)},
        "tokens_per_second_per_chip": found.tokens_per_second_per_chip,
        "mfu": found.utilisation,
        "model_flops_per_token": training_flops_per_token(job.model, job.sequence, "megatron"),
        "flop_convention": "megatron: matrix products and full attention, three passes; dense peak of the precision",
        "memory_gb": {
            "total": found.memory_gigabytes,
            **{key: float(value) / 1e9 for key, value in asdict(found.memory).items()},
            "capacity": job.chip.memory,
        },
        "share_of_step_time": found.shares(),
        "effective_share_of_elapsed_time": float(found.effective_share),
        "chip_hours": _interval(found, found.chip_hours),
        "days": _interval(found, found.days),
        "energy_mwh": _interval(found, found.cost.energy),
        "cost_usd": {
            "electricity": float(found.cost.electricity),
            "hardware": None if found.cost.hardware is None else float(found.cost.hardware),
            "total": None if found.cost.total is None else float(found.cost.total),
        },
    }


def _interval(found: Prediction, value: float) -> dict[str, float]:
    low, high = float(found.low) / found.seconds, float(found.high) / found.seconds
    return {"value": float(value), "low": float(value) * low, "high": float(value) * high}


def alternative(found: Alternative) -> dict[str, Any]:
    """One line of a comparison."""
    same, timed = found.same_chips, found.same_time
    return {
        "chip": found.chip.id,
        "precision_bits": found.bits,
        "throughput_per_chip_ratio": _number(found.throughput),
        "low": _number(found.low),
        "high": _number(found.high),
        "days_with_same_chips": _number(same.days if same else None),
        "chips_for_same_time": timed.job.chips if timed else None,
        "days": _number(timed.days if timed else None),
        "mfu": _number(timed.utilisation if timed else (same.utilisation if same else None)),
        "energy_ratio": _number(found.energy),
        "cost_ratio": _number(found.money),
        "cost_usd": _number(timed.cost.total if timed else None),
        "refused": found.refused,
    }


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
