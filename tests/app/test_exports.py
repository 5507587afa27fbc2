"""Files open, and carry the numbers of the screen."""

from __future__ import annotations

import base64
import io
import json
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas
import pytest

from countermove import results, scenario
from countermove.answer import headline
from countermove.app import exports, live
from countermove.app.draft import Draft, of_link
from countermove.app.runs import Desk
from countermove.errors import CountermoveError
from countermove.explore.compare import Comparison, compare

LINK = "?v=1&from=tools-only&changes.hbm_permits.2027-01=1&beliefs.frontier_growth=0.2,0.3,0.4&draws=250"


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


@pytest.fixture(scope="module")
def draft() -> Draft:
    return of_link(LINK)


@pytest.fixture(scope="module")
def shown(desk: Desk, draft: Draft) -> Comparison:
    return desk.comparison(draft, whole=False)


def test_csv_holds_the_quantiles_of_the_screen(desk: Desk, draft: Draft, shown: Comparison) -> None:
    name, content = exports.export("csv", draft, desk)
    table = pandas.read_csv(io.BytesIO(content))
    rows = table[table.outcome == "total"].set_index("year")
    assert name == "own.csv"
    np.testing.assert_allclose(rows.loc[list(shown.years), "delta_p50"], shown.annual["total"].p50)


@pytest.mark.parametrize(("form", "arm"), [("nc", "policy"), ("against.nc", "counterfactual")])
def test_netcdf_holds_every_draw(
    desk: Desk, draft: Draft, shown: Comparison, tmp_path: Path, form: str, arm: str
) -> None:
    path = tmp_path / "run.nc"
    path.write_bytes(exports.export(form, draft, desk)[1])
    opened = results.load(path)
    assert opened.origin == getattr(shown, arm).origin
    # Two programs, one with more outputs, in single precision.
    np.testing.assert_allclose(opened["china_all"], getattr(shown, arm)["china_all"], rtol=1e-5)


def test_json_holds_the_sentences(desk: Desk, draft: Draft, shown: Comparison) -> None:
    content = json.loads(exports.export("json", draft, desk)[1])
    assert " ".join(headline(shown)) == content["headline"]


def test_the_report_holds_the_sentences_and_names_no_other_host(desk: Desk, draft: Draft, shown: Comparison) -> None:
    page = exports.export("html", draft, desk)[1].decode()
    assert page.lstrip().lower().startswith("<!doctype html")
    assert f"{shown.draws:,} draws" in page
    assert 'src="http' not in page


def test_the_scenario_gives_the_same_numbers_outside_the_app(draft: Draft, shown: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_bytes(exports.export("yaml", draft, Desk())[1])
    assert scenario.load(str(path)) == draft.scenario()
    against = tmp_path / "against.yaml"
    against.write_text(draft.counterfactual().to_yaml(), encoding="utf-8")
    outside = compare(path, against, draws=draft.draws, seed=1, attribution=None, given=live.model())
    # Another program with more outputs, in single precision; blocks of another size move single draws by more.
    for arm in ("policy", "counterfactual"):
        one, other = (getattr(each, arm)["china_all"] for each in (outside, shown))
        np.testing.assert_allclose(one, other, rtol=1e-5)


def test_as_python_prints_the_sentences_on_the_screen(
    draft: Draft, shown: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = tmp_path / "screen.py"
    code.write_text(exports.as_python(draft), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(code))
    assert capsys.readouterr().out.strip().splitlines() == list(headline(shown))
    assert (tmp_path / "paradox.html").stat().st_size > 10_000


def test_text_in_a_scenario_cannot_leave_the_string_of_as_python() -> None:
    hostile = scenario.parse(
        'name: a\ntitle: \'"""); import os #\'\ndescription: "\\"\\"\\"\\n)\\nraise SystemExit"\nextends: history\n'
    )
    namespace: dict[str, object] = {"parse": scenario.parse}
    assert eval(f"parse({exports._literal(hostile)})", namespace) == hostile


def test_no_other_form_is_known(desk: Desk) -> None:
    with pytest.raises(CountermoveError, match="unknown form"):
        exports.export("pickle", replace(Draft(), draws=250), desk)


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ("data:;base64," + base64.b64encode(b"x" * 200_000).decode(), "larger than"),
        ("data:;base64,%%%", "not a text file"),
        ("data:;base64," + base64.b64encode(b"\xff\xfe\x00").decode(), "not a text file"),
    ],
)
def test_an_upload_is_bounded_and_text(contents: str, said: str) -> None:
    with pytest.raises(CountermoveError, match=said):
        exports.uploaded(contents, 64_000)
