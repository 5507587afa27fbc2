"""A model that is not well formed is refused with one line that says what, where and how to mend it."""

from __future__ import annotations

import re

import pytest
from tests.engine.classics import parameter

from countermove.engine import Dimension, Input, build, delay, flow, smooth, stock, variable
from countermove.engine.vocabulary import assemble, at, part, rename, shift, total
from countermove.errors import CountermoveError
from countermove.units import Unit

HERE = re.escape(__file__)
BUYER = Dimension("buyer", ("baidu", "bytedance"))
OPTION = Dimension("option", ("legal", "grey"))


def line_of(quantity):
    """What an error should say about the place of a quantity."""
    return f"{HERE}:{quantity.place.line}"


@variable(unit="card/month", source="identity")
def sales(price, budget):
    return budget / price


PRICE, BUDGET = parameter("price", "USD/card"), parameter("budget", "USD/month")


def test_a_good_model_is_built():
    model = build([sales], [PRICE, BUDGET])
    assert model.order == ("sales",)
    assert model.needed(["sales"]) == {"sales", "price", "budget"}


def test_unknown_name_with_nearest_match():
    with pytest.raises(
        CountermoveError, match=f"{line_of(sales)}: 'sales' reads unknown 'price': did you mean 'prize'"
    ):
        build([sales], [parameter("prize", "USD/card"), BUDGET])


def test_unknown_initial_value():
    @stock(unit="card", initial="owned_at_strat", source="identity")
    def owned(sales):
        return sales

    with pytest.raises(CountermoveError, match="unknown 'owned_at_strat': did you mean 'owned_at_start'"):
        build([owned, sales], [PRICE, BUDGET, parameter("owned_at_start", "card")])


def test_unused_parameter():
    with pytest.raises(CountermoveError, match="read by no equation: parameter 'unread'"):
        build([sales], [PRICE, BUDGET, parameter("unread", "1")])


def test_duplicate_quantity_names_both_places():
    first = sales

    def again():
        @variable(unit="1", source="identity")
        def sales():
            return 1.0

        return sales

    second = again()
    with pytest.raises(
        CountermoveError, match=f"{line_of(second)}: 'sales' is declared twice, first at {line_of(first)}"
    ):
        build([first, second], [PRICE, BUDGET])


def test_duplicate_of_an_input():
    with pytest.raises(CountermoveError, match="'price' is declared twice"):
        build([sales], [PRICE, PRICE, BUDGET])
    with pytest.raises(CountermoveError, match="'sales' is declared twice, once as parameter"):
        build([sales], [PRICE, BUDGET, parameter("sales", "card/month")])


def test_names_of_the_clock_are_taken():
    @variable(unit="1", source="identity")
    def month():
        return 1.0

    with pytest.raises(CountermoveError, match="'month' is a name of the engine's clock"):
        build([month])


def test_cycle_names_every_member_with_its_place():
    @variable(unit="1", source="identity")
    def demand(cost):
        return cost

    @variable(unit="1", source="identity")
    def output(demand):
        return demand

    @variable(unit="1", source="identity")
    def cost(output):
        return output

    pattern = (
        "circular definition: demand → cost → output → demand; a stock or a delay must break it: "
        f"demand \\({line_of(demand)}\\); cost \\({line_of(cost)}\\); output \\({line_of(output)}\\)"
    )
    with pytest.raises(CountermoveError, match=pattern):
        build([demand, output, cost])


def test_a_stock_or_delay_breaks_a_cycle():
    @variable(unit="1", source="identity")
    def demand(held, later, average):
        return 0.5 * (held + later + average)

    @stock(unit="1", initial=1.0, source="identity")
    def held(demand, one_month):
        return demand / one_month

    @delay(unit="1", months="lag", initial="start_value", source="identity")
    def later(demand):
        return demand

    @smooth(unit="1", months="lag", initial="start_value", source="identity")
    def average(demand):
        return demand

    model = build([demand, held, later, average], [parameter("lag", "month"), parameter("start_value", "1")])
    assert model.order.index("later") < model.order.index("demand")
    assert model.stocks == ("held", "later_in_transit", "average")


def test_cycle_of_initial_values():
    @stock(unit="1", initial="right", source="identity")
    def left(one_month):
        return 0 / one_month

    @stock(unit="1", initial="left", source="identity")
    def right(one_month):
        return 0 / one_month

    with pytest.raises(CountermoveError, match="circular definition: left → right → left"):
        build([left, right])


def test_wrong_unit_of_a_result():
    @variable(unit="card", source="identity")
    def sold(price, budget):
        return budget / price

    pattern = f"{line_of(sold)}: 'sold' comes out in card/month but should be in card"
    with pytest.raises(CountermoveError, match=pattern):
        build([sold], [PRICE, BUDGET])


def test_wrong_unit_inside_an_equation():
    @variable(unit="card/month", source="identity")
    def sold(price, budget):
        return budget / price + 3

    with pytest.raises(CountermoveError, match=f"{line_of(sold)}: in 'sold': cannot add card/month and 1"):
        build([sold], [PRICE, BUDGET])


def test_a_month_is_not_a_year():
    @variable(unit="card/month", source="identity")
    def sold(price, yearly_budget):
        return yearly_budget / price

    inputs = [PRICE, parameter("yearly_budget", "USD/yr")]
    with pytest.raises(CountermoveError, match="comes out in 1/12\\*card/month but should be in card/month"):
        build([sold], inputs)

    @variable(unit="card/month", source="identity")
    def mended(price, yearly_budget, months_per_year):
        return yearly_budget / price / months_per_year

    build([mended], inputs)


def test_net_flow_must_be_per_month():
    @stock(unit="card", initial=0.0, source="identity")
    def owned(bought):
        return bought

    with pytest.raises(CountermoveError, match="net flow of 'owned' comes out in card but should be in card/month"):
        build([owned], [parameter("bought", "card")])


def test_initial_value_in_another_unit():
    @stock(unit="card", initial="start_value", source="identity")
    def owned(sales):
        return sales

    @stock(unit="card", initial="start_value", source="identity")
    def kept():
        return 0

    with pytest.raises(CountermoveError, match="'owned' in card starts at 'start_value' in die"):
        build([owned, sales], [PRICE, BUDGET, parameter("start_value", "die")])
    with pytest.raises(CountermoveError, match="'kept' in card starts at 'start_value' in die"):
        build([kept], [parameter("start_value", "die")])


def test_dimensions_are_those_declared():
    @variable(unit="card", source="identity", dims=(BUYER,))
    def all_cards(cards):
        return total(cards, "option")

    with pytest.raises(CountermoveError, match="'all_cards' has dimensions none but is declared with buyer"):
        build([all_cards], [parameter("cards", "card", OPTION)])


def test_one_number_is_not_an_array():
    @variable(unit="card", source="identity", dims=(BUYER,))
    def none():
        return 0

    with pytest.raises(CountermoveError, match="'none' is one number but is declared with buyer"):
        build([none])


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        (lambda cards: total(cards, "buyers"), "unknown dimension 'buyers': did you mean 'buyer'"),
        (lambda cards: at(cards, "buyer", "bidu"), "unknown buyer 'bidu': did you mean 'baidu'"),
        (lambda cards: part(cards, "buyer", OPTION), "unknown buyer 'legal'"),
        (lambda cards: rename(cards, "buyer", Dimension("client", ("a", "b", "c"))), "not the same axis"),
        (lambda cards: rename(cards, "buyer", OPTION), "'option' would be a dimension twice"),
        (lambda cards: shift(cards, "buyer", cards), "may have only the other dimensions"),
        (lambda cards: assemble(BUYER, baidu=cards, bytedance=cards), "'buyer' would be a dimension twice"),
        (lambda cards: assemble(BUYER, baidu=total(cards, "buyer")), "no value for bytedance"),
        (lambda cards: cards if cards > 0 else 0, "cannot branch"),
    ],
)
def test_misused_dimensions(equation, message):
    equation.__name__ = "wrong"
    wrong = variable(unit="card", source="identity", dims=(BUYER, OPTION))(equation)
    with pytest.raises(CountermoveError, match=f"{line_of(wrong)}: in 'wrong': .*{message}"):
        build([wrong], [parameter("cards", "card", BUYER, OPTION)])


def test_a_source_is_required():
    with pytest.raises(CountermoveError, match="'bare' has no source"):

        @variable(unit="1", source="")
        def bare():
            return 1.0


def test_an_unknown_unit_is_refused_where_it_is_declared():
    with pytest.raises(CountermoveError, match=f"{HERE}:\\d+: 'odd': .*unknown unit 'wafers': did you mean 'wafer'"):

        @variable(unit="wafers/month", source="identity")
        def odd():
            return 1.0


def test_a_flow_is_per_month():
    with pytest.raises(CountermoveError, match="flow 'still' needs a unit per month, not card"):

        @flow(unit="card", source="identity")
        def still():
            return 1.0


def test_arguments_must_be_named():
    with pytest.raises(CountermoveError, match="every argument must be named"):

        @variable(unit="1", source="identity")
        def vague(*several):
            return several[0]


def test_dimension_with_doubled_or_foreign_elements():
    with pytest.raises(CountermoveError, match="must be distinct"):
        Dimension("buyer", ("baidu", "baidu"))
    with pytest.raises(CountermoveError, match="unknown buyer 'legal': allowed are baidu"):
        Dimension("buyer", ("baidu",), (OPTION,))


def test_input_unit_is_a_unit():
    assert Input("price", "parameter", Unit.parse("USD/card")).unit == Unit.parse("USD") / Unit.parse("card")


def test_a_level_reads_no_month():
    from countermove.engine import level

    @stock(unit="card", initial=0.0, source="identity")
    def shelf(made):
        """Cards on the shelf."""
        return made

    @flow(unit="card/month", source="identity")
    def made(rate):
        """Cards made."""
        return rate

    @level(unit="card", source="identity")
    def counted(shelf, made, one_month):
        """Mixes a stock and a flow."""
        return shelf + made * one_month

    with pytest.raises(CountermoveError, match=r"level 'counted' reads 'made', which belongs to a month"):
        build([shelf, made, counted], [Input("rate", "parameter", Unit.parse("card/month"))])
