"""The evidence as the model is read for it: every row, mapped or not, with what belongs to it."""

from __future__ import annotations

from typing import Any

from countermove.evidence import facts
from countermove.inference.observations import Left, Observation, distinct, observe
from countermove.inference.operators import Operator, Term, check_against, operators


def shipped() -> tuple[list[Observation], list[Left]]:
    """Observations among the shipped evidence, each figure once, and all other rows.

    Raises:
        CountermoveError: an operator does not fit the model.
    """
    from countermove import model

    check_against(model.build(), operators())
    found, left = observe(facts(), operators())
    kept, repeated = distinct(found)
    return kept, [*left, *repeated]


def listed() -> list[dict[str, Any]]:
    """Every row of the evidence as plain values; `needs` names a quantity of the model that would be required."""
    found, left = shipped()
    return [*map(_mapped, found), *map(_unmapped, left)]


def series() -> list[dict[str, Any]]:
    """Every series with the number of its figures."""
    found, _ = shipped()
    rows: list[dict[str, Any]] = []
    for operator in operators().series.values():
        those = [each for each in found if each.operator.name == operator.name]
        rows.append(
            {
                "series": operator.name,
                "model": formula(operator),
                "time": _time(operator),
                "figures": len(those),
                "first": min((each.last for each in those), default=None),
                "last": max((each.last for each in those), default=None),
                "unit": operator.unit_text,
                "note": operator.note,
            }
        )
    return rows


def formula(operator: Operator) -> str:
    """How the figure is made of quantities of the model, as text."""
    text = " + ".join(map(_term, operator.terms))
    for term in operator.times:
        text = f"{text} × {_term(term)}"
    if operator.over:
        text = f"{text} over {' + '.join(map(_term, operator.over))}"
    return f"{operator.function}({text})" if operator.function else text


def _term(term: Term) -> str:
    elements = "; ".join(", ".join(chosen) for _, chosen in term.elements)
    return f"{term.quantity}[{elements}]" if elements else term.quantity


def _time(operator: Operator) -> str:
    return f"since {operator.since}" if operator.since else operator.time


def _mapped(each: Observation) -> dict[str, Any]:
    fact = each.fact
    return {
        "id": fact.id,
        "mapped": True,
        "series": each.operator.name,
        "entity": fact.entity,
        "quantity": fact.quantity,
        "period_start": fact.period_start,
        "period_end": fact.period_end,
        "value": each.value,
        "unit": each.operator.unit_text,
        "scale": each.operator.scale,
        "error": each.error,
        "bound": each.bound,
        "shared_error_with": each.group,
        "knowable_on": each.knowable_on,
        "model": formula(each.operator),
        "time": _time(each.operator),
        "why": "",
        "needs": "",
    }


def _unmapped(left: Left) -> dict[str, Any]:
    fact = left.fact
    return {
        "id": fact.id,
        "mapped": False,
        "series": "",
        "entity": fact.entity,
        "quantity": fact.quantity,
        "period_start": fact.period_start,
        "period_end": fact.period_end,
        "value": fact.central,
        "unit": fact.unit,
        "scale": "",
        "error": None,
        "bound": None,
        "shared_error_with": "",
        "knowable_on": None,
        "model": "",
        "time": "",
        "why": left.why,
        "needs": left.needs,
    }
