"""The pages of the model: up to date, complete, and without a dead link."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from countermove.explain import pages
from countermove.model import build

FOLDER = Path(__file__).parents[2] / "docs" / "model"


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
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
            if page.startswith(".."):
                assert (FOLDER / page).exists(), target
                continue
            assert (page or name) in made, f"{name}: {target}"
            assert not anchor or anchor in anchors[page or name], f"{name}: {target}"


def test_pages_of_sectors_that_are_gone_are_taken_away_and_others_left(tmp_path, made):
    (tmp_path / "gone.md").write_text(made["foundry.md"], encoding="utf-8")
    (tmp_path / "notes.md").write_text("by hand", encoding="utf-8")
    written = pages.write(tmp_path)
    assert {path.name for path in written} == made.keys()
    assert {path.name for path in tmp_path.iterdir()} == made.keys() | {"notes.md"}
