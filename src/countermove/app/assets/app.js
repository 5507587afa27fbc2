// What runs in the browser: colours for light and dark, the ghost of the previous run, the address, exports of figures.
(function () {
  "use strict";
  // This file may be read before Dash's own scripts are.
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const before = {}; // by figure: the last one on which the levers rested, and the one before that

  function recoloured(figure, replacements) {
    let text = JSON.stringify(figure);
    for (const [light, dark] of Object.entries(replacements)) text = text.split(light).join(dark);
    return JSON.parse(text);
  }

  let held = false; // whether a key or a button of the mouse is down
  let resting = 0; // the timer that waits for rest
  for (const [on, off] of [["pointerdown", "pointerup"], ["keydown", "keyup"]]) {
    window.addEventListener(on, () => (held = true), true);
    window.addEventListener(off, () => (held = false), true);
  }
  for (const end of ["blur", "pointercancel"]) window.addEventListener(end, () => (held = false), true);

  // Mantine puts what a button opens on a wrapper without a role, where screen readers do not look; and the field for
  // files has no name of its own.
  const OPENS = ["aria-haspopup", "aria-expanded", "aria-controls"];
  function named() {
    for (const wrapper of document.querySelectorAll("div[aria-haspopup]")) {
      const button = wrapper.querySelector("button");
      for (const name of button ? OPENS : []) {
        if (wrapper.hasAttribute(name)) button.setAttribute(name, wrapper.getAttribute(name));
        wrapper.removeAttribute(name);
      }
    }
    for (const wrapper of document.querySelectorAll("div[aria-expanded]:not([role])")) {
      const button = wrapper.querySelector("button[aria-haspopup]");
      if (button) {
        button.setAttribute("aria-expanded", wrapper.getAttribute("aria-expanded"));
        wrapper.removeAttribute("aria-expanded");
      }
    }
    for (const field of document.querySelectorAll("input[type=file]:not([aria-label])")) {
      field.setAttribute("aria-label", "Scenario file (YAML)");
    }
  }
  new MutationObserver(named).observe(document.documentElement, {
    subtree: true, childList: true, attributes: true, attributeFilter: OPENS,
  });

  // Some browsers refuse local storage to private windows.
  function kept(name) {
    try { return window.localStorage.getItem(name); } catch { return null; }
  }
  function keep(name, value) {
    try { window.localStorage.setItem(name, value); } catch { /* nothing is kept then */ }
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

  // Years stay upright where the page is narrower than the one that a figure was laid out for.
  function upright(figure) {
    const layout = { ...figure.layout };
    for (const key of Object.keys(layout).filter((name) => name.startsWith("xaxis"))) {
      layout[key] = { ...layout[key], tickangle: 0, tickfont: { ...layout[key].tickfont, size: 10 } };
    }
    return { ...figure, layout };
  }

  // The run to compare with is the last on which the levers rested, not every step of a drag.
  function withGhost(name, drawn, figure) {
    const known = (before[name] = before[name] || {});
    if (known.rested && known.rested.link !== drawn.link) known.ghost = known.rested.figure;
    if (drawn.at_rest) known.rested = { link: drawn.link, figure };
    const ghost = known.ghost;
    if (!ghost || ghost.data.length !== figure.data.length) return figure;
    return { ...figure, data: figure.data.concat(ghosts(ghost)) };
  }

  dash.countermove = {
    scheme(clicks, scheme) {
      if (!scheme) {
        return kept("countermove-scheme") || (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
      }
      const chosen = scheme === "dark" ? "light" : "dark";
      keep("countermove-scheme", chosen);
      return chosen;
    },
    theme(scheme) {
      return [scheme, scheme === "dark" ? "Light" : "Dark"];
    },
    screen() {
      return window.innerWidth < 760 ? "phone" : "laptop";
    },
    address(state, path) {
      window.history.replaceState(window.history.state, "", path + state.now);
      return dash.no_update;
    },
    navigation(opened, path, navbar) {
      const moved = dash.callback_context.triggered.some((t) => t.prop_id === "url.pathname");
      const open = moved ? false : opened;
      return [{ ...navbar, collapsed: { mobile: !open } }, moved ? false : dash.no_update];
    },
    draw(drawn, scheme, dark, ids) {
      if (!drawn) return ids.map(() => dash.no_update);
      return ids.map((id) => {
        const figure = drawn.figures[id.figure];
        if (!figure) return dash.no_update;
        const shown = upright(sourced(id.ghost === false ? figure : withGhost(id.figure, drawn, figure), id.figure));
        return scheme === "dark" ? recoloured(shown, dark) : shown;
      });
    },
    drawPlain(figures, scheme, dark) {
      return figures.map((figure) => {
        if (!figure) return dash.no_update;
        return scheme === "dark" ? recoloured(figure, dark) : figure;
      });
    },
    // A lever rests once nothing has moved for a moment and no key or button is held.
    settle(state) {
      window.clearTimeout(resting);
      const look = () => {
        if (held) resting = window.setTimeout(look, 100);
        else dash.set_props("rested", { data: state.request });
      };
      resting = window.setTimeout(look, 250);
      return dash.no_update;
    },
    caught(tpp, density, shown) {
      if (!shown) return dash.no_update;
      const { chips, law } = shown;
      // As in 3A090.a; a line of TPP that was moved takes the place of both of its tests.
      const falls = (chip, line, dense) =>
        chip.tpp >= line || (line === law.tpp && chip.tpp >= 1600 && chip.density !== null && chip.density >= dense);
      const now = chips.filter((chip) => falls(chip, tpp, density));
      const enacted = chips.filter((chip) => falls(chip, law.tpp, law.density));
      const names = (list) => (list.length ? list.map((chip) => chip.name).join(", ") : "none");
      const caught = now.filter((chip) => !enacted.includes(chip));
      const freed = enacted.filter((chip) => !now.includes(chip));
      return `${now.length} of ${chips.length} foreign data-centre chips reach a line (${enacted.length} as enacted).\n` +
        `Caught in addition: ${names(caught)}.\nNo longer caught: ${names(freed)}.`;
    },
    tour(open, next, close, at, where) {
      const which = dash.callback_context.triggered_id;
      const last = where.length - 1;
      const from = { "tour-open": 0, "tour-next": at + 1, "tour-close": -1 }[which];
      let step = from === undefined ? (kept("countermove-tour") ? -1 : 0) : from;
      if (step > last) step = -1;
      if (step === -1) keep("countermove-tour", "seen");
      document.querySelectorAll(".tour-step").forEach((each, index) => (each.hidden = index !== step));
      document.querySelectorAll(".toured").forEach((each) => each.classList.remove("toured"));
      const target = step >= 0 && document.querySelector(where[step]);
      if (target) target.classList.add("toured");
      return [step, step === -1, step === last ? "Done" : "Next"];
    },
    same(value) {
      return value;
    },
    buttons(state) {
      return [state.past.length === 0, state.future.length === 0];
    },
    save(clicks, ids) {
      const which = dash.callback_context.triggered_id;
      if (!which || !clicks.some(Boolean)) return dash.no_update;
      const holder = document.querySelector(`[data-figure="${which.save}"] .js-plotly-plot`);
      if (holder) {
        const style = { format: which.format, filename: `countermove-${which.save}`, width: holder.offsetWidth,
          height: holder.offsetHeight, scale: which.format === "png" ? 2 : 1 };
        window.Plotly.downloadImage(holder, style);
      }
      return dash.no_update;
    },
    copyLink(clicks) {
      if (!clicks) return dash.no_update;
      if (navigator.clipboard) navigator.clipboard.writeText(window.location.href);
      return "Link copied";
    },
  };
})();
