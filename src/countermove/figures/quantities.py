"""What a run has to keep so that every figure can be drawn."""

from __future__ import annotations

QUANTITIES: tuple[str, ...] = (
    "domestic_output", "home_made_output", "china_owned", "china_with_smuggled", "china_all", "years_behind_chip",
    "cards_made", "domestic_card_share", "advanced_capacity", "smuggled_compute", "nvidia_china_revenue",
    "hbm_imports", "purchases", "binding_share_logic", "binding_share_memory", "binding_share_packaging",
    "binding_share_demand",
)  # fmt: skip
