"""Claims are decided by code: each kind of test, the rule that joins them, and the command."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from countermove.cli import commands
from countermove.errors import CountermoveError
from countermove.evidence import exists, table
from countermove.inference._claim_model import ModelFigures
from countermove.inference._claim_tests import Context, Outcome, run_test
from countermove.inference.claims import Claim, Judgement, claims, find

CONTEXT = Context(ModelFigures((), 2, 1), dict)
CLAIM = Claim("X", "text", "quantity", "", "", "", ({"kind": "none"},), "")


def _outcomes(test: dict[str, Any]) -> list[str]:
    return [outcome.side for outcome in run_test(test, CONTEXT)]


def test_every_claim_of_the_table_is_here_and_every_row_it_leans_on_exists() -> None:
    found = claims()
    assert {row["id"] for row in table("claims")} <= set(found)
    assert len(found) >= 32
    for claim in found.values():
        assert claim.tests or claim.not_testable
        assert "verdict" not in str(claim.tests)
        for test in claim.tests:
            for id in (*test.get("rows", ()), *test.get("for", ()), *test.get("against", ())):
                assert exists(id), (claim.id, id)


def test_figures_speak_for_or_against_by_their_bound() -> None:
    share = {"kind": "figures", "rows": ["MKT-0228"], "text": "share"}  # 0.55
    assert _outcomes({**share, "below": 0.1}) == ["against"]
    assert _outcomes({**share, "above": 0.5}) == ["for"]
    growth = {"kind": "figures", "rows": ["mfg-0514"], "than": "mfg-0509", "text": "growth"}  # 7.4 times
    assert _outcomes({**growth, "above_times": 3}) == ["for"]
    assert _outcomes({**growth, "above_times": 8}) == ["against"]


def test_a_recalled_row_decides_nothing() -> None:
    assert _outcomes({"kind": "figures", "rows": ["mfg-0288"], "above": 1, "text": "cards"}) == ["open"]


def test_measures_and_listings_are_counted() -> None:
    count = {"kind": "measures", "jurisdictions": ["US"], "earlier": [2016, 2018], "later": [2022, 2025]}
    assert _outcomes({**count, "times": 2}) == ["for"]
    assert _outcomes({**count, "times": 50}) == ["against"]
    assert _outcomes({"kind": "listings", "first": "2019-05-01", "last": "2020-12-31", "least": 999}) == ["against"]


def test_an_unknown_kind_of_test_is_one_line() -> None:
    with pytest.raises(CountermoveError, match="unknown kind of test 'figure': did you mean 'figures'"):
        run_test({"kind": "figure"}, CONTEXT)


SIDES = st.lists(st.tuples(st.sampled_from(["for", "against", "open"]), st.booleans()), max_size=6)


@given(SIDES)
def test_turning_every_outcome_round_turns_the_verdict_round(sides: list[tuple[Any, bool]]) -> None:
    turned = {"for": "against", "against": "for", "open": "open"}
    verdicts = {"supported": "contradicted", "contradicted": "supported"}
    one = Judgement(CLAIM, tuple(Outcome(side, "", is_model=model) for side, model in sides))
    two = Judgement(CLAIM, tuple(Outcome(turned[side], "", is_model=model) for side, model in sides))  # type: ignore[arg-type]
    assert two.verdict == verdicts.get(one.verdict, one.verdict)


@given(SIDES)
def test_a_verdict_needs_a_row_of_evidence(sides: list[tuple[Any, bool]]) -> None:
    outcomes = tuple(Outcome(side, "", is_model=True) for side, _ in sides)
    assert Judgement(CLAIM, outcomes).verdict == "undecided"


def test_the_rule_that_joins_outcomes() -> None:
    pro, contra, open_ = (Outcome(side, "") for side in ("for", "against", "open"))  # type: ignore[arg-type]
    assert Judgement(CLAIM, (pro, open_)).verdict == "supported"
    assert Judgement(CLAIM, (pro, contra)).verdict == "disputed"
    assert Judgement(CLAIM, (pro, open_, open_)).verdict == "undecided"
    assert Judgement(replace(CLAIM, tests=()), ()).verdict == "not testable"


def test_model_figures_are_sums_ratios_and_groups() -> None:
    figures = ModelFigures(("spending", "cards_shipped", "foreign_cards_sold"), 8, 1)
    spec = {"kind": "model", "in": 2025, "as": "sum"}
    home = figures.figure({**spec, "of": ["spending", "DOMESTIC"]})
    foreign = [figures.figure({**spec, "of": ["spending", name]}) for name in ("foreign_legal", "foreign_low_end")]
    share = figures.figure({**spec, "of": ["spending", "DOMESTIC"], "over": ["spending", "ONSHORE"]})
    np.testing.assert_allclose(share, home / (home + sum(foreign)))
    cards = figures.figure({**spec, "of": ["cards_shipped"], "over": ["cards_shipped", "foreign_cards_sold"]})
    assert ((cards > 0) & (cards < 1)).all()
    with pytest.raises(CountermoveError, match="'huawai' is neither"):
        figures.figure({**spec, "of": ["spending", "huawai"]})


def test_find_by_id_by_words_and_not_at_all() -> None:
    assert find("c04")[0].id == "C04"
    assert "P01" in [claim.id for claim in find("200,000 Ascend")]
    with pytest.raises(CountermoveError, match="no claim has the words"):
        find("zebra")


def test_the_command_names_evidence_and_dates() -> None:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["claims", "P02", "--json"])
    assert result.exit_code == 0, result.output
    (claim,) = json.loads(result.output)["claims"]
    assert claim["verdict"] == "contradicted"
    assert claim["against"][0]["rows"] == ["MKT-0228"]
    assert claim["against"][0]["date"] == "2026-04-01"
