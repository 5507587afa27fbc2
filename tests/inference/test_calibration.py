"""The machinery of calibration: density, sampler, diagnostics, simulation-based calibration, the file that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.engine.draws import uniform
from countermove.errors import CountermoveError
from countermove.explore.world import world
from countermove.inference import sbc
from countermove.inference.calibrate import SEGMENT, Plan, limits, sample
from countermove.inference.density import density, quantile_of_score, settings
from countermove.inference.diagnostics import diagnose
from countermove.inference.listing import shipped
from countermove.inference.posterior import Posterior, load, target_hash
from countermove.parameters import load_parameters

# --- density ----------------------------------------------------------------------------------------------------------


def test_at_least_forty_parameters_move_and_all_exist() -> None:
    found = density(shipped()[0])
    assert len(found.names) >= 40
    assert len(found.labels) >= len(found.names)
    assert len(found.observations) > 100


def test_scores_give_the_priors_of_simulations() -> None:
    from scipy.special import ndtri

    u = uniform("scores", 1, 0, 50)
    for name in settings()["parameters"]:
        prior = load_parameters()[name]
        shape = (len(prior.elements), 50) if prior.elements else (50,)
        expected = prior.quantile(np.broadcast_to(u, shape))
        for k in range(0, 50, 7):
            z = np.full(len(prior.elements), ndtri(u[k])) if prior.elements else np.asarray(ndtri(u[k]))
            np.testing.assert_allclose(quantile_of_score(prior, z), expected[..., k], rtol=1e-5)


def test_members_of_a_hierarchy_share_part_of_their_score_and_stay_standard_normal() -> None:
    import jax

    found = density(shipped()[0], names=["taste_huawei", "taste_other_domestic", "budget_scale"])
    rng = np.random.default_rng(1)
    joined = np.asarray(jax.vmap(found.scores)(rng.normal(size=(3000, 3)), rng.normal(size=(3000, 1))))
    # Three standard errors of moments of 3000 draws.
    np.testing.assert_allclose(joined.std(axis=0), 1, atol=0.05)
    assert np.corrcoef(joined[:, 0], joined[:, 1])[0, 1] == pytest.approx(0.5, abs=0.06)
    assert np.corrcoef(joined[:, 0], joined[:, 2])[0, 1] == pytest.approx(0.0, abs=0.06)


def test_a_parameter_that_is_not_there_is_one_line() -> None:
    with pytest.raises(CountermoveError, match="unknown parameter 'learning_rat': did you mean 'learning_rate'"):
        density(shipped()[0], names=["learning_rat"])


@pytest.mark.slow
def test_the_gradient_is_that_of_finite_differences() -> None:
    import jax

    found = density(shipped()[0], names=["learning_rate", "budget_scale", "taste_huawei", "smuggling_growth"])
    value = jax.jit(jax.value_and_grad(found.log_density))
    # Away from z = 0, where the two halves of a prior meet.
    point = {name: jax.numpy.full(size, 0.3) for name, size in found.sizes.items()}
    _, slope = value(point)
    for index in range(4):
        step = np.zeros(4)
        step[index] = 1e-5
        ends = [value({**point, "parameters": point["parameters"] + sign * step})[0] for sign in (1, -1)]
        difference = float(ends[0] - ends[1]) / 2e-5
        assert float(slope["parameters"][index]) == pytest.approx(difference, rel=1e-4, abs=1e-4)


# --- sampler and diagnostics ------------------------------------------------------------------------------------------

MEAN, DEVIATION = np.array([1.0, -2.0]), np.array([0.5, 2.0])


def _normal(z):
    return -0.5 * (((z["x"] - MEAN) / DEVIATION) ** 2).sum()


PLAN = Plan(chains=4, warmup=300, draws=1000, seed=3)


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("chains")
    return folder, sample(_normal, {"x": 2}, PLAN, folder, "normal")


def test_a_known_density_is_recovered_and_converges(chains) -> None:
    x = chains[1].draws["x"]
    assert x.shape == (4, 1000, 2)
    named = {"a": x[..., 0], "b": x[..., 1]}
    found = diagnose(named, chains[1].divergences)
    found.require(**limits())
    for k, name in enumerate(named):
        # Four standard errors of the mean at the effective sample size.
        assert abs(named[name].mean() - MEAN[k]) < 4 * DEVIATION[k] / np.sqrt(found.bulk[name])
        assert named[name].std() == pytest.approx(DEVIATION[k], rel=0.1)


def test_an_interrupted_run_goes_on_where_it_stopped_and_ends_alike(chains, tmp_path: Path) -> None:
    """Stopped in warm-up and again among the draws: the same bytes as a run that was not stopped."""
    folder, whole = chains
    half = 2 + PLAN.warmup // SEGMENT
    for index in range(half):
        for name in (f"segment-{index:04d}.npz", f"state-{index:04d}.npz"):
            (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "target.txt").write_bytes((folder / "target.txt").read_bytes())
    resumed = sample(_normal, {"x": 2}, replace(PLAN, draws=100), tmp_path, "normal")
    np.testing.assert_array_equal(resumed.draws["x"], whole.draws["x"][:, :100])


def test_a_folder_of_another_calibration_is_refused(chains) -> None:
    with pytest.raises(CountermoveError, match="holds the chains of another calibration"):
        sample(_normal, {"x": 2}, PLAN, chains[0], "something else")


def test_chains_that_have_not_met_are_refused() -> None:
    rng = np.random.default_rng(1)
    apart = rng.normal(size=(4, 500)) + np.arange(4)[:, np.newaxis]
    with pytest.raises(CountermoveError, match="ships nothing: R-hat of a"):
        diagnose({"a": apart}, 0).require(**limits())
    good = rng.normal(size=(4, 1000))
    with pytest.raises(CountermoveError, match="2 divergent transitions"):
        diagnose({"a": good}, 2).require(**limits())
    sticky = np.repeat(rng.normal(size=(4, 20)), 50, axis=1)
    assert diagnose({"a": sticky}, 0).bulk["a"] < 200
    assert not diagnose({"a": np.ones((4, 100))}, 0).rhat["a"] < 1.01


# --- simulation-based calibration -------------------------------------------------------------------------------------

TIMES, NOISE, DRAWS = np.linspace(0, 1, 8), 0.3, 99


DESIGN = np.column_stack([np.ones_like(TIMES), TIMES])


def _line(z, data):
    return -0.5 * ((data - DESIGN @ z) ** 2).sum() / NOISE**2 - 0.5 * (z**2).sum()


def _ranks(widen: float) -> np.ndarray:
    """A straight line with standard normal coefficients: its posterior is normal, so Laplace is exact."""

    def fit(data: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        found = sbc.laplace(_line, np.zeros(2), data)
        return sbc.Laplace(found.mode, widen * found.root).draw(DRAWS, rng)

    return sbc.ranks(
        lambda rng: rng.normal(size=2), lambda truth, rng: DESIGN @ truth + NOISE * rng.normal(size=8), fit, 200, 5
    )


def test_ranks_of_a_right_posterior_are_uniform_and_of_a_narrow_one_are_not() -> None:
    assert (sbc.uniformity(_ranks(1.0), DRAWS) > 0.01).all()
    assert (sbc.uniformity(_ranks(0.5), DRAWS) < 1e-4).all()


def test_laplace_of_a_normal_is_exact() -> None:
    found = sbc.laplace(lambda z: _normal({"x": z}), np.zeros(2))
    np.testing.assert_allclose(found.mode, MEAN, atol=1e-5)
    np.testing.assert_allclose(found.root @ found.root.T, np.diag(DEVIATION**2), rtol=1e-6)


# --- what ships -------------------------------------------------------------------------------------------------------


def test_a_posterior_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posterior.npz"
    Posterior("abc", {"learning_rate": np.array([0.1, 0.2])}).save(path)
    np.testing.assert_array_equal(load(path, "abc").draws["learning_rate"], [0.1, 0.2])
    with pytest.raises(CountermoveError, match="run `make calibrate`, or use --parameters prior"):
        load(path, "abd")
    with pytest.raises(CountermoveError, match="no posterior; run `make calibrate`"):
        load(tmp_path / "none.npz", "abc")
    path.write_bytes(b"rubbish")
    with pytest.raises(CountermoveError, match="cannot be read"):
        load(path, "abc")


def test_the_hash_changes_with_observations_parameters_and_priors() -> None:
    observations = shipped()[0]
    names = ["learning_rate", "budget_scale"]
    base = target_hash(density(observations, names=names))
    assert base == target_hash(density(observations, names=names))
    altered = [replace(observations[0], value=observations[0].value * 1.01), *observations[1:]]
    assert target_hash(density(altered, names=names)) != base
    assert target_hash(density(observations, names=names[:1])) != base
    priors = dict(world().priors)
    priors["card_life"] = replace(priors["card_life"], high=1.01 * priors["card_life"].high)  # type: ignore[operator]
    assert target_hash(density(observations, names=names, given=replace(world(), priors=priors))) != base
