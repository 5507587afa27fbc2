"""What figures that are not of one comparison share: their source line, and room for titles of panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go


def basis(draws: int, seed: int, note: str = "") -> str:
    """What a reader needs to find the numbers again."""
    from countermove._version import version
    from countermove.explore.simulate import evidence_date
    from countermove.inference.basis import basis_in_words

    line = (
        f"Source: countermove {version()}; {draws:,} draws, seed {seed}, {basis_in_words()}; "
        f"evidence to {evidence_date()}."
    )
    return f"{line} {note}" if note else line


def lowered(figure: go.Figure, by: int) -> go.Figure:
    """The figure with its panels moved down by so many pixels, to make room for their titles; the same figure."""
    return figure.update_layout(margin_t=figure.layout.margin.t + by, height=figure.layout.height + by)
