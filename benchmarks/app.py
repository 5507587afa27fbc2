"""How long the app takes from a lever to new figures: one visitor, and twenty at once over HTTP.

One visitor: a request as the browser sends it, a scenario nobody asked for before, simulated, compared, drawn and
turned into JSON, with the executable loaded and the counterfactual kept; 1,000 draws follow the 250 of the same drag.
A policy leaves the counterfactual as it is; a belief or a mechanism changes both arms; a threshold changes the law,
which the server works out ahead for every position of a lever, but not for a line that only a link can carry.
Twenty visitors: a server of its own process, each moves a lever of its own every second; a request overtaken by the
same visitor's next one is dropped. In the browser: from a key on a slider to the figure drawn anew.

First page: from the start of the server's process, a browser waiting: until requests are taken, until levers stand
there, and until the first figure does; the first time ever, with nothing kept on disk, and after that.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from countermove.app import ahead
from countermove.app.draft import Draft
from countermove.app.levers import levers
from countermove.app.pull import PATH
from countermove.app.runs import LAB
from countermove.app.state import fresh

MOVES = 60
VISITORS = 20
_BETWEEN = 30 * random.random()  # another in every process, because answers of the law are kept on disk
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def policy(step: int, visitor: int = 0) -> Draft:
    """A draft nobody has asked for before, of which the counterfactual stays: memory permitted in another share."""
    value = 0.1 + 0.8 * ((step * 0.618034 + visitor * 0.0731) % 1.0)
    return Draft().put(("changes", "hbm_permits"), {"2027-01": round(value, 6)})


def belief(step: int, visitor: int = 0) -> Draft:
    """A draft of which both arms are new: another belief."""
    centre = round(0.2 + 0.2 * ((step * 0.618034 + visitor * 0.0731) % 1.0), 6)
    return Draft().put(("beliefs", "frontier_growth"), {"low": 0.1, "central": centre, "high": 0.5})


def mechanism(step: int, visitor: int = 0) -> Draft:
    """A draft with two mechanisms off that were not off together before."""
    switches = [item for item in levers().values() if item.kind == "mechanism"]
    first, apart = step % len(switches), 1 + step // len(switches)
    draft = switches[first].write(Draft(), False)
    return switches[(first + apart) % len(switches)].write(draft, False)


def threshold(step: int, visitor: int = 0) -> Draft:
    """A draft of another law, at a position of the lever on TPP that was not asked for before."""
    lever = levers()["tpp"]
    positions = round((lever.most - lever.least) / lever.step) + 1
    return lever.write(Draft(), lever.least + lever.step * (step * 67 % positions))  # 67 and 193 have no common divisor


def other_threshold(step: int, visitor: int = 0) -> Draft:
    """A draft whose law has to be evaluated anew: a line of TPP between the positions of the lever."""
    line = round(1000 + 37 * step + _BETWEEN, 4)
    return Draft().put(("rules", "changes", "US-2023-10-17-ACS", "3A090.a/tpp"), {"2026-07-01": line})


def request(draft: Draft, number: int, visitor: str, *, at_rest: bool) -> bytes:
    """What the browser sends when a lever has moved."""
    body = {
        "state": fresh(draft), "moves": [], "screen": "laptop", "shown": [*LAB], "at_rest": at_rest,
        "visitor": visitor, "number": number,
    }  # fmt: skip
    return json.dumps(body).encode()


def spread(milliseconds: list[float]) -> dict[str, float]:
    """Median, 95 % quantile and number."""
    found = np.array(milliseconds)
    return {"median": float(np.median(found)), "p95": float(np.quantile(found, 0.95)), "moves": len(found)}


def one_visitor(client: Any, moved: Any, moves: int) -> dict[str, dict[str, float]]:
    """Milliseconds of server time while a lever is dragged and once it rests."""
    took: dict[str, list[float]] = {"250_draws": [], "1000_draws": []}
    for step in range(moves + 3):
        for name, at_rest in (("250_draws", False), ("1000_draws", True)):
            body = request(moved(step), step, moved.__name__, at_rest=at_rest)
            begun = time.perf_counter()
            answer = client.post(PATH, data=body, content_type="application/json")
            if step >= 3:
                took[name].append(1000 * (time.perf_counter() - begun))
            if answer.status_code != 200 or "figures" not in answer.text:
                raise RuntimeError(f"no figures: {answer.status_code} {answer.text[:200]}")
    return {name: spread(each) for name, each in took.items()}


def many_visitors(port: int, seconds: int) -> dict[str, Any]:
    """Milliseconds that an answer takes to come over HTTP, the share of requests dropped, and errors."""
    took: list[float] = []
    dropped: list[int] = []
    errors: list[str] = []

    def ask(visitor: int, step: int) -> None:
        begun = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            body = request(policy(step, visitor), step, f"visitor {visitor}", at_rest=False)
            connection.request("POST", PATH, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            connection.close()
        except OSError as error:
            errors.append(repr(error))
            return
        if answer.status == 200 and b"figures" in text:
            took.append(1000 * (time.perf_counter() - begun))
        elif answer.status in (200, 204):
            dropped.append(step)
        else:
            errors.append(f"{answer.status} {text[:100]!r}")

    threads: list[threading.Thread] = []
    begun = time.perf_counter()
    for step in range(1, seconds + 1):
        for visitor in range(VISITORS):
            threads.append(threading.Thread(target=ask, args=(visitor, step)))
            threads[-1].start()
            time.sleep(max(0.0, begun + step - 1 + (visitor + 1) / VISITORS - time.perf_counter()))
    for thread in threads:
        thread.join()
    asked = len(took) + len(dropped) + len(errors)
    return {**spread(took), "asked": asked, "dropped_share": len(dropped) / asked, "errors": len(errors),
            "first_error": errors[0] if errors else None}  # fmt: skip


_WATCH = """() => {
  window.drawnAt = {};
  for (const place of document.querySelectorAll("[data-figure]")) {
    place.querySelector(".js-plotly-plot").on("plotly_afterplot", () => {
      window.drawnAt[place.dataset.figure] ||= performance.now();
    });
  }
  window.addEventListener("keydown", () => { window.keyAt = performance.now(); window.drawnAt = {}; }, true);
}"""
_TOOK = "Object.values(window.drawnAt).map((at) => at - window.keyAt).sort((one, other) => one - other)"


# Sliders of the Lab by group and title: of one both arms are simulated anew, of the other one arm under another law.
_SLIDERS = {"belief": ("Beijing", "Mandates in answer to denial"),
            "threshold": ("Thresholds for chips", "Total processing performance")}  # fmt: skip


def in_browser(port: int, moves: int) -> dict[str, Any] | None:
    """Milliseconds from a key on a slider to the first figure drawn anew, and to both; None without Chromium."""
    if CHROMIUM is None:
        return None
    from playwright.sync_api import sync_playwright

    rested = (
        "() => document.querySelector('#sentences')?.innerText.includes('1,000 draws')"
        " && document.querySelectorAll('[data-figure] .scatterlayer .trace').length"
        " && document.querySelectorAll('[data-figure] .barlayer .trace').length"
    )
    result: dict[str, Any] = {}
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        page.goto(f"http://127.0.0.1:{port}/?v=1&from=history&draws=1000")
        page.wait_for_function(rested, timeout=120_000)
        page.wait_for_timeout(2000)
        page.evaluate(_WATCH)
        for name, (group, title) in _SLIDERS.items():
            page.get_by_role("button", name=group, exact=True).click()
            result[name] = _keys(page, page.get_by_role("slider", name=title), moves)
    return result


def _keys(page: Any, slider: Any, moves: int) -> dict[str, dict[str, float]]:
    first: list[float] = []
    both: list[float] = []
    for step in range(moves + 2):
        slider.press("ArrowRight")
        page.wait_for_function(f"() => window.drawnAt && {_TOOK}.length > 1", timeout=60_000)
        took = page.evaluate(_TOOK)
        if step >= 2:  # not those before which the browser had not compiled its scripts
            first.append(took[0])
            both.append(took[1])
        page.wait_for_timeout(1500)
    return {"first_figure": spread(first), "both_figures": spread(both)}


def started(**environment: str) -> tuple[subprocess.Popen[str], int]:
    """A server in a process of its own, and its port."""
    main = "from countermove.cli import main; main()"
    command = [sys.executable, "-c", main, "app", "--no-browser", "--port", "8057"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, **environment})  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found:
            return process, int(found[1])
    raise RuntimeError("the server did not start")


_SEEN = """
  window.seen = {};
  const parts = { levers: ".lever", first_figure: "[data-figure=paradox] .scatterlayer .trace" };
  new MutationObserver(() => {
    for (const [name, part] of Object.entries(parts)) {
      if (!window.seen[name] && document.querySelector(part)) {
        window.seen[name] = performance.timeOrigin + performance.now();
      }
    }
  }).observe(document, { subtree: true, childList: true });
"""


STARTS = 5


def first_pages() -> dict[str, Any] | None:
    """Milliseconds of the first start ever, and median and worst of those that follow; None without Chromium."""
    if CHROMIUM is None:
        return None
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as cache, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        ever = first_page(browser, cache)
        later = [first_page(browser, cache) for _ in range(STARTS)]
    names = list(ever)
    return {
        "first_time_ever": ever,
        "median": {name: float(np.median([each[name] for each in later])) for name in names},
        "worst": {name: max(each[name] for each in later) for name in names},
    }


def first_page(browser: Any, cache: str) -> dict[str, float]:
    """Milliseconds from the start of the process until it takes requests, shows levers, and shows the first figure."""
    page = browser.new_context().new_page()
    page.add_init_script(_SEEN)
    begun = 1000 * time.time()
    process, port = started(COUNTERMOVE_CACHE=cache)
    taken = 1000 * time.time() - begun
    try:
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        page.wait_for_function("() => window.seen.levers && window.seen.first_figure", timeout=300_000)
        seen = page.evaluate("window.seen")
        _wait(lambda: any(Path(cache).glob("first-page-*.json")))  # what this start leaves for the next
    finally:
        process.terminate()
        process.wait()
        page.context.close()
    return {"requests_taken": taken, **{name: at - begun for name, at in seen.items()}}


def _wait(there: Callable[[], bool]) -> None:
    until = time.time() + 300
    while not there():
        if time.time() > until:
            raise RuntimeError("the server left nothing for its next start")
        time.sleep(0.2)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long twenty visitors pull levers")
    parser.add_argument("--moves", type=int, default=MOVES, help="moves of one visitor")
    given = parser.parse_args()
    from countermove.app.server import create
    from countermove.model import scenario_series

    result: dict[str, Any] = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    result["first_page_ms"] = first_pages()
    for draft in ahead.positions():  # as a server does in its first minute
        scenario_series(draft.scenario())
    process, port = started()
    try:
        time.sleep(15)  # the rest of the warming up
        result["twenty_visitors_ms"] = many_visitors(port, given.seconds)
        result["browser_250_draws_ms"] = in_browser(port, max(5, given.moves // 3))
    finally:
        process.terminate()
        process.wait()
    client = create().server.test_client()
    client.application.config["desk"].warm()
    result["policy_ms"] = one_visitor(client, policy, given.moves)
    result["belief_ms"] = one_visitor(client, belief, given.moves)
    result["mechanism_ms"] = one_visitor(client, mechanism, given.moves // 2)
    result["threshold_ms"] = one_visitor(client, threshold, given.moves)
    result["threshold_never_asked_ms"] = one_visitor(client, other_threshold, max(3, given.moves // 4))
    result["load_after"] = os.getloadavg()[0]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
