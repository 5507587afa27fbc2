"""Python shown beside verdicts, training runs, claims and quantities runs, and says what the page says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from countermove.app import code
from countermove.app.pages.rules import _given, _specified
from countermove.app.pages.training import compared
from countermove.errors import CountermoveError
from countermove.rules import ask, items


def _printed(text: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(compile(text, "shown", "exec"), {})
    return capsys.readouterr().out


def test_a_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2024, 6, 1)
    said = _printed(code.verdict("nvidia_h20_96gb", "China", "ByteDance", day), capsys)
    assert said.strip() == ask("nvidia_h20_96gb", "China", "ByteDance", day).sentence


def test_what_was_typed_stays_a_name() -> None:
    with pytest.raises(CountermoveError, match="unknown end user"):
        exec(code.verdict("nvidia_h20_96gb", "China", "a\"b'); raise SystemExit #\n", date(2024, 6, 1)), {})


def test_a_verdict_on_a_chip_by_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    figures, day = (4000.0, 800.0, 1, None, 900.0), date(2024, 6, 1)
    said = _printed(code.verdict(_given(figures, True), "China", "Baidu", day), capsys)
    assert said.strip() == ask(items.of_chip(_specified(figures, True)), "China", "Baidu", day).sentence


def test_a_training_run_beside_others(capsys: pytest.CaptureFixture[str]) -> None:
    asked: Any = ("llama3.1-405b", "nvidia_h100_sxm", ("huawei_ascend_910b",), 4096, 15.0, 16, 2026.0)
    reference, (other,) = compared(*asked)
    said = _printed(code.run(asked[0], (asked[1], *asked[2]), *asked[3:]), capsys).splitlines()
    assert said[0].endswith(f"{reference.days:.1f} days, MFU {reference.utilisation:.1%}")
    assert other.same_chips is not None
    assert said[1].endswith(f"{other.same_chips.days:.1f} days, MFU {other.same_chips.utilisation:.1%}")


def test_a_quantity(capsys: pytest.CaptureFixture[str]) -> None:
    said = _printed(code.quantity("advanced_experience"), capsys)
    assert "advanced_wafer_starts" in said


@pytest.mark.slow
def test_a_claim(capsys: pytest.CaptureFixture[str]) -> None:
    from countermove.inference.claims import claims, judge

    (found,) = judge([claims()["P01"]], draws=250, seed=1)
    said = _printed(code.claim("P01", 250, 1), capsys).splitlines()
    assert said[0] == found.verdict
    assert len(said) == 1 + len(found.outcomes)
