"""Tests hold for draws of the prior; those of a posterior ask for it by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from countermove.explore.world import drawn_from


@pytest.fixture(scope="session", autouse=True)
def _prior() -> Iterator[None]:
    with drawn_from("prior"):
        yield
