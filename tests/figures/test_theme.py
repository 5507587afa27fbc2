from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermove.figures import _labels, _palette
from countermove.figures.binding_input import INPUTS
from countermove.figures.buyers import ORIGINS
from countermove.figures.measures import MEASURES

TEXT = (_palette.INK, _palette.MUTED, _palette.POLICY, _palette.COUNTERFACTUAL)


def luminance(colour: str) -> float:
    """Relative luminance, W3C Web Content Accessibility Guidelines 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", TEXT)
def test_text_reads_on_the_light_and_on_the_dark_page(colour):
    # 4.5 is level AA for text of ordinary size.
    assert contrast(colour, _palette.PAGE) >= 4.5
    assert contrast(_palette.ON_DARK[colour], _palette.ON_DARK[_palette.PAGE]) >= 4.5


@pytest.mark.parametrize("fill", sorted({row[2] for row in (*INPUTS, *ORIGINS)}))
def test_names_inside_areas_read_on_both_pages(fill):
    assert contrast(_palette.on(fill), fill) >= 4.5
    assert contrast(_palette.on(fill), _palette.ON_DARK.get(fill, fill)) >= 4.5


@pytest.mark.parametrize("stack", [INPUTS, ORIGINS])
def test_neighbouring_areas_stay_apart_in_grey(stack):
    for one, other in itertools.pairwise(row[2] for row in stack):
        assert contrast(one, other) >= 1.5


def test_lines_differ_by_more_than_hue():
    assert len({dash for *_, dash in MEASURES}) == len(MEASURES)


def test_a_colour_put_on_the_dark_page_is_not_replaced_again():
    replacements = _palette.dark_replacements()
    assert not set(replacements) & set(replacements.values())


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(10, 40)), min_size=1, max_size=5),
)
def test_labels_do_not_overlap_and_keep_their_order(wanted):
    values, need = [w for w, _ in wanted], [n for _, n in wanted]
    places = _labels.spread(values, need, 300)
    order = sorted(range(len(values)), key=lambda i: values[i])
    for lower, upper in itertools.pairwise(order):
        assert places[upper] - places[lower] >= (need[lower] + need[upper]) / 2 - 1e-9
    assert max(p + n / 2 for p, n in zip(places, need, strict=True)) <= 300 + max(need) / 2 + 1e-9


def test_a_label_with_room_stays_where_it_belongs():
    assert _labels.spread([50.0, 200.0], [16, 16], 300) == [50.0, 200.0]


def test_a_name_goes_where_its_area_is_thick_over_its_whole_width():
    share = [40, 5, 5, 12, 14, 14, 13, 12, 5, 5, 5]
    at = _labels.thickest(share, "HBM", points_per_pixel=0.05, screen="laptop", least=9)
    assert at in (4, 5, 6)
    assert _labels.thickest(share, "HBM", points_per_pixel=0.05, screen="laptop", least=20) is None
    assert (
        _labels.thickest(share, "longer than any part of it", points_per_pixel=0.05, screen="laptop", least=1) is None
    )


def test_mark_up_in_names_is_shown_not_read():
    assert _labels.plain("<b>a & b</b>") == "&lt;b&gt;a &amp; b&lt;/b&gt;"
