"""How long the app takes from a lever to new figures: one visitor, and twenty at once over HTTP.

One visitor: a request as the browser sends it, a scenario nobody asked for before, simulated, compared, drawn and
turned into JSON, with the executable loaded and the counterfactual kept; 1,000 draws follow the 250 of the same drag.
Twenty visitors: a server of its own process, each moves a lever of its own every second; a request overtaken by the
same visitor's next one is dropped. In the browser: from a key on a slider to the figure drawn anew.

First page: from the start of the server's process, executables kept from before, a browser waiting: until levers stand
there, and until the first figure does.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np

from countermove.app.draft import Draft
from countermove.app.pull import PATH
from countermove.app.runs import LAB
from countermove.app.state import fresh

MOVES = 60
VISITORS = 20
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def policy(step: int, visitor: int = 0) -> Draft:
    """A draft nobody has asked for before, of which the counterfactual stays: memory permitted in another share."""
    value = 0.1 + 0.8 * ((step * 0.618034 + visitor * 0.0731) % 1.0)
    return Draft().put(("changes", "hbm_permits"), {"2027-01": round(value, 6)})


def belief(step: int, visitor: int = 0) -> Draft:
    """A draft of which both arms are new: another belief."""
    centre = round(0.2 + 0.2 * ((step * 0.618034 + visitor * 0.0731) % 1.0), 6)
    return Draft().put(("beliefs", "frontier_growth"), {"low": 0.1, "central": centre, "high": 0.5})


def threshold(step: int, visitor: int = 0) -> Draft:
    """A draft whose law has to be evaluated anew: another line of TPP."""
    line = 1000.0 + 37 * step + visitor
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
  for (const place of document.querySelectorAll("[data-figure]")) {
    place.querySelector(".js-plotly-plot").on("plotly_afterplot", () => {
      window.drawnAt[place.dataset.figure] ||= performance.now();
    });
  }
  window.addEventListener("keydown", () => { window.keyAt = performance.now(); window.drawnAt = {}; }, true);
}"""
_TOOK = "Object.values(window.drawnAt).map((at) => at - window.keyAt).sort((one, other) => one - other)"


def in_browser(port: int, moves: int) -> dict[str, dict[str, float]] | None:
    """Milliseconds from a key on a slider to the first figure drawn anew, and to both; None without Chromium."""
    if CHROMIUM is None:
        return None
    from playwright.sync_api import sync_playwright

    first: list[float] = []
    both: list[float] = []
    rested = "() => document.querySelector('#sentences')?.innerText.includes('1,000 draws')"
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        page.goto(f"http://127.0.0.1:{port}/?v=1&from=history&draws=1000")
        page.wait_for_function(rested, timeout=120_000)
        page.get_by_role("button", name="Beijing").click()
        page.evaluate(_WATCH)
        slider = page.get_by_role("slider", name="Mandates in answer to denial")
        for _ in range(moves):
            slider.press("ArrowRight")
            page.wait_for_function(f"() => window.drawnAt && {_TOOK}.length > 1", timeout=60_000)
            took = page.evaluate(_TOOK)
            first.append(took[0])
            both.append(took[1])
            page.wait_for_timeout(1500)
    return {"first_figure": spread(first), "both_figures": spread(both)}


def started() -> tuple[subprocess.Popen[str], int]:
    """A server in a process of its own, and its port."""
    main = "from countermove.cli import main; main()"
    command = [sys.executable, "-c", main, "app", "--no-browser", "--port", "8057"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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


def first_page() -> dict[str, float] | None:
    """Milliseconds from the start of the process until it takes requests, shows levers, and shows the first figure."""
    if CHROMIUM is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]).new_page()
        page.add_init_script(_SEEN)
        begun = 1000 * time.time()
        process, port = started()
        taken = 1000 * time.time() - begun
        try:
            page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
            page.wait_for_function("() => window.seen.levers && window.seen.first_figure", timeout=120_000)
            seen = page.evaluate("window.seen")
        finally:
            process.terminate()
            process.wait()
    return {"requests_taken": taken, **{name: at - begun for name, at in seen.items()}}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long twenty visitors pull levers")
    parser.add_argument("--moves", type=int, default=MOVES, help="moves of one visitor")
    given = parser.parse_args()
    from countermove.app.server import create

    result: dict[str, Any] = {"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    result["first_page_ms"] = first_page()
    process, port = started()
    try:
        time.sleep(5)  # the rest of the warming up
        result["twenty_visitors_ms"] = many_visitors(port, given.seconds)
        result["browser_250_draws_ms"] = in_browser(port, max(5, given.moves // 4))
    finally:
        process.terminate()
        process.wait()
    client = create().server.test_client()
    result["policy_ms"] = one_visitor(client, policy, given.moves)
    result["belief_ms"] = one_visitor(client, belief, given.moves)
    result["threshold_ms"] = one_visitor(client, threshold, max(3, given.moves // 6))
    result["load_after"] = os.getloadavg()[0]
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
