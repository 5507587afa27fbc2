"""Results keep names, units and origin through files; the same result gives the same bytes."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.results import Origin, Result, Variable, load

ORIGIN = Origin("history", 1, 5, "0.1.0", "abc", "prior", "2026-09-25", "The authors.", "p: 1 / 2 / 3")


@pytest.fixture
def result() -> Result:
    random = np.random.default_rng(0)
    return Result(
        ORIGIN,
        {
            "cards": Variable("card", "Cards made.", (("vendor", ("huawei", "other")),)),
            "access": Variable("1", "Access."),
        },
        {
            "cards": random.random((5, 24, 2)).astype(np.float32),
            "access": random.random((5, 24)).astype(np.float32),
        },
    )


def test_netcdf_round_trip(result, tmp_path):
    found = load(result.save(tmp_path / "deep" / "r.nc"))
    assert found.origin == ORIGIN
    assert found.variables == result.variables
    assert found.start == "2016-01"
    for name, values in result.values.items():
        assert found.values[name].dtype == np.float32
        assert (found.values[name] == values).all()


def test_same_result_same_bytes(result, tmp_path):
    paths = [result.save(tmp_path / name) for name in ("one.nc", "two.nc")]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_dataset_has_names_units_and_months(result):
    cards = result.dataset["cards"]
    assert cards.dims == ("draw", "month", "vendor")
    assert cards.attrs == {"units": "card", "description": "Cards made."}
    assert str(cards["month"].values[-1])[:7] == "2017-12"
    assert result.dataset.attrs["caveat"] == "prior only, uncalibrated"
    picked = cards.sel(vendor="other", draw=3).values
    assert (picked == result.values["cards"][3, :, 1]).all()


def test_csv_has_quantiles_and_what_must_be_quoted(result, tmp_path):
    with result.save(tmp_path / "r.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24 * 2 + 24
    row = next(
        row for row in rows if row["quantity"] == "cards" and row["month"] == "2016-03" and row["vendor"] == "other"
    )
    assert float(row["p50"]) == pytest.approx(np.median(result.values["cards"][:, 2, 1]), rel=1e-5)  # six digits
    assert (row["unit"], row["seed"], row["draws"], row["caveat"]) == ("card", "1", "5", "prior only, uncalibrated")
    assert (row["version"], row["evidence_date"], row["citation"]) == ("0.1.0", "2026-09-25", "The authors.")
    assert rows[-1]["vendor"] == ""


def test_dataframe_is_the_csv(result):
    frame = result.to_dataframe()
    assert len(frame) == 24 * 3
    assert set(frame["quantity"]) == {"cards", "access"}


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_damaged_file_is_refused_in_one_line(result, tmp_path, damage):
    path = result.save(tmp_path / "r.nc")
    whole = path.read_bytes()
    path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "other": b"not a result" * 50}[damage])
    with pytest.raises(CountermoveError, match="damaged or not NetCDF") as raised:
        load(path)
    assert "\n" not in str(raised.value)


def test_a_netcdf_of_something_else_is_refused(tmp_path):
    import xarray

    xarray.Dataset({"x": ("draw", [1.0, 2.0])}).to_netcdf(tmp_path / "x.nc", engine="h5netcdf")
    with pytest.raises(CountermoveError, match="not a result of countermove: scenario is missing"):
        load(tmp_path / "x.nc")


def test_missing_files_unknown_quantities_and_endings(result, tmp_path):
    with pytest.raises(CountermoveError, match="no such result file"):
        load(tmp_path / "none.nc")
    with pytest.raises(CountermoveError, match=r"unknown quantity 'card': did you mean 'cards'\?"):
        result["card"]
    with pytest.raises(CountermoveError, match=r"not '\.xlsx'"):
        result.save(tmp_path / "r.xlsx")


def test_nothing_is_left_of_a_write_that_fails(result, tmp_path, monkeypatch):
    import xarray

    def full(*arguments: object, **named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(xarray.Dataset, "to_netcdf", full)
    with pytest.raises(OSError, match="No space"):
        result.save(tmp_path / "r.nc")
    assert list(tmp_path.iterdir()) == []
