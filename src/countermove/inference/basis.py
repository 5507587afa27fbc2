"""What the parameters are drawn from, in the words that go with every number of the model."""

from __future__ import annotations

from countermove.explore.world import world
from countermove.inference.predict import fitted


def basis_in_words() -> str:
    """ "calibrated (posterior)", or "prior only, uncalibrated"."""
    return "calibrated (posterior)" if fitted(world()) else "prior only, uncalibrated"
