"""Cells of a table of runs: numbers, blanks and spellings as other people's tables write them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from countermove.errors import CountermoveError, unknown

Row = Mapping[str, str]
QUANTITIES = ("tokens_per_s_per_chip", "MFU", "HFU", "TFLOPs_per_chip", "step_time_s", "chip_hours", "days")
_BLANK = frozenset({"-", "–", "—", "?", "n/a", "na", "none", "null", "unknown", "not disclosed", "undisclosed"})
# A GPU, TPU, NPU, card or accelerator is a chip; what is left is compared without spaces and marks.
_CHIP = re.compile(r"gpu|tpu|npu|card|accelerator|device")
_SPELLINGS = {
    "tokenspersperchip": "tokens_per_s_per_chip",
    "tokensperchippers": "tokens_per_s_per_chip",
    "toksperchip": "tokens_per_s_per_chip",
    "tokenssperchip": "tokens_per_s_per_chip",
    "tokensschip": "tokens_per_s_per_chip",
    "mfu": "MFU",
    "modelflopsutilization": "MFU",
    "modelflopsutilisation": "MFU",
    "hfu": "HFU",
    "hardwareflopsutilization": "HFU",
    "hardwareflopsutilisation": "HFU",
    "tflopsperchip": "TFLOPs_per_chip",
    "tflopssperchip": "TFLOPs_per_chip",
    "tflopspersperchip": "TFLOPs_per_chip",
    "tflopschip": "TFLOPs_per_chip",
    "steptimes": "step_time_s",
    "steptime": "step_time_s",
    "steptimems": "step_time_s",
    "iterationtime": "step_time_s",
    "iterationtimes": "step_time_s",
    "secondsperstep": "step_time_s",
    "sperstep": "step_time_s",
    "chiphours": "chip_hours",
    "chiph": "chip_hours",
    "days": "days",
    "trainingdays": "days",
    "walltimedays": "days",
}


def cell(row: Row, key: str) -> str:
    """The text of a cell; empty where the table says in words that it does not know."""
    text = (row.get(key) or "").strip()
    return "" if text.casefold() in _BLANK else text


def number(row: Row, key: str) -> float:
    """A number that is not negative, 0 where blank; "16,384" is one.

    Raises:
        CountermoveError: anything else.
    """
    text = cell(row, key)
    if not text:
        return 0.0
    try:
        value = float(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text))
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise CountermoveError(f"row {row.get('id', '?')}: {key} is '{text}', must be a number that is not negative")
    return value


def whole(row: Row, key: str) -> int:
    """A whole number, 0 where blank; errors as in `number`."""
    return round(number(row, key))


def sequence_length(row: Row) -> int:
    """Tokens of a sequence, 0 where blank; "8K" is 8192. Errors as in `number`."""
    short = re.fullmatch(r"(\d+) ?k", cell(row, "sequence_length").casefold())
    return int(short[1]) * 1024 if short else whole(row, "sequence_length")


def architecture(row: Row) -> str:
    """ "dense", "moe", or empty where the cell is.

    Raises:
        CountermoveError: neither of the two.
    """
    text = cell(row, "architecture").casefold()
    if not text or text in ("dense", "moe"):
        return text
    if "expert" in text or re.search(r"\bmoe\b|sparse", text):
        return "moe"
    if "dense" in text or "decoder" in text or "transformer" in text:
        return "dense"
    raise unknown("architecture", text, ("dense", "moe"), f"row {row.get('id', '?')}")


def quantity(row: Row) -> str:
    """The measured quantity under its usual name; "tokens/s/GPU", "GPU hours" and "step time" are understood.

    Raises:
        CountermoveError: no such quantity.
    """
    given = (row.get("measured_quantity") or "").strip()
    if given in QUANTITIES:
        return given
    text = _CHIP.sub("chip", given.casefold()).replace("/", " per ").replace("seconds", "s").replace("second", "s")
    text = re.sub(r"\bsec\b", "s", text.replace("tok ", "tokens ").replace("token ", "tokens "))
    folded = re.sub(r"[^a-z]", "", text).replace("chips", "chip" if "hour" not in text else "chips")
    folded = folded.replace("flopps", "flops")
    found = _SPELLINGS.get(folded) or _SPELLINGS.get(folded.replace("perhour", "hour"))
    if found is None:
        raise CountermoveError(f"measured_quantity '{given}': allowed are {', '.join(QUANTITIES)}")
    return found


def measured(row: Row) -> float | None:
    """The measured value in the unit of its quantity; None where blank or no positive number.

    The column `unit` tells percent, milliseconds, thousands and millions; a utilisation above 1.5 is in percent too.
    Only scoring reads this.
    """
    try:
        value = number(row, "measured_value")
    except CountermoveError:
        return None
    unit = f"{cell(row, 'unit')} {row.get('measured_quantity') or ''}".casefold()
    utilisation = "mfu" in unit or "hfu" in unit or "utili" in unit
    if "%" in unit or "percent" in unit or (utilisation and value > 1.5):
        value /= 100.0
    if re.search(r"\bms\b|_ms\b|millisecond", unit):
        value /= 1000.0
    if re.search(r"\b(m|mn|million)\b", unit):
        value *= 1e6
    elif re.search(r"\b(k|thousand)\b", unit):
        value *= 1e3
    return value if value > 0 else None


__all__ = ["QUANTITIES", "architecture", "cell", "measured", "number", "quantity", "sequence_length", "whole"]
