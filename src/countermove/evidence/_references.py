"""The literature: a small reader of references.bib."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from countermove.errors import CountermoveError, unknown

BIBLIOGRAPHY = Path(__file__).parent / "references.bib"

_ENTRY = re.compile(r"@(\w+)\s*\{\s*([^,\s]+)\s*,(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\}\s*,?\s*$", re.MULTILINE)
_PLACES = ("journal", "booktitle", "publisher", "institution", "school", "howpublished")
_REQUIRED = ("author", "title", "year")


@dataclass(frozen=True, slots=True)
class Reference:
    """One work of the literature; `where` is journal, book or publisher with volume and pages."""

    key: str
    author: str
    title: str
    year: int
    where: str
    url: str

    def __str__(self) -> str:
        return f"{self.author} ({self.year}). {self.title}. {self.where}."


@cache
def references() -> dict[str, Reference]:
    """Every work cited by equations and parameters, by key."""
    return parse(BIBLIOGRAPHY.read_text(encoding="utf-8"), str(BIBLIOGRAPHY))


def reference(key: str) -> Reference:
    """The work with this key.

    Raises:
        CountermoveError: no such key (with the nearest).
    """
    if key not in references():
        raise unknown("reference", key, references(), where="references.bib")
    return references()[key]


def parse(text: str, where: str = "bibliography") -> dict[str, Reference]:
    """Works of a BibTeX text whose entries end with a brace on its own line and whose fields stand one a line.

    Raises:
        CountermoveError: a key twice, or author, title, year or place missing.
    """
    found: dict[str, Reference] = {}
    for _kind, key, body in _ENTRY.findall(text):
        fields = {name.lower(): value.replace("{", "").replace("}", "") for name, value in _FIELD.findall(body)}
        missing = [name for name in _REQUIRED if not fields.get(name)]
        place = next((fields[name] for name in _PLACES if fields.get(name)), "")
        if missing or not place:
            raise CountermoveError(f"{where}: '{key}' lacks {', '.join(missing) or 'the place of publication'}")
        if key in found:
            raise CountermoveError(f"{where}: key '{key}' appears twice")
        found[key] = Reference(
            key=key,
            author=fields["author"],
            title=fields["title"],
            year=int(fields["year"]),
            where=_with_pages(place, fields),
            url=f"https://doi.org/{fields['doi']}" if fields.get("doi") else fields.get("url", ""),
        )
    return found


def _with_pages(place: str, fields: dict[str, str]) -> str:
    volume = fields.get("volume", "") + (f"({fields['number']})" if fields.get("number") else "")
    pages = fields.get("pages", "").replace("--", "–")
    return place + (f" {volume}" if volume else "") + (f", {pages}" if pages else "")
