"""countermove: export controls on AI chips, the answer to them, and what both do to capability.

import countermove
answer = countermove.compare("history", against="no-controls")
answer.to_dataframe()
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermove.errors import CountermoveError
    from countermove.explore.compare import Comparison, compare
    from countermove.explore.simulate import run
    from countermove.results import Result
    from countermove.results import load as load_result
    from countermove.scenario import Scenario
    from countermove.scenario import load as load_scenario

__all__ = ["Comparison", "CountermoveError", "Result", "Scenario", "compare", "load_result", "load_scenario", "run"]

# Where each name lives: imported when first used, so that `import countermove` costs nothing.
_HOME = {
    "Comparison": ("countermove.explore.compare", "Comparison"),
    "CountermoveError": ("countermove.errors", "CountermoveError"),
    "Result": ("countermove.results", "Result"),
    "Scenario": ("countermove.scenario", "Scenario"),
    "compare": ("countermove.explore.compare", "compare"),
    "load_result": ("countermove.results", "load"),
    "load_scenario": ("countermove.scenario", "load"),
    "run": ("countermove.explore.simulate", "run"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'countermove' has no attribute '{name}'")
    from importlib import import_module

    module, attribute = _HOME[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
