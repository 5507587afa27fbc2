// What a page does by itself: the numbers of a figure as a file, and the sheet of levers on a phone.
(function () {
  "use strict";

  function quoted(value) {
    const text = value === null || value === undefined ? "" : String(value).replace(/<[^>]*>/g, " ").trim();
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function titleOf(layout, axis) {
    const found = (layout.annotations || []).find((each) => each.xref === `${axis} domain` && /<b>/.test(each.text));
    return found ? found.text.split("<br>")[0] : "";
  }

  // Rows of one trace: panel, series, x, y, its own name of the point; of a flow from, to and amount.
  function rowsOf(trace, layout) {
    if (trace.type === "sankey") {
      const { source, target, value } = trace.link;
      const names = trace.node.label;
      return Array.from(value, (amount, i) => ["", "flow", names[source[i]], names[target[i]], amount]);
    }
    const across = trace.x || trace.y;
    if (!across || trace.name === "before") return [];
    const panel = titleOf(layout, trace.xaxis || "x");
    const texts = Array.isArray(trace.text) ? trace.text : [];
    return Array.from(across, (_, i) => [panel, trace.name, trace.x ? trace.x[i] : i, trace.y ? trace.y[i] : "", texts[i]]);
  }

  window.countermove.saveNumbers = function (plot, name) {
    const isFlow = plot._fullData.some((trace) => trace.type === "sankey");
    const head = isFlow ? ["panel", "series", "from", "to", "amount"] : ["panel", "series", "x", "y", "label"];
    const rows = plot._fullData.flatMap((trace) => rowsOf(trace, plot.layout));
    const text = [head, ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = `countermove-${name}.csv`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  function sheet(open) {
    const levers = document.getElementById("levers");
    const handle = document.getElementById("sheet");
    if (!levers || !handle) return;
    levers.classList.toggle("open", open);
    handle.setAttribute("aria-expanded", String(open));
    handle.textContent = open ? "Close levers" : "Levers";
  }
  document.addEventListener("click", (event) => {
    if (event.target.id === "sheet") sheet(event.target.getAttribute("aria-expanded") !== "true");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.querySelector("#levers.open")) sheet(false);
  });
})();
