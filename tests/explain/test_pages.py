"""The pages of the model: up to date, complete, and without a dead link."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove.explain import behaviour, pages
from countermove.explore.fitted import fitted
from countermove.explore.world import drawn_from, prior_world
from countermove.inference import posterior
from countermove.inference.posterior import Posterior
from countermove.model import build

FOLDER = Path(__file__).parents[2] / "docs" / "model"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    with drawn_from(None):  # pages show the posterior where one ships
        return pages.pages()


def test_the_committed_pages_are_those_of_the_model(made):
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in made.keys() | committed.keys() if made.get(name) != committed.get(name))
    assert not stale, f"stale: {', '.join(stale)}; run `countermove explain --write-docs`"


def test_every_quantity_and_parameter_is_on_one_page(made):
    text = "\n".join(made.values())
    model = build()
    parts = {part.name for quantity in model.quantities.values() for part in quantity.parts}
    for name in model.quantities.keys() - parts:
        assert text.count(f"### {name}\n") == 1, name
    for name, item in model.inputs.items():
        if item.kind == "parameter":
            assert re.search(rf"^\| `{name}`", text, re.MULTILINE), name


def test_every_link_leads_somewhere(made):
    """Headings become anchors as on GitHub: lower case, spaces to hyphens."""
    anchors = {
        name: {heading.lower().replace(" ", "-") for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        | set(re.findall(r'<a id="([^"]*)">', text))
        for name, text in made.items()
    }
    for name, text in made.items():
        for target in re.findall(r"\]\(([^)]*)\)", text):
            page, _, anchor = target.partition("#")
            if page.startswith("..") or page.endswith((".svg", ".json")):
                assert (FOLDER / page).exists(), target
                continue
            assert (page or name) in made, f"{name}: {target}"
            assert not anchor or anchor in anchors[page or name], f"{name}: {target}"


def test_files_of_sectors_that_are_gone_are_taken_away_and_others_left(tmp_path, made):
    (tmp_path / "gone.md").write_text(made["foundry.md"], encoding="utf-8")
    (tmp_path / "gone.svg").write_text(f"{behaviour.MADE}<svg/>", encoding="utf-8")
    for name in ("notes.md", "notes.svg"):
        (tmp_path / name).write_text("by hand", encoding="utf-8")
    written = pages.write(tmp_path, made)
    assert {path.name for path in written} == made.keys()
    assert {path.name for path in tmp_path.iterdir()} == made.keys() | {"notes.md", "notes.svg"}


@pytest.fixture
def of_a_fit(tmp_path, monkeypatch):
    """A world with a posterior of one number and of two vendors' numbers, each half as wide as its prior."""
    given = prior_world()
    listed = next(prior for prior in given.priors.values() if prior.elements and not prior.is_fixed)
    u = np.linspace(0.25, 0.75, 101)
    draws = {
        "learning_rate": given.priors["learning_rate"].quantile(u),
        listed.name: listed.quantile(np.tile(u, (len(listed.elements), 1))),
    }
    labels = ["learning_rate", *(f"{listed.name}.{element}" for element in listed.elements)]
    path = tmp_path / "fit.npz"
    Posterior("any", draws, {"contraction": dict.fromkeys(labels, 0.756)}).save(path)
    monkeypatch.setattr(posterior, "DEFAULT", path)
    return replace(given, posterior=fitted(given.priors, draws)), listed


def test_parameters_that_are_fitted_have_their_posterior_and_contraction_beside_the_prior(of_a_fit):
    given, listed = of_a_fit
    text = pages.pages(given)
    row = next(line for line in text["foundry.md"].splitlines() if line.startswith("| `learning_rate`"))
    _, _, _, prior, after, contraction, *_ = (cell.strip() for cell in row.split("|"))
    low, central, high = (float(number) for number in after.split(" / "))
    before = [float(number) for number in prior.split(" / ")]
    assert before[0] < low < central < high < before[2]
    assert central == pytest.approx(before[1], rel=5e-3)  # shown with three digits
    assert contraction == "76 %"
    other = next(line for line in text["foundry.md"].splitlines() if line.startswith("| `build_delay`"))
    assert other.count("| – |") + other.count("– | –") >= 1
    everything = "\n".join(text.values())
    assert len(re.findall(rf"^\| `{listed.name}` .*\| 76 % \|", everything, re.MULTILINE)) == len(listed.elements)
    assert "calibrated (posterior)" in text["foundry.md"]


def test_without_a_posterior_pages_say_so():
    text = pages.pages(prior_world())["foundry.md"]
    assert "prior only, uncalibrated" in text
    assert "contraction" not in text
