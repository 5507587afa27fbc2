"""Installed compute by origin and the three measures of China's compute."""

from countermove.engine import ageing_chain, level, variable
from countermove.engine.vocabulary import assemble, at, floor_at, part, total
from countermove.model.dimensions import option, purpose, vendor


@ageing_chain(unit="H100e", months="card_life", stages=4, source="sterman2000", dims=(option,))
def installed(purchases):
    """Compute installed or contracted by origin, retired after the life of a card."""
    return total(purchases, "buyer")


@level(unit="H100e", source="identity", dims=(vendor,))
def installed_domestic(installed):
    """Installed compute of each domestic vendor."""
    return part(installed, "option", vendor)


@level(unit="H100e", source="identity")
def domestic_stock(installed_domestic):
    """Installed compute of Chinese design."""
    return total(installed_domestic, "vendor")


@level(unit="H100e", source="identity")
def china_owned(installed, domestic_stock):
    """First measure: compute owned in China and acquired legally."""
    return at(installed, "option", "foreign_legal") + at(installed, "option", "foreign_low_end") + domestic_stock


@level(unit="H100e", source="identity")
def smuggled_compute(installed):
    """Compute acquired against the rules."""
    return at(installed, "option", "grey")


@level(unit="H100e", source="identity")
def rental_compute(installed):
    """Compute abroad contracted by Chinese firms."""
    return at(installed, "option", "offshore")


@level(unit="H100e", source="identity")
def china_with_smuggled(china_owned, smuggled_compute):
    """Second measure: owned, plus smuggled."""
    return china_owned + smuggled_compute


@level(unit="H100e", source="identity")
def china_all(china_with_smuggled, rental_compute):
    """Third measure, total usable compute: owned, smuggled and rented abroad."""
    return china_with_smuggled + rental_compute


@ageing_chain(unit="H100e", months="card_life", stages=4, source="sterman2000")
def world_compute(world_supply, months_per_year):
    """Compute installed in the world, China included."""
    return world_supply / months_per_year


@level(unit="1", source="identity")
def world_share_owned(china_owned, world_compute):
    """China's share of the world's compute by the first measure."""
    return china_owned / floor_at(world_compute, 1.0)


@level(unit="1", source="identity")
def world_share_all(china_all, world_compute):
    """China's share of the world's compute by the third measure."""
    return china_all / floor_at(world_compute, 1.0)


@variable(unit="H100e", source="identity", dims=(purpose, option))
def effective_by_origin(installed, training_achieved, inference_achieved, throughput):
    """Compute counted by what it achieves: hardware by the training calculator, and for home cards their software."""
    hardware = assemble(purpose, training=training_achieved, inference=inference_achieved)
    software = assemble(option, vendor=throughput, default=1 + 0 * at(throughput, "vendor", "huawei"))
    return installed * hardware * software


@variable(unit="H100e", source="identity", dims=(purpose,))
def effective_domestic(effective_by_origin):
    """What cards of Chinese design achieve, for training and for inference."""
    return total(part(effective_by_origin, "option", vendor), "vendor")


@variable(unit="H100e", source="identity", dims=(purpose,))
def effective_compute(effective_by_origin):
    """All usable compute counted by what it achieves, for training and for inference."""
    return total(effective_by_origin, "option")
