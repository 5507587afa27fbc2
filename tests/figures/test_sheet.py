"""A sheet says what Plotly's own figure would, without its checks."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from countermove import figures
from countermove.explore.compare import Comparison
from countermove.figures import paradox
from countermove.figures._sheet import Sheet, bar, scatter
from countermove.figures.paradox import paradox_sheet

PANELS: list[dict[str, Any]] = [
    {"rows": 1, "cols": 1},
    {"rows": 3, "cols": 2, "row_heights": [270, 190, 84], "vertical_spacing": 0.1, "horizontal_spacing": 0.17},
    {"rows": 2, "cols": 3, "vertical_spacing": 0.2, "horizontal_spacing": 0.05, "shared_yaxes": True},
]


def _drawn_upon(figure: Any) -> dict[str, Any]:
    figure.add_trace(scatter(x=[1, 2], y=[3, 4], name=None), row=1, col=1)
    figure.add_trace(bar(x=[1], y=[2]), row=1, col=1)
    figure.update_xaxes(title_text="all", title_font={"size": 9}, tickfont_color="#123456")
    figure.update_xaxes(title_text="one", range=[0, 1], row=1, col=1)
    figure.update_yaxes(type="log", row=1, col=1)
    figure.update_layout(paper_bgcolor="#ffffff", title={"text": "t"}, title_font_size=12)
    figure.add_annotation(text="a", x=0, y=1, xref="x domain", yref="y domain", showarrow=False, row=1, col=1)
    figure.add_annotation(text="b", x=0, y=0, xref="paper", yref="paper", font={"size": 8})
    figure.add_hline(y=1, line_width=1, layer="below", row=1, col=1)
    figure.add_vline(x=2, line_color="#123456", row=1, col=1)
    figure.add_vrect(x0=1, x1=2, line_width=0, row=1, col=1)
    figure.add_hrect(y0=1, y1=2, fillcolor="#123456", row=1, col=1)
    found = figure.to_plotly_json()
    found["layout"].pop("template", None)
    return found


@pytest.mark.parametrize("panels", PANELS)
def test_a_sheet_says_what_plotlys_figure_says(panels: dict[str, Any]) -> None:
    ours = go.Figure(_drawn_upon(Sheet(**panels)), layout_template="none").to_plotly_json()
    theirs = go.Figure(_drawn_upon(make_subplots(**panels)), layout_template="none").to_plotly_json()
    assert ours["data"] == theirs["data"]
    assert ours["layout"].keys() == theirs["layout"].keys()
    for name, value in theirs["layout"].items():
        if "domain" in value and "axis" in name:
            assert ours["layout"][name].pop("domain") == pytest.approx(value.pop("domain"))
        assert ours["layout"][name] == value, name


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_the_zone_of_immaterial_differences_is_drawn(comparison: Comparison, screen: Any) -> None:
    shapes = paradox(comparison, screen=screen).layout.shapes
    zones = [shape for shape in shapes if shape.type == "rect"]
    assert len(zones) == 2
    assert all(zone.y0 * zone.y1 == pytest.approx(1) and zone.y1 == 1 + comparison.immaterial for zone in zones)


def test_a_property_that_plotly_does_not_know_is_refused_when_the_figure_is_made() -> None:
    sheet = Sheet()
    sheet.add_trace(scatter(x=[1], y=[1], colour="red"))
    with pytest.raises(ValueError, match="colour"):
        sheet.figure()


def test_a_sheet_and_the_checked_figure_are_the_same(comparison: Comparison) -> None:
    assert go.Figure(paradox_sheet(comparison).to_plotly_json(), layout_template="none") == go.Figure(
        figures.paradox(comparison), layout_template="none"
    )
