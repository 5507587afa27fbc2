"""Training runs: what one costs in time, chips, energy and money on any chip.

The public face; importing it loads numpy only. Modules are imported when a name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermove.training.chips import Accelerator, accelerator
    from countermove.training.comparison import Alternative, compare
    from countermove.training.equivalent import effective_h100e, eight_bit_h100e
    from countermove.training.evaluate import evaluate_table, summary
    from countermove.training.job import Job, Prediction, best_layout, make_job, predict
    from countermove.training.layout import Layout
    from countermove.training.models import model
    from countermove.training.workload import Transformer, training_flops_per_token

_HOME = {
    "Accelerator": "chips",
    "accelerator": "chips",
    "Alternative": "comparison",
    "compare": "comparison",
    "effective_h100e": "equivalent",
    "eight_bit_h100e": "equivalent",
    "evaluate_table": "evaluate",
    "summary": "evaluate",
    "Job": "job",
    "Prediction": "job",
    "best_layout": "job",
    "make_job": "job",
    "predict": "job",
    "Layout": "layout",
    "model": "models",
    "Transformer": "workload",
    "training_flops_per_token": "workload",
}

__all__ = [
    "Accelerator",
    "Alternative",
    "Job",
    "Layout",
    "Prediction",
    "Transformer",
    "accelerator",
    "best_layout",
    "compare",
    "effective_h100e",
    "eight_bit_h100e",
    "evaluate_table",
    "make_job",
    "model",
    "predict",
    "summary",
    "training_flops_per_token",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'countermove.training' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(f"countermove.training.{_HOME[name]}"), name)
