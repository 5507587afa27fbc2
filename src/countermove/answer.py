"""From a comparison to its two headline sentences, once for command line, report and app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.explore.outcomes import OUTCOMES

if TYPE_CHECKING:
    from countermove.explore.compare import AnnualOutcome, Comparison
    from countermove.explore.crossing import Crossing

DECIDED = 0.8
"""A sign with at least this probability is stated; below it the answer is "undecided"."""

RARE = 0.05
"""A change of sign in a smaller share of draws is not told."""

_OUTCOMES = ("domestic", "total")
_DRIVERS = 3


def headline(comparison: Comparison) -> tuple[str, str]:
    """Two sentences: what the policy does to domestic output and to usable compute, and when the sign changes."""
    caveat = comparison.policy.origin.caveat
    beliefs = comparison.policy.origin.beliefs or comparison.counterfactual.origin.beliefs
    basis = f"{comparison.draws:,} draws, {caveat}" + (", with the analyst's own intervals" if beliefs else "")
    if comparison.makes_no_difference:
        return (
            f"Between {comparison.scenario} and {comparison.against} there is no difference in any draw.",
            f"No sign changes ({basis}).",
        )
    return _what(comparison), _when(comparison, basis)


def verdict(outcome: AnnualOutcome, index: int) -> str:
    """ "catalysed", "hindered", "immaterial", or "undecided" if none of them is probable enough."""
    for word in ("catalysed", "hindered", "immaterial"):
        if getattr(outcome, f"p_{word}")[index] >= DECIDED:
            return word
    return "undecided"


def _what(comparison: Comparison) -> str:
    from countermove.explore.compare import quoted_year

    year = quoted_year(comparison.years)
    index = comparison.years.index(year)
    clauses = [_clause(comparison, name, index) for name in _OUTCOMES]
    return (
        f"In {year}, under {comparison.scenario} rather than {comparison.against}, China's {clauses[0]}; "
        f"its {clauses[1]}."
    )


def _clause(comparison: Comparison, name: str, index: int) -> str:
    outcome = comparison.annual[name]
    found = verdict(outcome, index)
    per = " a year" if OUTCOMES[name].kind == "flow" else ""
    size = (
        f"median {amount(outcome.p50[index])} H100e{per}, 10–90 %: {amount(outcome.p10[index])} to "
        f"{amount(outcome.p90[index])}"
    )
    title = OUTCOMES[name].title
    if found == "undecided":
        return f"{title}: undecided ({_probabilities(outcome, index)}; {size}){_depends(comparison, name)}"
    if found == "immaterial":
        return f"{title} differs immaterially (probability {_share(outcome.p_immaterial[index])}; {size})"
    return f"{title} is {found} (probability {_share(getattr(outcome, f'p_{found}')[index])}; {size})"


def _probabilities(outcome: AnnualOutcome, index: int) -> str:
    return ", ".join(
        f"{word} {_share(getattr(outcome, f'p_{word}')[index])}" for word in ("catalysed", "hindered", "immaterial")
    )


def _depends(comparison: Comparison, name: str) -> str:
    found = comparison.drivers.get(name, ())[:_DRIVERS]
    if not found:
        return ""
    return ", depends on " + ", ".join(driver.parameter.replace("_", " ").replace(".", " of ") for driver in found)


def _when(comparison: Comparison, basis: str) -> str:
    clauses = [f"for {OUTCOMES[name].title} {_crossing(comparison.crossings[name])}" for name in _OUTCOMES]
    return f"A change of sign that lasts: {'; '.join(clauses)} ({basis})."


def _crossing(found: tuple[Crossing, ...]) -> str:
    if all(each.never == 1 for each in found):
        return "in no draw to 2035"
    happening = [each for each in found if 1 - each.never >= RARE]
    if not happening:
        return f"in fewer than {100 * RARE:.0f} % of draws"
    return " and ".join(_one_crossing(each) for each in happening)


def _one_crossing(crossing: Crossing) -> str:
    happens = f"from {crossing.direction} in {_share(1 - crossing.never)} of draws"
    if crossing.p50 is None:
        return happens
    late = "later or never" if crossing.p90 is None else f"{crossing.p90:.1f}"
    return f"{happens}, median {crossing.p50:.1f} (10–90 %: {crossing.p10:.1f} to {late})"


def amount(value: float) -> str:
    """A signed number as read aloud: three significant digits, in thousands or millions, with a true minus."""
    size = abs(float(value))
    scale, word = next(
        ((scale, word) for scale, word in ((1e9, " billion"), (1e6, " million"), (1e3, " thousand")) if size >= scale),
        (1.0, ""),
    )
    digits = f"{size / scale:.3g}"
    sign = "" if float(digits) == 0 else "−" if value < 0 else "+"
    return f"{sign}{digits}{word}"


def _share(probability: float) -> str:
    """A probability to two decimals; never 0 or 1 unless it is."""
    rounded = f"{probability:.2f}"
    if rounded == "1.00" and probability < 1:
        return "above 0.99"
    if rounded == "0.00" and probability > 0:
        return "below 0.01"
    return rounded
