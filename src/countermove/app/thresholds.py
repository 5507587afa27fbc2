"""The chips that lines of TPP and density catch: figures for the browser, which compares while a line is dragged."""

from __future__ import annotations

from functools import cache
from typing import Any

from countermove.app._law_levers import limit_of_law
from countermove.app.levers import levers
from countermove.chips import catalogue


@cache
def catalogue_shown() -> dict[str, Any]:
    """Names and figures of foreign data-centre chips, and the lines as enacted; figures at their best estimate."""
    chips = [
        {"name": each.name, "tpp": each.tpp.central, "density": each.density.central if each.density else None}
        for each in catalogue().values()
        if each.datacentre and each.sold and each.vendor_country != "CN" and each.tpp and each.tpp.central > 0
    ]
    law = {name: limit_of_law(levers()[name].target) for name in ("tpp", "density")}
    return {"chips": sorted(chips, key=lambda each: -each["tpp"]), "law": law}
