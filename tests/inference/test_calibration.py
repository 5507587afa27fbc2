"""The machinery of calibration: density, mode, sampler, diagnostics, simulated data, the file that ships."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.engine.draws import parameters, uniform
from countermove.errors import CountermoveError
from countermove.explore.fitted import fitted
from countermove.explore.world import drawn_from, prior_world, world
from countermove.inference import _reading, mode, sbc
from countermove.inference.density import Data, Density, density, problem, quantile_of_score, settings
from countermove.inference.diagnostics import diagnose
from countermove.inference.fits import fit, variant_world
from countermove.inference.listing import shipped
from countermove.inference.posterior import Posterior, load, read, target_hash
from countermove.inference.sampler import Plan, sample
from countermove.inference.sbc_sampled import Sampled, sampled
from countermove.parameters import load_parameters

LIMITS = settings()["diagnostics"]
FEW = ["learning_rate", "budget_scale", "taste_huawei", "taste_other_domestic"]


@pytest.fixture(scope="module")
def few() -> Density:
    return density(problem(shipped()[0], names=FEW))


# --- density ----------------------------------------------------------------------------------------------------------


def test_at_least_forty_parameters_move_and_all_exist() -> None:
    found = problem(shipped()[0])
    assert len(found.names) >= 40
    assert len(found.labels) >= len(found.names)
    assert len(found.observations) > 100
    assert [each.last for each in found.exact] == sorted(each.last for each in found.exact)


def test_scores_give_the_priors_of_simulations() -> None:
    from scipy.special import ndtri

    u = uniform("scores", 1, 0, 50)
    for name in settings()["parameters"]:
        prior = load_parameters()[name]
        rows = len(prior.elements) or 1
        expected = prior.quantile(np.broadcast_to(u, (rows, 50)) if prior.elements else u)
        z = np.broadcast_to(ndtri(u), (rows, 50))
        np.testing.assert_allclose(np.squeeze(quantile_of_score(prior, z)), np.squeeze(expected), rtol=1e-5)


def test_members_of_a_hierarchy_share_part_of_their_score_and_stay_standard_normal(few: Density) -> None:
    covariance = few.root @ few.root.T
    np.testing.assert_allclose(np.diag(covariance), 1)
    labels = few.problem.labels
    one, two = labels.index("taste_huawei"), labels.index("taste_other_domestic")
    assert covariance[one, two] == pytest.approx(settings()["hierarchies"]["domestic_taste"]["shared"])
    assert covariance[one, labels.index("budget_scale")] == 0


def test_figures_read_at_once_are_those_read_one_by_one(few: Density) -> None:
    from countermove.inference.operators import read_unit
    from countermove.inference.scales import forward

    rng = np.random.default_rng(1)
    model = prior_world().model
    rows = few.problem.observations
    months = few.problem.months
    shape = {name: tuple(len(d) for d in model.dimensions(name)) for name in few.problem.quantities}
    outputs = {name: rng.uniform(0.1, 0.9, (months, *size, 3)) for name, size in shape.items()}
    at_once = _reading.readings(rows, model, months).read(outputs)
    for row, each in zip(at_once, rows, strict=True):
        weights = _reading.weights(each.operator, each.first, each.last, months)
        alone = _reading.read_off(each.operator, weights, outputs, model, read_unit(model, each.operator))
        np.testing.assert_allclose(row, forward(each.operator, alone), rtol=1e-9, atol=1e-9)


def test_a_parameter_that_is_not_there_is_one_line() -> None:
    with pytest.raises(CountermoveError, match="unknown parameter 'learning_rat': did you mean 'learning_rate'"):
        problem(shipped()[0], names=["learning_rat"])


def test_a_wrong_figure_pulls_less_than_a_normal_error_would_have_it(few: Density) -> None:
    """Moved from 10 to 20 standard deviations, a figure costs what a Student t has it cost: not the square."""
    figures = few.figures(np.zeros((len(few.problem.labels), 1)))
    data = Data(figures[: len(few.problem.exact), 0], few.published.sides)
    heights = []
    for size in (0.0, 10.0, 20.0):
        news = np.zeros(len(data.figures))
        news[-1] = size
        heights.append(float(few.log_likelihood(figures, Data(data.figures + few.factor @ news, data.sides))[0]))
    freedom = few.freedom
    expected = [-(freedom + 1) / 2 * np.log1p(size**2 / freedom) for size in (0.0, 10.0, 20.0)]
    np.testing.assert_allclose(np.diff(heights), np.diff(expected), rtol=1e-6)


def test_simulated_data_have_the_errors_of_the_density(few: Density) -> None:
    rng = np.random.default_rng(2)
    z = np.zeros(len(few.problem.labels))
    centre = few.figures(z[:, np.newaxis])[: len(few.problem.exact), 0]
    news = np.array([few.whitener @ (few.simulate(z, rng).figures - centre) for _ in range(20)])
    # The median of |t| with 4 degrees of freedom is 0.741; 20 × 250 of them have it within 0.04 (four standard errors).
    assert np.median(np.abs(news)) == pytest.approx(0.741, abs=0.06)


@pytest.mark.slow
def test_the_gradient_is_that_of_differences(few: Density) -> None:
    import jax

    z = np.full(len(few.problem.labels), 0.3)  # away from nought, where the two halves of a prior meet
    height, slope = jax.value_and_grad(few.log_density)(jax.numpy.asarray(z))
    other, differences = mode.slope(few, z)
    assert float(height) == pytest.approx(other, rel=1e-9)
    np.testing.assert_allclose(np.asarray(slope), differences, rtol=1e-4, atol=1e-4)


# --- mode -------------------------------------------------------------------------------------------------------------


def test_the_mode_is_found_from_far_and_is_higher_than_what_is_around_it(few: Density) -> None:
    found = mode.laplace(few)
    far = mode.laplace(few, start=np.array([1.0, -1.0, 1.5, -1.0]))
    assert far.log_density == pytest.approx(found.log_density, abs=0.05)
    rng = np.random.default_rng(3)
    around = found.points(0.5 * rng.normal(size=(len(found.mode), 100)))
    assert mode.log_densities(few, around, few.published).max() < found.log_density + 0.01
    # Data narrow the prior: no variance is above 1.
    assert ((found.root**2).sum(axis=1) <= 1 + 1e-9).all()


def test_data_of_the_model_give_back_the_parameters_that_they_were_simulated_from(few: Density) -> None:
    """Ranks of the truth among draws of the posterior: none of the four is at either end."""
    rng = np.random.default_rng(4)
    truth = np.array([0.5, -0.8, 1.0, -0.5])
    draws = sbc.posterior(few, few.simulate(truth, rng), rng)
    below = (draws < truth).mean(axis=0)
    # With 4 parameters and 127 draws, a right posterior fails this in about one of 30 seeds.
    assert ((below > 0.005) & (below < 0.995)).all()


# --- sampler and diagnostics ------------------------------------------------------------------------------------------

MEAN, DEVIATION = np.array([1.0, -2.0]), np.array([0.5, 2.0])


def _normal(x, _):
    return -0.5 * (((x - MEAN) / DEVIATION) ** 2).sum()


def _slope(x, _):
    return float(_normal(x, None)), -(x - MEAN) / DEVIATION**2


PLAN = Plan(chains=4, warmup=300, draws=1000, seed=3)


@pytest.fixture(scope="module")
def chains(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("chains")
    return folder, sample(_normal, _slope, 2, PLAN, folder, "normal")


def test_a_known_density_is_recovered_and_converges(chains) -> None:
    x = chains[1].draws
    assert x.shape == (4, 1000, 2)
    named = {"a": x[..., 0], "b": x[..., 1]}
    found = diagnose(named, chains[1].divergences)
    found.require(**LIMITS)
    for k, name in enumerate(named):
        # Four standard errors of the mean at the effective sample size.
        assert abs(named[name].mean() - MEAN[k]) < 4 * DEVIATION[k] / np.sqrt(found.bulk[name])
        assert named[name].std() == pytest.approx(DEVIATION[k], rel=0.1)


def test_an_interrupted_run_goes_on_where_it_stopped_and_ends_alike(chains, tmp_path: Path) -> None:
    """Stopped in warm-up and again among the draws: the same draws as a run that was not stopped."""
    short = replace(PLAN, warmup=20, draws=30)
    whole = sample(_normal, _slope, 2, short, tmp_path / "whole", "normal")

    def stop(done: int, of: int) -> None:
        if done in (1, 3):
            raise KeyboardInterrupt

    interrupted = 0
    for _ in range(5):
        try:
            resumed = sample(_normal, _slope, 2, short, tmp_path / "stopped", "normal", stop)
            break
        except KeyboardInterrupt:
            interrupted += 1
    assert interrupted == 2
    np.testing.assert_array_equal(resumed.draws, whole.draws)
    assert not list((tmp_path / "stopped").glob(".*"))


def test_chains_may_have_data_of_their_own(tmp_path: Path) -> None:
    centre = np.array([[-3.0], [0.0], [5.0]])
    found = sample(
        lambda x, c: -0.5 * ((x - c) ** 2).sum(),
        lambda x, c: (-0.5 * float(((x - c) ** 2).sum()), c - x),
        1,
        Plan(chains=3, warmup=100, draws=400),
        tmp_path,
        "three",
        data=centre,
    )
    # Five standard errors of the mean of 400 draws, were they independent.
    np.testing.assert_allclose(found.draws.mean(axis=1), centre, atol=0.25)


def test_steep_spots_of_no_account_change_no_distribution(tmp_path: Path) -> None:
    """A standard normal density with slopes of 300 over a thousandth here and there: none diverges, nothing moves."""
    import jax.numpy as jnp

    def rough(x, _):
        return -0.5 * (x**2).sum() + 0.05 * jnp.tanh(jnp.sin(3 * x) / 5e-4).sum()

    def slope(x, _):
        import jax

        value, gradient = jax.value_and_grad(rough)(x, None)
        return float(value), np.asarray(gradient)

    found = sample(rough, slope, 2, Plan(chains=4, warmup=300, draws=1000, seed=4), tmp_path, "rough")
    assert found.divergences == 0
    # 4,000 nearly independent draws: five standard errors of a mean and of a variance.
    assert np.abs(found.draws.mean(axis=(0, 1))).max() < 0.1
    assert np.abs(found.draws.var(axis=(0, 1)) - 1).max() < 0.15


def test_a_folder_of_another_calibration_is_refused(chains) -> None:
    with pytest.raises(CountermoveError, match="holds the chains of another calibration"):
        sample(_normal, _slope, 2, PLAN, chains[0], "something else")


def test_chains_that_have_not_met_are_refused() -> None:
    rng = np.random.default_rng(1)
    apart = rng.normal(size=(4, 500)) + np.arange(4)[:, np.newaxis]
    with pytest.raises(CountermoveError, match="ships nothing: R-hat of a"):
        diagnose({"a": apart}, 0).require(**LIMITS)
    good = rng.normal(size=(4, 1000))
    with pytest.raises(CountermoveError, match="2 divergent transitions"):
        diagnose({"a": good}, 2).require(**LIMITS)
    sticky = np.repeat(rng.normal(size=(4, 20)), 50, axis=1)
    assert diagnose({"a": sticky}, 0).bulk["a"] < 200
    assert not diagnose({"a": np.ones((4, 100))}, 0).rhat["a"] < 1.01


# --- simulation-based calibration -------------------------------------------------------------------------------------

DRAWS = 99
DESIGN = np.column_stack([np.ones(8), np.linspace(0, 1, 8)])
NOISE = 0.3


def _ranks(widen: float) -> np.ndarray:
    """A straight line with standard normal coefficients: its posterior is normal and known."""
    precision = np.eye(2) + DESIGN.T @ DESIGN / NOISE**2
    root = np.linalg.inv(np.linalg.cholesky(precision)).T

    def posterior(data: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        mean = np.linalg.solve(precision, DESIGN.T @ data / NOISE**2)
        return mean + widen * rng.normal(size=(DRAWS, 2)) @ root.T

    return sbc.ranks(
        lambda rng: rng.normal(size=2),
        lambda truth, rng: DESIGN @ truth + NOISE * rng.normal(size=8),
        posterior,
        200,
        5,
    )


def test_ranks_of_a_right_posterior_are_uniform_and_of_a_narrow_one_are_not() -> None:
    assert (sbc.uniformity(_ranks(1.0), DRAWS, 10) > 0.01).all()
    assert (sbc.uniformity(_ranks(0.5), DRAWS, 10) < 1e-4).all()


def test_shares_held_are_those_of_central_intervals() -> None:
    even = np.arange(sbc.DRAWS + 1).reshape(-1, 1)
    of_even = Sampled(even, (1.0,), 0)
    for level in (0.5, 0.8, 0.95):
        assert of_even.held(level) == pytest.approx(level, abs=1 / (sbc.DRAWS + 1))
    assert Sampled(np.full((3, 2), sbc.DRAWS), (1.0,), 0).held(0.95) == 0


@pytest.mark.slow
def test_the_sampler_gives_back_what_data_were_simulated_from(few: Density, tmp_path: Path) -> None:
    found = sampled(few, 4, Plan(chains=2, warmup=100, draws=200, seed=2), tmp_path, "few")
    assert found.ranks.shape == (4, len(FEW))
    assert max(found.rhat) < 1.05
    # Of 16 truths 95 % lie within on average; fewer than 11 would in less than one of 10,000 seeds.
    assert found.held(0.95) >= 11 / 16


# --- what ships -------------------------------------------------------------------------------------------------------


def test_a_posterior_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posterior.npz"
    Posterior("abc", {"learning_rate": np.array([0.1, 0.2])}, {"figures": 3}).save(path)
    np.testing.assert_allclose(load(path, "abc").draws["learning_rate"], [0.1, 0.2], rtol=1e-7)
    assert read(path).record == {"figures": 3}
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
    base = target_hash(problem(observations, names=names))
    assert base == target_hash(problem(observations, names=names))
    altered = [replace(observations[0], value=observations[0].value * 1.01), *observations[1:]]
    assert target_hash(problem(altered, names=names)) != base
    assert target_hash(problem(observations, names=names[:1])) != base
    priors = dict(prior_world().priors)
    priors["card_life"] = replace(priors["card_life"], high=1.01 * priors["card_life"].high)  # type: ignore[operator]
    assert target_hash(problem(observations, names=names, given=replace(prior_world(), priors=priors))) != base


def test_variants_and_past_dates_are_fits_of_their_own() -> None:
    from datetime import date

    default, other = fit(), fit(variant={"research": "exogenous"})
    assert default.path.name == "default.npz"
    assert other.path.name == "research-exogenous.npz"
    past = fit(as_of=date(2023, 12, 31))
    assert past.path.name == "as-of-2023-12-31.npz"
    assert max(each.last for each in past.problem.observations) <= date(2023, 12, 31)
    assert len({target_hash(each.problem) for each in (default, other, past)}) == 3
    with pytest.raises(CountermoveError, match="unknown choice of variant 'research'"):
        fit(variant={"research": "none"})


# --- draws of a posterior in runs -------------------------------------------------------------------------------------


def test_a_variant_is_drawn_from_its_own_fit_where_one_ships() -> None:
    with pytest.raises(CountermoveError, match="variant"):
        variant_world({"learning": "sideways"})
    with drawn_from("prior"):
        assert variant_world({"research": "exogenous"}) is world()
    assert variant_world({"research": "induced"}) is world()  # the default choice
    if fit(variant={"research": "exogenous"}).path.is_file() and world().posterior:
        assert variant_world({"research": "exogenous"}).posterior != world().posterior


def test_draws_of_a_posterior_stay_together_and_come_once_each() -> None:
    rng = np.random.default_rng(5)
    joint = rng.normal(size=50)
    found = fitted(prior_world().priors, {"budget_scale": joint, "learning_rate": 2 * joint})
    drawn = parameters(found, 7, 0, 50)
    np.testing.assert_array_equal(drawn["learning_rate"], 2 * drawn["budget_scale"])
    np.testing.assert_array_equal(np.sort(drawn["budget_scale"]), np.sort(joint))
    later = parameters(found, 7, 30, 10)
    np.testing.assert_array_equal(later["budget_scale"], drawn["budget_scale"][30:40])
    assert not np.array_equal(parameters(found, 8, 0, 50)["budget_scale"], drawn["budget_scale"])
    assert found["budget_scale"].central == pytest.approx(np.median(joint))


def test_a_belief_of_the_user_overrides_the_posterior() -> None:
    from countermove.scenario import load as named

    given = replace(prior_world(), posterior=fitted(prior_world().priors, {"budget_scale": np.array([2.0, 3.0])}))
    belief = {"budget_scale": {"low": 0.9, "central": 1.0, "high": 1.1}}
    held = type(named("history")).model_validate({**named("history").model_dump(), "beliefs": belief})
    assert given.arm(named("history")).priors["budget_scale"].central == pytest.approx(2.5)
    assert given.arm(held).priors["budget_scale"].central == pytest.approx(1.0)
    assert given.basis == "posterior"


def test_the_prior_can_be_asked_for() -> None:
    with drawn_from("prior"):
        assert world().basis == "prior"
        assert world() is prior_world()
