"""The fit: one optimum, whatever it starts from, so that a fold keeps no memory of the runs it leaves out."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.training.efficiency import prior_mean, prior_sd
from countermove.training.fit import TABLE, Sample, fit, log_errors, sample
from countermove.training.fitted import fitted
from countermove.training.validation import read_table


@pytest.fixture(scope="module")
def data() -> Sample:
    return sample(read_table(TABLE))


def test_a_fold_does_not_remember_what_it_starts_from(data: Sample) -> None:
    """Without the Ascend runs, from the fit to all runs, which knows them, and from the prior, which does not.

    Both stop within some thousandths of a prior standard deviation of the optimum: a fiftieth of the median error.
    """
    ascend = np.array([run.chip.family == "ascend" for run in data.runs])
    knowing = fit(data, ~ascend, np.asarray(fitted().efficiency.log))
    innocent = fit(data, ~ascend, prior_mean())
    np.testing.assert_allclose(log_errors(data, knowing)[ascend], log_errors(data, innocent)[ascend], atol=2e-3)


def test_what_has_no_data_stays_at_its_prior(data: Sample) -> None:
    none = np.zeros(len(data), dtype=bool)
    np.testing.assert_allclose(fit(data, none), prior_mean(), atol=1e-9)


def test_the_shipped_fit_is_the_optimum_of_the_shipped_runs(data: Sample) -> None:
    distance = np.abs(fit(data) - fitted().efficiency.log) / prior_sd()
    assert np.max(distance) < 0.01


def test_many_utilisations_on_one_unknown_peak_weigh_as_one(data: Sample) -> None:
    by_id = {run.id: sd for run, sd in zip(data.runs, data.sd, strict=True)}
    assert by_id["ascend_gpt3_scaling_001"] > 2 * by_id["ascend_modellink_001"]
