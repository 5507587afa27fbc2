"""A figure as plain data while it is built, for those who draw many.

Plotly checks every property at every call: a figure of six panels takes it a fifth of a second, ten times what it takes
to simulate what is shown. A sheet has the same calls, as far as our figures use them, and only writes down what it is
told; `figure` then has Plotly check the whole once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import plotly.graph_objects as go

Properties = dict[str, Any]

_WITH_UNDERSCORE = {"paper_bgcolor", "plot_bgcolor"}
"""The only properties of a layout with an underscore in their own names."""


class Sheet:
    """Panels in rows and columns, counted from 1 at the top left, with traces, annotations and shapes.

    Attributes:
        data, layout: as in the JSON of a Plotly figure.
    """

    def __init__(
        self,
        rows: int = 1,
        cols: int = 1,
        *,
        row_heights: Sequence[float] = (),
        vertical_spacing: float = 0.0,
        horizontal_spacing: float = 0.0,
        shared_yaxes: bool = False,
    ) -> None:
        """An empty figure.

        Args:
            row_heights: of the rows from the top, relative to each other; by default alike.
            vertical_spacing, horizontal_spacing: between panels, as shares of the whole.
            shared_yaxes: whether the panels of a row share the vertical axis of the first.
        """
        self.data: list[Properties] = []
        self.layout: Properties = {}
        self._rows, self._cols = rows, cols
        heights = _spans(list(row_heights or [1.0] * rows)[::-1], vertical_spacing)[::-1]
        widths = _spans([1.0] * cols, horizontal_spacing)
        for row, height in enumerate(heights, start=1):
            for column, width in enumerate(widths, start=1):
                x, y = self._axes(row, column)
                self.layout[_key(x)] = {"anchor": y, "domain": width}
                self.layout[_key(y)] = {"anchor": x, "domain": height}
                if shared_yaxes and column > 1:
                    self.layout[_key(y)].update(matches=self._axes(row, 1)[1], showticklabels=False)

    def add_trace(self, trace: Properties, *, row: int = 1, col: int = 1) -> None:
        """Add a trace to a panel; what is None is left out."""
        x, y = self._axes(row, col)
        self.data.append({**_said(trace), "xaxis": x, "yaxis": y})

    def add_annotation(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> None:
        """Add an annotation, of a panel if one is named."""
        properties.pop("exclude_empty_subplots", None)
        self._add("annotations", self._placed(properties, row, col))

    def update_layout(self, **properties: Any) -> None:
        """Set properties of the whole."""
        _merge(self.layout, _nested(properties))

    def update_xaxes(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> None:
        """Set properties of the horizontal axes, of one panel if it is named."""
        self._update(0, row, col, properties)

    def update_yaxes(self, *, row: int | None = None, col: int | None = None, **properties: Any) -> None:
        """Set properties of the vertical axes, of one panel if it is named."""
        self._update(1, row, col, properties)

    def add_vline(self, x: float, *, row: int, col: int, **properties: Any) -> None:
        """A vertical line through a panel."""
        ends = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain"}
        self._add("shapes", self._placed({**ends, **properties}, row, col))

    def add_hline(self, y: float, *, row: int, col: int, **properties: Any) -> None:
        """A horizontal line through a panel."""
        ends = {"type": "line", "x0": 0, "x1": 1, "y0": y, "y1": y, "xref": "x domain"}
        self._add("shapes", self._placed({**ends, **properties}, row, col))

    def add_vrect(self, x0: float, x1: float, *, row: int, col: int, **properties: Any) -> None:
        """A vertical stripe through a panel."""
        ends = {"type": "rect", "x0": x0, "x1": x1, "y0": 0, "y1": 1, "yref": "y domain"}
        self._add("shapes", self._placed({**ends, **properties}, row, col))

    def add_hrect(self, y0: float, y1: float, *, row: int, col: int, **properties: Any) -> None:
        """A horizontal stripe through a panel."""
        ends = {"type": "rect", "x0": 0, "x1": 1, "y0": y0, "y1": y1, "xref": "x domain"}
        self._add("shapes", self._placed({**ends, **properties}, row, col))

    def to_plotly_json(self) -> Properties:
        """Data and layout as a browser takes them, unchecked and without Plotly's template."""
        return {"data": self.data, "layout": {key: value for key, value in self.layout.items() if key != "template"}}

    def figure(self) -> go.Figure:
        """The figure, every property checked by Plotly.

        Raises:
            ValueError: Plotly does not know a property or refuses its value.
        """
        return go.Figure(data=self.data, layout=self.layout)

    def _axes(self, row: int, column: int) -> tuple[str, str]:
        number = (row - 1) * self._cols + column
        suffix = "" if number == 1 else str(number)
        return f"x{suffix}", f"y{suffix}"

    def _placed(self, properties: Properties, row: int | None, column: int | None) -> Properties:
        said = _nested(properties)
        if row is None or column is None:
            return said
        for reference, axis in zip(("xref", "yref"), self._axes(row, column), strict=True):
            domain = " domain" if str(said.get(reference, "")).endswith("domain") else ""
            said[reference] = axis + domain
        return said

    def _add(self, what: str, item: Properties) -> None:
        self.layout.setdefault(what, []).append(item)

    def _update(self, which: int, row: int | None, column: int | None, properties: Properties) -> None:
        said = _nested(properties)
        for at in range(1, self._rows + 1):
            for beside in range(1, self._cols + 1):
                if row in (None, at) and column in (None, beside):
                    _merge(self.layout[_key(self._axes(at, beside)[which])], said)


def scatter(**properties: Any) -> Properties:
    """A trace of lines or points."""
    return {"type": "scatter", **properties}


def bar(**properties: Any) -> Properties:
    """A trace of bars."""
    return {"type": "bar", **properties}


Canvas = go.Figure | Sheet
"""What can be drawn upon."""

Drawn = TypeVar("Drawn", go.Figure, Sheet)


def _spans(sizes: Sequence[float], spacing: float) -> list[list[float]]:
    """First and last share of each of several sizes that lie one after another between 0 and 1."""
    room = 1.0 - spacing * (len(sizes) - 1)
    whole, begin = sum(sizes), 0.0
    spans: list[list[float]] = []
    for size in sizes:
        spans.append([begin, min(begin + room * size / whole, 1.0)])
        begin += room * size / whole + spacing
    return spans


def _key(axis: str) -> str:
    """The layout's name of an axis: xaxis3 for x3."""
    return f"{axis[0]}axis{axis[1:]}"


def _said(properties: Mapping[str, Any]) -> Properties:
    return {key: value for key, value in properties.items() if value is not None}


def _nested(properties: Mapping[str, Any]) -> Properties:
    """title_text="…" as {"title": {"text": "…"}}."""
    result: Properties = {}
    for key, value in _said(properties).items():
        first, _, rest = (key, "", "") if key in _WITH_UNDERSCORE else key.partition("_")
        given = _nested(value) if isinstance(value, dict) else value
        _merge(result, {first: _nested({rest: given}) if rest else given})
    return result


def _merge(into: Properties, more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = _copied(value)


def _copied(value: Any) -> Any:
    """Mappings anew, so that axes which were told the same stay apart."""
    return {key: _copied(each) for key, each in value.items()} if isinstance(value, dict) else value
