"""Which chip a name means, as people write it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from countermove.chips._store import CHIPS, load
from countermove.chips.catalogue import catalogue
from countermove.chips.specification import ChipSpec
from countermove.errors import CountermoveError, nearest, shown

_NOISE = re.compile(
    r"\b(nvidia|amd|intel|huawei|hisilicon|google|aws|amazon|cambricon|baidu|kunlunxin|alibaba|t[- ]?head|biren"
    r"|moore threads|mtt|hygon|enflame|metax|iluvatar|tencent|geforce|instinct|radeon|habana|tesla|gpus?"
    r"|accelerators?|chips?|cards?|dies?|processors?|tensor core|data ?cent(?:er|re)|graphics|ai|the|an?|with"
    r"|on[- ]package|hbm[0-9]?e?|gaming|consumer|desktop|ascend(?=\s+9[0-9]{2})|modules?|boards?|systems?"
    r"|servers?|racks?|clusters?|reported|any|standard|original|regular)\b"
)
_CHINA = re.compile(
    r"\(?\b(?:china|chinese|prc)[- ]?(?:version|variant|edition|model|sku|specific|market)?\b\)?|\bfor china\b"
)


def _plain(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[\s_/-]+", " ", ascii_text.casefold()).strip()


def _key(text: str) -> str:
    """A name without vendor, noise words, spaces and punctuation."""
    return re.sub(r"[^a-z0-9]+", "", _NOISE.sub(" ", _plain(text)))


def _bag(text: str) -> str:
    """The words of a name in alphabetical order, so that `A100 80GB SXM4` is `A100 SXM4 80GB`."""
    return " ".join(sorted(re.findall(r"[a-z0-9]+", _NOISE.sub(" ", _plain(text)))))


@dataclass(frozen=True, slots=True)
class Found:
    """The chips that a name means (all variants of a bare model) and whether it named a system that holds them."""

    model: str
    chips: tuple[ChipSpec, ...]
    system: bool = False


@cache
def _index() -> dict[str, Found]:
    table = cast(dict[str, Any], load(CHIPS, "names.yaml"))
    specs = catalogue()
    models = {
        model: Found(model, tuple(specs[key] for key in keys))
        for model, keys in cast(dict[str, list[str]], table["models"]).items()
    }
    index = {_key(spec.name): Found(spec.name, (spec,)) for spec in specs.values()}
    index |= {re.sub(r"[^a-z0-9]+", "", spec.id): Found(spec.name, (spec,)) for spec in specs.values()}
    for model, names in cast(dict[str, list[str]], table["systems"]).items():
        index |= {_key(name): Found(name, models[model].chips, True) for name in names}
    for name, key in cast(dict[str, str], table["variants"]).items():
        index[_key(name)] = Found(specs[key].name, (specs[key],))
    for model, names in cast(dict[str, list[str]], table["aliases"]).items():
        index |= {_key(name): models[model] for name in names}
    index |= {_key(model): found for model, found in models.items()}
    index.pop("", None)
    return index


@cache
def _bags() -> dict[str, Found]:
    table = cast(dict[str, Any], load(CHIPS, "names.yaml"))
    names = [*table["models"], *table["variants"], *(n for group in table["aliases"].values() for n in group)]
    return {_bag(name): _index()[_key(name)] for name in names if _key(name) in _index()} | {
        _bag(spec.name): _index()[_key(spec.name)] for spec in catalogue().values()
    }


def lookup(name: str) -> Found | None:
    """The chips that a name means, or None."""
    index = _index()
    china = _CHINA.search(_plain(name)) is not None
    bare = _key(_CHINA.sub(" ", _plain(name)))
    if china and (found := index.get(f"{bare}china")) is not None:
        return found
    return index.get(_key(name)) or index.get(bare) or _bags().get(_bag(name))


def within(text: str) -> Found | None:
    """The chip that a longer text speaks of (`8x H100 server`), or None where none or several different ones are."""
    words = re.findall(r"[a-z0-9]+", _NOISE.sub(" ", _plain(_CHINA.sub(" ", _plain(text)))))
    index = _index()
    for length in range(min(len(words), 5), 0, -1):
        keys = ["".join(words[start : start + length]) for start in range(len(words) - length + 1)]
        found = {index[key].model: index[key] for key in keys if key in index and _telling(key)}
        if len(found) == 1:
            only = next(iter(found.values()))
            china = index.get(f"{_key(only.model)}china") if _CHINA.search(_plain(text)) else None
            return china or only
        if found:
            return None
    return None


def _telling(key: str) -> bool:
    """Whether a key names a chip even amid other words: letters and digits, three or more (or a four-digit model)."""
    return len(key) >= 3 and any(c.isdigit() for c in key) and (any(c.isalpha() for c in key) or len(key) >= 4)


def suggestions(name: str, count: int = 3) -> list[str]:
    """Names of the models nearest to a text."""
    index = _index()
    return list(dict.fromkeys(index[key].model for key in nearest(_key(name), index, count)))


def find(name: str) -> Found:
    """The chips that a name means, as people write it: `Nvidia RTX 4090D`, `H100 SXM`, `DGX A100`.

    Raises:
        CountermoveError: no chip is meant; names the nearest.
    """
    found = lookup(name)
    if found is None:
        close = suggestions(name)
        hint = f"did you mean {' or '.join(repr(one) for one in close)}?" if close else "see `countermove chips`"
        raise CountermoveError(f"unknown chip '{shown(name)}': {hint}")
    return found
