"""Files of what is on the screen: data, scenario, Python code, report."""

from __future__ import annotations

import base64
import binascii
import tempfile
from pathlib import Path

from countermove.app.draft import Draft
from countermove.app.live import BLOCK, SEED, model
from countermove.app.runs import Desk
from countermove.errors import CountermoveError
from countermove.scenario import Scenario

LARGEST_FILE = 64_000
"""Bytes of a scenario that somebody opens."""

FORMS = {
    "csv": "Differences by year (CSV)",
    "nc": "All draws of the policy (NetCDF)",
    "against.nc": "All draws of the counterfactual (NetCDF)",
    "json": "The answer (JSON)",
    "yaml": "Scenario (YAML)",
    "py": "As Python",
    "html": "Report (HTML)",
}


def export(form: str, draft: Draft, desk: Desk) -> tuple[str, bytes]:
    """Name and content of a file.

    Raises:
        CountermoveError: no such form; the draft is not valid.
    """
    if form not in FORMS:
        raise CountermoveError(f"unknown form of export '{form[:20]}'")
    policy = draft.scenario()
    if form == "yaml":
        return f"{policy.name}.yaml", policy.to_yaml().encode()
    if form == "py":
        return f"{policy.name}.py", as_python(draft).encode()
    if form == "html":
        return f"{policy.name}.html", desk.alone(lambda: _report(draft)).encode()
    comparison = desk.comparison(draft, whole=form not in ("csv", "json"))
    if form == "csv":
        return f"{policy.name}.csv", comparison.to_dataframe().to_csv(index=False).encode()
    if form == "json":
        from countermove.explore._tables import as_text

        return f"{policy.name}.json", as_text(comparison.to_json()).encode()
    arm = comparison.counterfactual if form == "against.nc" else comparison.policy
    with tempfile.TemporaryDirectory() as folder:
        path = arm.save(Path(folder) / "run.nc")
        return f"{arm.origin.scenario}{'-against' if form == 'against.nc' else ''}.nc", path.read_bytes()


def _report(draft: Draft) -> str:
    """The report, with the difference attributed to mechanisms, which takes some twenty runs a draw."""
    from countermove.explore.compare import compare
    from countermove.report import render

    policy, other = draft.scenario(), draft.counterfactual()
    return render(compare(policy, other, draws=draft.draws, seed=SEED, given=model()), policy, other)


def as_python(draft: Draft) -> str:
    """A script that computes the same numbers and draws the same figures."""
    return f'''"""What the app of countermove shows under {draft.link()}"""

from dataclasses import replace

from countermove import figures
from countermove.answer import headline
from countermove.explore.compare import compare
from countermove.explore.world import world
from countermove.scenario import parse

policy = parse({_literal(draft.scenario())})

counterfactual = parse({_literal(draft.counterfactual())})

given = replace(world(), outputs=figures.QUANTITIES, block={BLOCK})
comparison = compare(policy, counterfactual, draws={draft.draws}, seed={SEED}, attribution=None, given=given)

for sentence in headline(comparison):
    print(sentence)

for draw in (
    figures.paradox, figures.probability_ribbon, figures.binding_input, figures.buyers_by_origin,
    figures.three_measures, figures.history_against_observations, figures.assumptions,
):
    draw(comparison).write_html(f"{{draw.__name__}}.html")
'''


def _literal(scenario: Scenario) -> str:
    """YAML as a Python literal that can hold nothing but text."""
    lines = "\n".join(f"    {line + chr(10)!r}" for line in scenario.to_yaml().splitlines())
    return f"(\n{lines}\n)"


def uploaded(contents: str, largest: int) -> str:
    """The text of a file as the browser sends it.

    Raises:
        CountermoveError: too large, or not text.
    """
    if len(contents) > 2 * largest:
        raise CountermoveError(f"uploaded file: larger than {largest:,} bytes")
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise CountermoveError("uploaded file: not a text file; a scenario is YAML") from None
