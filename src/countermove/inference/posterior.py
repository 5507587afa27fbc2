"""A posterior as it ships: draws of the calibrated parameters, what they are the posterior of, and how they came about.

Reading needs no JAX. A file counts only for the equations, priors, operators and observations that it was fitted to.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    from countermove.inference.density import Problem

Floats = NDArray[np.floating[Any]]

FOLDER = Path(__file__).parent / "posteriors"
"""Where posteriors ship, one file a variant or date."""

DEFAULT = FOLDER / "default.npz"
"""The posterior of the default structure on all evidence."""

_TARGET, _RECORD = "target of the fit", "record of the fit"


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of the calibrated parameters.

    Attributes:
        target: hash of equations, priors, operators and observations.
        draws: by parameter (*elements, draws).
        record: how the fit went, as plain values: plan, diagnostics, contraction.
    """

    target: str
    draws: Mapping[str, Floats]
    record: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def count(self) -> int:
        """Number of draws."""
        return next(iter(self.draws.values())).shape[-1]

    def save(self, path: Path) -> None:
        """Write the draws in single precision with hash and record, whole or not at all."""
        buffer = io.BytesIO()
        arrays = {name: np.asarray(values, dtype=np.float32) for name, values in self.draws.items()}
        labels = {_TARGET: np.array(self.target), _RECORD: np.array(json.dumps(dict(self.record)))}
        np.savez_compressed(buffer, **labels, **arrays)  # pyright: ignore[reportArgumentType]
        write_whole(path, buffer.getvalue())


def read(path: Path) -> Posterior:
    """The posterior in a file, whatever it is the posterior of.

    Raises:
        CountermoveError: no such file, or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            content = {name: file[name] for name in file.files}
        target, record = str(content.pop(_TARGET)), json.loads(str(content.pop(_RECORD)))
    except FileNotFoundError:
        raise CountermoveError(f"{path}: no posterior; run `make calibrate`, or use --parameters prior") from None
    except Exception as error:  # a damaged archive fails in many ways
        raise CountermoveError(f"{path}: the posterior cannot be read: {error}") from None
    return Posterior(target, {name: np.asarray(x, dtype=np.float64) for name, x in content.items()}, record)


def load(path: Path, target: str) -> Posterior:
    """The posterior in a file, if it is that of `target`.

    Raises:
        CountermoveError: no such file, damaged, or the posterior of other equations, priors, operators or observations.
    """
    found = read(path)
    if found.target != target:
        raise CountermoveError(
            f"{path}: is the posterior of other equations, priors, operators or observations ({found.target}, not "
            f"{target}); run `make calibrate`, or use --parameters prior"
        )
    return found


def target_hash(problem: Problem) -> str:
    """Hash of all that a posterior depends on: equations and priors, operators, observations, what moves and how."""
    from countermove.inference import density as module
    from countermove.inference import operators

    digest = hashlib.sha256(problem.given.model_hash.encode())
    for file in (operators.FILE, module.FILE):
        digest.update(file.read_bytes())
    for each in problem.observations:
        digest.update(repr((each.fact.id, each.operator.name, each.first, each.last)).encode())
        digest.update(repr((each.value, each.error, each.bound, each.group)).encode())
    digest.update(repr((problem.names, problem.months, problem.scenario.model_dump_json())).encode())
    for name, array in sorted(problem.given.series(problem.scenario, problem.months).items()):
        digest.update(name.encode() + np.asarray(array, dtype="<f4").tobytes())
    return digest.hexdigest()[:16]
