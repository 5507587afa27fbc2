"""The source line of figures that are not of one comparison: version, draws, seed, basis, date of the evidence."""

from __future__ import annotations


def basis(draws: int, seed: int, note: str = "") -> str:
    """What a reader needs to find the numbers again."""
    from countermove._version import version
    from countermove.explore.simulate import evidence_date
    from countermove.explore.world import world
    from countermove.inference.predict import fitted

    caveat = "calibrated (posterior)" if fitted(world()) else "prior only, uncalibrated"
    line = f"Source: countermove {version()}; {draws:,} draws, seed {seed}, {caveat}; evidence to {evidence_date()}."
    return f"{line} {note}" if note else line
