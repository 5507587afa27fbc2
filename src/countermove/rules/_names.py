"""Names as people write them, made comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile(r"[\s\-–—_/.,'’`\"]+")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """Lower case, without accents, with every run of spaces and punctuation made one space."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode() or text
    return _MARKS.sub(" ", plain.casefold()).strip()
