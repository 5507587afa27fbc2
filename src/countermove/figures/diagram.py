"""The causal-loop diagram: as a Plotly figure, as a page with its feedback loops, as SVG."""

from __future__ import annotations

from collections import Counter
from html import escape
from itertools import groupby

import plotly.graph_objects as go

from countermove.explain.diagram import LONGEST_LOOP, SIGN, Diagram, Node, caption, told, width_of
from countermove.explain.polarity import Link, Polarity
from countermove.figures import _theme
from countermove.figures._diagram_geometry import Arrow, Geometry, Point, geometry, label
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, PAGE, POLICY

# Colour and dashes, in pixels, of each polarity.
_STYLE: dict[Polarity, tuple[str, str]] = {
    "+": (POLICY, ""),
    "−": (COUNTERFACTUAL, "7,4"),
    "mixed": (INK, "2,3"),
    "none": (MUTED, "1,6"),
}
_SIDE = 16
_START = 2016


def causal_loops(drawn: Diagram, bold: frozenset[tuple[str, str]] = frozenset()) -> go.Figure:
    """The diagram at its natural size; pointing at a sign tells the link and, where it changes, when.

    Args:
        bold: cause and effect of links to stand out while the others fade, such as those of one loop.
    """
    laid = geometry(drawn)
    figure = go.Figure()
    for arrow in laid.arrows:
        fades = bool(bold) and (arrow.link.cause, arrow.link.effect) not in bold
        for shape in _shapes(arrow, width_of(drawn, arrow.link) + (2 if bold and not fades else 0)):
            figure.add_shape({**shape, "opacity": 0.3 if fades else 1})
    figure.add_trace(
        go.Scatter(
            x=[arrow.sign[0] for arrow in laid.arrows],
            y=[arrow.sign[1] for arrow in laid.arrows],
            mode="text",
            text=[SIGN[arrow.link.polarity] for arrow in laid.arrows],
            textfont={"size": 15, "color": [_STYLE[arrow.link.polarity][0] for arrow in laid.arrows]},
            hovertext=[said(arrow.link) for arrow in laid.arrows],
            hoverinfo="text",
            name="links",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[box.x for box in laid.boxes],
            y=[box.y for box in laid.boxes],
            mode="text",
            text=[_bold(label(box.node.name), box.node.name == drawn.around) for box in laid.boxes],
            # Bold type is wider, and stays within its box one size smaller.
            textfont={"size": [11 if box.node.name == drawn.around else 12 for box in laid.boxes], "color": INK},
            hovertext=[_told(box.node) for box in laid.boxes],
            hoverinfo="text",
            name="quantities",
        )
    )
    for box in laid.boxes:
        if box.node.kind == "stock":
            x, y, w, h = box.x, box.y, box.half_width, box.half_height
            figure.add_shape(type="rect", x0=x - w, x1=x + w, y0=y - h, y1=y + h, line={"color": INK, "width": 1})
    _theme.finish(
        figure,
        title=title(drawn),
        source=caption(drawn) + " Boxes are stocks.",
        description=_description(drawn),
        screen="laptop",
        height=round(laid.height),
        left=_SIDE,
        right=_SIDE,
    )
    figure.update_layout(width=max(laid.width + 2 * _SIDE, 900), autosize=False, hovermode="closest")
    figure.update_xaxes(visible=False, range=[0, max(laid.width, 900 - 2 * _SIDE)])
    figure.update_yaxes(visible=False, range=[laid.height, 0])
    return figure


def title(drawn: Diagram) -> str:
    """What the diagram shows, with the number of feedback loops of each behaviour."""
    if not drawn.around:
        return f"All {len(drawn.links)} causal links of the model, sector by sector"
    counts = Counter(loop.behaviour for loop in drawn.loops)
    listed = ", ".join(f"{count} {behaviour}" for behaviour, count in sorted(counts.items())) or "none"
    return f"Around {label(drawn.around)}; feedback loops of up to {LONGEST_LOOP} links through it: {listed}"


def said(link: Link) -> str:
    """The link in words; where its sign changes, from when each holds."""
    words = {1.0: "+", -1.0: "−", 0.0: "no response"}
    text = f"{link.cause} → {link.effect}: "
    if link.polarity != "mixed":
        return text + ("no response in any month" if link.polarity == "none" else link.polarity)
    dated = zip(link.months, (words.get(sign, "differs between elements") for sign in link.signs), strict=True)
    spells = [(next(months)[0], sign) for sign, months in groupby(dated, key=lambda pair: pair[1])]
    return text + ", ".join(f"{sign} from {_START + month / 12:.1f}" for month, sign in spells)


def page(drawn: Diagram) -> str:
    """The figure and its feedback loops as one HTML page that works offline."""
    body = causal_loops(drawn).to_html(full_html=False, include_plotlyjs=True, config={"displaylogo": False})
    loops = "\n".join(f"<li>{escape(told(drawn, index))}</li>" for index in range(len(drawn.loops)))
    listed = f"<h2>Feedback loops</h2>\n<ol>\n{loops}\n</ol>" if loops else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title(drawn))}</title>'
        f"<style>body {{ font-family: {_theme.FONT}; color: {INK}; background: {PAGE}; }}</style></head>\n"
        f"<body>\n{body}\n{listed}\n</body></html>\n"
    )


def svg(drawn: Diagram) -> str:
    """The diagram as a standalone SVG file."""
    laid = geometry(drawn)
    width, height = f"{max(laid.width, 900):.0f}", f"{laid.height + 64:.0f}"
    head = f'width="{width}" height="{height}" viewBox="0 -24 {width} {height}" font-family="sans-serif" font-size="12"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head}>',
        f"<title>{escape(title(drawn))}</title>",
        f'<rect y="-24" width="100%" height="100%" fill="{PAGE}"/>',
        f'<text x="12" y="-6" font-size="14" font-weight="bold" fill="{INK}">{escape(title(drawn))}</text>',
        *(_svg_arrow(arrow, width_of(drawn, arrow.link)) for arrow in laid.arrows),
        *_svg_boxes(laid, drawn.around),
        f'<text x="12" y="{laid.height + 20:.0f}" font-size="10" fill="{MUTED}">{escape(caption(drawn))}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _shapes(arrow: Arrow, width: float) -> list[dict[str, object]]:
    colour, dashes = _STYLE[arrow.link.polarity]
    line = {"color": colour, "width": width, "dash": dashes.replace(",", "px,") + "px" if dashes else "solid"}
    return [
        {"type": "path", "path": _path(arrow.curve), "line": line, "layer": "below"},
        {"type": "path", "path": _triangle(arrow.head), "fillcolor": colour, "line": {"width": 0}, "layer": "below"},
    ]


def _svg_arrow(arrow: Arrow, width: float) -> str:
    colour, dashes = _STYLE[arrow.link.polarity]
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    x, y = arrow.sign
    return (
        f'<g><title>{escape(said(arrow.link))}</title><path d="{_path(arrow.curve)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width:.1f}"{dashed}/><path d="{_triangle(arrow.head)}" fill="{colour}"/><text x="{x:.1f}" '
        f'y="{y + 4:.1f}" text-anchor="middle" font-size="15" fill="{colour}">{SIGN[arrow.link.polarity]}</text></g>'
    )


def _svg_boxes(laid: Geometry, around: str) -> list[str]:
    lines: list[str] = []
    for box in laid.boxes:
        if box.node.kind == "stock":
            lines.append(
                f'<rect x="{box.x - box.half_width:.1f}" y="{box.y - box.half_height:.1f}" fill="none" stroke="{INK}" '
                f'width="{2 * box.half_width:.1f}" height="{2 * box.half_height:.1f}"/>'
            )
        weight = ' font-weight="bold"' if box.node.name == around else ""
        lines.append(
            f'<text x="{box.x:.1f}" y="{box.y + 4:.1f}" text-anchor="middle" fill="{INK}"{weight}>'
            f"<title>{escape(_told(box.node))}</title>{escape(label(box.node.name))}</text>"
        )
    return lines


def _told(node: Node) -> str:
    return f"{node.name}: {node.kind}, sector {node.sector}"


def _bold(text: str, really: bool) -> str:
    return f"<b>{text}</b>" if really else text


def _path(curve: tuple[Point, Point, Point, Point]) -> str:
    (a, b), *rest = curve
    return f"M{a:.1f},{b:.1f} C" + " ".join(f"{x:.1f},{y:.1f}" for x, y in rest)


def _triangle(head: tuple[Point, Point, Point]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in head) + " Z"


def _description(drawn: Diagram) -> str:
    names = ", ".join(label(node.name) for node in drawn.nodes[:12])
    more = f" and {len(drawn.nodes) - 12} more" if len(drawn.nodes) > 12 else ""
    return f"A network of {len(drawn.nodes)} quantities and {len(drawn.links)} signed arrows: {names}{more}."
