"""`countermove explain` and `countermove diagram`."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner

from countermove.cli import diagram, explain
from countermove.errors import CountermoveError

APP = typer.Typer()
explain.register(APP)
diagram.register(APP)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(APP, arguments)
    if isinstance(result.exception, CountermoveError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_an_equation_is_printed_with_unit_neighbours_and_address():
    printed = run("explain", "ai_die_yield")
    for part in ("sector foundry, unit 1", "harvestable_share", "home_dies_made", "10.1109/PROC.1983.12619"):
        assert part in printed
    flat = " ".join(printed.split())
    assert "(1 + ascend_die_area · (1 − harvestable_share) · defect_density / clustering_parameter)" in flat


def test_json_has_both_writings():
    found = json.loads(run("explain", "excess_defect_density", "--json"))
    (equation,) = found["equations"]
    assert found["kind"] == "stock"
    assert equation["left"] == "d excess_defect_density / dt"
    assert equation["latex"].startswith(r"\frac{\mathrm{d}}{\mathrm{d}t}")
    assert "defect_density" in {each["name"] for each in found["used_by"]}


def test_inputs_are_explained_too():
    found = json.loads(run("explain", "learning_rate", "--json"))
    assert found["prior"]["low"] < found["prior"]["central"] < found["prior"]["high"]
    assert "the rules" in run("explain", "us_permits").casefold()


def test_a_delay_shows_what_enters_it():
    found = json.loads(run("explain", "capacity_completions", "--json"))
    assert {"tool_installation", "build_delay"} <= {each["name"] for each in found["depends_on"]}


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(CountermoveError, match="did you mean 'ai_die_yield'"):
        run("explain", "ai_die_yeld")


def test_explaining_needs_neither_jax_nor_pandas():
    code = (
        "import sys; from countermove.model import build; from countermove.explain.quantity import explain; "
        "explain(build(), 'cards_made'); assert not {'jax', 'pandas', 'pint', 'xarray'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_diagram_lists_links_and_loops():
    found = json.loads(run("diagram", "--around", "defect_density", "--depth", "1", "--json"))
    assert {"cause": "defect_density", "effect": "ai_die_yield", "polarity": "−"} in found["links"]
    assert all(loop["quantities"][0] == "defect_density" for loop in found["loops"])
    assert {loop["behaviour"] for loop in found["loops"]} <= {"reinforcing", "balancing", "mixed", "inactive"}


@pytest.mark.parametrize("ending", ["svg", "dot", "html"])
def test_a_diagram_is_written(tmp_path, ending):
    path = tmp_path / f"loops.{ending}"
    run("diagram", "--around", "defect_density", "--depth", "1", "--output", str(path))
    text = path.read_text(encoding="utf-8")
    assert "defect density" in text
    if ending == "svg":
        names = {element.text for element in ET.fromstring(text).iter()}
        assert any("defect_density → ai_die_yield: −" in (name or "") for name in names)
    if ending == "dot":
        assert text.count("{") == text.count("}")
        assert 'defect_density -> ai_die_yield [color="#a84a00" style=dashed label="−"' in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--around", "defect_densty"), "did you mean 'defect_density'"),
        (("--around", "defect_density", "--depth", "0"), "at least 1"),
        (("--output", "loops.pdf"), "html, .svg or .dot"),
    ],
)
def test_what_a_diagram_refuses(arguments, message):
    with pytest.raises(CountermoveError, match=message):
        run("diagram", *arguments)
