"""The vocabulary means the same on plain numbers, on arrays and on symbols; the smooth minimum keeps its promises."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.engine import Dimension
from countermove.engine._field import Field
from countermove.engine._symbol import Expansion, Symbol, positions
from countermove.engine.vocabulary import (
    SOFTNESS,
    absolute,
    assemble,
    at,
    binding_share,
    exp,
    floor_at,
    indicator,
    largest,
    log,
    logistic,
    maximum,
    minimum,
    part,
    power,
    rename,
    shift,
    soft_minimum,
    total,
    where,
)
from countermove.errors import CountermoveError

EQUATIONS = {
    "arithmetic": lambda x, y: (x + 2) * y - x / (y + 3) - (-x) + 5 - y + 1 / (x + 1),
    "power": lambda x, y: power(x, 3) + power(y, 0.5) + power(x, y) + power(y, -1.5) + 2.0**x + x**2 + power(x, 16),
    "extremes": lambda x, y: minimum(x, y, 1.5) + maximum(x, y, 0.5) * floor_at(x - 2),
    "functions": lambda x, y: exp(-x) + log(y + 1) + absolute(x - y) + logistic(x - 2 * y),
    "choice": lambda x, y: where(x > y, x, 2 * y) + where(x >= 1, y, 0) + where(x < y, 1, 2) + where(x <= 2, 3, x),
    "truth as a number": lambda x, y: 1.0 * (x > y) + 3.0 * (x < 1) - (y >= x) * 2.0,
    "limits": lambda x, y: soft_minimum(x, y, 1.0 + x) + binding_share(x, y),
}
POSITIVE = st.floats(1e-3, 5)
INPUTS = st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=6)


def evaluated(node, values):
    """A scalar expression of symbols, worked out with the vocabulary on plain numbers."""
    words = {
        "add": lambda *x: sum(x), "sum": lambda *x: sum(x), "subtract": lambda x, y: x - y,
        "multiply": lambda x, y: x * y, "divide": lambda x, y: x / y, "negative": lambda x: -x,
        "greater": lambda x, y: float(x > y), "greater_equal": lambda x, y: float(x >= y),
        "minimum": minimum, "maximum": maximum, "floor_at": floor_at, "exp": exp, "log": log,
        "power": power, "absolute": absolute, "where": where,
    }  # fmt: skip
    if not isinstance(node, Symbol):
        return node
    if node.word == "name":
        value = values[node.settings["name"]]
        return value[node.settings["elements"]] if isinstance(value, dict) else value
    return words[node.word](*(evaluated(argument, values) for argument in node.arguments))


@pytest.mark.parametrize("name", EQUATIONS)
@given(x=POSITIVE, y=POSITIVE)
def test_numbers_arrays_and_symbols_agree(name, x, y):
    equation = EQUATIONS[name]
    expected = float(equation(np.float64(x), np.float64(y)))
    field = equation(Field(np.array([x])), Field(np.array([y])))
    assert field.array.tolist() == pytest.approx([expected], rel=1e-12, abs=1e-12)
    symbol = Expansion().at(equation(Symbol.named("x"), Symbol.named("y")), {})
    assert evaluated(symbol, {"x": np.float64(x), "y": np.float64(y)}) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_numpy_and_jax_agree():
    import countermove.engine.compile  # noqa: F401  switches JAX to double precision

    x, y = np.linspace(0.1, 4, 9), np.linspace(3, 0.2, 9)
    for equation in EQUATIONS.values():
        ours = equation(Field(jnp.asarray(x)), Field(jnp.asarray(y))).array
        assert np.asarray(ours) == pytest.approx(equation(Field(x), Field(y)).array, rel=1e-12)


VENDOR = Dimension("vendor", ("huawei", "t_head"))
OPTION = Dimension("option", ("legal", "huawei", "grey", "t_head"), (VENDOR,))
BUYER = Dimension("buyer", ("baidu", "bytedance", "tencent"))
CARDS = np.arange(1.0, 13.0).reshape(4, 3)  # option × buyer
PRICE = np.array([10.0, 20.0, 30.0])

ON_DIMENSIONS = {
    "total": (lambda c, p: total(c, "option"), CARDS.sum(axis=0)),
    "largest": (lambda c, p: largest(c, "buyer"), CARDS.max(axis=1)),
    "at": (lambda c, p: at(c, "option", "grey"), CARDS[2]),
    "part": (lambda c, p: part(c, "option", VENDOR), CARDS[[1, 3]]),
    "part in a row": (lambda c, p: part(c, "buyer", Dimension("large", ("bytedance", "tencent"))), CARDS[:, 1:]),
    "rename": (lambda c, p: rename(p, "buyer", Dimension("client", BUYER.elements)) * c, None),
    "shift": (lambda c, p: shift(c, "option", p), np.vstack([PRICE, CARDS[:-1]])),
    "shift by a number": (lambda c, p: shift(c, "option", 0), np.vstack([np.zeros(3), CARDS[:-1]])),
    "shift along the last": (
        lambda c, p: shift(c, "buyer", total(p, "buyer")), np.column_stack([np.full(4, 60.0), CARDS[:, :-1]])
    ),
    "indicator": (lambda c, p: indicator(p, BUYER, "baidu", "tencent"), np.array([1.0, 0.0, 1.0])),
    "assemble": (
        lambda c, p: assemble(OPTION, legal=p, vendor=part(c, "option", VENDOR), default=0.0),
        np.vstack([PRICE, CARDS[1], np.zeros(3), CARDS[3]]),
    ),
    "aligned by name": (lambda c, p: p * c, (CARDS * PRICE).T),
    "a share": (lambda c, p: c / total(c, "buyer"), CARDS / CARDS.sum(axis=1, keepdims=True)),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, (_, expected) in ON_DIMENSIONS.items() if expected is not None])
def test_words_on_dimensions(name):
    equation, expected = ON_DIMENSIONS[name]
    field = equation(Field(CARDS[..., None], (OPTION, BUYER)), Field(PRICE[..., None], (BUYER,)))
    assert np.squeeze(field.array, -1) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("name", ON_DIMENSIONS)
def test_symbols_expand_to_the_same_elements(name):
    equation, _ = ON_DIMENSIONS[name]
    field = equation(Field(CARDS[..., None], (OPTION, BUYER)), Field(PRICE[..., None], (BUYER,)))
    symbol = equation(Symbol.named("c", (OPTION, BUYER)), Symbol.named("p", (BUYER,)))
    assert [d.name for d in symbol.dimensions] == [d.name for d in field.dimensions]
    values = {
        "c": {(o, b): CARDS[i, j] for i, o in enumerate(OPTION.elements) for j, b in enumerate(BUYER.elements)},
        "p": {(b,): PRICE[j] for j, b in enumerate(BUYER.elements)},
    }
    expansion = Expansion()
    found = [evaluated(expansion.at(symbol, place), values) for place in positions(symbol.dimensions)]
    assert found == pytest.approx(field.array.ravel().tolist(), rel=1e-14)


def test_assemble_refuses_gaps_doubles_and_strangers():
    p = Field(PRICE[..., None], (BUYER,))
    x = total(p, "buyer")
    with pytest.raises(CountermoveError, match="no value for grey"):
        assemble(OPTION, legal=x, vendor=indicator(x, VENDOR, "huawei"))
    with pytest.raises(CountermoveError, match="element 'huawei' is given twice"):
        assemble(OPTION, vendor=indicator(x, VENDOR, "huawei"), huawei=x, default=x)
    with pytest.raises(CountermoveError, match="unknown option 'gray': did you mean 'grey'"):
        assemble(OPTION, gray=x, default=x)
    with pytest.raises(CountermoveError, match="at least one piece must be a quantity"):
        assemble(BUYER, default=1.0)


def test_dimension_words_need_dimensions():
    with pytest.raises(CountermoveError, match="'total' needs named dimensions"):
        total(3.0, "buyer")


@given(INPUTS)
def test_soft_minimum_never_exceeds_the_least_and_is_not_far_below(inputs):
    value = float(soft_minimum(*inputs))
    least = min(inputs)
    assert value <= least * (1 + 1e-12)
    # n equal inputs give n^(−1/12) of either, the lowest value there is.
    assert value >= least * len(inputs) ** (-1 / SOFTNESS) * (1 - 1e-12)


@given(INPUTS, st.floats(1e-2, 1e2))
def test_soft_minimum_is_homogeneous_of_degree_one(inputs, factor):
    scaled = [max(x, 1e-4) for x in inputs]  # away from the floor of 1e-9
    grown = float(soft_minimum(*(factor * x for x in scaled)))
    assert grown == pytest.approx(factor * float(soft_minimum(*scaled)), rel=1e-12)


@given(INPUTS)
def test_soft_minimum_does_not_depend_on_the_order(inputs):
    assert float(soft_minimum(*inputs)) == pytest.approx(float(soft_minimum(*reversed(inputs))), rel=1e-12)


@given(INPUTS)
def test_binding_shares_sum_to_one(inputs):
    shares = [float(binding_share(x, *inputs[:i], *inputs[i + 1 :])) for i, x in enumerate(inputs)]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1, rel=1e-12)


@given(st.lists(st.floats(0.5, 2), min_size=2, max_size=5), st.data())
def test_binding_share_is_the_elasticity(inputs, data):
    index = data.draw(st.integers(0, len(inputs) - 1))
    step = 1e-6

    def log_of(moved):
        return np.log(float(soft_minimum(*inputs[:index], inputs[index] * np.exp(moved), *inputs[index + 1 :])))

    elasticity = (log_of(step) - log_of(-step)) / (2 * step)
    share = float(binding_share(inputs[index], *inputs[:index], *inputs[index + 1 :]))
    # A central difference of step h with third derivative ≤ 12³ is good to h² · 12³ and rounding 1e-16 / h.
    assert elasticity == pytest.approx(share, abs=1e-8)


@given(st.lists(st.floats(0, 1e7), min_size=2, max_size=5))
def test_soft_minimum_is_finite_in_single_precision(inputs):
    fields = [Field(np.array([x], dtype="float32")) for x in inputs]
    value = soft_minimum(*fields).array
    assert value.dtype == np.float32
    assert np.isfinite(value).all()
    assert value[0] <= max(min(inputs), 1e-9) * (1 + 1e-5)  # seven digits, a dozen operations


def test_power_at_zero():
    zero = Field(np.array([0.0]))
    assert power(zero, 3).array.tolist() == [0.0]
    assert power(zero, 0.5).array.tolist() == pytest.approx([0.0], abs=1e-14)
    assert np.isfinite(power(zero, -0.5).array).all()
    assert (Field(np.array([-2.0])) ** 3).array.tolist() == [-8.0]


def test_equations_cannot_branch():
    with pytest.raises(CountermoveError, match="use where"):
        bool(Field(np.array([1.0])) > 0)
