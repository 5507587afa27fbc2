"""A page from its template: figures, style and scripts inside, nothing asked of the network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.report import _embed

if TYPE_CHECKING:
    import plotly.graph_objects as go

FOLDER = Path(__file__).parent


def fill(template: str, figures: Mapping[str, Mapping[str, go.Figure]], **context: Any) -> str:
    """The HTML of a template that extends base.html.j2; `figures` by name of the section and screen.

    Args:
        context: what the template says, with `title` and `origin`.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from plotly.offline import get_plotlyjs

    plotly, script = get_plotlyjs(), (FOLDER / "page.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    return environment.get_template(template).render(
        **context,
        style=_trusted((FOLDER / "style.css").read_text(encoding="utf-8")),
        figure_data=_trusted(_embed.figure_data(figures)),
        plotly=_trusted(plotly),
        script=_trusted(script),
        script_hashes=_trusted(" ".join(_embed.script_hash(text) for text in (plotly, script))),
    )


def _trusted(text: str) -> Any:
    """Text of our own that the template must not escape."""
    from markupsafe import Markup

    return Markup(text)
