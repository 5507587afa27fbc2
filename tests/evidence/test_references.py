from __future__ import annotations

import pytest

from countermove import evidence
from countermove.errors import CountermoveError
from countermove.evidence import _references

ENTRY = """@article{wright1936,
  author = {Wright, T. P.},
  title = {Factors Affecting the Cost of {Airplanes}},
  journal = {Journal of the Aeronautical Sciences},
  year = {1936},
  volume = {3},
  number = {4},
  pages = {122--128},
  doi = {10.2514/8.155}
}
"""


def test_an_entry_is_read_whole() -> None:
    work = _references.parse(ENTRY)["wright1936"]
    assert str(work) == (
        "Wright, T. P. (1936). Factors Affecting the Cost of Airplanes. Journal of the Aeronautical Sciences 3(4), "
        "122–128."
    )
    assert work.url == "https://doi.org/10.2514/8.155"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTRY + ENTRY, "appears twice"),
        (ENTRY.replace("  year = {1936},\n", ""), "lacks year"),
        (ENTRY.replace("journal", "magazine"), "lacks the place"),
    ],
)
def test_an_entry_that_cannot_be_cited_is_refused(text: str, message: str) -> None:
    with pytest.raises(CountermoveError, match=message):
        _references.parse(text)


def test_every_entry_of_the_bibliography_is_read_and_its_key_is_author_and_year() -> None:
    text = _references.BIBLIOGRAPHY.read_text(encoding="utf-8")
    works = evidence.references()
    assert len(works) == text.count("\n@") + 1
    for key, work in works.items():
        surname = work.author.split(",")[0].casefold().replace("á", "a").replace(" ", "")
        assert key == f"{surname}{work.year}"


def test_a_misspelt_key_names_the_nearest() -> None:
    with pytest.raises(CountermoveError, match="did you mean 'murphy1964'"):
        evidence.reference("murphy1946")
