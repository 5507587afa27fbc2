"""The Chinese market as the evidence reports it: size, home shares by units, value and compute, who trains on what."""

from countermove.engine import flow, variable
from countermove.engine.vocabulary import assemble, at, floor_at, logistic, part, total
from countermove.model.dimensions import option, purpose, vendor


@flow(unit="card/month", source="identity")
def market_units(cards_bought):
    """Accelerators sold in China, low-end cards included; rented and smuggled ones are not."""
    return onshore(total(cards_bought, "buyer"))


@flow(unit="USD/month", source="identity")
def market_value(spending):
    """Money spent on accelerators sold in China; rental and smuggling are not in it."""
    return onshore(total(spending, "buyer"))


def onshore(by_option):
    """What is sold openly in China: legal and low-end foreign cards, and every domestic vendor's."""
    foreign = at(by_option, "option", "foreign_legal") + at(by_option, "option", "foreign_low_end")
    return foreign + total(part(by_option, "option", vendor), "vendor")


@variable(unit="1", source="identity")
def domestic_compute_share(purchases):
    """Domestic share of the compute sold in China, rental and smuggled cards not included."""
    by_option = total(purchases, "buyer")
    return total(part(by_option, "option", vendor), "vendor") / floor_at(onshore(by_option))


@variable(unit="1", source=("MKT-0374", "MKT-0376", "MKT-0382"), dims=(vendor,))
def training_adoption(throughput, training_throughput_threshold, training_threshold_spread):
    """Share of buyers whose threshold for training on a vendor's cards is passed; thresholds are logistic."""
    achieved = at(throughput, "purpose", "training")
    return logistic((achieved - training_throughput_threshold) / training_threshold_spread)


@variable(unit="1", source="identity", dims=(option,))
def used_for_training(training_share, training_adoption):
    """Share of each option's compute that trains models: domestic cards only where buyers find them good enough."""
    everywhere = training_share + 0 * total(training_adoption, "vendor")
    return assemble(option, vendor=training_share * training_adoption, default=everywhere)


@flow(unit="H100e/month", source="identity", dims=(purpose, option))
def bytedance_purchases(purchases, used_for_training):
    """ByteDance's compute by origin, for training and for inference."""
    bought = at(purchases, "buyer", "bytedance")
    return assemble(purpose, training=bought * used_for_training, inference=bought * (1 - used_for_training))


@flow(unit="H100e/month", source="identity", dims=(purpose, option))
def baidu_purchases(purchases, used_for_training):
    """Baidu's compute by origin, for training and for inference."""
    bought = at(purchases, "buyer", "baidu")
    return assemble(purpose, training=bought * used_for_training, inference=bought * (1 - used_for_training))


@flow(unit="H100e/month", source="identity", dims=(option,))
def listed_firms_purchases(purchases):
    """Compute of the AI firms on the Entity List by origin: the firms that the listings of 2019 treat."""
    return at(purchases, "buyer", "listed_firms")


@variable(unit="1", source="SF15", dims=(purpose,))
def domestic_share_of_purpose(purchases, used_for_training):
    """Domestic share of the compute bought for training and for inference, rental and smuggled cards included."""
    bought = total(purchases, "buyer")
    training, inference = bought * used_for_training, bought * (1 - used_for_training)
    return assemble(
        purpose,
        training=total(part(training, "option", vendor), "vendor") / floor_at(total(training, "option")),
        inference=total(part(inference, "option", vendor), "vendor") / floor_at(total(inference, "option")),
    )
