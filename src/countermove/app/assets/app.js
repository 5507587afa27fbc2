// What runs in the browser beside levers and figures: light and dark, navigation, the tour, exports of figures.
(function () {
  "use strict";
  // This file may be read before Dash's own scripts are.
  const dash = (window.dash_clientside = window.dash_clientside || {});
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

  dash.countermove = Object.assign(dash.countermove || {}, {
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
    navigation(opened, path, navbar) {
      const moved = dash.callback_context.triggered.some((t) => t.prop_id === "url.pathname");
      const open = moved ? false : opened;
      return [{ ...navbar, collapsed: { mobile: !open } }, moved ? false : dash.no_update];
    },
    drawPlain(figures, scheme, dark) {
      return figures.map((figure) => {
        if (!figure) return dash.no_update;
        return window.countermove.inScheme(figure, scheme, dark);
      });
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
    save(clicks, ids) {
      const which = dash.callback_context.triggered_id;
      if (!which || !clicks.some(Boolean)) return dash.no_update;
      const holder = document.querySelector(`[data-figure="${which.save}"] .js-plotly-plot`);
      if (holder && which.format === "csv") window.countermove.saveNumbers(holder, which.save);
      else if (holder) {
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
  });
})();
