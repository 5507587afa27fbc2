// From a lever to the answer: one request at a time, with all that moved meanwhile in the next; at rest one with all draws.
(function () {
  "use strict";
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const REST = 250; // milliseconds without a move after which a lever rests, unless it is still held
  const SLOW = 300; // milliseconds after which a page says that it is computing

  const page = { state: null, path: "", screen: null, shown: [], answers: 0, visitor: "" };
  const moves = new Map(); // levers that moved since the state, by where they stand
  const own = new Set(); // states that this file gave to Dash
  let run = null; // the answer on the screen
  let asking = null; // the request on its way
  let wanted = null; // what is to be asked next
  let number = 0;
  let resting = 0;
  let slow = 0;

  let held = false; // whether a key or a button of the mouse is down
  for (const [on, off] of [["pointerdown", "pointerup"], ["keydown", "keyup"]]) {
    window.addEventListener(on, () => (held = true), true);
    window.addEventListener(off, () => (held = false), true);
  }
  for (const end of ["blur", "pointercancel"]) window.addEventListener(end, () => (held = false), true);
  window.countermove.isBusy = () => held || asking !== null || moves.size > 0;

  function want(rests) {
    wanted = { rests: rests && !moves.size };
    if (!asking) ask();
  }

  async function ask() {
    const { rests } = wanted;
    wanted = null;
    asking = { state: page.state, moves: [...moves], screen: page.screen, shown: page.shown, at_rest: rests,
      visitor: page.visitor, number: (number += 1) };
    slow = window.setTimeout(() => document.body.classList.add("asking"), SLOW);
    try {
      const answer = await window.fetch("/pull", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asking),
      });
      if (answer.ok && answer.status !== 204) take(asking, await answer.json());
      else if (answer.status !== 204) refuse((await answer.json()).error);
    } catch {
      refuse("the server does not answer");
    }
    window.clearTimeout(slow);
    document.body.classList.remove("asking");
    asking = null;
    if (wanted) ask();
  }

  // A lever that cannot be moved there: its move is forgotten, and the line says why.
  function refuse(line) {
    moves.clear();
    dash.set_props("notice", { children: line, hide: false });
  }

  function take(asked, answer) {
    for (const [lever, value] of asked.moves) if (moves.get(lever) === value) moves.delete(lever);
    if (asked.state !== page.state) return; // a step back or another scenario came in between, and is asked for next
    page.state = answer.state;
    run = { ...answer, link: answer.state.now, screen: asked.screen, shown: asked.shown, rests: asked.at_rest,
      moved: asked.moves.length > 0 };
    window.countermove.show(run);
    window.setTimeout(tell, 0, run); // after the first figure
    if (!asked.at_rest) rest(REST);
  }

  function rest(after) {
    window.clearTimeout(resting);
    resting = window.setTimeout(() => (held || asking || moves.size ? rest(100) : want(true)), after);
  }

  // What an answer says in words. Dash gives these elements no children of its own.
  function say(answer) {
    const write = (id, lines) => {
      const element = document.getElementById(id);
      if (!element) return;
      const tag = id === "timing" ? "span" : "p";
      element.replaceChildren(...lines.filter(Boolean).map((line) => {
        const part = document.createElement(tag);
        part.textContent = line;
        return part;
      }));
    };
    const kept = answer.waited > 0.9 * answer.computed ? "" : `, kept: ${answer.waited.toFixed(0)} ms`;
    write("sentences", answer.sentences);
    write("timing", [`computed in ${answer.computed.toFixed(0)} ms${kept}`]);
    write("what", answer.what);
  }

  function tell(answer) {
    if (answer !== run) return;
    say(answer);
    for (const [lever, words] of Object.entries(answer.words)) dash.set_props({ shown: lever }, { children: words });
    if (answer.moved && document.getElementById("notice")) dash.set_props("notice", { hide: true });
    if (isNew(answer.state)) dash.set_props("state", { data: answer.state });
    steps();
    if (answer.rests) address();
  }

  // Whether Dash does not have a state yet; it has those that came from it or were given to it.
  function isNew(state) {
    const key = JSON.stringify([state.now, state.at, state.request]);
    if (own.has(key)) return false;
    if (own.size > 500) own.clear();
    own.add(key);
    return true;
  }

  function steps() {
    for (const [id, list] of [["undo", page.state.past], ["redo", page.state.future]]) {
      const button = document.getElementById(id);
      if (button && button.disabled !== !list.length) dash.set_props(id, { disabled: !list.length });
    }
  }

  function address() {
    window.history.replaceState(window.history.state, "", page.path + page.state.now + window.countermove.tail(page.path));
  }

  dash.countermove = Object.assign(dash.countermove || {}, {
    pull() {
      const moved = dash.callback_context.triggered;
      // A page that opens or a step back moves all of them, to where the state has them.
      if (moved.length === 1) {
        const { lever, switch: off } = JSON.parse(moved[0].prop_id.slice(0, moved[0].prop_id.lastIndexOf(".")));
        moves.delete(lever || off);
        moves.set(lever || off, moved[0].value);
        window.clearTimeout(resting);
        want(false);
      }
      return dash.no_update;
    },
    follow(state, screen, scheme, path, figures, answers, dark, visitor) {
      if (isNew(state)) {
        page.state = state;
        moves.clear();
      }
      Object.assign(page, { path, screen, visitor, shown: figures.map((id) => id.figure), answers: answers.length });
      window.countermove.place(path, figures, scheme, dark);
      steps();
      if (!screen || !(figures.length || answers.length)) {
        address(); // a page that does not show the run
        return dash.no_update;
      }
      const isThere = run && run.link === page.state.now && run.screen === screen &&
        page.shown.every((name) => run.shown.includes(name));
      if (isThere) {
        say(run);
        if (run.rests) address();
      } else {
        window.clearTimeout(resting);
        want(false);
      }
      return dash.no_update;
    },
  });
})();
