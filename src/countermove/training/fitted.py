"""The fit that ships with the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from countermove.errors import CountermoveError
from countermove.training.efficiency import INDEX, Efficiency, prior_mean

_PATH = Path(__file__).parent / "data" / "fit.json"


@dataclass(frozen=True)
class Fitted:
    """Efficiency parameters, the uncertainty of predictions, and the hash of what they were fitted on."""

    efficiency: Efficiency
    uncertainty: Mapping[str, Any]
    inputs_sha256: str


@cache
def fitted() -> Fitted:
    """The shipped fit.

    Raises:
        CountermoveError: the file is missing or was written for other parameters.
    """
    if not _PATH.exists():
        raise CountermoveError(f"{_PATH.name} is missing: run python -m countermove.training.fit")
    content = json.loads(_PATH.read_text(encoding="utf-8"))
    values: dict[str, float] = content["log_parameters"]
    if set(values) != set(INDEX):
        raise CountermoveError(f"{_PATH.name} was written for other parameters: run python -m countermove.training.fit")
    log = prior_mean()
    for name, value in values.items():
        log[INDEX[name]] = value
    return Fitted(Efficiency(np.asarray(log)), content["uncertainty"], content["inputs_sha256"])
