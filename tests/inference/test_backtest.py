"""A backtest reads nothing that came later: the proof, and what the view is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import commands
from countermove.errors import CountermoveError
from countermove.evidence import facts
from countermove.inference.asof import decimal, view
from countermove.inference.backtest import ARMS, backtest, forecast, named_forecasts, targets
from countermove.inference.discrepancy import published
from countermove.inference.knowable import knowable_on
from countermove.inference.observations import distinct, observe
from countermove.inference.operators import operators
from countermove.parameters import load_parameters, load_series
from countermove.rules import RuleBook

AS_OF = date(2023, 12, 31)


def _later_rows_altered():
    """Every figure that was not public on the date, times seven and told by somebody else."""
    lags = operators().lags
    rows = []
    for row in facts():
        day = knowable_on(row, lags)
        if day is None or day > AS_OF:
            numbers = {
                name: None if (v := getattr(row, name)) is None else 7 * v for name in ("low", "central", "high")
            }
            row = replace(row, **numbers, source="somebody else", note="altered")
        rows.append(row)
    return tuple(rows)


def _later_knots_altered():
    now = decimal(AS_OF)
    altered = {}
    for name, series in load_series().items():
        known = [year <= now for year in series.years]
        values = tuple(v if k else 7 * v + 1 for v, k in zip(series.values, known, strict=True))
        altered[name] = replace(series, values=values) if any(known) else series
    return altered


def _later_rules_altered():
    history = RuleBook.history()
    later = [rule.id for rule in history.rules if (rule.announced or rule.effective or date.min) > AS_OF]
    moved = [rule.id for rule in history.rules if rule.id in later and rule.effective is not None]
    return history.with_dates({id: (history.by_id[id].effective or AS_OF) + timedelta(days=70) for id in moved})


def test_altering_anything_later_leaves_the_forecasts_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = targets(AS_OF, facts())[::5]
    before = view(AS_OF)
    past = _past(before)
    figures = forecast(before, [*past, *wanted], later_rules=False, draws=16, seed=3)
    said = published(wanted, past, figures, seed=3)
    book = _later_rules_altered()
    assert book != RuleBook.history()
    after = view(AS_OF, rows=_later_rows_altered(), series=_later_knots_altered(), book=book)
    assert after.fingerprint == before.fingerprint
    monkeypatch.setattr(RuleBook, "history", staticmethod(lambda: book))
    altered = [replace(each, value=each.value * 7) for each in wanted]
    again = forecast(after, [*_past(after), *altered], later_rules=False, draws=16, seed=3)
    said_again = published(altered, _past(after), again, seed=3)
    for one, two in ((figures, again), (said, said_again)):
        assert {name: array.tobytes() for name, array in one.items()} == {
            name: array.tobytes() for name, array in two.items()
        }


def _past(given):
    """What was known of every series on the date, as a backtest reads it."""
    found, _ = observe(given.rows, operators(), beside=given.rows)
    return distinct(found)[0]


def test_altering_what_was_known_changes_the_view() -> None:
    row = next(row for row in view(AS_OF).rows if row.central)
    rows = tuple(replace(each, central=1.23) if each.id == row.id else each for each in facts())
    assert view(AS_OF, rows=rows).fingerprint != view(AS_OF).fingerprint


def test_every_row_of_a_view_was_public() -> None:
    lags = operators().lags
    for row in view(AS_OF).rows:
        day = knowable_on(row, lags)
        assert day is not None
        assert day <= AS_OF


def test_series_end_at_what_was_known_and_are_carried_on_along_their_trend() -> None:
    known = view(AS_OF).series["china_budget"]
    whole = load_series()["china_budget"]
    past = np.arange(2017, 2023.5, 0.25)
    np.testing.assert_allclose(known.at(past), whole.at(past))
    growth = np.log(known.at(2026.0) / known.at(2025.0))
    steps = np.log(np.asarray(known.values[-2]) / known.values[-3]) / (known.years[-2] - known.years[-3])
    assert growth == pytest.approx(steps)


def test_priors_are_wider_the_less_was_known_and_an_unknown_event_is_absent() -> None:
    early, late = view(date(2021, 12, 31)).priors, view(date(2026, 6, 30)).priors
    for name, prior in load_parameters().items():
        if prior.is_fixed or prior.elements or name == "die_bank_dies":
            continue
        assert early[name].low <= late[name].low <= prior.low or name in (
            "solar_learning_rate",
            "sector_price_elasticity",
        )
        assert early[name].high >= late[name].high
    assert early["die_bank_dies"].central == 1.0
    assert late["die_bank_dies"].central == load_parameters()["die_bank_dies"].central


def test_targets_are_of_periods_that_had_not_ended() -> None:
    assert all(each.last > AS_OF and each.bound is None for each in targets(AS_OF, facts()))


def test_named_forecasters_are_matched_on_figure_and_period() -> None:
    found = backtest(date(2024, 12, 31), draws=16, seed=1).named
    assert found
    outcomes = {each.id: each for each in facts()}
    made = {each.id: each for each in named_forecasts()}
    for each in found:
        assert made[each.row].period_end == outcomes[each.outcome].period_end
        assert each.made_on < outcomes[each.outcome].period_end
        assert made[each.row].source_date == each.made_on
    logarithmic = [each for each in found if each.observed > 1]  # amounts; shares are on the logit scale
    assert logarithmic
    for each in logarithmic:
        assert each.theirs == pytest.approx(abs(np.log(each.forecast / each.observed)), rel=1e-6)


def test_the_command_gives_both_arms_and_all_scores() -> None:
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["backtest", "--as-of", "2024-12-31", "--draws", "16", "--json"])
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.output)["backtests"]
    assert set(found["arms"]) == set(ARMS)
    for part in found["arms"].values():
        summary = part["summary"]
        assert summary["figures"] == len(part["rows"]) > 20
        assert summary["coverage_50"] <= summary["coverage_80"] <= summary["coverage_95"]
        assert sum(summary["pit_histogram"]) == summary["figures"]
    with pytest.raises(CountermoveError, match="not a date"):
        raise CliRunner().invoke(app, ["backtest", "--as-of", "tomorrow"]).exception or AssertionError
