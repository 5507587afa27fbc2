"""Blind validation: predictions of runs whose document, or whose whole chip family, was left out of the fit."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from countermove._atomic import write_whole
from countermove.errors import CountermoveError, nearest
from countermove.training.fit import Sample, excluded, fit, log_errors
from countermove.training.runs import REQUIRED

Vector = NDArray[np.float64]
FOLDS = Path(__file__).parent / "data" / "cross_validation.json"


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a table with the columns of the published runs.

    Raises:
        CountermoveError: not readable, empty, or a required column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle)
            columns = [(name or "").strip().casefold() for name in reader.fieldnames or []]
            reader.fieldnames = columns
            rows = [{key: value or "" for key, value in row.items() if key} for row in reader]
    except OSError as error:
        raise CountermoveError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CountermoveError(f"{path}: cannot be read as CSV: it is not in UTF-8") from None
    except csv.Error as error:
        raise CountermoveError(f"{path}: cannot be read as CSV: {error}") from None
    for name in REQUIRED:
        if name not in columns:
            close = nearest(name, columns)
            hint = f", did you mean '{close[0]}'?" if close else f"; needed are {', '.join(REQUIRED)}"
            raise CountermoveError(f"{path}: column '{name}' is missing{hint}")
    if not rows:
        raise CountermoveError(f"{path}: has no rows")
    return rows


def document(row: Mapping[str, str]) -> str:
    """The source document of a row: the source column; a round of MLPerf results is one document."""
    source = row.get("source", "").strip()
    return source.split(",")[0] if source.startswith("MLPerf") else source


def publication(row: Mapping[str, str]) -> str:
    """The address a row was read at, a stricter fold: releases and tables of one page are one, and FlagPerf."""
    source = row.get("source", "")
    return "FlagPerf" if source.startswith("FlagPerf") else row.get("url", "") or source


@dataclass(frozen=True)
class Folds:
    """Log errors of time with the row's document, its chip family, and everything at its address left out."""

    by_document: Vector
    by_family: Vector
    by_address: Vector


def left_out(data: Sample, labels: Sequence[str], start: Vector, known: dict[bytes, Vector] | None = None) -> Vector:
    """Log errors of every run, predicted by a fit to all runs with other labels.

    `known` keeps the fits by what they leave out, for folds of another kind that leave out the same runs.
    """
    known = {} if known is None else known
    result = np.empty(len(data))
    names = np.array(labels)
    for label in sorted(set(labels)):
        inside = names == label
        key = inside.tobytes()
        if key not in known:
            known[key] = fit(data, ~inside, start)
        result[inside] = log_errors(data, known[key])[inside]
    return result


def cross_validated(rows: Sequence[Mapping[str, str]], data: Sample, start: Vector) -> Folds:
    """All kinds of folds, each fit started from `start` (the optimum does not depend on it)."""
    sources = {row["id"]: document(row) for row in rows if not excluded(row)}
    addresses = {row["id"]: publication(row) for row in rows if not excluded(row)}
    known: dict[bytes, Vector] = {}
    return Folds(
        left_out(data, [sources[run.id] for run in data.runs], start, known),
        left_out(data, [run.chip.family for run in data.runs], start, known),
        left_out(data, [addresses[run.id] for run in data.runs], start, known),
    )


def write_folds(data: Sample, log: Vector, folds: Folds) -> None:
    """Write every run's log errors of time: in sample, and its document, family, address left out."""
    inside = log_errors(data, log)
    rows = {
        run.id: [round(float(x), 5) for x in errors]
        for run, *errors in zip(data.runs, inside, folds.by_document, folds.by_family, folds.by_address, strict=True)
    }
    about = "log of predicted over measured time: in sample; document, chip family, address left out"
    lines = ",\n".join(f'  "{name}": {json.dumps(values)}' for name, values in rows.items())
    write_whole(FOLDS, f'{{"about": "{about}",\n "rows": {{\n{lines}\n}}}}\n')


def read_folds() -> dict[str, tuple[float, float, float, float]]:
    """What `write_folds` wrote, by run.

    Raises:
        CountermoveError: the file is missing.
    """
    if not FOLDS.exists():
        raise CountermoveError(f"{FOLDS.name} is missing: run python -m countermove.training.fit")
    return {name: tuple(values) for name, values in json.loads(FOLDS.read_text(encoding="utf-8"))["rows"].items()}
