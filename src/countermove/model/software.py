"""Software around domestic accelerators against CUDA: adoption with a network effect; training lags inference."""

from countermove.engine import smooth, stock, variable
from countermove.engine.vocabulary import assemble, at, floor_at, power
from countermove.model.dimensions import purpose, vendor


@variable(unit="1", source="katz1985", dims=(vendor,))
def installed_share(installed_domestic, china_owned, reference_installed_share, mechanism_software_network):
    """Vendor's share of the compute installed in China; held at its path without controls when the loop is off."""
    actual = installed_domestic / floor_at(china_owned, 1.0)
    return mechanism_software_network * actual + (1 - mechanism_software_network) * reference_installed_share


@stock(unit="1", initial="initial_software_maturity", source=("katz1985", "arthur1989", "bass1969"), dims=(vendor,))
def software_maturity(
    software_maturity, software_growth, installed_share, adoption_threshold, network_exponent, engineer_support,
    knowledge_lead, months_per_year,
):  # fmt: skip
    """Maturity of a vendor's stack, 0 to 1 (CUDA is 1): logistic growth, faster the more of it is installed.

    Paid engineers add to it even where nobody uses it yet, the more the more is known of design.
    """
    network = power(installed_share / adoption_threshold, network_exponent)
    adoption = software_growth * software_maturity * network
    paid = engineer_support * at(knowledge_lead, "domain", "design")
    return (adoption + paid) / months_per_year * (1 - software_maturity)


@smooth(
    unit="1", months="training_maturity_lag", initial="initial_software_maturity", source="MKT-0480", dims=(vendor,)
)
def training_maturity(software_maturity):
    """Maturity for training, which follows that for inference with a lag."""
    return software_maturity


@variable(unit="1", source="identity", dims=(purpose, vendor))
def throughput(software_maturity, training_maturity, training_throughput_floor, inference_throughput_floor):
    """Share of a card's nominal throughput that buyers achieve, against the same on CUDA."""
    return assemble(
        purpose,
        training=training_throughput_floor + (1 - training_throughput_floor) * training_maturity,
        inference=inference_throughput_floor + (1 - inference_throughput_floor) * software_maturity,
    )
