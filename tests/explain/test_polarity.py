"""Measured signs against signs that are known from the equations."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.classics import predator_prey

from countermove.engine import Dimension, Input, build, stock, variable
from countermove.engine._field import Field
from countermove.engine.vocabulary import minimum, total
from countermove.errors import CountermoveError
from countermove.explain.polarity import Link, Loop, links, loops, states
from countermove.units import ONE

VENDOR = Dimension("vendor", ("one", "two"))


def measured(case, at):
    return links(case.model, states(case.model, case.inputs, case.months, at), at)


def polarities(found):
    return {(link.cause, link.effect): link.polarity for link in found}


def test_predators_and_prey_balance():
    """x' = x (1 − y), y' = y (x − 1): prey feed predators, predators eat prey."""
    case = predator_prey(50)
    found = measured(case, range(1, case.months, 5))
    known = polarities(found)
    assert known["prey", "predators"] == "+"
    assert known["predators", "prey"] == "−"
    closed = loops(found, "prey", 4)
    assert [(loop.names, loop.behaviour) for loop in closed] == [(("prey", "predators"), "balancing")]


def test_signs_that_change_along_the_run_are_mixed():
    """The growth r x (1 − x/K) rises with x below K/2 and falls above: its derivative changes sign at K/2."""

    @variable(unit="1/month", source="identity")
    def growth(population, rate):
        return rate * population * (1 - population)

    @stock(unit="1", initial=0.01, source="identity")
    def population(growth):
        return growth

    from countermove.units import Unit

    model = build([growth, population], [Input("rate", "parameter", Unit.parse("1/month"))])
    at = range(1, 200)
    found = {(link.cause, link.effect): link for link in links(model, states(model, {"rate": 0.1}, 200, at), at)}
    link = found["population", "growth"]
    size = states(model, {"rate": 0.1}, 200, at)["population"].array
    assert link.polarity == "mixed"
    assert [sign > 0 for sign in link.signs] == (size < 0.5).tolist()
    (loop,) = loops(found.values(), "growth", 3)
    assert loop.behaviour == "mixed"


def vendors():
    """Shares of two vendors fall with their own price and rise with the other's; the least of two inputs binds."""

    @variable(unit="1", source="identity", dims=(VENDOR,))
    def price(cost):
        return 1 * cost

    @variable(unit="1", source="identity", dims=(VENDOR,))
    def share(price):
        return 1 / price / total(1 / price, "vendor")

    @variable(unit="1", source="identity")
    def bound(share, ample):
        return minimum(total(share, "vendor"), ample)

    @variable(unit="1", source="identity")
    def ample(plenty):
        return 1 * plenty

    return build(
        [price, share, bound, ample], [Input("cost", "parameter", ONE, (VENDOR,)), Input("plenty", "parameter", ONE)]
    )


def test_along_shared_dimensions_the_own_element_counts():
    model = vendors()
    at = (1, 2)
    found = links(model, states(model, {"cost": np.array([1.0, 2.0]), "plenty": np.array(50.0)}, 3, at), at)
    known = polarities(found)
    assert known["price", "share"] == "−"  # the share of one vendor rises with the other's price, its own falls
    assert known["ample", "bound"] == "none"
    assert known["share", "bound"] == "+"


def test_months_outside_the_run_are_refused():
    with pytest.raises(CountermoveError, match="from month 1 to month 2"):
        states(vendors(), {"cost": np.ones(2), "plenty": np.array(1.0)}, 3, (0, 1))


def test_every_sign_of_the_model_that_is_not_mixed_agrees_with_a_gradient(central):
    """JAX's derivative of the same equations, by the whole of a scalar argument, at one state."""
    import jax
    import jax.numpy as jnp

    model, found = central
    at = range(6, 240, 6)
    month = 18
    checked = 0
    for link in links(model, found, at):
        quantity = model.quantities[link.effect]
        if quantity.dimensions or model.dimensions(link.cause) or link.polarity == "mixed":
            continue
        here = {
            name: Field(jnp.asarray(found[name].array[..., month : month + 1], dtype=float), found[name].dimensions)
            for name in quantity.arguments
        }

        def equation(x, quantity=quantity, here=here, cause=link.cause):
            result = quantity.equation(**{**here, cause: Field(x)})
            return result.array[0] if isinstance(result, Field) else 0.0 * x[0]

        slope = float(jax.grad(equation)(here[link.cause].array)[0])
        if link.signs[month] != 0:
            assert np.sign(slope) == link.signs[month], (link.cause, link.effect)
            checked += 1
    assert checked > 100


def test_a_loop_is_the_product_of_its_links():
    one = Link("a", "b", (1, 2, 3), (1.0, -1.0, 0.0))
    other = Link("b", "a", (1, 2, 3), (-1.0, 1.0, 1.0))
    (loop,) = loops([one, other], "a", 2)
    assert loop == Loop(("a", "b"), (-1.0, -1.0, 0.0))
    assert loop.behaviour == "balancing"
    assert (one.polarity, other.polarity) == ("mixed", "mixed")


def test_loops_are_bounded_and_need_a_linked_quantity(central):
    model, found = central
    every = links(model, found, range(6, 240, 6))
    short, longer = loops(every, "cards_made", 6), loops(every, "cards_made", 9)
    assert short == [loop for loop in longer if len(loop.names) <= 6]
    ends = {(link.cause, link.effect) for link in every}
    for loop in longer:
        assert loop.names[0] == "cards_made"
        assert len(set(loop.names)) == len(loop.names) <= 9
        assert all(pair in ends for pair in zip(loop.names, (*loop.names[1:], loop.names[0]), strict=True))
    with pytest.raises(CountermoveError, match="did you mean 'cards_made'"):
        loops(every, "card_made", 6)


@pytest.mark.parametrize(
    ("cause", "effect", "polarity"),
    [
        ("defect_density", "ai_die_yield", "−"),
        ("memory_cards", "cards_made", "+"),
        ("card_inventory", "planned_cards", "−"),
        ("us_compute", "us_china_ratio", "+"),
        ("china_all", "us_china_ratio", "−"),
    ],
)
def test_known_links_of_the_model(central, cause, effect, polarity):
    model, found = central
    assert polarities(links(model, found, range(6, 240, 6)))[cause, effect] == polarity
