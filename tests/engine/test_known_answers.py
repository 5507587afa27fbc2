"""Textbook models against published output of other software, closed forms and conservation laws."""

from __future__ import annotations

import numpy as np
import pytest
from tests.engine.classics import ageing, delays, logistic_growth, predator_prey, sir, teacup
from tests.peers.agreement import trajectories

# Published outputs have six significant digits.
SIX_DIGITS = 6e-6


def run(case):
    return trajectories(case.model, case.inputs, case.months)


def test_teacup_published():
    """Vensim's output of the teacup, SDXorg test models, samples/teacup/output.csv."""
    temperature = run(teacup())["teacup_temperature"]
    at_minute = {0.125: 178.625, 0.25: 177.267, 0.375: 175.926, 1: 169.469, 10: 110.212, 20: 84.7004, 30: 75.374}
    for minute, published in at_minute.items():
        assert temperature[int(minute * 8) - 1] == pytest.approx(published, rel=SIX_DIGITS)


def test_sir_published():
    """Vensim's output of the epidemic, SDXorg test models, samples/SIR/output.csv."""
    result = run(sir())
    published = {  # day: infectious, recovered, susceptible
        2: (6.09936, 2.20953, 996.691), 10: (13.1481, 16.9339, 974.918), 25: (42.977, 95.4987, 866.524),
        50: (56.2736, 399.981, 548.746), 75: (13.3067, 560.185, 431.508), 100: (2.07135, 590.771, 412.158),
    }  # fmt: skip
    for day, values in published.items():
        found = [result[name][day * 32 - 1] for name in ("infectious", "recovered", "susceptible")]
        assert found == pytest.approx(values, rel=SIX_DIGITS)


def test_sir_conserves_people():
    result = run(sir())
    whole = result["susceptible"] + result["infectious"] + result["recovered"]
    assert whole == pytest.approx(np.full(3200, 1005.0), rel=1e-12)  # double precision, 3200 additions


def verhulst(time):
    """Closed form of logistic growth from 10 to 1000 at rate 0.5."""
    return 1000 / (1 + (1000 / 10 - 1) * np.exp(-0.5 * time))


def test_logistic_growth_closed_form():
    """Euler's method differs from the exact solution of x' = f(x) by −(h/2) f(x) ln(f(x)/f(x₀)) to first order in h."""
    for steps in (64, 128):
        case = logistic_growth(steps)
        exact = verhulst((np.arange(case.months) + 1) / steps)
        found = run(case)["population"] - exact
        rate = 0.5 * exact * (1 - exact / 1000)
        expected = -0.5 / steps * rate * np.log(rate / (0.5 * 10 * 0.99))
        # What is left is of second order: its share of the largest error falls with the step.
        assert np.abs(found - expected).max() / np.abs(expected).max() < 2 / steps


def test_predator_prey_first_integral():
    """x − ln x + y − ln y is constant along an orbit; Euler's method drifts from it in proportion to the step."""

    def drift(steps):
        result = run(predator_prey(steps))
        energy = sum(result[name] - np.log(result[name]) for name in ("prey", "predators"))
        return float(energy[-1] - (1.5 - np.log(1.5) + 1.0))

    coarse, fine = drift(200), drift(400)
    assert 0 < fine < 0.02
    assert coarse / fine == pytest.approx(2, rel=0.1)


def test_predator_prey_period():
    """The orbit returns when SciPy's adaptive Runge–Kutta method says."""
    from scipy.integrate import solve_ivp

    def field(_, state):
        return state[0] * (1 - state[1]), state[1] * (state[0] - 1)

    def returns(_, state):
        return state[1] - 1

    returns.direction = 1
    exact = solve_ivp(field, (0, 10), (1.5, 1.0), events=returns, rtol=1e-10, atol=1e-12).t_events[0]
    period = exact[exact > 1][0]
    predators = run(predator_prey(400))["predators"]
    rising = np.flatnonzero((predators[:-1] < 1) & (predators[1:] >= 1)) + 1
    found = (rising[rising > 400][0] + 1) / 400
    assert found == pytest.approx(period, rel=0.01)  # Euler at 400 steps a unit


def test_delays_published():
    """Vensim's DELAY1I and DELAY3I, delay time 4, then 6; SDXorg test models, tests/delays/output.tab."""
    result = run(delays())
    time = [0, 1, 2, 3, 5, 8, 14, 15, 16, 18, 25, 40]
    first = [6, 4.25, 2.9375, 1.95312, 0.661133, 2.59142, 3.7493, 2.54132, 2.78443, 3.15586, 3.76441, 3.98471]
    third = [6, 6, 6, 3.04688, -0.275391, 1.13896, 3.99331, 2.66528, 2.66593, 2.83312, 3.92708, 3.99999]
    assert result["first_order"][time] == pytest.approx(first, rel=SIX_DIGITS)
    assert result["third_order"][time] == pytest.approx(third, rel=SIX_DIGITS)


def test_third_order_delay_closed_form():
    """The step response is Erlang's distribution as the step gets short against the delay."""
    from tests.engine.classics import Case, parameter, series

    from countermove.engine import build, delay

    @delay(unit="1", months="delay_time", initial=0.0, source="identity")
    def leaving(entering):
        return entering

    model = build([leaving], [series("entering", "1"), parameter("delay_time", "month")])
    months, mean = 3000, 600.0
    result = run(Case(model, {"entering": np.ones(months), "delay_time": mean}, months))["leaving"]
    a = 3 * np.arange(months) / mean
    erlang = 1 - np.exp(-a) * (1 + a + a**2 / 2)
    assert np.abs(result - erlang).max() < 2e-3  # of first order in 3 / 600


def test_pipeline_delay_is_exact():
    """As Vensim's DELAY FIXED by five steps, SDXorg test models, tests/delay_pipeline/output.tab."""
    case = delays()
    later = run(case)["later"]
    assert (later[:5] == 6).all()
    assert (later[5:] == case.inputs["entering"][:-5]).all()


def test_smooth_starts_at_its_initial_value_and_settles():
    """The exponential average after n steps of a constant c from s: c + (s − c)(1 − 1/τ)^n."""
    result = run(delays())["smoothed"]
    expected = -1 + (6 - -1) * (1 - 1 / 4) ** np.arange(1, 6)
    assert result[:5] == pytest.approx(expected, rel=1e-12)
    assert result[-1] == pytest.approx(4, rel=1e-5)


def test_ageing_chain_conserves():
    case = ageing()
    result = run(case)
    bought, installed = result["ever_bought"], result["installed_by_age"].sum(axis=1)
    assert installed + result["ever_retired"] == pytest.approx(bought, rel=1e-12)
    assert (result["installed_by_age"] >= 0).all()
    # `installed` is a level: like the chain's stages it is as of the end of the month.
    assert result["installed"] == pytest.approx(installed, rel=1e-12)
    assert installed[-1] < 0.05 * bought[-1]


def test_ageing_chain_mean_life():
    """A single purchase is retired 30 months later on average, with the variance of Erlang's distribution."""
    case = ageing()
    once = np.zeros(600)
    once[0] = 1.0
    retired = run(type(case)(case.model, {"bought": once, "life": 30.0}, 600))["installed_retired"]
    months = np.arange(600)
    assert retired.sum() == pytest.approx(1, rel=1e-6)
    mean = (retired * months).sum()
    assert mean == pytest.approx(30, rel=1e-6)
    # Four geometric stages, each with success p = 4 / 30: variance 4 (1 − p) / p².
    assert (retired * (months - mean) ** 2).sum() == pytest.approx(4 * (1 - 4 / 30) / (4 / 30) ** 2, rel=1e-5)
