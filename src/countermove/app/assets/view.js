// What a page shows beside the scenario is written into the address, and kept for when the page is opened again.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const FIRST_YEAR = 2016;
  const isSeen = (part) => part.startsWith("see.");
  // By path: &see.chip=…&see.month=…; of the page that was opened as its link says, until its controls are there.
  const opened = window.location.search.split("&").filter(isSeen);
  const tails = { [window.location.pathname]: opened.map((part) => `&${part}`).join("") };

  function written(kind, setting) {
    if (kind === "yes") return setting ? "yes" : "no";
    if (setting === null || setting === undefined) return "";
    if (kind === "month") return `${FIRST_YEAR + Math.floor(setting / 12)}-${String((setting % 12) + 1).padStart(2, "0")}`;
    return kind === "choices" ? setting.join(",") : String(setting);
  }

  // As readable as an address may be.
  function quoted(text) {
    return encodeURIComponent(text).replace(/%20/g, "+").replace(/%2F/g, "/").replace(/%2C/g, ",").replace(/%3A/g, ":");
  }

  function readdress(path) {
    const scenario = window.location.search.split("&").filter((part) => !isSeen(part));
    if (window.location.pathname !== path || !scenario[0]) return; // the scenario is written first
    window.history.replaceState(window.history.state, "", path + scenario.join("&") + tails[path]);
  }

  window.countermove.tail = (path) => tails[path] || "";

  dash.countermove = Object.assign(dash.countermove || {}, {
    see(...given) {
      const [view, kept] = given.slice(-2);
      const said = view.fields.map(({ key, kind, own }, i) => [key, written(kind, given[i]), own]);
      const path = view.path;
      tails[path] = said.filter(([, text, own]) => text !== own).map(([key, text]) => `&${key}=${quoted(text)}`).join("");
      readdress(path);
      return { ...kept, [path]: tails[path] };
    },
  });
})();
