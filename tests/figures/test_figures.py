"""What every figure must have, and what single ones must show."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from countermove import figures
from countermove.errors import CountermoveError
from countermove.explore.compare import compared
from countermove.figures import _summary
from countermove.figures.binding_input import first_quarter, quarterly_shares
from countermove.figures.buyers import origin_shares
from countermove.figures.mechanisms import signed, steps

# Figures of the law draw no comparison; tests/figures/test_law.py has them.
OTHER = ("QUANTITIES", "measure_timeline", "threshold_plane")
ALL = [getattr(figures, name) for name in figures.__all__ if name not in OTHER]
UNITS = ("H100e", "%", "multiple", "cards", "wafers", "USD", "stacks", "rank correlation")


@pytest.fixture(scope="module", params=ALL, ids=lambda build: build.__name__)
def build(request):
    return request.param


@pytest.mark.parametrize("screen", ["laptop", "phone"])
def test_title_source_units_and_text_alternative(build, screen, comparison):
    figure = build(comparison, screen=screen)
    assert figure.layout.title.text.startswith("<b>")
    source = next(note.text for note in figure.layout.annotations if note.name == "source").replace("<br>", " ")
    for part in (
        "Source: countermove",
        "history against no-controls",
        "200 draws",
        "seed 1",
        "prior only, uncalibrated",
    ):
        assert part in source
    assert len(figure.layout.meta["description"]) > 60
    axes = [axis for axis in figure.layout if axis.startswith(("xaxis", "yaxis"))]
    titles = [figure.layout[axis].title.text or "" for axis in axes]
    assert any(unit in title for title in titles for unit in UNITS)
    assert figure.layout.showlegend is False


def test_what_is_drawn_is_finite(build, comparison):
    # json refuses NaN and infinity with allow_nan off; Plotly's own encoder would write null.
    figure = build(comparison)
    json.dumps(figure.to_plotly_json(), default=lambda array: array.tolist(), allow_nan=False)


def test_phone_and_laptop_show_the_same_numbers(build, comparison):
    wide, narrow = (
        sorted(str(trace.name) + str(np.round(np.asarray(trace.y if trace.orientation != "h" else trace.x, float), 6))
               for trace in build(comparison, screen=screen).data)
        for screen in ("laptop", "phone")
    )  # fmt: skip
    assert wide == narrow


def test_a_scenario_named_like_mark_up_is_shown_as_text(build, comparison):
    hostile = replace(comparison, scenario="<b onclick=x>")
    figure = build(hostile)
    texts = [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]
    assert not any("<b onclick" in text for text in texts)


def middle(figure, name):
    return [np.asarray(trace.y, float) for trace in figure.data if trace.name == name]


def test_exchanging_the_scenarios_mirrors_the_ratio_panels(comparison):
    mirrored = replace(compared(comparison.counterfactual, comparison.policy), attributed=comparison.attributed)
    for one, other in zip(
        middle(figures.paradox(comparison), "difference"), middle(figures.paradox(mirrored), "difference"), strict=True
    ):
        # Interpolated medians of reciprocals differ by second order in the gap between two neighbouring draws.
        np.testing.assert_allclose(np.log(one), -np.log(other), atol=2e-3)


def test_a_scenario_against_itself_is_a_flat_line(comparison):
    same = compared(comparison.policy, comparison.policy)
    for values in middle(figures.paradox(same), "difference"):
        assert (values == 1).all()
    ribbons = {trace.name: np.asarray(trace.y, float) for trace in figures.probability_ribbon(same).data}
    assert (ribbons["immaterial"] == 100).all()


def test_bars_of_crossings_count_the_draws_that_cross(comparison):
    figure = figures.paradox(comparison)
    for outcome in ("domestic", "total"):
        for crossing in comparison.crossings[outcome]:
            share = 100 * np.isfinite(crossing.dates).mean()
            drawn = [
                sum(trace.customdata)
                for trace in figure.data
                if trace.type == "bar" and trace.customdata is not None and trace.name == _towards(crossing)
            ]
            assert any(abs(total - share) < 1e-9 for total in drawn)


def _towards(crossing):
    return "to catalysed" if crossing.direction == "hindered to catalysed" else "to hindered"


def test_probabilities_sum_to_a_hundred(comparison):
    stacks = [np.asarray(trace.y, float) for trace in figures.probability_ribbon(comparison).data]
    np.testing.assert_allclose(sum(stacks[:3]), 100)
    np.testing.assert_allclose(sum(stacks[3:]), 100)


def test_binding_shares_are_the_means_over_draws(comparison):
    shares = quarterly_shares(comparison)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-6)  # the shares themselves are single precision
    first = _summary.monthly(comparison.policy, "binding_share_logic")[:, :3].mean()
    assert shares[0, 0] == pytest.approx(first)


def test_origins_of_every_buyer_sum_to_one_and_name_bytedance_and_baidu_first(comparison):
    shares = origin_shares(comparison)
    assert list(shares)[:2] == ["bytedance", "baidu"]
    for values in shares.values():
        np.testing.assert_allclose(values.sum(axis=0), 1)


def test_the_waterfall_is_unbroken_and_ends_at_the_sum(comparison):
    for trace, outcome in zip(figures.mechanisms(comparison).data, ("domestic", "total"), strict=True):
        ends = np.asarray(trace.base) + np.asarray(trace.x)
        np.testing.assert_allclose(trace.base[1:-1], ends[:-2], atol=1e-12)
        np.testing.assert_allclose(ends[-1], ends[-2], atol=1e-12)
        sizes = [abs(bar.value) for bar in steps(comparison, "domestic")[1:-1]]
        assert sizes == sorted(sizes, reverse=True), outcome


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [(3.37, 16, "+3.4"), (-0.0004, 16, "0.0"), (-1234.5, 5000, "−1,234"), (0.26, 0.9, "+0.260")],
)
def test_contributions_are_written_as_finely_as_they_can_be_seen(value, span, text):
    assert signed(value, span) == text


def test_the_ribbon_of_inputs_begins_where_there_is_output(comparison):
    values = {**comparison.policy.values, "cards_made": comparison.policy["cards_made"].copy()}
    values["cards_made"][:, :31] = 0
    later = replace(comparison, policy=replace(comparison.policy, values=values))
    assert first_quarter(comparison) == 0
    assert first_quarter(later) == 10  # the quarter in which month 31 lies
    assert figures.binding_input(later).data[0].x[0] == pytest.approx(2018.625)


def test_without_attribution_the_waterfall_says_so(comparison):
    with pytest.raises(CountermoveError, match="no attribution"):
        figures.mechanisms(replace(comparison, attributed=None))


def test_no_parameter_beyond_chance_is_a_figure_too(comparison):
    figure = figures.assumptions(replace(comparison, drivers={}))
    assert any("no parameter clearly" in note.text for note in figure.layout.annotations)
