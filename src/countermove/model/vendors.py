"""Foreign vendors: what Nvidia earns in China and what a sudden loss of permission costs."""

from countermove.engine import flow
from countermove.engine.vocabulary import at, total


@flow(unit="USD/month", source=("MKT-0060",))
def nvidia_china_revenue(spending, nvidia_share_of_foreign, revenue_share_rate):
    """Nvidia's data-centre revenue billed to China, net of the share that goes to the US government.

    Billing basis: rental abroad and smuggling are not in it.
    """
    legal = total(at(spending, "option", "foreign_legal"), "buyer") * (1 - revenue_share_rate)
    low_end = total(at(spending, "option", "foreign_low_end"), "buyer")
    return nvidia_share_of_foreign * (legal + low_end)


@flow(unit="card/month", source="identity")
def foreign_cards_sold(cards_bought):
    """Foreign cards sold legally in China, low-end cards included."""
    legal = total(at(cards_bought, "option", "foreign_legal"), "buyer")
    return legal + total(at(cards_bought, "option", "foreign_low_end"), "buyer")
