"""Densities of priors and posteriors."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.explore.fitted import fitted
from countermove.figures.densities import OWN, POSTERIOR, PRIOR, densities, of_draws, of_quantiles, panels
from countermove.parameters import Prior, load_parameters


def _normal(**given: object) -> Prior:
    usual = {"low": 10 - 1.6448536, "central": 10.0, "high": 10 + 1.6448536}
    return Prior("depth", "sea", "m", "Depth", "normal", sources=(), **{**usual, **given})  # type: ignore[arg-type]


def test_the_density_of_a_prior_is_that_of_its_distribution():
    x, density = of_quantiles(_normal())
    expected = np.exp(-((x - 10) ** 2) / 2) / np.sqrt(2 * np.pi)
    # Slopes of 199 quantiles stand for the density; the tails fall fastest between two of them.
    np.testing.assert_allclose(density, expected, atol=0.01)
    assert np.trapezoid(density, x) == pytest.approx(0.99, abs=0.01)


def test_every_uncertain_number_of_the_model_has_a_density_of_mass_near_one():
    uncertain = [prior for prior in load_parameters().values() if not prior.is_fixed]
    found = panels(uncertain, {})
    assert len(found) > len(uncertain)
    for panel in found:
        x, density = panel.curves[PRIOR]
        assert (np.diff(x) > 0).all()
        assert (density > 0).all()
        # 5 % may lie on each bound; 1 % is beyond the ends, and trapezoids cut the steepest tails.
        assert 0.85 < np.trapezoid(density, x) < 1.02, panel.title


def test_the_density_of_draws_has_their_centre_and_all_their_mass():
    draws = np.random.default_rng(0).normal(12, 0.5, 4000)
    x, density = of_draws(draws, _normal())
    assert np.trapezoid(density, x) == pytest.approx(1, abs=0.01)
    assert np.trapezoid(density * x, x) == pytest.approx(12, abs=0.05)


def test_a_panel_holds_what_there_is_of_a_parameter_and_elements_have_their_own():
    seas = ("north", "dead", "baltic_sea")
    prior = _normal(low=(1.0, 0.0, 2.0), central=(3.0, 0.0, 4.0), high=(5.0, 0.0, 6.0), dimension="sea", elements=seas)
    draws = np.random.default_rng(0).normal([[3.0], [0.0], [4.0]], [[0.5], [0.0], [0.5]], (3, 300))
    north, baltic = panels([prior], fitted({"depth": prior}, {"depth": draws}))
    assert north.title == "depth: north"
    assert baltic.title == "depth: baltic sea"
    assert list(north.curves) == [PRIOR, POSTERIOR]
    peak = [panel.curves[POSTERIOR][0][panel.curves[POSTERIOR][1].argmax()] for panel in (north, baltic)]
    assert peak == pytest.approx([3, 4], abs=0.3)
    alone = _normal()
    (panel,) = panels([alone], {}, {"depth": alone.believed(1, 2, 3)})
    assert list(panel.curves) == [PRIOR, OWN]


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_the_grid_has_a_panel_for_each_and_a_key_of_the_curves_that_there_are(screen):
    shown = panels([_normal()] * 5, {})
    drawn = densities(shown, title="Beliefs", source="here", screen=screen)
    assert len(drawn.data) == 5
    assert len({trace.xaxis for trace in drawn.data}) == 5
    texts = " ".join(str(note.text) for note in drawn.layout.annotations)
    assert "prior" in texts
    assert "posterior" not in texts
