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
from jax.experimental.xla_metadata import set_xla_metadata
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
) -> Callable[..., Any]:
    """The executable of `function` for `shapes`, from disk if it was compiled before from the same code.

    Args:
        key: what the function was made from, besides code.
        files: the files whose code the function runs; if one is not on disk, nothing is cached.
        outputs: number of arrays that the function returns as a tuple.
    """
    if not all(Path(name).is_file() for name in files):
        return _compile(function, shapes)
    path = folder() / f"{_digest(key, shapes, files)}.executable"
    in_tree = jax.tree_util.tree_structure((tuple(range(len(shapes))), {}))
    out_tree = jax.tree_util.tree_structure(tuple(range(outputs)))
    if path.exists():
        try:
            return serialize_executable.deserialize_and_load(path.read_bytes(), in_tree, out_tree)
        except Exception:  # an unreadable file is compiled anew and replaced
            path.unlink(missing_ok=True)
    executable = _compile(function, shapes)
    payload, _, _ = serialize_executable.serialize(executable)

    def save(temporary: Path) -> None:
        temporary.chmod(0o600)  # it will be run: nobody else may write it
        temporary.write_bytes(payload)

    with suppress(OSError):  # a full or read-only disk costs the next process its compile time, nothing else
        write_whole(path, save)
    return executable


# On processors the whole function becomes one piece of machine code, in which each equation is a function. Without this
# attribute of its call XLA starts every operation by itself, which takes as long as what it computes.
_ONE_PIECE = {"xla_cpu_small_call": "true"}
# Functions of equations are to stay functions, and operations undivided: every core has a block of its own. One piece
# cannot call XLA's library for sums. Wide vectors, where the processor has them, make exponentials a third faster.
_OPTIONS_OF_ONE_PIECE: dict[str, str | bool] = {
    "xla_disable_hlo_passes": "call-inliner,cpu-parallel-task-assigner",
    "xla_cpu_experimental_ynn_fusion_type": "",
    "xla_cpu_prefer_vector_width": "512",
}


def _compile(function: Callable[..., Any], shapes: Sequence[Any]) -> Any:
    if not in_one_piece():
        return optimised(jax.jit(function).lower(*shapes))

    def inside(*arrays: Any) -> Any:
        with set_xla_metadata(**dict.fromkeys(_ONE_PIECE)):  # the attribute is of the call, not of what is called
            return function(*arrays)

    def whole(*arrays: Any) -> Any:
        with set_xla_metadata(**_ONE_PIECE):
            return jax.jit(inside)(*arrays)

    return _optimised(jax.jit(whole).lower(*shapes), _OPTIONS_OF_ONE_PIECE)


def in_one_piece() -> bool:
    """Whether executables are one piece of code; an accelerator runs operations one by one."""
    return jax.default_backend() == "cpu"


# Where operations run one by one, barriers keep quantities apart. Two passes of XLA for processors are left out: one
# would remove the barriers before operations are fused, the other would hand small loops to a code generator that does
# not know barriers.
_OPTIONS: dict[str, str | bool] = {
    "xla_disable_hlo_passes": "cse_barrier_expander,small-while-loop-hoisting",
    "xla_cpu_prefer_vector_width": "512",
}


def optimised(lowered: Any) -> Any:
    """The executable of a lowered function, with the options that suit barriers in the loop over a model's months."""
    return _optimised(lowered, _OPTIONS)


def _optimised(lowered: Any, options: dict[str, str | bool]) -> Any:
    try:
        return lowered.compile(compiler_options=options)
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
