"""Compiled executables kept on disk between processes, in a folder that only this user can read.

JAX's own compilation cache spares the compiler but not tracing and lowering, which for a model of this size cost more
than the rest of a command. Here the finished executable is kept under a key made of everything that decides it.
"""

# JAX leaves parts of its signatures unknown to a type checker.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import jax
from jax.experimental import serialize_executable
from jaxlib.version import __version__ as jaxlib_version

from countermove._atomic import write_whole
from countermove._cache import folder


def compiled(
    function: Callable[..., Any],
    shapes: Sequence[Any],
    key: object,
    files: frozenset[str],
    *,
    outputs: int,
    one_core: bool = False,
) -> Callable[..., Any]:
    """The executable of `function` for `shapes`, from disk if it was compiled before from the same code.

    Args:
        key: what the function was made from, besides code.
        files: the files whose code the function runs; if one is not on disk, nothing is cached.
        outputs: number of arrays that the function returns as a tuple.
        one_core: no operation is divided between processor cores.
    """
    if not all(Path(name).is_file() for name in files):
        return optimised(jax.jit(function).lower(*shapes), one_core=one_core)
    path = folder() / f"{_digest(key, shapes, files)}.executable"
    in_tree = jax.tree_util.tree_structure((tuple(range(len(shapes))), {}))
    out_tree = jax.tree_util.tree_structure(tuple(range(outputs)))
    if path.exists():
        try:
            return serialize_executable.deserialize_and_load(path.read_bytes(), in_tree, out_tree)
        except Exception:  # an unreadable file is compiled anew and replaced
            path.unlink(missing_ok=True)
    executable = optimised(jax.jit(function).lower(*shapes), one_core=one_core)
    payload, _, _ = serialize_executable.serialize(executable)

    def save(temporary: Path) -> None:
        temporary.chmod(0o600)  # it will be run: nobody else may write it
        temporary.write_bytes(payload)

    with suppress(OSError):  # a full or read-only disk costs the next process its compile time, nothing else
        write_whole(path, save)
    return executable


# Two passes of XLA for processors are left out: one would remove the barriers between quantities before operations are
# fused, the other would hand small loops to a code generator that does not know barriers. Wide vectors, where the
# processor has them, make exponentials a third faster.
_OPTIONS: dict[str, str | bool] = {
    "xla_disable_hlo_passes": "cse_barrier_expander,small-while-loop-hoisting",
    "xla_cpu_prefer_vector_width": "512",
}
# The pass that divides an operation between cores.
_ONE_CORE: dict[str, str | bool] = {
    **_OPTIONS,
    "xla_disable_hlo_passes": f"{_OPTIONS['xla_disable_hlo_passes']},cpu-parallel-task-assigner",
}


def optimised(lowered: Any, *, one_core: bool = False) -> Any:
    """The executable of a lowered function, with the options that suit the loop over a model's months."""
    try:
        return lowered.compile(compiler_options=_ONE_CORE if one_core else _OPTIONS)
    except jax.errors.JaxRuntimeError:  # another version of XLA: slower, with the same results
        return lowered.compile()


def _digest(key: object, shapes: Sequence[Any], files: frozenset[str]) -> str:
    parts = (
        repr(key), repr([(shape.shape, str(shape.dtype)) for shape in shapes]), jax.__version__, jaxlib_version,
        _processor(), _source(files), str(jax.devices()), os.environ.get("XLA_FLAGS", ""),
    )  # fmt: skip
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def _source(files: frozenset[str]) -> str:
    """Hash of the code that decides an executable: this engine and the files that declare the equations."""
    digest = hashlib.sha256()
    engine = {str(path) for path in Path(__file__).parent.glob("*.py")}
    for name in sorted(files | engine):
        digest.update(Path(name).read_bytes())
    return digest.hexdigest()


@cache
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        described = sorted({line for line in lines if line.startswith(("model name", "flags", "Features"))})
        return "\n".join(described)
    except OSError:
        return f"{platform.machine()} {platform.processor()} {platform.version()}"
