"""Results to figures, once for the report, the notebook and the app. Every function returns a Plotly figure."""

from __future__ import annotations

from countermove.figures.assumptions import assumptions
from countermove.figures.binding_input import binding_input
from countermove.figures.buyers import buyers_by_origin
from countermove.figures.history import history_against_observations
from countermove.figures.measure_timeline import measure_timeline
from countermove.figures.measures import three_measures
from countermove.figures.mechanisms import mechanisms
from countermove.figures.paradox import paradox
from countermove.figures.probability import probability_ribbon
from countermove.figures.quantities import QUANTITIES
from countermove.figures.threshold_plane import threshold_plane

__all__ = [
    "QUANTITIES",
    "assumptions",
    "binding_input",
    "buyers_by_origin",
    "history_against_observations",
    "measure_timeline",
    "mechanisms",
    "paradox",
    "probability_ribbon",
    "three_measures",
    "threshold_plane",
]
