"""Levers: lenses on a draft."""

from __future__ import annotations

import pytest

from countermove.app._model_levers import in_use, moved_interval
from countermove.app.draft import Draft, of_link
from countermove.app.levers import Lever, levers, of_before, with_since
from countermove.errors import CountermoveError
from countermove.explore.world import world
from countermove.parameters import load_parameters

LEVERS = list(levers().values())


def _settings(lever: Lever) -> list[str | float | bool]:
    if lever.kind == "mechanism":
        return [True, False]
    return list(lever.choices) or [lever.least, lever.most]


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.id)
def test_what_is_written_is_read_and_put_back_without_trace(lever: Lever) -> None:
    start = Draft()
    for setting in _settings(lever):
        changed = lever.write(start, setting)
        assert lever.read(changed) == setting
        assert of_link(changed.link()) == changed
        assert lever.write(changed, lever.read(start)) == start


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.id)
def test_every_lever_acts_on_something_that_the_model_has_and_is_explained(lever: Lever) -> None:
    assert lever.explanation
    assert of_before(lever)
    if lever.kind in ("parameter", "dated"):
        assert lever.target.partition(".")[0] in world().model.inputs


def test_a_lever_changes_the_series_that_the_model_reads_from_its_date_on() -> None:
    changed = with_since(levers()["hbm_permits"].write(Draft(), "permitted"), "2028-01")
    before = world().arm(Draft().scenario()).series["hbm_permits"]
    after = world().arm(changed.scenario()).series["hbm_permits"]
    month = 12 * 12
    assert (after[:month] == before[:month]).all()
    assert (after[month:] == 1).all()
    assert (before[month:] == 0).all()


def test_rules_of_a_removed_package_cannot_be_moved() -> None:
    removed = levers()["tools"].write(Draft(), "removed")
    with pytest.raises(CountermoveError, match="put them in force"):
        levers()["tools_shift"].write(removed, 12.0)


def test_a_moved_interval_keeps_its_width_and_is_valid() -> None:
    for lever in LEVERS:
        if lever.kind == "parameter":
            prior = load_parameters()[lever.target]
            for central in (lever.least, lever.most):
                prior.believed(**moved_interval(in_use(lever.target), central))
    frontier = load_parameters()["frontier_growth"]
    moved = moved_interval(frontier, 2 * frontier.central)  # type: ignore[operator]
    assert moved["central"] == pytest.approx(2 * frontier.central)  # type: ignore[operator]


def test_a_slider_starts_from_what_the_parameter_is_drawn_from_and_moves_an_interval_as_wide() -> None:
    posterior = world().posterior
    for lever in LEVERS:
        if lever.kind == "parameter" and not load_parameters()[lever.target].is_fixed:
            ours = posterior.get(lever.target, load_parameters()[lever.target])
            start = lever.read(Draft())
            assert start == pytest.approx(ours.central, rel=1e-5, abs=1e-12)  # settings have six figures
            moved = lever.write(Draft(), start + lever.step).scenario().beliefs[lever.target]  # type: ignore[operator]
            if ours.distribution == "lognormal":
                assert moved.high / moved.low == pytest.approx(ours.high / ours.low, rel=1e-4)  # type: ignore[operator]
            else:
                assert moved.high - moved.low == pytest.approx(ours.high - ours.low, rel=1e-4)  # type: ignore[operator]
