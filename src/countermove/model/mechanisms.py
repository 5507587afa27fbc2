"""The mechanisms of the thesis, each of which can be switched off by name; "off" always means what stands here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mechanism:
    """A switchable mechanism.

    Attributes:
        group: the group in which attribution counts it.
        description: what switching it off changes; everything else is simulated anew.
    """

    name: str
    group: str
    title: str
    description: str


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism("denial_of_chips", "denial of chips", "Denial of chips",
              "off: Washington permits every foreign chip; all other rules stay"),
    Mechanism("denial_of_tools_and_memory", "denial of inputs", "Denial of tools and memory",
              "off: tools, memory and process know-how are permitted"),
    Mechanism("foundry_cut_off", "denial of inputs", "Foundry cut-off",
              "off: foreign foundries stay open to Chinese designers, and no bank of dies is built"),
    Mechanism("allies", "denial of inputs", "Allies",
              "off: no ally follows Washington; Dutch and Japanese tools may be shipped"),
    Mechanism("demand_diversion", "demand and software", "Diversion of demand",
              "off: shares of domestic vendors follow their path without controls; unserved demand stays unspent"),
    Mechanism("software_network", "demand and software", "Software network",
              "off: adoption of domestic software follows its path without controls"),
    Mechanism("complacency", "demand and software", "Supply risk",
              "off: buyers do not heed the risk of foreign supply"),
    Mechanism("learning", "learning", "Learning by doing",
              "off: own experience lowers no defects; catch-up through access stays"),
    Mechanism("lost_spillover", "learning", "Lost spillovers",
              "off: access to foreign process know-how stays open"),
    Mechanism("research_rents", "research", "Research rents",
              "off: no research is paid from sales of chips, tools and memory or from Huawei's other business"),
    Mechanism("talent", "research", "Talent",
              "off: lost collaborations cost nothing, and researchers follow their trend"),
    Mechanism("state_response", "state", "State response",
              "off: no mandates, no extra capacity, no extra subsidy and no import refusals in answer to denial"),
    Mechanism("retaliation", "state", "Retaliation",
              "off: no counter-measures, no relaxations that they bring; actual ones stay in the rules"),
    Mechanism("tightening", "denial of chips", "Tightening",
              "off: no rules beyond those of the scenario"),
    Mechanism("leakage", "leakage", "Leakage",
              "off: nothing is smuggled, no dies come through proxies, rental stays as in 2022"),
    Mechanism("smuggling", "leakage", "Smuggling",
              "off: nothing is smuggled; rental and proxies stay"),
    Mechanism("rental", "leakage", "Rental abroad",
              "off: rental stays as in 2022; smuggling and proxies stay"),
    Mechanism("proxy_foundry", "leakage", "Foundry through proxies",
              "off: no dies come through proxies; smuggling and rental stay"),
    Mechanism("stockpiling", "stocks", "Stockpiling",
              "off: no rush before a rule and no precautionary stock"),
    Mechanism("vendor_revenue", "US vendors", "Revenue of US vendors",
              "off: US research follows revenue as observed, whatever is sold to China"),
    Mechanism("diversification_base", "base and efficiency", "Base of the unrestricted sectors",
              "off: solar, batteries and vehicles add nothing to budgets and engineers"),
    Mechanism("scarcity_efficiency", "base and efficiency", "Efficiency under scarcity",
              "off: scarce compute teaches Chinese laboratories nothing that the world does not know"),
)  # fmt: skip

NAMES: tuple[str, ...] = tuple(mechanism.name for mechanism in MECHANISMS)


@dataclass(frozen=True)
class Variant:
    """A choice between two structures of the model that the evidence does not settle.

    Attributes:
        choices: what 0 and 1 of its input `variant_NAME` mean; the second is the default.
    """

    name: str
    choices: tuple[str, str]
    description: str


VARIANTS: tuple[Variant, ...] = (
    Variant("learning", ("own", "spillover"),
            "A line learns from its own wafers alone, or also closes its gap to the leader while access lasts"),
    Variant("research", ("exogenous", "induced"),
            "Research follows its base effort, or rents, subsidy and other business add to it"),
    Variant("subsidy", ("independent", "responding"),
            "Funds and research subsidy follow their plans whatever is denied, or answer denial"),
)  # fmt: skip

# When Beijing's measures against foreign chips came, in the order of the dimension `beijing_measure`:
# CN-2025-08-12-H20-DISCOURAGE and CN-2025-11-05-STATE-DC, which was in effect from 15 October.
BEIJING_MEASURE_DATES = (2025.614, 2025.79)

# When they were decided: earlier by the time to prepare a measure, 1.5 months (`measure_preparation_time`).
BEIJING_DECISION_DATES = tuple(date - 1.5 / 12 for date in BEIJING_MEASURE_DATES)
