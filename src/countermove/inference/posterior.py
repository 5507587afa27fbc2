"""A posterior as it ships: draws of the calibrated parameters, and what they are the posterior of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError

if TYPE_CHECKING:
    from countermove.inference.density import Density

Floats = NDArray[np.floating[Any]]

_HASH = "target"


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws of the calibrated parameters.

    Attributes:
        target: hash of equations, priors, operators and observations.
        draws: by parameter (*elements, draws).
    """

    target: str
    draws: Mapping[str, Floats]

    @property
    def count(self) -> int:
        """Number of draws."""
        return next(iter(self.draws.values())).shape[-1]

    def save(self, path: Path) -> None:
        """Write the draws with the hash, whole or not at all."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **{_HASH: np.array(self.target)}, **self.draws)  # type: ignore[arg-type]
        write_whole(path, buffer.getvalue())


def load(path: Path, target: str) -> Posterior:
    """The posterior in a file, if it is that of `target`.

    Raises:
        CountermoveError: no such file, damaged, or the posterior of other equations, priors, operators or observations.
    """
    try:
        content = dict(np.load(path, allow_pickle=False))
        found = str(content.pop(_HASH))
    except FileNotFoundError:
        raise CountermoveError(f"{path}: no posterior; run `make calibrate`, or use --parameters prior") from None
    except (OSError, ValueError, KeyError) as error:
        raise CountermoveError(f"{path}: the posterior cannot be read: {error}") from None
    if found != target:
        raise CountermoveError(
            f"{path}: is the posterior of other equations, priors, operators or observations ({found}, not {target}); "
            "run `make calibrate`, or use --parameters prior"
        )
    return Posterior(found, content)


def target_hash(density: Density) -> str:
    """Hash of all that a posterior depends on: equations and priors, operators, observations, what moves and how."""
    from countermove.inference import density as module
    from countermove.inference import operators

    digest = hashlib.sha256(density.given.model_hash.encode())
    for file in (operators.FILE, module.FILE):
        digest.update(file.read_bytes())
    for each in density.observations:
        digest.update(repr((each.fact, each.operator.name, each.value, each.error, each.bound, each.group)).encode())
    digest.update(repr((density.names, density.months, density.freedom, density.shared)).encode())
    for name, array in sorted(density.series.items()):
        digest.update(name.encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:16]
