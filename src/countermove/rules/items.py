"""What is shipped: a chip, a memory stack, a die, a tool or design software, with what the tests ask of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from countermove.chips.specification import ChipSpec

# The largest die that a scanner exposes at once, 26 mm × 33 mm: no single die is larger.
RETICLE_MM2 = 858.0

Span = tuple[float, float, float]
"""Low, central and high value of a figure."""


@dataclass(frozen=True)
class Item:
    """One item as the rules see it.

    `kind` is chip, hbm, die, tool, eda, weights or generic. `origin` is US (from the United States or of a US
    vendor), foreign (made abroad, little US content) or PRC. `unstated` holds traits that the name leaves open.
    """

    id: str
    name: str
    kind: str
    origin: str = "US"
    figures: tuple[tuple[str, Span], ...] = ()
    traits: frozenset[str] = frozenset()
    unstated: frozenset[str] = frozenset()
    designer: str | None = None
    made_in: str | None = None
    notes: tuple[str, ...] = ()
    _hash: int = field(default=0, compare=False, repr=False)

    def __post_init__(self) -> None:
        key = (self.id, self.name, self.kind, self.origin, self.figures, self.traits, self.designer, self.made_in)
        object.__setattr__(self, "_hash", hash(key))

    def __hash__(self) -> int:
        return self._hash


_UNKNOWN: Span = (0.0, 0.0, float("inf"))

_US_FOUNDRY_TOOLS = ("TSMC", "Samsung", "GlobalFoundries", "GF")


def _origin(spec: ChipSpec) -> str:
    if spec.vendor_country != "CN":
        return "US"
    return "foreign" if _made_abroad(spec.foundry) else "PRC"


def _made_abroad(foundry: str) -> bool:
    """Whether the foundry is one abroad that uses listed US tools, and no Chinese one is named beside it."""
    return foundry.startswith(_US_FOUNDRY_TOOLS) and "SMIC" not in foundry and "domestic" not in foundry


@lru_cache(maxsize=8192)
def of_chip(spec: ChipSpec, name: str | None = None, origin: str | None = None, kind: str = "chip") -> Item:
    """The item that a chip specification makes; unpublished figures become unbounded ones."""
    tpp = spec.tpp
    area = spec.area
    largest = (spec.dies or 2) * RETICLE_MM2
    memory = spec.memory_bandwidth
    link = spec.interconnect
    figures: list[tuple[str, Span]] = [
        ("tpp", _UNKNOWN if tpp is None else (tpp.low, tpp.central, tpp.high)),
        ("area", (0.0, largest, largest) if area is None else (area.low, area.central, area.high)),
        ("dram_bandwidth", _UNKNOWN if memory is None else (memory.low, memory.central, memory.high)),
        ("io_bandwidth", _UNKNOWN if link is None else (link, link, link)),
    ]
    if spec.process_nm is not None:
        figures.append(("node_nm", (spec.process_nm, spec.process_nm, spec.process_nm)))
    where = origin or _origin(spec)
    traits = {"us_tools"} if where != "PRC" else set[str]()
    if spec.datacentre:
        traits.add("datacentre")
    if not spec.china_only and spec.sold and where == "US":
        traits.add("sold_in_us")
    if spec.vendor_country == "CN":
        traits.add("prc_designed")
    if "HBM" in spec.memory_type:
        traits.add("contains_hbm")
    return Item(spec.id, name or spec.name, kind, where, tuple(figures), frozenset(traits), designer=_designer(spec))


_DESIGNERS = {
    "Huawei (HiSilicon)": "huawei", "Cambricon": "cambricon", "Baidu Kunlunxin": "kunlunxin",
    "Alibaba T-Head": "thead", "Biren": "biren", "Moore Threads": "moorethreads", "Hygon": "hygon",
    "Enflame": "enflame", "MetaX": "metax", "Iluvatar CoreX": "iluvatar", "Tencent": "tencent",
}  # fmt: skip


def _designer(spec: ChipSpec) -> str | None:
    return _DESIGNERS.get(spec.vendor)
