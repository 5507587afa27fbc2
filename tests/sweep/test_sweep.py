"""A sweep says what comparison and simulation say of the same draws."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
import xarray
import zarr
from tests.sweep import toy
from typer.testing import CliRunner

from countermove.cli import sweep as command
from countermove.cli._sweep_progress import Rate
from countermove.explore.compare import compare
from countermove.explore.simulate import simulate
from countermove.results import QUANTILES
from countermove.scenario import load
from countermove.sweep import store, sweep
from countermove.sweep.sketch import ACCURACY


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return sweep(toy.PLAN, tmp_path_factory.mktemp("sweep") / "toy", model=toy.world)


@pytest.fixture(scope="module")
def compared():
    return compare("history", draws=toy.PLAN.draws, seed=1, attribution=None, given=toy.world())


@pytest.mark.parametrize("outcome", toy.PLAN.outcomes)
def test_every_draw_is_that_of_comparison(found, compared, outcome):
    kept = zarr.open_group(found.folder / store.DRAWS, mode="r")[outcome]
    assert kept.shape == (2, len(found.years), toy.PLAN.draws)
    annual = compared.annual[outcome]
    assert (annual.policy.astype(np.float32) == kept[0].T).all()
    assert (annual.counterfactual.astype(np.float32) == kept[1].T).all()


@pytest.mark.parametrize("outcome", toy.PLAN.outcomes)
def test_differences_and_probabilities_are_those_of_comparison(found, compared, outcome):
    own, theirs = found.summary.outcomes["history"][outcome], compared.annual[outcome]
    assert own.difference is not None
    scale = np.abs(theirs.policy).max()
    for q, values in ((0.1, theirs.p10), (0.5, theirs.p50), (0.9, theirs.p90)):
        # Kept in single precision, seven digits of each arm.
        assert own.difference.quantiles[QUANTILES.index(q)] == pytest.approx(values, rel=1e-6, abs=2e-7 * scale)
    for name in ("p_catalysed", "p_hindered", "p_immaterial"):
        assert getattr(own.difference, name) == pytest.approx(getattr(theirs, name), abs=1e-12)
    assert found.summary.outcomes["no-controls"][outcome].difference is None


def test_quantiles_of_outcomes_are_exact(found, compared):
    values = compared.annual["total"].policy.astype(np.float32)
    expected = np.quantile(values, QUANTILES, axis=0)
    assert found.summary.outcomes["history"]["total"].quantiles == pytest.approx(expected, rel=1e-7)


def test_quantiles_of_monthly_quantities_are_as_near_as_stated(found):
    (result,) = simulate([load("history")], toy.PLAN.draws, 1, outputs=["capacity"], given=toy.world())
    values = np.asarray(result["capacity"])
    own = found.summary.quantities["history"]["capacity"]
    ranked = np.sort(values, axis=0)
    for q, row in zip(QUANTILES, own.quantiles, strict=True):
        exact = ranked[int(np.floor(q * (toy.PLAN.draws - 1)))]
        assert (np.abs(row / exact - 1) <= ACCURACY * (1 + 1e-9)).all()
    assert own.mean == pytest.approx(values.mean(axis=0, dtype=np.float64), rel=1e-6)


def test_files_say_what_the_summary_says(found):
    found.save()
    answer = json.loads((found.folder / "summary.json").read_text())
    year = answer["cells"][0]["outcomes"]["total"][14]
    assert year["year"] == 2030
    assert year["p_catalysed"] + year["p_hindered"] + year["p_immaterial"] == pytest.approx(1)
    with xarray.open_dataset(found.folder / "summary.nc", engine="h5netcdf") as dataset:
        median = float(dataset["total"].sel(cell="history", quantile=0.5, year=2030))
        assert median == year["p50"]
        assert dataset.attrs["caveat"] == "prior only, uncalibrated"
    header, *rows = (found.folder / "outcomes.csv").read_text().splitlines()
    assert len(rows) == 2 * 2 * 20
    assert "citation" in header
    months, elements = 240, 2
    assert len((found.folder / "quantities.csv").read_text().splitlines()) == 1 + 2 * months * elements


def test_the_figure_names_every_cell_at_its_line(found):
    figure = found.plot()
    said = " ".join(annotation.text or "" for annotation in figure.layout.annotations)
    assert "history" in said
    assert "no-controls" in said
    assert "prior only, uncalibrated" in said.replace("<br>", " ")


def test_rate_counts_from_where_a_resumed_sweep_begins():
    times = iter([0.0, 10.0])
    rate = Rate(lambda: next(times))
    assert rate.told(500, 1000) == "500 of 1,000 runs"
    assert rate.told(600, 1000).startswith("600 of 1,000 runs, 10 a second, 40 s left")


def test_the_command_refuses_in_one_line(tmp_path):
    plan = tmp_path / "plan.yaml"
    plan.write_text("scenarios: [history]\ndraws: 10\nvariant: {}\n")
    app = typer.Typer()
    command.register(app)
    result = CliRunner().invoke(app, [str(plan)])
    assert result.exit_code != 0
    assert "unknown key 'variant': did you mean 'variants'?" in str(result.exception)
    assert not (tmp_path / "plan").exists()


def test_too_little_space_is_said_before_anything_is_written(tmp_path, monkeypatch):
    import shutil
    from types import SimpleNamespace

    from countermove.errors import CountermoveError

    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(CountermoveError, match=r"take 0\.0 GB, the disk has 0\.0 GB free: fewer draws or outcomes"):
        sweep(toy.PLAN, tmp_path / "new", model=toy.world)
    assert not (tmp_path / "new").exists()


def test_draws_of_a_posterior_come_again_and_are_counted(tmp_path):
    found = sweep(toy.PLAN, tmp_path / "fitted", model=toy.fitted_world)
    assert found.origin.parameters == "posterior"
    assert found.posterior_draws == toy.POSTERIOR
    assert found.to_json()["distinct_posterior_draws"] == toy.POSTERIOR
    kept = zarr.open_group(found.folder / store.DRAWS, mode="r")["total"][0]
    # A fitted parameter comes again, others do not: no two draws are the same.
    assert len(np.unique(kept[-1])) == toy.PLAN.draws
