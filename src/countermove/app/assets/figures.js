// The figures of the current run, drawn straight into their places: what is in sight at once, the rest when levers rest.
// Through Dash each would be compared, copied and drawn with every other, in sight or not.
(function () {
  "use strict";
  const owed = new Set(); // names of figures whose latest version is not drawn yet
  const before = {}; // by figure: the last one on which the levers rested, and the one before that
  const now = { run: null, where: "", ids: [], scheme: "light", dark: {} };
  const QUIET = 400; // milliseconds without a new run after which what is out of sight is drawn too while levers move
  let timer = 0;

  function recoloured(figure, replacements) {
    let text = JSON.stringify(figure);
    for (const [light, dark] of Object.entries(replacements)) text = text.split(light).join(dark);
    return JSON.parse(text);
  }

  function inScheme(figure, scheme, dark) {
    return scheme === "dark" ? recoloured(figure, dark) : figure;
  }

  const GHOST = { color: "#7a828d", width: 1.4, dash: "dot" };

  function outline(trace) {
    return {
      type: "scatter", mode: "lines", x: trace.x, y: trace.y, xaxis: trace.xaxis, yaxis: trace.yaxis,
      line: GHOST, hoverinfo: "skip", name: "before", showlegend: false,
    };
  }

  // The medians of the previous run; of stacked bars the lines between the areas.
  function ghosts(figure) {
    const lines = figure.data.filter((t) => t.mode === "lines" && t.line && t.line.width > 2 && t.y).map(outline);
    const stacks = {};
    for (const trace of figure.data.filter((t) => t.type === "bar")) {
      const key = trace.xaxis || "x";
      const below = stacks[key] ? stacks[key][stacks[key].length - 1].y : trace.y.map(() => 0);
      (stacks[key] = stacks[key] || []).push({ ...trace, y: trace.y.map((v, i) => v + below[i]) });
    }
    for (const stack of Object.values(stacks)) {
      if (stack.length === 3) lines.push(...stack.slice(0, 2).map(outline));
    }
    return lines;
  }

  // The source line is broken anew for the width that the figure has here.
  function sourced(figure, name) {
    const holder = document.querySelector(`[data-figure="${name}"]`);
    const line = (figure.layout.annotations || []).find((each) => each.name === "source");
    if (!holder || !line) return figure;
    const most = Math.floor(holder.offsetWidth / 6);
    const lines = [""];
    for (const word of line.text.split(/<br>| /)) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length + 1 > most) lines.push(word);
      else lines[lines.length - 1] = last ? `${last} ${word}` : word;
    }
    const more = 16 * Math.max(0, lines.length - line.text.split("<br>").length);
    const { margin, height, annotations } = figure.layout;
    const layout = {
      ...figure.layout, height: height + more, margin: { ...margin, b: margin.b + more },
      annotations: annotations.map((each) => (each === line ? { ...line, text: lines.join("<br>") } : each)),
    };
    return { ...figure, layout };
  }

  // Years stay upright where the page is narrower than the one that a figure was laid out for. No label reaches beyond
  // the figure, and Plotly need not measure each of them to find that out.
  function upright(figure) {
    const layout = { ...figure.layout };
    for (const key of Object.keys(layout).filter((name) => /^[xy]axis/.test(name))) {
      layout[key] = { ...layout[key], ticklabeloverflow: "allow" };
      if (key[0] === "x") Object.assign(layout[key], { tickangle: 0, tickfont: { ...layout[key].tickfont, size: 10 } });
    }
    return { ...figure, layout };
  }

  // The run to compare with is the last on which the levers rested, not every step of a drag.
  function remember(run) {
    for (const [name, figure] of Object.entries(run.figures)) {
      const known = (before[name] = before[name] || {});
      if (known.rested && known.rested.link !== run.link) known.ghost = known.rested.figure;
      if (run.rests) known.rested = { link: run.link, figure };
    }
  }

  function withGhost(name, figure) {
    const ghost = (before[name] || {}).ghost;
    if (!ghost || ghost.data.length !== figure.data.length) return figure;
    return { ...figure, data: figure.data.concat(ghosts(ghost)) };
  }

  // The plot in a figure's place, once Dash has made it.
  function plotOf(name) {
    const plot = document.querySelector(`[data-figure="${name}"] .js-plotly-plot`);
    return plot && window.Plotly && plot._fullLayout && !plot.closest(".dash-graph--pending") ? plot : null;
  }

  function inSight(plot) {
    const place = plot.getBoundingClientRect();
    return place.bottom > 0 && place.top < window.innerHeight;
  }

  function topOf(plot) {
    return plot ? plot.getBoundingClientRect().top : Infinity;
  }

  function draw(id, plot) {
    const figure = now.run.figures[id.figure];
    const whole = upright(sourced(id.ghost === false ? figure : withGhost(id.figure, figure), id.figure));
    const shown = inScheme(whole, now.scheme, now.dark);
    window.Plotly.react(plot, shown.data, shown.layout, plot._context);
  }

  // One figure at a time, so that the first is seen before the second is drawn.
  function drawNext(everything) {
    window.clearTimeout(timer);
    const due = now.ids.filter((id) => owed.has(id.figure)).map((id) => [id, plotOf(id.figure)]);
    due.sort(([, one], [, other]) => topOf(one) - topOf(other) || 0);
    if (!due.length) return;
    const ready = due.find(([, plot]) => plot && (everything || inSight(plot)));
    if (ready) {
      owed.delete(ready[0].figure);
      draw(...ready);
      timer = window.setTimeout(drawNext, 0, everything);
    } else {
      const isMade = due.every(([, plot]) => plot);
      timer = window.setTimeout(drawNext, !isMade ? 50 : window.countermove.isBusy() ? QUIET : 0, isMade);
    }
  }
  window.addEventListener("scroll", () => owed.size && drawNext(false), { capture: true, passive: true });

  function owe() {
    owed.clear();
    for (const id of now.ids) if (now.run && now.run.figures[id.figure]) owed.add(id.figure);
    drawNext(false);
  }

  window.countermove = {
    inScheme,
    isBusy: () => false, // levers say when they move
    // Draw a run: {link, figures, rests}.
    show(run) {
      now.run = run;
      remember(run);
      owe();
    },
    // Draw the run that is there into the places of another page, or in other colours.
    place(path, ids, scheme, dark) {
      const where = JSON.stringify([path, ids, scheme]);
      if (where === now.where) return;
      Object.assign(now, { where, ids, scheme, dark });
      owe();
    },
  };
})();
