"""What the calculator needs to know of a chip: peaks, memory, links, power, price.

Read from the chip table and, for what the table lacks, from a file beside this one.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from countermove import _yaml
from countermove.errors import CountermoveError, unknown

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Accelerator:
    """One accelerator as a training run sees it.

    Peaks are dense, in TFLOP/s (0 = the format is not offered); memory in GB; bandwidths in GB/s, links one way and
    per chip. `scale_up_size` is the number of chips in one fast domain; `devices` the number that software sees in a
    package (each die of an Ascend 910C is one). Where `fp8` is false the 8-bit products are INT8. Dates are decimal
    years.
    """

    id: str
    name: str
    family: str
    stack: str
    peak_16: float
    peak_8: float
    peak_4: float
    memory: float
    bandwidth: float
    scale_up_size: int
    scale_up_bandwidth: float
    network_bandwidth: float
    power: float
    shipped: float
    price_low: float
    price_high: float
    source: str
    verified: str
    devices: int = 1
    fp8: bool = True

    def peak(self, bits: int) -> float:
        """Dense peak in TFLOP/s at 16, 8 or 4 bits; a format not offered runs at the next wider one."""
        if bits <= 4 and self.peak_4 > 0:
            return self.peak_4
        if bits <= 8 and self.peak_8 > 0:
            return self.peak_8
        return self.peak_16

    @property
    def price(self) -> float:
        """Middle of the known prices in USD; 0 = no price known (cloud only)."""
        known = [p for p in (self.price_low, self.price_high) if p > 0]
        return sum(known) / len(known) if known else 0.0


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _decimal_year(text: str) -> float:
    parts = (text or "").split("-")
    if not parts[0].isdigit():
        return 0.0
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 7
    day = int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 15
    return int(parts[0]) + (month - 1 + (day - 1) / 31) / 12


@cache
def _rows() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent.parent / "evidence" / "tables" / "chips.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return {row["id"]: row for row in csv.DictReader(handle)}


@cache
def _settings() -> dict[str, dict[str, dict[str, object]]]:
    return _yaml.load(_DATA / "accelerators.yaml")


def _value(override: dict[str, object], row: dict[str, str], key: str, column: str) -> float:
    if key in override:
        return float(override[key])  # pyright: ignore[reportArgumentType]
    return _number(row.get(column))


def _build(
    id: str, row: dict[str, str], extra: dict[str, object], family: dict[str, object], family_name: str
) -> Accelerator:
    def from_either(key: str) -> object:
        return extra.get(key, family.get(key))

    bidirectional = _value(extra, row, "interconnect_bidir", "interconnect_bidir_gbps")
    peak_16 = _value(extra, row, "peak_16", "fp16_bf16_dense_tflops")
    peak_8 = _value(extra, row, "peak_8", "fp8_dense_tflops") or _number(row.get("int8_dense_tops"))
    shipped = extra.get("shipped", row.get("first_shipped") or row.get("announced") or "")
    return Accelerator(
        id=id,
        name=str(extra.get("name", row.get("name", id))),
        family=family_name,
        stack=str(from_either("stack")),
        peak_16=peak_16,
        # An 8-bit figure below the 16-bit peak is a vector unit's, not a matrix unit's.
        peak_8=peak_8 if peak_8 > peak_16 else 0.0,
        peak_4=_value(extra, row, "peak_4", "fp4_dense_tflops"),
        memory=_value(extra, row, "memory", "memory_gb"),
        bandwidth=_value(extra, row, "bandwidth", "memory_bw_gbps"),
        scale_up_size=int(str(from_either("scale_up_size"))),
        scale_up_bandwidth=bidirectional / 2,
        network_bandwidth=float(str(from_either("network_bandwidth"))),
        power=_value(extra, row, "power", "tdp_w"),
        shipped=_decimal_year(str(shipped)),
        price_low=_value(extra, row, "price_low", "price_low_usd"),
        price_high=_value(extra, row, "price_high", "price_high_usd"),
        source=str(extra.get("source", row.get("source_specs_url", ""))),
        verified=str(extra.get("verified", row.get("verified", "no"))),
        devices=int(str(extra.get("devices", 1))),
        fp8=_number(row.get("fp8_dense_tflops")) > 0 or (id == "custom" and not row and "peak_8" in extra),
    )


@cache
def catalogue() -> dict[str, Accelerator]:
    """Every accelerator a run can be computed on, by id."""
    settings = _settings()
    built: dict[str, Accelerator] = {}
    for id, extra in settings["accelerators"].items():
        family_name = str(extra["family"])
        row = _rows().get(str(extra.get("base", id)), {})
        built[id] = _build(id, row, extra, settings["families"][family_name], family_name)
    return built


# The order is that of the fitted effects; "custom" stands for a chip described by the user, which has none.
CHIPS: tuple[str, ...] = (*_settings()["accelerators"], "custom")


def _spellings_of(id: str) -> list[str]:
    aliases = _settings()["accelerators"][id].get("aliases")
    return [id, *(str(alias) for alias in aliases)] if isinstance(aliases, list) else [id]


def _spellings() -> list[str]:
    return [spelling for id in _settings()["accelerators"] for spelling in _spellings_of(id)]


@cache
def _aliases() -> dict[str, str]:
    names: dict[str, str] = {}
    for id in _settings()["accelerators"]:
        for alias in (*_spellings_of(id), catalogue()[id].name):
            names.setdefault(_fold(alias), id)
    return names


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.casefold())


def accelerator(name: str) -> Accelerator:
    """The accelerator of that id, name or usual spelling ("H100-80GB-SXM", "h100", "Ascend 910B"), or from a YAML file.

    Raises:
        CountermoveError: unknown (with the nearest match), or its 16-bit peak, memory or bandwidth is not published.
    """
    return _from_file(Path(name)) if name.endswith((".yaml", ".yml")) else _named(name)


@cache
def _named(name: str) -> Accelerator:
    folded = _fold(name)
    without_brackets = _fold(re.sub(r"\(.*?\)", "", name))
    id = _aliases().get(folded) or _aliases().get(without_brackets) or _by_words(name)
    if id is None:
        raise unknown("chip", name, _spellings())
    return _complete(catalogue()[id], name)


_FILLER = frozenset({"nvidia", "google", "amd", "intel", "huawei", "instinct", "tensor", "core", "gpu", "gpus", "npu"})


def _words(name: str) -> frozenset[str]:
    """What tells a chip's name from others: no maker, count, memory type or generation of the socket."""
    text = re.sub(r"^\d+ ?[x×] ?", "", name.casefold())
    text = re.sub(r"(\d+) ?gib?\b|(\d+) ?gb\b", lambda m: f"{m[1] or m[2]}gb", text)
    words = [re.sub(r"^sxm\d$", "sxm", word) for word in re.split(r"[^a-z0-9]+", text) if word]
    return frozenset(word for word in words if word not in _FILLER and not re.fullmatch(r"hbm\w*|oam", word))


@cache
def _by_word_sets() -> dict[frozenset[str], str]:
    found: dict[frozenset[str], str] = {}
    for id in _settings()["accelerators"]:
        for alias in (*_spellings_of(id), catalogue()[id].name):
            found.setdefault(_words(alias), id)
    return found


def _by_words(name: str) -> str | None:
    """The chip whose spelling has the same words in any order; a memory size may be added where it is the chip's."""
    words = _words(name)
    if words in _by_word_sets():
        return _by_word_sets()[words]
    sizes = {word for word in words if re.fullmatch(r"\d+gb", word)}
    for less in (words - sizes, words - sizes - {"sxm"}):
        id = _by_word_sets().get(less)
        if id and all(abs(int(size[:-2]) / (catalogue()[id].memory or 1e9) - 1.0) < 0.1 for size in sizes):
            return id
    return None


def _complete(found: Accelerator, name: str) -> Accelerator:
    missing = [
        label
        for label, value in (
            ("16-bit peak", found.peak_16),
            ("memory size", found.memory),
            ("memory bandwidth", found.bandwidth),
        )
        if value <= 0
    ]
    if missing:
        raise CountermoveError(f"chip '{name}': {' and '.join(missing)} not published, a run on it cannot be computed")
    return found


_NUMBERS = (
    "peak_16",
    "peak_8",
    "peak_4",
    "memory",
    "bandwidth",
    "interconnect_bidir",
    "scale_up_size",
    "network_bandwidth",
    "power",
    "price_low",
    "price_high",
)
_KEYS = ("name", "family", "base", "shipped", "source", "verified", *_NUMBERS)


def _from_file(path: Path) -> Accelerator:
    """A chip described in YAML: `base` names the catalogue chip whose values hold where the file gives none."""
    entry = _yaml.load(path)
    if not isinstance(entry, dict):
        raise CountermoveError(
            f"{path}: a chip file must be a mapping, with keys such as base, peak_16, memory, bandwidth"
        )
    for key in entry:
        if key not in _KEYS:
            raise unknown("key", str(key), _KEYS, str(path))
    for key in _NUMBERS:
        if key in entry and (isinstance(entry[key], bool) or not isinstance(entry[key], int | float) or entry[key] < 0):
            raise CountermoveError(f"{path}: {key} is '{entry[key]}', must be a number that is not negative")
    settings = _settings()
    base = str(entry.get("base", ""))
    if base and _fold(base) not in _aliases():
        raise unknown("chip", base, _spellings(), str(path))
    id = _aliases().get(_fold(base), "")
    inherited = dict(settings["accelerators"].get(id, {}))
    family = str(entry.get("family", inherited.get("family", "")))
    if family not in settings["families"]:
        raise unknown("family", family, settings["families"], str(path))
    row = _rows().get(str(inherited.get("base", id)), {})
    merged = {"name": path.stem, **inherited, **entry, "aliases": []}
    return _complete(_build("custom", row, merged, settings["families"][family], family), str(path))
