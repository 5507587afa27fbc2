"""From wafer to card as a flow: logic in H100e, memory in stacks, one year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go

from countermove.figures import _summary, _theme
from countermove.figures._labels import Screen, size
from countermove.figures._palette import COUNTERFACTUAL, INK, MUTED, NEUTRAL, POLICY, faint

if TYPE_CHECKING:
    from countermove.explore.supply_flow import Link, SupplyFlow
    from countermove.results import Origin

# What each stage is called, in full and on a phone, and its colour.
NODES: dict[str, tuple[str, str, str]] = {
    "wafers": ("AI wafers at home", "wafers", POLICY),
    "defects": ("lost to defects", "defects", NEUTRAL),
    "good": ("good dies", "good dies", POLICY),
    "to_die_stock": ("dies laid by", "laid by", NEUTRAL),
    "from_die_stock": ("dies from stock", "from stock", NEUTRAL),
    "bank": ("foreign dies from the bank", "foreign dies", COUNTERFACTUAL),
    "assembled": ("packaged in China", "packaged", POLICY),
    "assembly_loss": ("lost in packaging", "lost", NEUTRAL),
    "abroad": ("made and packaged abroad to order", "made abroad", COUNTERFACTUAL),
    "huawei": ("Huawei", "Huawei", POLICY),
    "cambricon": ("Cambricon", "Cambricon", POLICY),
    "kunlunxin": ("Kunlunxin", "Kunlunxin", POLICY),
    "t_head": ("T-Head", "T-Head", POLICY),
    "other_domestic": ("other Chinese", "others", POLICY),
    "to_card_stock": ("cards laid by", "laid by", NEUTRAL),
    "from_card_stock": ("cards from stock", "from stock", NEUTRAL),
    "exported": ("exported", "exported", NEUTRAL),
    "foreign_legal": ("imported, licensed or free", "imported", COUNTERFACTUAL),
    "foreign_low_end": ("imported, low end", "low end", COUNTERFACTUAL),
    "grey": ("smuggled", "smuggled", COUNTERFACTUAL),
    "offshore": ("rented abroad", "rented", COUNTERFACTUAL),
    "new": ("new usable compute", "new compute", INK),
    "hbm_imported": ("HBM imported", "imported", COUNTERFACTUAL),
    "hbm_grey": ("HBM despite the denial", "grey", COUNTERFACTUAL),
    "hbm_domestic": ("HBM made in China", "home", POLICY),
    "memory": ("stacks", "stacks", MUTED),
    "to_memory_stock": ("stacks laid by", "laid by", NEUTRAL),
    "from_memory_stock": ("stacks from stock", "from stock", NEUTRAL),
    "mounted": ("mounted on cards", "on cards", POLICY),
}
_CHIPS, _MEMORY, _GAP = 520, 130, 54
_THINNEST = 1e-3


def supply_flow_figure(flow: SupplyFlow, origin: Origin, screen: Screen = "laptop") -> go.Figure:
    """Two flows of one year under a policy, means over draws: chips in H100e, memory in stacks."""
    total = _CHIPS + _GAP + _MEMORY
    figure = go.Figure()
    parts: list[tuple[Sequence[Link], str, list[float]]] = [
        (flow.chips, "H100e", [1 - _CHIPS / total, 1.0]),
        (flow.memory, "stacks", [0.0, _MEMORY / total]),
    ]
    for links, unit, span in parts:
        most = max((link.value for link in links), default=0.0)
        shown = [link for link in links if link.value >= _THINNEST * most]
        if shown:
            figure.add_trace(_sankey(shown, unit, span, screen))
    for words, top in (("Logic: compute a year, H100e", 1.0), ("Memory: stacks of HBM a year", _MEMORY / total)):
        figure.add_annotation(
            text=f"<b>{words}</b>", x=0, y=top, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=8,
            showarrow=False, font={"size": size(screen, "font"), "color": INK},
        )  # fmt: skip
    _theme.finish(
        figure,
        title=f"From wafer to card in {flow.year}, {origin.scenario}",
        source=f"Source: countermove {origin.version}; {origin.draws:,} draws, seed {origin.seed}, {origin.caveat}; "
        f"evidence to {origin.evidence_date}. Means over draws, which add up. A wafer counts for what its dies would "
        "carry if all worked; flows below a thousandth of the largest are left out. Blue: Chinese logic, orange: "
        "foreign.",
        description=_description(flow),
        screen=screen,
        height=total,
        left=12,
        right=12,
    )
    figure.update_layout(hovermode="closest")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure


def _sankey(links: Sequence[Link], unit: str, span: list[float], screen: Screen) -> go.Sankey:
    names = list(dict.fromkeys(name for link in links for name in (link.source, link.target)))
    wide = screen == "laptop"
    told: list[str] = []
    for name in names:
        through = max(
            sum(link.value for link in links if link.source == name),
            sum(link.value for link in links if link.target == name),
        )
        words = NODES[name][0 if wide else 1]
        told.append(f"{words}, {in_short(through)}" if wide else words)
    colours = [NODES[link.source][2] for link in links]
    return go.Sankey(
        domain={"x": [0, 1], "y": span},
        arrangement="snap",
        textfont={"color": INK, "size": size(screen, "small"), "shadow": "none"},
        node={
            "label": told,
            "color": [NODES[name][2] for name in names],
            "align": "left",
            "pad": 22 if wide else 16,
            "thickness": 12 if wide else 8,
            "line": {"width": 0},
            "hovertemplate": f"%{{label}}: %{{value:,.3s}} {unit}<extra></extra>",
        },
        link={
            "source": [names.index(link.source) for link in links],
            "target": [names.index(link.target) for link in links],
            "value": [link.value for link in links],
            "color": [faint(colour, 0.35) for colour in colours],
            "hovertemplate": f"%{{source.label}} → %{{target.label}}: %{{value:,.3s}} {unit}<extra></extra>",
        },
    )


def in_short(value: float) -> str:
    """A number of things with thousands and millions in words short enough for a label."""
    for scale, word in ((1e6, " M"), (1e3, " k")):
        if value >= scale:
            return f"{_summary.significant(value / scale, 2)}{word}"
    return f"{value:,.0f}" if value >= 1 else "<1"


def _description(flow: SupplyFlow) -> str:
    def told(links: Sequence[Any]) -> str:
        return "; ".join(f"{NODES[link.source][0]} to {NODES[link.target][0]} {in_short(link.value)}" for link in links)

    return f"Flows of {flow.year}. H100e: {told(flow.chips)}. Stacks: {told(flow.memory)}."
