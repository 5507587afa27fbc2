"""Python that computes what a page shows, for pages that do not follow the scenario; for the others `exports` has it.

Whatever a visitor typed stands in the code as a Python literal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date


def verdict(chip: str | Mapping[str, object], destination: str, buyer: str, day: date) -> str:
    """The verdict on a chip of the catalogue, or on one by its figures."""
    on = f"date({day.year}, {day.month}, {day.day})"
    if isinstance(chip, str):
        return (
            "from datetime import date\n\nfrom countermove.rules import ask\n\n"
            f"verdict = ask({chip!r}, {destination!r}, {buyer!r}, {on})\nprint(verdict.sentence)\n"
        )
    return (
        "from datetime import date\n\nfrom countermove.chips.custom import from_mapping\n"
        "from countermove.rules import ask, items\n\n"
        f"chip = from_mapping({dict(chip)!r}, where='your chip')\n"
        f"verdict = ask(items.of_chip(chip), {destination!r}, {buyer!r}, {on})\nprint(verdict.sentence)\n"
    )


def run(model: str, chips: Sequence[str], count: int, tokens: float, bits: int, software: float) -> str:
    """A training run on each of several chips.

    Args:
        tokens: of the run, in units of 10¹².
        bits: of the matrix products.
        software: its year.
    """
    return f"""from countermove.training import accelerator, best_layout, compare, make_job, model
from countermove.training.models import usual_sequence

transformer = model({model!r})
job = make_job(
    transformer, accelerator({chips[0]!r}), {count}, sequence=usual_sequence(transformer), tokens={tokens!r} * 1e12,
    bits={bits}, date={software!r},
)
reference = best_layout(job)
print(f"{{job.chip.name}}: {{reference.days:.1f}} days, MFU {{reference.utilisation:.1%}}")
for found in compare(reference, [accelerator(name) for name in {list(chips[1:])!r}]):
    if found.same_chips:
        print(f"{{found.chip.name}}: {{found.same_chips.days:.1f}} days, MFU {{found.same_chips.utilisation:.1%}}")
    else:
        print(f"{{found.chip.name}}: {{found.refused}}")
"""


def claim(id: str, draws: int, seed: int) -> str:
    """A claim with the outcomes of its tests."""
    return f"""from countermove.inference.claims import claims, judge

(found,) = judge([claims()[{id!r}]], draws={draws}, seed={seed})
print(found.verdict)
for outcome in found.outcomes:
    print(outcome.side, outcome.text)
"""


def quantity(name: str) -> str:
    """The equation of a quantity with units and sources."""
    return f"""from countermove.explain.quantity import explain
from countermove.explore.world import world

found = explain(world().model, {name!r})
print(found.description)
for equation in found.equations:
    print(equation.left, "=", equation.right)
"""
