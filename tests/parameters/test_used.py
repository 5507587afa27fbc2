"""Every parameter and series that is shipped has a user."""

from __future__ import annotations

from countermove import model
from countermove.parameters import load_parameters, load_series
from countermove.scenario import load, names


def test_every_parameter_and_series_is_read_by_an_equation_or_changed_by_a_scenario() -> None:
    read = set(model.build().inputs)
    changed = {path.split(".")[0] for name in names() for path in load(name).changes}
    assert not {*load_parameters(), *load_series()} - read - changed
