"""The figures of the pages: those of the model, drawn from the numbers that lie beside them."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.errors import CountermoveError
from countermove.explain import behaviour, pages
from countermove.explain.behaviour import Behaviour, Panel, Shown
from countermove.explore.world import drawn_from, world
from countermove.figures._palette import COUNTERFACTUAL, POLICY
from countermove.figures.behaviour import pictures, svg
from countermove.model import build

FOLDER = Path(__file__).parents[2] / "docs" / "model"


@pytest.fixture(scope="module")
def as_shipped():
    """The world of the commands: pages show the posterior where one ships."""
    with drawn_from(None):
        yield world()


@pytest.fixture(scope="module")
def committed(as_shipped) -> Behaviour:
    return behaviour.from_json(as_shipped.model, (FOLDER / "behaviour.json").read_text(encoding="utf-8"))


def test_the_committed_numbers_are_those_of_the_model(as_shipped, committed):
    stale = behaviour.differing(committed, behaviour.simulated(as_shipped.model))
    assert not stale, f"stale: {', '.join(stale[:5])}; run `countermove explain --write-docs`"


def test_the_committed_pictures_are_drawn_from_the_committed_numbers(as_shipped, committed):
    drawn = pictures(committed, pages.source_of_figures(as_shipped))
    found = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    stale = sorted(name for name in drawn.keys() | found.keys() if drawn.get(name) != found.get(name))
    assert not stale, f"stale: {', '.join(stale)}; run `countermove explain --write-docs`"


def test_the_file_of_numbers_is_read_as_it_was_written(committed):
    again = behaviour.from_json(build(), behaviour.to_json(committed))
    assert behaviour.to_json(again) == behaviour.to_json(committed)


def test_every_sector_shows_one_to_four_quantities_with_a_title_of_their_own():
    for name, panels in behaviour.shown(build()).items():
        assert 1 <= len(panels) <= 4, name
        assert len({panel.title for panel in panels}) == len(panels), name


def _scaled(found: Behaviour, factor: float) -> Behaviour:
    panels = {
        name: tuple(Panel(each.shown, {arm: factor * band for arm, band in each.bands.items()}) for each in those)
        for name, those in found.panels.items()
    }
    return replace(found, panels=panels)


def test_numbers_count_as_the_same_where_a_drawing_cannot_tell_and_only_there(committed):
    assert behaviour.differing(committed, committed) == []
    assert behaviour.differing(committed, _scaled(committed, 1.004)) == []  # another processor rounds the third digit
    moved = behaviour.differing(committed, _scaled(committed, 1.05))
    for name, panels in committed.panels.items():
        for panel in panels:
            for arm, band in panel.bands.items():
                assert (f"{name}: {panel.shown.path} under {arm}" in moved) == bool(band.any())


def test_numbers_of_another_kind_of_draws_are_stale(committed):
    other = {"prior": "posterior", "posterior": "prior"}[committed.parameters]
    assert "drawn from the" in behaviour.differing(committed, replace(committed, parameters=other))[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('"seed": 1', '"seed": 2'), "seed 2"),
        (lambda text: text.replace('["foundry","ai_die_yield"', '["foundry","ai_die_yeld"'), "no numbers of ai_die_yi"),
        (
            lambda text: text.replace('"rows": [\n', '"rows": [\n["foundry","tools","history",0.1,[]],\n'),
            "is not shown",
        ),
    ],
)
def test_a_file_of_other_numbers_is_refused(committed, change, message):
    with pytest.raises(CountermoveError, match=message):
        behaviour.from_json(build(), change(behaviour.to_json(committed)))


@pytest.mark.parametrize(
    ("path", "entry", "message"),
    [
        ("ai_die_yeld", {"title": "x"}, "did you mean 'ai_die_yield'"),
        ("cards_made.huawey", {"title": "x"}, "did you mean 'huawei'"),
        ("ai_die_yield.huawei", {"title": "x"}, "names 1 elements; 'ai_die_yield' has 0"),
        ("ai_die_yield", {"title": "x", "unti": "1"}, "did you mean 'unit'"),
    ],
)
def test_a_panel_that_cannot_be_is_refused(path, entry, message):
    with pytest.raises(CountermoveError, match=re.escape(message)):
        behaviour._shown(build(), path, entry, "behaviour.yaml: foundry")


def _panel(history: object, without: object, *, logarithmic: bool = False) -> Panel:
    shown = Shown("x", "x", (), "Title & more", "card/month", logarithmic)
    return Panel(shown, {"history": np.array(history, float), "no-controls": np.array(without, float)})


def _drawn(panel: Panel) -> ET.Element:
    return ET.fromstring(svg([panel], title="t", source="s", start="2016-01"))


def _texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter() if element.tag.endswith("text")]


def _heights(root: ET.Element) -> dict[str, list[float]]:
    """Heights of the two medians, by colour."""
    return {
        path.get("stroke", ""): [float(y) for y in re.findall(r",([0-9.]+)", path.get("d", ""))]
        for path in root.iter()
        if path.get("stroke-width")
    }


def test_a_line_is_as_high_as_its_numbers():
    rising, flat = np.linspace(0, 4000, 80), np.full(80, 1000.0)
    root = _drawn(_panel([rising] * 3, [flat] * 3))
    bottom, *_, top = _heights(root)[POLICY]
    assert _heights(root)[COUNTERFACTUAL] == pytest.approx([bottom - (bottom - top) / 4] * 80, abs=0.1)
    assert "thousand card/month" in _texts(root)


def test_each_decade_is_as_high_as_the_next_on_a_logarithmic_axis():
    rising = np.repeat([0.0, 1.0, 10.0, 100.0], 20)
    root = _drawn(_panel([rising] * 3, np.ones((3, 80)), logarithmic=True))
    nothing, one, ten, hundred = dict.fromkeys(_heights(root)[POLICY])
    assert nothing > one  # at the foot of the axis
    assert one - ten == pytest.approx(ten - hundred, abs=0.11)  # written with one decimal
    assert "card/month, logarithmic" in _texts(root)


def test_equal_arms_are_one_line_and_say_so():
    same = [np.linspace(1, 2, 80)] * 3
    root = _drawn(_panel(same, same))
    assert "both alike" in _texts(root)
    assert "history" not in _texts(root)
    assert len(_heights(root)) == 1


def test_what_never_moves_is_drawn_too():
    root = _drawn(_panel(np.zeros((3, 80)), np.zeros((3, 80)), logarithmic=True))
    assert "both alike" in _texts(root)
