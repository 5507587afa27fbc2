from __future__ import annotations

from pathlib import Path

from countermove.report.glossary import as_markdown, glossary


def test_the_documentation_has_the_same_terms():
    # Written by: python -c "from countermove.report.glossary import as_markdown; print(as_markdown(), end='')"
    document = Path(__file__).parents[2] / "docs" / "glossary.md"
    assert document.read_text(encoding="utf-8") == as_markdown()


def test_every_term_stands_once_in_alphabetical_order():
    terms = [entry["term"].casefold() for entry in glossary()]
    assert terms == sorted(set(terms))
