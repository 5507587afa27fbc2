"""Rules that are known to come: who will be hit learns of them before they are announced, and buys ahead.

The rule evaluator gives the months until the next announcement (below zero between announcement and deadline); how many
months before the announcement a rule is foreseen is uncertain.
"""

from countermove.engine import variable
from countermove.engine.vocabulary import maximum, minimum


@variable(unit="1", source=("mfg-0430", "mfg-0433"))
def tool_rush(tool_rule_ahead, rule_foresight, stockpiling_ahead, one_month):
    """1 while a tool rule is foreseen and does not apply yet; a fraction in the first month of that.

    Where Beijing has buyers stockpile ahead, they buy as if a rule were foreseen.
    """
    foreseen = minimum(maximum((rule_foresight - tool_rule_ahead) / one_month + 1, 0), 1)
    return maximum(foreseen, stockpiling_ahead)
