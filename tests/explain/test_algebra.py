"""What is printed as an equation has the value of the equation."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from countermove.engine import Dimension
from countermove.engine._field import Field
from countermove.engine._symbol import Symbol
from countermove.engine.vocabulary import TINY, assemble, at, logistic, maximum, minimum, soft_minimum, total, where
from countermove.explain._algebra import formula, lettered, write
from countermove.model import build

BUYER = Dimension("buyer", ("a_firm", "b_firm"))
A, B = Symbol.named("a"), Symbol.named("b")
X = Symbol.named("x", (BUYER,))
WHOLE = {"soft_minimum": soft_minimum, "logistic": logistic, "minimum": minimum, "maximum": maximum}


def value(node, names, floors):
    """A tree evaluated on arrays, if asked for without floors at 1e-9."""
    if not isinstance(node, Symbol):
        return node
    if node.word == "name":
        return names[node.settings["name"]]
    arguments = [value(argument, names, floors) for argument in node.arguments]
    if node.word == "floor_at" and arguments[1] == TINY and not floors:
        return arguments[0]
    if node.word == "soft_minimum" and not floors:
        least = WHOLE["minimum"](*arguments)
        return least * sum((least / each) ** 12.0 for each in arguments) ** (-1 / 12)
    if node.word in WHOLE:
        return WHOLE[node.word](*arguments)
    if not any(isinstance(argument, Field) for argument in arguments):
        arguments[0] = Field(np.array([arguments[0]]))
    return Field.apply(node.word, tuple(arguments), **node.settings)


@pytest.mark.parametrize(
    ("tree", "text"),
    [
        (A + B * 2, "a + b · 2"),
        ((A + B) * 2, "(a + b) · 2"),
        (A - (B - 1), "a − (b − 1)"),
        (A / (B * 2), "a / (b · 2)"),
        ((A / B) * 2, "a / b · 2"),
        ((A + 1) ** -0.5, "(a + 1) ^ (-0.5)"),
        (where(A > B, A, 0), "(a if a > b, else 0)"),
        (total(X * A, "buyer"), "sum over buyer of x[buyer] · a"),
        (at(X, "buyer", "b_firm"), "x[b_firm]"),
        (assemble(BUYER, a_firm=A, b_firm=B), "{buyer a_firm: a; buyer b_firm: b}"),
    ],
)
def test_plain_algebra(tree, text):
    assert write(tree) == text


def test_a_repeated_expression_gets_one_letter():
    shared = A * B + 1
    made = lettered(shared / (shared + 2))
    # "a" and "b" are names of its own.
    assert made.plain() == ("c / (c + 2)", {"c": "a · b + 1"})


def without_floors(quantity, model, states):
    """The equation on the states, floors at 1e-9 left out as they are in print; NaN where one would have counted."""
    tree = quantity.equation(**{each: Symbol.named(each, model.dimensions(each)) for each in quantity.arguments})
    return full(quantity, value(tree, states, floors=False), states)


def full(quantity, found, states):
    array = found.to(quantity.dimensions) if isinstance(found, Field) else np.asarray(float(found))
    return np.broadcast_to(array, (*map(len, quantity.dimensions), len(states["month"].array)))


def test_every_printed_equation_of_the_model_has_the_value_of_the_equation(central):
    model, states = central
    compared = 0
    for name, quantity in model.quantities.items():
        made = formula(model, quantity)
        names = {argument: states[argument] for argument in quantity.arguments}
        with np.errstate(all="ignore"):
            for letter, node in made.letters.items():
                names[letter] = value(node, names, floors=False)
            printed = full(quantity, value(made.right, names, floors=False), states)
            exact = without_floors(quantity, model, states)
        defined = np.isfinite(exact) & np.isfinite(printed)
        # Rewriting changes the order of operations.
        np.testing.assert_allclose(printed[defined], exact[defined], rtol=1e-9, atol=1e-12, err_msg=name)
        compared += defined.mean()
    assert compared > 0.95 * len(model.quantities)


def test_the_plain_text_of_scalar_equations_reads_back_to_the_same_value(central):
    """An independent reading of the text, by Python: parentheses stand where they must."""
    model, states = central
    spoken = {"min": np.minimum.reduce, "max": np.maximum.reduce}
    names = {name: lambda *each, f=f: f(np.broadcast_arrays(*each)) for name, f in spoken.items()}
    names |= {"exp": np.exp, "ln": np.log, "abs": np.abs, "logistic": lambda x: 1 / (1 + np.exp(-x))}
    read = 0
    for name, quantity in model.quantities.items():
        text, letters = formula(model, quantity).plain()
        if any(mark in line for line in (text, *letters.values()) for mark in ("[", "{", " over ", " if ", "soft_")):
            continue
        local = {argument: states[argument].array for argument in quantity.arguments}
        with np.errstate(all="ignore"):
            for letter, line in letters.items():
                local[letter] = eval(python(line), names, local)
            found = full(quantity, Field(np.atleast_1d(np.asarray(eval(python(text), names, local), float))), states)
            exact = without_floors(quantity, model, states)
        defined = np.isfinite(found) & np.isfinite(exact)
        np.testing.assert_allclose(found[defined], exact[defined], rtol=1e-9, atol=1e-12, err_msg=name)
        read += 1
    assert read > 80


def python(text: str) -> str:
    return text.replace("·", "*").replace("^", "**").replace("−", "-")


@pytest.mark.parametrize("name", list(build().quantities))
def test_latex_is_balanced(name):
    model = build()
    right, letters = formula(model, model.quantities[name]).latex()
    for text in (right, *letters.values()):
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")


def test_the_smooth_minimum_is_recognised_and_no_other_power():
    assert write(formula_of(soft_minimum(A, B))) == "soft_minimum(a, b)"
    assert "soft" not in write(formula_of(minimum(A, B) * (A**12 + B**12) ** (-1 / 12)))


def formula_of(tree):
    from countermove.explain._algebra import _Shorter

    return _Shorter().of(tree)


def test_letters_go_on_after_z():
    trees = [A + B * index for index in range(2, 32)]
    made = lettered(reduce(lambda left, right: left + right, [tree * tree for tree in trees]))
    assert list(made.letters)[:2] == ["c", "d"]
    assert list(made.letters)[23:26] == ["z", "a1", "b1"]
