"""The desk: equal runs once, superseded ones not at all, bounded memory."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from countermove.answer import headline
from countermove.app import exports
from countermove.app.draft import Draft, of_link
from countermove.app.runs import Desk, Recent, Superseded


@pytest.fixture(scope="module")
def desk() -> Desk:
    return Desk()


def test_the_least_recently_used_value_goes_first() -> None:
    kept: Recent[str, int] = Recent(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), len(kept)) == (1, None, 2)


def test_equal_drafts_are_computed_once(desk: Desk) -> None:
    assert desk.answer(Draft(), "laptop") is desk.answer(of_link("?v=1&from=history"), "laptop")


def test_a_superseded_request_is_dropped(desk: Desk) -> None:
    first, second = (
        Draft().put(("beliefs", "frontier_growth"), {"low": 0.2, "central": c, "high": 0.5}) for c in (0.3, 0.4)
    )
    desk.answer(second, "laptop", (), "visitor", 2)
    with pytest.raises(Superseded):
        desk.answer(first, "laptop", (), "visitor", 1)
    desk.answer(first, "laptop", (), "another visitor", 1)


def test_as_python_gives_the_sentences_on_the_screen(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draft = of_link("?v=1&from=history&changes.hbm_permits.2027-01=1")
    code = tmp_path / "screen.py"
    code.write_text(exports.as_python(draft), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(code))
    assert capsys.readouterr().out.strip().splitlines() == list(desk.answer(draft, "laptop").sentences)


def test_exports_open_and_carry_the_numbers_of_the_screen(desk: Desk, tmp_path: Path) -> None:
    import io

    import pandas

    from countermove import results, scenario

    draft = of_link("?v=1&from=tools-only")
    comparison = desk.comparison(draft)
    table = pandas.read_csv(io.BytesIO(exports.export("csv", draft, desk)[1]))
    assert len(table) == len(comparison.to_dataframe())
    path = tmp_path / "run.nc"
    path.write_bytes(exports.export("nc", draft, desk)[1])
    assert (results.load(path)["china_all"] == comparison.policy["china_all"]).all()
    yaml = exports.export("yaml", draft, desk)[1].decode()
    assert scenario.parse(yaml) == draft.scenario()
    assert headline(comparison)[0].split(" ")[1].rstrip(",") in exports.export("json", draft, desk)[1].decode()
