"""Boxes: a known box is found again, with its coverage and density; what chance would explain is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove.decide import cart, prim
from countermove.decide.discovery import stability

DRAWS, INPUTS = 4000, 40
KNOWN = {3: (0.6, np.inf), 7: (-np.inf, 0.5), 20: (0.2, np.inf)}


@pytest.fixture(scope="module")
def known_box():
    """Cases lie in a box of three of forty inputs, as in Bryant and Lempert (2010), except that 3 % are mistaken."""
    generator = np.random.default_rng(1)
    values = generator.random((INPUTS, DRAWS))
    cases = prim.inside(KNOWN, values) ^ (generator.random(DRAWS) < 0.03)
    return values, cases


def _limits_near(found, tolerance):
    """Every limit of the known box is found to within what one peel moves it."""
    for row, ends in KNOWN.items():
        for known, end in zip(ends, found.limits[row], strict=True):
            if np.isfinite(known):
                assert end == pytest.approx(known, abs=tolerance)


@pytest.mark.parametrize("module", [prim, cart])
def test_a_known_box_is_recovered(known_box, module):
    values, cases = known_box
    (box,) = module.boxes(values, cases, density=0.95, most_inputs=3, most_boxes=1)
    assert set(box.limits) == set(KNOWN)
    _limits_near(box, 0.06)  # a peel of a twentieth of a box as wide as the whole input
    truth = prim.described(KNOWN, values, cases)
    assert box.density == pytest.approx(truth.density, abs=0.03)
    assert box.coverage == pytest.approx(truth.coverage, abs=0.1)  # a box thinner by one peel in two inputs
    assert all(chance < 1e-6 for chance in box.chance.values())


def test_two_boxes_are_found_one_after_the_other():
    values = np.random.default_rng(2).random((10, DRAWS))
    one = {0: (0.75, np.inf), 1: (0.5, np.inf)}
    other = {2: (-np.inf, 0.2), 3: (0.5, np.inf)}
    cases = prim.inside(one, values) | prim.inside(other, values)
    found = prim.boxes(values, cases, density=0.9, most_inputs=2, most_boxes=3)
    assert {frozenset(box.limits) for box in found[:2]} == {frozenset(one), frozenset(other)}
    assert sum(box.coverage for box in found[:2]) > 0.85


@pytest.mark.parametrize("module", [prim, cart])
def test_noise_has_no_box(module):
    """With 40 inputs that have no bearing, no box is denser than chance makes one."""
    generator = np.random.default_rng(3)
    values, cases = generator.random((INPUTS, DRAWS)), generator.random(DRAWS) < 0.3
    assert not module.boxes(values, cases, density=0.8, most_inputs=4, most_boxes=3)


def test_quasi_p_drops_a_restriction_that_does_nothing(known_box):
    values, cases = known_box
    box = prim.described({**KNOWN, 30: (0.02, np.inf)}, values, cases)
    assert box.chance[30] > 0.05
    assert set(prim.without_chance(box, values, cases).limits) == set(KNOWN)


def test_pasting_takes_back_what_was_peeled_too_far():
    values = np.random.default_rng(4).random((2, DRAWS))
    cases = values[0] > 0.5
    narrow = prim.described({0: (0.8, np.inf)}, values, cases)
    wide = prim.pasted(narrow, values, cases)
    assert wide.density == 1.0
    assert wide.coverage > 0.9 > narrow.coverage


def test_the_chosen_box_covers_most_at_the_wanted_density():
    boxes = [prim.Box({}, 1.0, 0.3, 1.0), prim.Box({0: (0, 1)}, 0.7, 0.82, 0.2), prim.Box({0: (0, 2)}, 0.4, 0.95, 0.1)]
    assert prim.chosen(boxes, 0.8) is boxes[1]
    assert prim.chosen(boxes, 0.9) is boxes[2]
    assert prim.chosen(boxes, 0.99) is boxes[1]  # none is as dense: the best harmonic mean of coverage and density


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_a_trajectory_only_shrinks(seed):
    generator = np.random.default_rng(seed)
    values = generator.random((5, 400))
    cases = values[0] + generator.random(400) > 1.2
    path = prim.trajectory(values, cases, range(5), most_inputs=2)
    masses = [box.mass for box in path]
    assert masses == sorted(masses, reverse=True)
    assert len(set(masses)) == len(masses)
    assert path[-1].density > cases.mean()
    for box in path:
        again = prim.described(box.limits, values, cases)
        assert (again.mass, again.coverage, again.density) == pytest.approx((box.mass, box.coverage, box.density))
        assert len(box.limits) <= 2


def test_an_input_of_two_values_can_be_peeled():
    generator = np.random.default_rng(5)
    values = np.stack([(generator.random(2000) < 0.5).astype(float), generator.random(2000)])
    (box,) = prim.boxes(values, values[0] == 1, density=0.95, most_inputs=2, most_boxes=1)
    assert box.limits == {0: (0.0, np.inf)}
    assert box.coverage == box.density == 1.0


def test_a_known_box_is_stable_and_holds_out_of_sample(known_box):
    values, cases = known_box

    def find(some, hits):
        return prim.boxes(some, hits, density=0.9, most_inputs=3, most_boxes=1)

    found = stability(find, values, cases, seed=1, resamples=6)
    assert all(found.chosen[row] == 1.0 for row in KNOWN)
    truth = prim.described(KNOWN, values, cases)
    assert found.density[0] == pytest.approx(truth.density, abs=0.1)
    assert found.coverage[0] == pytest.approx(truth.coverage, abs=0.12)
