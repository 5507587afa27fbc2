// Figures larger than their place: zoomed by buttons, by + and − and 0, by the wheel and by two fingers; moved by dragging.
(function () {
  "use strict";
  const LEAST = 0.25, MOST = 4, STEP = 1.25;
  const READABLE = 0.75; // no smaller at first, so that its words can be read

  function plotIn(region) {
    const plot = region.querySelector(".js-plotly-plot");
    return plot && plot._fullLayout ? plot : null;
  }

  // Scale the figure; the point of the region under `x`, `y` stays where it is.
  function zoom(region, wanted, x = region.clientWidth / 2, y = region.clientHeight / 2) {
    const plot = plotIn(region);
    if (!plot) return;
    const before = Number(region.dataset.scale || 1);
    const scale = Math.min(Math.max(wanted, LEAST), MOST);
    const left = ((region.scrollLeft + x) * scale) / before - x;
    const top = ((region.scrollTop + y) * scale) / before - y;
    const { width, height } = plot._fullLayout;
    plot.style.transformOrigin = "0 0";
    plot.style.transform = scale === 1 ? "" : `scale(${scale})`;
    Object.assign(plot.parentElement.style, { width: `${width * scale}px`, height: `${height * scale}px` });
    region.dataset.scale = scale;
    region.scrollTo(left, top);
    const said = region.parentElement.querySelector(".zoom output");
    if (said) said.textContent = `${Math.round(100 * scale)} %`;
  }

  function reset(region) {
    const plot = plotIn(region);
    if (!plot) return;
    const { width } = plot._fullLayout;
    zoom(region, Math.max(READABLE, Math.min(1, region.clientWidth / width)), 0, 0);
    region.scrollTo((region.scrollWidth - region.clientWidth) / 2, 0);
  }

  function by(region, factor, x, y) {
    zoom(region, Number(region.dataset.scale || 1) * factor, x, y);
  }

  function place(region, event) {
    const { left, top } = region.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  // A figure that is new or of another size starts anew.
  function watch(region, plot) {
    let known = "";
    const look = () => {
      const size = `${plot._fullLayout.width} × ${plot._fullLayout.height}`;
      if (size !== known) reset(region);
      known = size;
    };
    plot.on("plotly_afterplot", look);
    look();
  }

  function middle(touches) {
    const [one, other] = touches;
    return { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
  }

  function apart(touches) {
    const [one, other] = touches;
    return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  }

  function serve(region) {
    let from = null, pinched = 0;
    region.addEventListener("keydown", (event) => {
      const factor = { "+": STEP, "=": STEP, "-": 1 / STEP, "−": 1 / STEP }[event.key];
      if (event.ctrlKey || event.metaKey || (!factor && event.key !== "0")) return;
      event.preventDefault();
      if (factor) by(region, factor);
      else reset(region);
    });
    // The page scrolls under a wheel until the figure has been chosen; trackpads pinch with Ctrl.
    region.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== region) return;
      event.preventDefault();
      by(region, Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), ...place(region, event));
    }, { passive: false });
    region.addEventListener("touchstart", (event) => {
      pinched = event.touches.length === 2 ? apart(event.touches) : 0;
    }, { passive: true });
    region.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2 || !pinched) return;
      event.preventDefault();
      const now = apart(event.touches);
      by(region, now / pinched, ...place(region, middle(event.touches)));
      pinched = now;
    }, { passive: false });
    region.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      from = [event.clientX + region.scrollLeft, event.clientY + region.scrollTop];
    });
    window.addEventListener("pointermove", (event) => {
      if (from) region.scrollTo(from[0] - event.clientX, from[1] - event.clientY);
    });
    window.addEventListener("pointerup", () => (from = null));
  }

  const regions = document.getElementsByClassName("zoomable"); // kept by the browser, not searched for at every change
  function found() {
    for (const region of regions) {
      if (!region.dataset.served) serve(region);
      region.dataset.served = "yes";
      const plot = plotIn(region);
      if (!plot || !plot.on || plot.dataset.watched) continue;
      plot.dataset.watched = "yes";
      watch(region, plot);
    }
  }
  new MutationObserver(found).observe(document.documentElement, { subtree: true, childList: true });

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".zoom button");
    if (!button) return;
    const region = button.closest("[data-figure]").querySelector(".zoomable");
    if (button.className === "zoom-reset") reset(region);
    else by(region, button.className === "zoom-in" ? STEP : 1 / STEP);
  });
})();
