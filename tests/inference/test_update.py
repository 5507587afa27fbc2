"""An analyst's figures: what they do to the weights, and when they are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import commands
from countermove.errors import CountermoveError
from countermove.explore.compare import compare
from countermove.inference.update import reweighted, update

HEADER = "id,entity,quantity,period_start,period_end,unit,central\n"
CARDS = "Huawei,AI_accelerator_units_China,2026-01-01,2026-06-30,units"


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "news.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_more_cards_than_expected_raise_domestic_output(tmp_path: Path) -> None:
    """A figure well above the median moves draws with more output up, one below it down."""
    many = update(_file(tmp_path, f"n1,{CARDS},900000"), draws=400, seed=1)
    few = update(_file(tmp_path, f"n1,{CARDS},250000"), draws=400, seed=1)
    index = many.before.years.index(2026)
    medians = [
        float(np.median(each.annual["domestic"].policy[:, index])) for each in (few.after, few.before, many.after)
    ]
    assert medians[0] < medians[1] < medians[2]
    assert 1 < many.effective < 400
    assert many.shape <= 0.7


def test_equal_weights_change_nothing_and_all_weight_on_one_draw_leaves_it() -> None:
    before = compare("history", draws=64, seed=1, attribution=None)
    same = reweighted(before, np.full(64, 1 / 64))
    np.testing.assert_array_equal(same.annual["total"].p50, before.annual["total"].p50)
    assert same.crossings["domestic"][0].never == before.crossings["domestic"][0].never
    alone = np.zeros(64)
    alone[5] = 1.0
    one = reweighted(before, alone)
    np.testing.assert_array_equal(one.annual["domestic"].p10, before.annual["domestic"].delta[5])


def test_news_that_no_draw_foresees_is_refused_with_a_way_out(tmp_path: Path) -> None:
    path = _file(tmp_path, f"n1,{CARDS},90000000")
    with pytest.raises(CountermoveError, match=r"k̂ of the weights is .*above 0.7.*calibrate --with") as caught:
        update(path, draws=400, seed=1)
    assert "\n" not in str(caught.value)


def test_a_row_of_a_known_id_takes_its_place(tmp_path: Path) -> None:
    row = "MKT-0242,Chinese vendors,AI_accelerator_unit_share_China,2024-01-01,2024-12-31,share,0.33"
    found = update(_file(tmp_path, row), draws=400, seed=1)
    assert found.corrected == ("MKT-0242 (corrected)",)


def test_a_file_without_news_is_one_clear_line(tmp_path: Path) -> None:
    path = _file(tmp_path, "n1,China,price of rice,2026-01-01,2026-06-30,USD,1")
    with pytest.raises(CountermoveError, match="no row has news for the model: n1: no operator"):
        update(path, draws=100, seed=1)


def test_the_command_gives_before_and_after(tmp_path: Path) -> None:
    app = typer.Typer()
    commands.register(app)
    path, figure = _file(tmp_path, f"n1,{CARDS},600000"), tmp_path / "news.html"
    arguments = ["update", "--with", str(path), "--draws", "400", "--json", "--figure", str(figure)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    content = json.loads(result.stdout)
    assert set(content["headline"]) == {"before", "after"}
    assert content["rows"][0]["series"] == "cards_huawei"
    assert len(content["parameters_moved"]) > 100
    assert figure.stat().st_size > 1e6
