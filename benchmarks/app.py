"""How long the app takes from a lever to new figures, and under twenty visitors at once.

Server time of one move: a new scenario simulated, compared, drawn and turned into JSON, with the executable loaded and
the counterfactual kept. Visitors: each moves a lever of its own every second; a request overtaken by the same
visitor's next one is dropped, as in the app.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time

import numpy as np
from plotly.utils import PlotlyJSONEncoder

from countermove.app.draft import Draft
from countermove.app.runs import LAB, Desk, Superseded

MOVES = 60
VISITORS = 20


def moved(step: int, visitor: int = 0, draws: int = 250) -> Draft:
    """A draft nobody has asked for before: the rules of the next years in another strength."""
    value = 0.1 + 0.8 * ((step * 0.618034 + visitor * 0.0731) % 1.0)
    draft = Draft(draws=draws)
    return draft.put(("changes", "hbm_permits"), {"2027-01": round(value, 6)})


def one_visitor(desk: Desk, draws: int) -> dict[str, float]:
    """Milliseconds of server time of a move."""
    desk.answer(moved(-1, draws=draws), "laptop", LAB)
    took: list[float] = []
    for step in range(MOVES):
        begun = time.perf_counter()
        answer = desk.answer(moved(step, draws=draws), "laptop", LAB)
        json.dumps(answer.figures, cls=PlotlyJSONEncoder)
        took.append(1000 * (time.perf_counter() - begun))
    return {"median": float(np.median(took)), "p95": float(np.quantile(took, 0.95))}


def many_visitors(desk: Desk, seconds: float) -> dict[str, float]:
    """Milliseconds that an answer takes to come, the share of requests dropped, and errors."""
    took: list[float] = []
    counts = {"asked": 0, "dropped": 0, "errors": 0}
    lock = threading.Lock()

    def request(visitor: int, step: int) -> None:
        begun = time.perf_counter()
        try:
            desk.answer(moved(step, visitor), "laptop", LAB, f"visitor {visitor}", step)
        except Superseded:
            with lock:
                counts["dropped"] += 1
        except Exception:
            with lock:
                counts["errors"] += 1
        else:
            with lock:
                took.append(1000 * (time.perf_counter() - begun))

    threads: list[threading.Thread] = []
    for step in range(1, int(seconds) + 1):
        for visitor in range(VISITORS):
            counts["asked"] += 1
            threads.append(threading.Thread(target=request, args=(visitor, step)))
            threads[-1].start()
        time.sleep(1.0)
    for thread in threads:
        thread.join()
    return {
        "median": float(np.median(took)),
        "p95": float(np.quantile(took, 0.95)),
        "dropped_share": counts["dropped"] / counts["asked"],
        "errors": counts["errors"],
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long twenty visitors pull levers")
    seconds = parser.parse_args().seconds
    begun = time.perf_counter()
    desk = Desk()
    desk.warm()
    first = 1000 * (time.perf_counter() - begun)
    result = {
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "first_screen_ms": first,
        "move_250_draws_ms": one_visitor(desk, 250),
        "move_1000_draws_ms": one_visitor(desk, 1000),
        "twenty_visitors_ms": many_visitors(desk, seconds),
        "load_after": os.getloadavg()[0],
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
