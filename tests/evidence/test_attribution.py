from __future__ import annotations

from pathlib import Path

import pytest

from countermove.evidence import _attribution, _tables
from countermove.evidence._schema import SHAPES

LICENCE = Path(__file__).parents[2] / "DATA-LICENSE.md"


def test_every_row_with_a_place_for_an_address_is_in_one_class() -> None:
    addressed = sum(bool(SHAPES[table].address) for table, _ in _tables.identified())
    assert sum(hosts.total() for hosts in _attribution.hosts_by_class().values()) == addressed


@pytest.mark.parametrize(
    ("host", "start"),
    [
        ("ecfr.gov", "Law"),
        ("epoch.ai", "Epoch"),
        ("data.trade.gov", "Law"),
        ("notepoch.ai", "Research"),
        ("", "no addr"),
    ],
)
def test_hosts_are_classed_by_their_ending(host: str, start: str) -> None:
    assert _attribution._class(host).startswith(start)


def test_the_licence_lists_the_sources_of_the_tables_as_they_are() -> None:
    text = LICENCE.read_text(encoding="utf-8")
    assert _attribution.renewed(text) == text, "run python -m countermove.evidence._attribution DATA-LICENSE.md"
