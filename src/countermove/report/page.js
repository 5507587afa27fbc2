(function () {
  "use strict";
  // Figures come as JSON, laid out twice; dark pages and paper only need other colours and widths.
  var stored = JSON.parse(document.getElementById("figure-data").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var onPaper = false;
  var PAPER_WIDTH = 1000, NARROW = 660;

  function recoloured(text) {
    if (onPaper || !dark.matches) return text;
    return Object.keys(stored.dark).reduce(function (result, light) {
      return result.split(light).join(stored.dark[light]);
    }, text);
  }

  function paint(element) {
    var width = onPaper ? PAPER_WIDTH : element.clientWidth;
    var screen = width < NARROW ? "phone" : "laptop";
    var figure = JSON.parse(recoloured(JSON.stringify(stored.figures[element.dataset.figure][screen])));
    figure.layout.width = width;
    element.style.height = figure.layout.height + "px";
    element.setAttribute("data-width", String(element.clientWidth));
    return Plotly.react(element, figure.data, figure.layout, {
      displaylogo: false,
      displayModeBar: false,
      responsive: false
    });
  }

  function paintAll() {
    Array.prototype.forEach.call(document.querySelectorAll("[data-figure]"), paint);
  }

  var waiting = null;
  function resized() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      Array.prototype.forEach.call(document.querySelectorAll("[data-figure]"), function (element) {
        if (element.getAttribute("data-width") !== String(element.clientWidth)) paint(element);
      });
    }, 120);
  }

  window.addEventListener("resize", resized);
  window.addEventListener("beforeprint", function () {
    onPaper = true;
    Array.prototype.forEach.call(document.querySelectorAll("details"), function (part) {
      part.setAttribute("data-was-open", part.open ? "yes" : "no");
      if (part.hasAttribute("data-print")) part.open = true;
    });
    paintAll();
  });
  window.addEventListener("afterprint", function () {
    onPaper = false;
    Array.prototype.forEach.call(document.querySelectorAll("details"), function (part) {
      part.open = part.getAttribute("data-was-open") === "yes";
    });
    paintAll();
  });
  // A link to a source that lies in a closed list opens the list.
  window.addEventListener("hashchange", function () {
    var target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (var part = target; part; part = part.parentElement) {
      if (part.tagName === "DETAILS") part.open = true;
    }
    if (target) target.scrollIntoView();
  });
  dark.addEventListener("change", paintAll);
  paintAll();
})();
