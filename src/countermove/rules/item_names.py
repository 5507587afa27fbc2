"""What a text says is shipped: a catalogue chip, a loose memory stack, a die, a tool, software, or any EAR item."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from countermove.chips import ChipSpec
from countermove.chips import find as find_chip
from countermove.chips.find import lookup, suggestions, within
from countermove.errors import CountermoveError, shown
from countermove.rules import items, parties
from countermove.rules._names import folded
from countermove.rules.items import Item, Span

_ABROAD = re.compile(
    r"\bmade (?:at|by|in) (?:tsmc|samsung|global ?foundries|taiwan|korea)\b|\b(?:tsmc|samsung) made\b"
    r"|\bfrom (?:tsmc|samsung foundry)\b"
)
_AT_HOME = re.compile(
    r"\bmade (?:at|by|in) (?:smic|hua ?hong|china|prc)\b|\bsmic made\b|\b(?:chinese|prc|china) made\b"
)
_HBM = re.compile(r"\bhbm ?(2e|3e|2|3|4)?\b")
_LOOSE = re.compile(r"\b(stacks?|loose|cubes?|memory|(?:\d+|eight|twelve|sixteen) ?(?:hi|high|layers?))\b")
_CO_PACKAGED = re.compile(r"\b(on package|co packaged|copackaged|packaged with|mounted on|soldered)\b")
_NODE = re.compile(r"\b(\d{1,3}) ?nm\b")
_TRANSISTORS = re.compile(
    r"\b(above|over|more than|exceeding|under|below|fewer than|less than|with|of|at least)?\s*(?:about )?"
    r"(\d+(?:\.\d+)?) ?(?:bn|billion|b) (?:transistors?)?\b"
)
_DIE = re.compile(r"\b(dies?|wafers?|foundry (?:services?|work|orders?|output|production)|tape ?outs?)\b")
_TOOL = re.compile(
    r"\b(tools?|scanners?|steppers?|lithography|euv|duv|etch(er|ing)?|deposition|cvd|ald|implanter|metrology"
    r"|inspection|furnace|equipment|nxt|nxe|twinscan|sme)\b"
)
_EDA = re.compile(r"\b(eda|ecad|design software|design automation|synopsys|cadence)\b")
# Vendors abroad whose chips are foreign-made with listed US tools.
_FOREIGN_VENDOR = re.compile(
    r"\b(mediatek|samsung|sk hynix|hynix|kioxia|sony|infineon|nxp|stmicro(?:electronics)?|renesas|nanya|winbond|umc"
    r"|realtek)\b"
)
_WEIGHTS = re.compile(r"\b(model )?weights\b")
_GENERIC = re.compile(
    r"\b(ear items?|ear99|any (?:us|u s|american)(?: origin)? (?:chips?|items?|semiconductors?)"
    r"|us origin (?:chips?|items?)|cpus?|laptop|pcs?|xeon|epyc|core (?:ultra|i[3579])|ryzen|processor|microprocessor"
    r"|microcontrollers?|disk drives?|hard (?:disk )?drives?|hdds?|ssds?|memory (?:chips?|dies?|wafers?)"
    r"|dram|nand|flash|fpgas?"
    r"|network(?:ing)? (?:cards?|switch(?:es)?)|switch(?:es)?|servers?|smartphones?|phones?|modems?|rf chips?"
    r"|semiconductors?|components?|parts|spare parts|materials?|chemicals?|wafers?|photoresist|uncontrolled"
    r"|any items?|any chips?)\b"
)
_ANY_ITEM = re.compile(r"\b(items?|spare parts|parts|materials?|chemicals?|components?|photoresist|wafers?)\b")
_BELOW_5G = re.compile(r"\b(4g|lte|3g|below 5g|sub 5g)\b")
_HEALTH = re.compile(r"\b(thermometers?|medical|ventilators?|health)\b")
_PROTECTION = re.compile(r"\b(protective|gas masks?|protection)\b")

# Nominal stack figures: (bandwidth GB/s, area mm²) of one stack on a 10 mm × 11 mm (HBM2, 2E, 3, 3E) outline. HBM2E
# and later exceed 3.3 GB/s/mm² on every published outline; HBM2 lies between 2 and 3.3.
_STACKS = {
    "2": (256.0, (92.0, 121.0)),
    "2e": (460.0, (110.0, 121.0)),
    "3": (819.0, (110.0, 121.0)),
    "3e": (1180.0, (110.0, 121.0)),
    "4": (2000.0, (110.0, 143.0)),
}

_ZERO: Span = (0.0, 0.0, 0.0)
_BELOW = (("tpp", _ZERO), ("area", (1.0, 1.0, 1.0)), ("dram_bandwidth", _ZERO), ("io_bandwidth", _ZERO))


def _exactly(value: float) -> Span:
    return (value, value, value)


def _generic(name: str, whole: str) -> Item:
    traits = {"us_tools"}
    for pattern, trait in ((_BELOW_5G, "below_5g"), (_HEALTH, "health"), (_PROTECTION, "protection")):
        if pattern.search(whole):
            traits.add(trait)
    foreign = _ABROAD.search(whole) is not None or "foreign made" in whole or _FOREIGN_VENDOR.search(whole) is not None
    kind = "item" if _ANY_ITEM.search(whole) else "generic"
    return Item("generic", name, kind, "foreign" if foreign else "US", _BELOW, frozenset(traits))


def _hbm(name: str, whole: str) -> Item:
    match = _HBM.search(whole)
    kind = (match.group(1) if match else None) or "3"
    bandwidth, (small, large) = _STACKS[kind]
    span = (bandwidth / large, bandwidth / ((small + large) / 2), bandwidth / small)
    origin = "foreign" if _FOREIGN_VENDOR.search(whole) else "US"
    return Item(f"hbm{kind}", name, "hbm", origin, (("hbm_density", span),), frozenset({"us_tools"}))


def _transistors(whole: str) -> Span | None:
    match = _TRANSISTORS.search(whole)
    if match is None:
        return None
    count = float(match.group(2)) * 1e9
    word = match.group(1) or ""
    if word in ("above", "over", "more than", "exceeding"):
        return (count * (1 + 1e-9), count * 1.2, float("inf"))
    if word in ("under", "below", "fewer than", "less than"):
        return (0.0, count * 0.8, count * (1 - 1e-9))
    return _exactly(count)


def _die(name: str, whole: str, designer: str | None) -> Item:
    node = _NODE.search(whole)
    figures: list[tuple[str, Span]] = [("node_nm", _exactly(float(node.group(1)) if node else 7.0))]
    transistors = _transistors(whole)
    if transistors is not None:
        figures.append(("transistors", transistors))
    traits = {"us_tools"}
    if re.search(r"\b(packaged by|attested|approved osat|packaged)\b", whole):
        traits.add("packaged_by_approved_osat")
    if re.search(r"\b(ai|accelerators?|gpus?|ascend|npus?|tpus?|training)\b", whole):
        traits.add("ai")
    if re.search(r"\bhbm\b", whole):
        traits.add("contains_hbm")
    if re.search(r"\b(approved|authori[sz]ed) (ic )?designer\b", whole) or _APPROVED_VENDOR.search(
        _BY_FOUNDRY.sub(" ", whole)
    ):
        traits.add("designer_approved")
    if designer is not None:
        traits.add("prc_designed")
    notes = () if node else ("node of the die not stated: read as 7 nm",)
    return Item("die", name, "die", "foreign", tuple(figures), frozenset(traits), designer=designer, notes=notes)


# Designers headquartered in Taiwan, A:1 or A:5, whom the foundry rule takes as approved or authorised.
_APPROVED_VENDOR = re.compile(r"\b(mediatek|qualcomm|apple|nvidia|amd|broadcom|marvell|sony|samsung|realtek|intel)\b")
# Samsung and Intel named as the foundry, which is not the designer.
_BY_FOUNDRY = re.compile(
    r"\b(?:from|at|made by|fabricated by|packaged by) (?:samsung|intel)\b|\b(?:samsung|intel) (?:foundry|made)\b"
)

_SCANNERS: tuple[tuple[re.Pattern[str], tuple[tuple[str, Span], ...]], ...] = (
    (re.compile(r"\beuv\b|\bnxe\b|\bexe\b"), (("wavelength_nm", _exactly(13.5)),)),
    (
        re.compile(r"\b(?:nxt ?)?(?:2000|2050|2100|2150)i?\b"),
        (("wavelength_nm", _exactly(193.0)), ("mrf_nm", _exactly(45.0)), ("overlay_nm", (1.0, 1.4, 1.5))),
    ),
    (
        re.compile(r"\b(?:nxt ?)?(?:1980|1970|1965|1960)(?:di|i|ei|fi|ci)?\b"),
        (("wavelength_nm", _exactly(193.0)), ("mrf_nm", _exactly(45.0)), ("overlay_nm", (1.51, 1.6, 2.4))),
    ),
    (
        re.compile(r"\b(duv|immersion|arfi)\b"),
        (("wavelength_nm", _exactly(193.0)), ("mrf_nm", _exactly(45.0)), ("overlay_nm", (1.0, 1.6, 2.4))),
    ),
)
_ORIGINS = {
    "Netherlands": r"\b(dutch|netherlands|asml)\b",
    "Japan": r"\b(japan(ese)?|tokyo electron|tel|nikon|canon|screen|kokusai|lasertec)\b",
    "Korea, South": r"\bkorean?\b",
    "Malaysia": r"\bmalaysian?\b",
    "Singapore": r"\bsingapore\b",
    "Taiwan": r"\btaiwan(ese)?\b",
    "Israel": r"\bisraeli?\b",
}


def _tool(name: str, whole: str) -> Item:
    figures = next((spans for pattern, spans in _SCANNERS if pattern.search(whole)), ())
    node = _NODE.search(whole)
    advanced = bool(figures and figures[0][1][1] < 193.0) or (node is not None and float(node.group(1)) <= 10)
    mature = re.search(r"\b(mature|legacy|trailing)\b", whole) or (node is not None and float(node.group(1)) > 10)
    traits = {"us_tools", "sme_eccn"}
    if (advanced or re.search(r"\b(advanced|leading edge|uniquely)\b", whole)) and not mature:
        traits.add("uniquely_advanced")
    if re.search(r"\b200 ?mm\b", whole):
        traits.add("tool_200mm")
    if mature:
        figures = ()
        traits.discard("sme_eccn")
    width = float(node.group(1)) if node else 7.0 if "uniquely_advanced" in traits else None
    if width is not None:
        figures = (*figures, ("node_nm", _exactly(width)))
    made = next((country for country, pattern in _ORIGINS.items() if re.search(pattern, whole)), None)
    foreign = made is not None and "made" in whole
    return Item("tool", name, "tool", "foreign" if foreign else "US", figures, frozenset(traits), made_in=made)


def _eda(name: str, whole: str) -> Item:
    gaafet = re.search(r"\b(gaa(fet)?|gate all around|3 ?nm|2 ?nm)\b", whole) is not None
    traits = ("us_tools", "gaafet") if gaafet else ("us_tools",)
    return Item("eda", name, "eda", "US", (), frozenset(traits))


def _weights(name: str, whole: str) -> Item:
    return Item("weights", name, "weights", "US", (("training_operations", (0.0, 1e26, float("inf"))),), frozenset())


def _designer_in(whole: str) -> str | None:
    """The Chinese designer that the text names, if any."""
    words = whole.split()
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            key = parties.aliases().get(" ".join(words[start : start + length]))
            if key is not None and parties.table()[key].headquarters == "China":
                return key
    return None


def _designed_abroad(name: str, whole: str) -> Item | None:
    """`Biren GPU made at TSMC`: a chip of a named designer of which no model is named."""
    designer = _designer_in(whole)
    chip_like = re.search(
        r"\b(chips?|gpus?|accelerators?|socs?|cpus?|npus?|processors?|asics?|tpus?|designed)\b", whole
    )
    abroad = _ABROAD.search(whole) is not None
    if not chip_like or (designer is None and not abroad):
        return None
    if abroad:
        return _die(name, whole, designer)
    traits = frozenset({"prc_designed"})
    return Item(f"designed:{designer}", name, "chip", "PRC", _BELOW, traits, designer=designer,
                notes=("no model named: figures taken as below every threshold",))  # fmt: skip


def _kirin(name: str, whole: str) -> Item:
    """Huawei's phone chips: TSMC made them up to the Kirin 9000, SMIC from the 9000S on; all below every threshold."""
    home = _AT_HOME.search(whole) or re.search(r"\bkirin (9000 ?[sw]|90[1-9]\d|8000)", whole)
    traits = {"prc_designed"} | (set[str]() if home else {"us_tools"})
    return Item("kirin", name, "chip", "PRC" if home else "foreign", _BELOW, frozenset(traits), designer="huawei")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[str, str], Item]], ...] = (
    (_EDA, _eda),
    (_WEIGHTS, _weights),
    (_TOOL, _tool),
    (_GENERIC, _generic),
)


def _of_chips(specs: tuple[ChipSpec, ...], name: str, whole: str, system: bool) -> tuple[Item, ...]:
    origin = "foreign" if _ABROAD.search(whole) else "PRC" if _AT_HOME.search(whole) else None
    made = [items.of_chip(spec, name=name, origin=origin if spec.vendor_country == "CN" else None) for spec in specs]
    if system:
        return tuple(replace(item, notes=(*item.notes, "system read as its chip (4A090)")) for item in made)
    return tuple(made)


@lru_cache(maxsize=4096)
def find(name: str) -> tuple[Item, ...]:
    """The items that a text means; several for a bare model (all variants) or a list (`A100/H100`).

    Raises:
        CountermoveError: nothing is meant that the rules could test; names the nearest chip.
    """
    text = " ".join(name.split())
    whole = folded(text)
    if not whole:
        raise CountermoveError("no chip is named")
    if re.search(r"\b0+ ?nm\b", whole):
        raise CountermoveError(f"'{shown(text)}': a node of 0 nm is impossible")
    if _HBM.search(whole) and not _CO_PACKAGED.search(whole) and _LOOSE.search(whole):
        return (_hbm(text, whole),)
    trimmed = re.sub(r"\bmade (?:at|by|in) .*$|\bfrom (?:tsmc|samsung foundry)\b.*$", "", text, flags=re.IGNORECASE)
    found = lookup(text) or lookup(trimmed)
    if found is not None:
        return _of_chips(found.chips, text, whole, found.system)
    if re.fullmatch(r"(?:[a-z ]* )?hbm ?(2e|3e|2|3|4)?", whole):
        return (_hbm(text, whole),)
    if _DIE.search(whole) and not _GENERIC_WAFER.match(whole) and not _MEMORY_DIE.match(whole):
        return (_die(text, whole, _designer_in(whole)),)
    parts = [part for part in re.split(r"\s*/\s*|\s+or\s+", text) if part]
    if len(parts) > 1 and all(lookup(part) for part in parts):
        return tuple(item for part in parts for item in find(part))
    if (embedded := within(trimmed)) is not None:
        if re.search(r"\b(laptop|mobile|notebook|max q)\b", whole):
            raise CountermoveError(
                f"unknown chip '{shown(text)}': the laptop part of the {embedded.model} is not in the catalogue"
            )
        note = f"'{text}' read as {embedded.model}"
        return tuple(
            replace(item, notes=(*item.notes, note)) for item in _of_chips(embedded.chips, text, whole, embedded.system)
        )
    if "kirin" in whole:
        return (_kirin(text, whole),)
    designed = _designed_abroad(text, whole)
    if designed is not None and not re.search(r"\bbound\b", whole):
        return (designed,)
    for pattern, make in _KINDS:
        if pattern.search(whole):
            return (make(text, whole),)
    if _BELOW_5G.search(whole) or _PLAIN_VENDOR.search(whole) or _FOREIGN_VENDOR.search(whole):
        return (_generic(text, whole),)
    if lookup(trimmed) is None:
        close = suggestions(text)
        hint = f"did you mean {' or '.join(close)}?" if close else "see `countermove chips`"
        raise CountermoveError(f"unknown chip '{shown(text)}': {hint}")
    return _of_chips(find_chip(trimmed).chips, text, whole, False)


_PLAIN_VENDOR = re.compile(
    r"\b(snapdragon|(?:qualcomm|broadcom|micron|texas instruments|xilinx|marvell|analog devices|apple|arm)"
    r" [a-z0-9 ]*chips?)\b"
)
# A wafer of which neither the node nor the use is named is material.
_GENERIC_WAFER = re.compile(r"(?!.*\b(?:tsmc|foundry|logic|ai|gpus?|\d+ ?nm|dies?)\b).*\bwafers?\b")
# The foundry rule is on logic: a die or wafer of DRAM or NAND is none.
_MEMORY_DIE = re.compile(r"(?!.*\b(?:logic|hbm|ai|gpus?|accelerators?|npus?)\b).*\b(?:dram|nand|flash|memory)\b")
