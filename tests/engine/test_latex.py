"""Equations as LaTeX."""

from __future__ import annotations

import pytest
from tests.engine.classics import CASES

from countermove.engine import Dimension
from countermove.engine._latex import latex
from countermove.engine._symbol import Symbol
from countermove.engine.vocabulary import assemble, at, exp, part, power, shift, soft_minimum, total, where

VENDOR = Dimension("vendor", ("huawei", "t_head"))
OPTION = Dimension("option", ("legal", "huawei", "t_head"), (VENDOR,))
THREE = Dimension("three", ("first", "second", "third"))
A, B = Symbol.named("a"), Symbol.named("unit_cost")
X, Y = Symbol.named("x", (OPTION,)), Symbol.named("y", (VENDOR,))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (A + B * 2, r"{a} + {unit\_cost} \cdot 2"),
        ((A + B) * 2, r"\left({a} + {unit\_cost}\right) \cdot 2"),
        (A - (B - 1), r"{a} - \left({unit\_cost} - 1\right)"),
        (A / (B + 1e-9), r"\frac{{a}}{{unit\_cost} + 10^{-9}}"),
        (power(A + 1, -0.5), r"{\left({a} + 1\right)}^{(-0.5)}"),
        (exp(-A), r"\exp\left(-{a}\right)"),
        (
            where(A > B, A, 2.5e6),
            r"\begin{cases} {a} & \text{if } {a} > {unit\_cost} \\ 2500000 & \text{otherwise} \end{cases}",
        ),
        (X / total(X, "option"), r"\frac{{x}_{{option}}}{\sum_{{option}} {x}_{{option}}}"),
        (total(X * A, "option"), r"\sum_{{option}} {x}_{{option}} \cdot {a}"),
        (at(X * A, "option", "t_head"), r"{x}_{{t\_head}} \cdot {a}"),
        (part(X, "option", VENDOR) - Y, r"{x}_{{vendor}} - {y}_{{vendor}}"),
        (
            shift(Y, "vendor", A),
            r"\begin{cases} {a} & {vendor} = {huawei} \\ {y}_{{vendor} - 1} & \text{otherwise} \end{cases}",
        ),
        (
            assemble(OPTION, legal=A, vendor=Y),
            (
                r"\begin{cases} {a} & {option} = {legal} \\ "
                r"{y}_{{option}} & {option} \in \text{vendors} \end{cases}"
            ),
        ),
        (
            assemble(THREE, first=A, second=A, third=B),
            r"\begin{cases} {a} & {three} \in \{{first},\, {second}\} \\ {unit\_cost} & {three} = {third} \end{cases}",
        ),
    ],
)
def test_text(expression, text):
    assert latex(expression).replace(r"\mathrm", "") == text


def test_names_are_upright():
    assert latex(B) == r"\mathrm{unit\_cost}"


@pytest.mark.parametrize("name", CASES)
def test_every_equation_of_the_small_models_has_latex_with_balanced_groups(name):
    model = CASES[name]().model
    for quantity in model.quantities.values():
        tree = quantity.equation(**{each: Symbol.named(each, model.dimensions(each)) for each in quantity.arguments})
        text = latex(tree)
        assert text.count("{") == text.count("}")
        assert text.count(r"\left") == text.count(r"\right")
        assert text.count(r"\begin{cases}") == text.count(r"\end{cases}")


def test_a_smooth_minimum_has_latex():
    assert r"\min" in latex(soft_minimum(A, B))
